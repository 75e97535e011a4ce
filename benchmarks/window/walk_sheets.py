"""The contact sheets of walk.py: what is new on each page, as large as it was on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

_SIZE = (1388, 864)  # px of a sheet: what picture viewers and reviews show without shrinking it
_HEAD, _GAP = 18, 6  # px of the line over each picture, and between pictures
_PART = 0.45  # what is new is shown alone where it takes less than this share of the page
_WHOLE = 0.328  # width of a whole page, as a share of a sheet's
_MARGIN = 8  # px about what is new


@dataclass
class _Cut:
    name: str
    picture: Image.Image


def sheets(pages: list[Path], out: Path, scale: float) -> list[Path]:
    """Write pages onto OUT-0.png, OUT-1.png ...: whole and small, or what is new on them at full size.

    scale: pixels of the screen for each of the window's; return the sheets' files.
    """
    cuts, before = [], None
    for path in pages:
        page = Image.open(path).convert("RGB")
        if scale != 1:
            size = round(page.width / scale), round(page.height / scale)
            page = page.resize(size, Image.Resampling.LANCZOS)
        cuts.append(_Cut(path.stem, _new(page, before)))
        before = page
    written = []
    for number, placed in enumerate(_placed(cuts)):
        written.append(out.with_name(f"{out.name}-{number}.png"))
        _drawn(placed).save(written[-1])
    return written


def _new(page: Image.Image, before: Image.Image | None) -> Image.Image:
    """The part of a page that the page before did not show, or all of it, small."""
    if before is not None and before.size == page.size:
        box = ImageChops.difference(page, before).convert("L").point(lambda v: 255 * (v > 6)).getbbox()
        left, top, right, bottom = box or (0, 0, 160, 40)
        part = page.crop(
            (
                max(left - _MARGIN, 0),
                max(top - _MARGIN, 0),
                min(right + _MARGIN, page.width),
                min(bottom + _MARGIN, page.height),
            )
        )
        fits = part.width <= _SIZE[0] and part.height <= _SIZE[1] - _HEAD
        if fits and part.width * part.height < _PART * page.width * page.height:
            return part
    share = _WHOLE * _SIZE[0] / page.width
    return page.resize((round(page.width * share), round(page.height * share)), Image.Resampling.LANCZOS)


def _placed(cuts: list[_Cut]) -> list[list[tuple[int, int, _Cut]]]:
    """Where each picture stands, sheet by sheet: in rows, as they come."""
    made: list[list[tuple[int, int, _Cut]]] = [[]]
    x = y = high = 0
    for cut in cuts:
        if x and x + cut.picture.width > _SIZE[0]:
            x, y, high = 0, y + high + _GAP, 0
        if y and y + _HEAD + cut.picture.height > _SIZE[1]:
            made.append([])
            x = y = high = 0
        made[-1].append((x, y, cut))
        x += cut.picture.width + _GAP
        high = max(high, cut.picture.height + _HEAD)
    return made


def _drawn(placed: list[tuple[int, int, _Cut]]) -> Image.Image:
    sheet = Image.new("RGB", _SIZE, (90, 90, 90))
    draw = ImageDraw.Draw(sheet)
    for x, y, cut in placed:
        draw.text((x + 4, y + 3), cut.name, fill=(255, 255, 255))
        sheet.paste(cut.picture, (x, y + _HEAD))
    return sheet
