"""Legend: every colour explained, along the foot of the picture."""

from scenes.frame import Caption, Swatch
from scenes.lettering.fonts import width
from scenes.lettering.words import Words
from scenes.light.theme import Ramp, Theme
from scenes.space.page import Page

_NOTE = "the strongest |w·a| between each two layers"


def legend(words: Words, sheet: Page, theme: Theme) -> tuple[list[Caption], tuple[Swatch, ...]]:
    """Every colour explained, along the foot of the picture."""
    left, margin = sheet.margin
    small = sheet.legend_sizes[1]
    foot = sheet.height - margin - (1.7 * small if sheet.portrait else 0.0)
    bar = (240 if not sheet.portrait else 250) * sheet.unit**0.86
    title = "Neuron activation" if words.paint is None else "Activation elsewhere"
    captions, swatch = _scale(sheet, theme, (left, foot, bar), title, theme.heat, ("0", "", "layer max"))
    swatches = [swatch]
    if words.paint is not None:
        ends = words.paint.ends
        # Half the bar at least for either end, so that its middle is free.
        long = max(1.6 * bar, 2 * (max(width(end, "regular", small) for end in ends) + 2 * small))
        place = left, foot - sheet.paint_row, min(long, sheet.width - 2 * left)
        above, swatch = _scale(sheet, theme, place, words.paint.title, words.paint.colours, ends, 2.25)
        captions += above
        swatches.append(swatch)
    signs, strokes = _signs(words, sheet, theme, left + bar, foot)
    return captions + signs + _counts(words, sheet, theme, foot), (*swatches, *strokes)


def _scale(
    sheet: Page,
    theme: Theme,
    place: tuple[float, float, float],
    title: str,
    colours: Ramp,
    ends: tuple[str, str, str],
    gap: float = 2.1,
) -> tuple[list[Caption], Swatch]:
    """A ramp with a title above and words below; place: its left, the foot of its row and its length.

    gap: from the foot up to the title, in its size.
    """
    left, foot, bar = place
    head, small = sheet.legend_sizes
    thick, mid = max(4.0, 0.62 * head), foot - 1.53 * head
    # A long title shrinks rather than leave the page.
    fits = min(head, head * (sheet.width - 2 * left) / width(title, "medium", head))
    captions = [Caption(title, (left, foot - gap * head), fits, "medium", theme.text_soft)]
    for text, share, anchor in zip(ends, (0.0, 0.5, 1.0), ("ls", "ms", "rs"), strict=True):
        at = left + share * bar, foot + 0.30 * small
        captions.append(Caption(text, at, small, "regular", theme.text_faint, anchor=anchor))
    return captions, Swatch((left, mid - thick / 2, left + bar, mid + thick / 2), colours)


def _signs(
    words: Words, sheet: Page, theme: Theme, left: float, foot: float
) -> tuple[list[Caption], list[Swatch]]:
    """The colours of the synapses."""
    head = sheet.legend_sizes[0]
    x, wide = left + 2.6 * head, 2.6 * head
    high, low = foot - 2.1 * head, foot - 0.36 * head
    rows = [
        (x, high, theme.excite, "excites its target (w·a > 0)"),
        (x, low, theme.inhibit, "inhibits its target (w·a < 0)"),
    ]
    if words.attends:
        aside = x + 1.3 * wide + width(rows[0][3], "regular", head) + 2.0 * head
        text = "attends (weight computed from the input)"
        end = aside + 1.3 * wide + width(text, "regular", head)
        room = sheet.width - sheet.margin[0] - width(_NOTE, "regular", head) - head
        short = sheet.portrait or sheet.compact or end > room
        rows.append((aside, low, theme.attend, "attention" if short else text))
    captions, swatches = [], []
    for x, y, colours, text in rows:
        swatches.append(Swatch((x, y - 0.46 * head, x + wide, y - 0.22 * head), colours))
        captions.append(Caption(text, (x + 1.3 * wide, y), head, "regular", theme.text_soft))
    return captions, swatches


def _counts(words: Words, sheet: Page, theme: Theme, foot: float) -> list[Caption]:
    """How many synapses of how many are drawn, and which; and what is to be known of the neurons' places."""
    head, small = sheet.legend_sizes
    left, right = sheet.margin[0], sheet.width - sheet.margin[0]
    if sheet.portrait:
        text = f"{words.drawn}; {words.places}" if words.places else f"{words.drawn}, {_NOTE}"
        return [Caption(text, (left, foot + 2.0 * small), small, "regular", theme.text_faint)]
    rows = [Caption(words.drawn, (right, foot - 2.1 * head), head, "regular", theme.text_soft, anchor="rs")]
    notes = [note for note in (words.places, "" if sheet.compact else _NOTE) if note]
    if notes:
        at = right, foot - 0.36 * head
        rows.append(Caption("    ·    ".join(notes), at, head, "regular", theme.text_faint, anchor="rs"))
    return rows
