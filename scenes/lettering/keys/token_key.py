"""TokenKey: what tiles, faces of attention and stripes of pixels mean, in words, over the legend."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine import Net
from scenes.frame import Caption, Inset, Swatch
from scenes.light.theme import Ramp, Theme, sample
from scenes.space.page import Page
from scenes.space.tokens.faces import has_face
from scenes.space.tokens.patches import patches
from scenes.texts import Texts

# A tile as an example, places in the neurons' scale.
_SIDE, _SMALL = 1.5, 1.15  # of a tile, in the size of the type beside it; and where rows are close
_TILE = np.array(
    [(0.5, 0.55, 0.95, 0.5), (0.5, 0.12, 0.5, 0.8), (0.72, 0.5, 0.5, 0.25), (0.5, 0.88, 0.4, 0.5)],
    dtype=np.float32,
)
# A white pixel in colour: its red, green and blue neuron, see scenes.light.lighting.
_STRIPES = (110 * (1 + np.eye(3))).astype(np.uint8)[None]


@dataclass(frozen=True)
class TokenKey:
    """What is said of a transformer's tokens, in a few words and in a line; "" where there are none.

    Attributes:
        tile, tile_line: what a tile is, or a pixel in colour.
        face, face_line: what a face of attention shows.
        striped: whether it is a pixel in colour.
    """

    tile: str = ""
    tile_line: str = ""
    face: str = ""
    face_line: str = ""
    striped: bool = False

    def in_few_words(self) -> "TokenKey":
        """The key with a few words in place of each line."""
        return replace(self, tile_line=self.tile, face_line=self.face)


def token_key(net: Net, texts: Texts) -> TokenKey:
    """Put into words what a net's tokens and its attention are drawn as."""
    cut = patches(net)
    if cut is None and net.layers[0].shape[2:] == (3,):
        return TokenKey(texts.say("colours.tile"), texts.say("colours.tile-line"), striped=True)
    if cut is None:
        return TokenKey()
    tile, tile_line = texts.say("tokens.tile"), texts.say("tokens.tile-line")
    if not any(has_face(cut, layer) for layer in net.layers):
        return TokenKey(tile, tile_line)
    return TokenKey(tile, tile_line, texts.say("tokens.face"), texts.say("tokens.face-line"))


def lay_out(
    key: TokenKey, sheet: Page, theme: Theme, scale: Ramp, entries: Sequence[Caption]
) -> tuple[list[Caption], tuple[Swatch, ...], tuple[Inset, ...]]:
    """A line on each over the legend of a wide page; other pages have room in the legend's last column alone.

    scale: the colours of the neurons, of which a tile is made.
    entries: the legend's own, of which some may be about tiles.
    """
    head, x = sheet.legend_sizes[0], sheet.margin[0]
    cells = _STRIPES if key.striped else sample(scale, _TILE)
    if not key.tile or not sheet.explains:
        return [], (), ()
    if sheet.portrait or sheet.compact:
        said = [entry for entry in entries if entry.text == key.tile]
        side = _SMALL if sheet.answer_beside else _SIDE
        return [], (), tuple(_tile(entry, entry.size, theme, cells, side) for entry in said)
    # Where a page is hardly wider than high they leave the card its room beside them.
    at, y = x + 3.1 * head, sheet.legend_top - 0.85 * head
    lines = [Caption(key.tile if sheet.brief else key.tile_line, (at, y), head, "regular", theme.text_soft)]
    tile = (_tile(lines[0], head, theme, cells),)
    if not key.face:
        return lines, (), tile
    y -= 1.9 * head
    lines.append(
        Caption(key.face if sheet.brief else key.face_line, (at, y), head, "regular", theme.text_soft)
    )
    return lines, face_swatches(theme, (x, y, 2.6 * head), head, 1.0), tile


def _tile(beside: Caption, head: float, theme: Theme, cells: Ramp, side: float = _SIDE) -> Inset:
    """A tile of cells (rows, columns, 3) to the left of a text; its side is in the size of the type."""
    side, (x, y) = side * head, beside.at
    left, top = x - 1.8 * head - side / 2, y - 0.34 * head - side / 2
    return Inset(
        (left, top, left + side, top + side), cells, theme.panel_frame[:3], beside.alpha, light=theme.ink
    )


def face_swatches(
    theme: Theme, place: tuple[float, float, float], head: float, alpha: float
) -> tuple[Swatch, ...]:
    """The digit's colours over those of its ground, from no attention to the most.

    place: left, the line of the text beside them, and length.
    """
    left, y, long = place
    rows = (theme.face_ink, y - 0.70 * head, y - 0.38 * head), (theme.face, y - 0.34 * head, y - 0.02 * head)
    return tuple(Swatch((left, top, left + long, foot), colours, alpha) for colours, top, foot in rows)
