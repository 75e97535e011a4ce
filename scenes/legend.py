"""Legend: every colour explained, along the foot of the picture."""

from scenes.frame import Caption, Swatch
from scenes.page import Page
from scenes.theme import Theme
from scenes.type import width
from scenes.words import Words


def legend(words: Words, sheet: Page, theme: Theme) -> tuple[list[Caption], tuple[Swatch, ...]]:
    """Every colour explained, along the foot of the picture."""
    left, margin = sheet.margin
    head, small = sheet.legend_sizes
    foot = sheet.height - margin - (1.7 * small if sheet.portrait else 0.0)
    row = 1.55 * head
    bar = (240 if not sheet.portrait else 250) * sheet.unit**0.86
    thick = max(4.0, 0.62 * head)
    captions = [
        Caption("Neuron activation", (left, foot - row - 0.55 * head), head, "medium", theme.text_soft),
        Caption("0", (left, foot + 0.30 * small), small, "regular", theme.text_faint),
        Caption(
            "layer max", (left + bar, foot + 0.30 * small), small, "regular", theme.text_faint, anchor="rs"
        ),
    ]
    mid = foot - row + 0.02 * head
    swatches = [Swatch((left, mid - thick / 2, left + bar, mid + thick / 2), theme.heat)]
    x = left + bar + 2.6 * head
    wide = 2.6 * head
    high, low = foot - row - 0.55 * head, foot - 0.36 * head
    rows = [
        (x, high, theme.excite, "excites its target (w·a > 0)"),
        (x, low, theme.inhibit, "inhibits its target (w·a < 0)"),
    ]
    if words.attends:
        aside = x + 1.3 * wide + width(rows[0][3], "regular", head) + 2.0 * head
        short = sheet.portrait or sheet.compact
        rows.append(
            (aside, low, theme.attend, "attention" if short else "attends (weight computed from the input)")
        )
    for x, y, colours, text in rows:
        swatches.append(Swatch((x, y - 0.46 * head, x + wide, y - 0.22 * head), colours))
        captions.append(Caption(text, (x + 1.3 * wide, y), head, "regular", theme.text_soft))
    note = "the strongest |w·a| between each two layers"
    right = sheet.width - left
    if sheet.portrait:
        last = foot + 2.0 * small
        captions.append(Caption(f"{words.drawn}, {note}", (left, last), small, "regular", theme.text_faint))
        return captions, tuple(swatches)
    captions.append(Caption(words.drawn, (right, high), head, "regular", theme.text_soft, anchor="rs"))
    if not sheet.compact:
        captions.append(Caption(note, (right, low), head, "regular", theme.text_faint, anchor="rs"))
    return captions, tuple(swatches)
