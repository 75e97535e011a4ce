"""Legend: every colour explained, along the foot of the picture."""

from scenes.frame import Caption, Swatch
from scenes.lettering.fonts import width
from scenes.lettering.words import Words
from scenes.light.theme import Ramp, Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.page import Page


def legend(
    words: Words, sheet: Page, theme: Theme, line: Timeline, t: float
) -> tuple[list[Caption], tuple[Swatch, ...]]:
    """Every colour of the moment explained, along the foot of the picture."""
    left, margin = sheet.margin
    small = sheet.legend_sizes[1]
    foot = sheet.height - margin - (1.7 * small if sheet.portrait else 0.0)
    bar = (240 if not sheet.portrait else 250) * sheet.unit**0.86
    key = words.scale
    title = key.title if words.paint is None else words.texts.say("scale.elsewhere")
    captions, swatch = _scale(sheet, theme, (left, foot, bar), title, key.colours(theme), key.ends)
    swatches = [swatch]
    if words.paint is not None:
        ends = words.paint.ends
        # Half the bar at least for either end, so that its middle is free.
        long = max(1.6 * bar, 2 * (max(width(end, "regular", small) for end in ends) + 2 * small))
        place = left, foot - sheet.paint_row, min(long, sheet.width - 2 * left)
        above, swatch = _scale(sheet, theme, place, words.paint.title, words.paint.colours, ends, 2.25)
        captions += above
        swatches.append(swatch)
    explained = float(smooth(between(t, line.back[0], line.back[0] + 0.03 * line.seconds)))
    signs, strokes = _signs(words, sheet, theme, (left + bar, foot), explained)
    return captions + signs + _counts(words, sheet, theme, foot, explained), (*swatches, *strokes)


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
    # So do words that would meet on a short bar.
    small *= min(1.0, (bar - 0.5 * small) / max(sum(width(end, "regular", small) for end in ends), 1.0))
    for text, share, anchor in zip(ends, (0.0, 0.5, 1.0), ("ls", "ms", "rs"), strict=True):
        at = left + share * bar, foot + 0.30 * small
        captions.append(Caption(text, at, small, "regular", theme.text_faint, anchor=anchor))
    return captions, Swatch((left, mid - thick / 2, left + bar, mid + thick / 2), colours)


def _signs(
    words: Words, sheet: Page, theme: Theme, at: tuple[float, float], explained: float
) -> tuple[list[Caption], list[Swatch]]:
    """The colours of the synapses: forward the signal's; explained, 0..1: those of the way back."""
    key, head = words.key, sheet.legend_sizes[0]
    x, foot = at[0] + 2.6 * head, at[1]
    high, low = foot - 2.1 * head, foot - 0.36 * head
    told = [(theme.excite, key.warm), (theme.inhibit, key.cool)]
    rows = [
        (x, y, *each, explained) for y, each in zip((high, low), filter(lambda e: e[1], told), strict=False)
    ]
    rows.append((x, high, theme.signal, key.signal, 1.0 - explained))
    if key.attends:
        wide = max(width(text, "regular", head) for _, text in told)
        rows.append((x + 1.3 * 2.6 * head + wide + 2.0 * head, low, theme.attend, key.attends, explained))
    captions, swatches = [], []
    for left, y, colours, text, alpha in rows:
        if alpha > 0:
            box = (left, y - 0.46 * head, left + 2.6 * head, y - 0.22 * head)
            swatches.append(Swatch(box, colours, alpha))
            place = (left + 1.3 * 2.6 * head, y)
            captions.append(Caption(text, place, head, "regular", theme.text_soft, alpha))
    return captions, swatches


def _counts(words: Words, sheet: Page, theme: Theme, foot: float, explained: float) -> list[Caption]:
    """How many synapses of how many are drawn, which, and what share they carry; what to know of places."""
    key = words.key
    said = ((key.sent, key.sent_note, 1.0 - explained), (key.drawn, key.note, explained))
    must = bool(words.places)
    told = [(drawn, words.places or note, must, alpha) for drawn, note, alpha in said if alpha > 0]
    return [each for entry in told for each in _count(*entry, sheet, theme, foot)]


def _count(
    drawn: str, note: str, must: bool, alpha: float, sheet: Page, theme: Theme, foot: float
) -> list[Caption]:
    """Two rows of counts; must: whether the second stands in a small picture too."""
    head, small = sheet.legend_sizes
    left, right = sheet.margin[0], sheet.width - sheet.margin[0]
    if sheet.portrait:
        text = f"{drawn}, {note}" if note else drawn
        fits = min(small, small * (right - left) / width(text, "regular", small))
        return [Caption(text, (left, foot + 2.0 * small), fits, "regular", theme.text_faint, alpha)]
    places = (right, foot - 2.1 * head), (right, foot - 0.36 * head)
    rows = [Caption(drawn, places[0], head, "regular", theme.text_soft, alpha, "rs")]
    if note and (must or not sheet.compact):
        rows.append(Caption(note, places[1], head, "regular", theme.text_faint, alpha, "rs"))
    return rows
