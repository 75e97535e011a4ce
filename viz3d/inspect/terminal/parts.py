"""What the reports of `inspect` have in common on a terminal: headings, the digit, bars, tables, terms."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scenes.texts import ENGLISH
from viz3d.command.wording import number, short, short_name
from viz3d.findings.answer import SHOWN
from viz3d.findings.neuron import Term
from viz3d.findings.read_as import read_as
from viz3d.inspect.terminal.drawing import (
    COOL,
    PLAIN,
    RIGHT,
    WARM,
    WINNER,
    WRONG,
    Paper,
    bar,
    in_colour,
    ink,
    two_way,
)
from viz3d.session.traced_digit import TracedDigit

_WIDEST = 40  # columns of a picture
_NUMBERS = 16  # that have a line


def heading(words: str, soft: str = "") -> Text:
    """A line in bold, with more behind it."""
    line = Text(words, "bold")
    return line.append(f"  {soft}", "not bold dim") if soft else line


BLANK = Text()


def section(title: str, soft: str, *parts: RenderableType) -> RenderableType:
    """A part of a report under its heading."""
    shifted = (part if part is BLANK else Padding(part, (0, 0, 0, 2), expand=False) for part in parts)
    return Group(BLANK, heading(title, soft), *shifted)


def answer(traced: TracedDigit) -> Text:
    """What is read, how sure, and whether that is right."""
    trace, label = traced.trace, traced.digit.label
    read, sure = read_as(traced)
    words = Text(read, "bold").append(f" ({sure} sure)" if sure else "", "not bold")
    if label is not None and not traced.net.gives_numbers:
        right = trace.prediction == label
        words.append("  right" if right else f"  wrong: {traced.meant[2:]}", RIGHT if right else WRONG)
    return words


def about(traced: TracedDigit) -> Text:
    """The digit, what it is read as, and what was done to the network."""
    line = Text(f"{traced.digit.source}{traced.meant}, read as ").append_text(answer(traced))
    for remark in traced.remarks:
        line.append(f"\n{remark}", "dim")
    return line


def beside(*columns: tuple[str, Sequence[Text]], width: int = 10_000) -> Table:
    """Blocks of lines side by side, each under its caption; the last ones are left out where room ends."""
    grid = Table.grid(padding=(0, 3))
    shown: list[tuple[str, Sequence[Text]]] = []
    for caption, lines in columns:
        width -= max(len(caption), *(line.cell_len for line in lines), 0) + 3
        if shown and width < -3:
            break
        shown.append((caption, lines))
        grid.add_column(no_wrap=True)
    if any(caption for caption, _ in shown):
        grid.add_row(*(Text(caption, "dim") for caption, _ in shown))
    grid.add_row(*(Text("\n").join(lines) for _, lines in shown))
    return grid


def digit(traced: TracedDigit, paper: Paper, field: np.ndarray | None = None) -> list[Text]:
    """The digit as the network sees it; where its input is no picture, its numbers."""
    if traced.pixels is None:
        return [Text(f"{name} {short(value)}") for name, value in traced.numbers[:_NUMBERS]]
    # One that is too wide for what stands beside it is shown with fewer pixels.
    step = ceil(traced.pixels.shape[1] / _WIDEST)
    pixels, seen = traced.pixels[::step, ::step], None if field is None else field[::step, ::step]
    return in_colour(pixels, paper, seen) if pixels.ndim == 3 else ink(pixels, paper, seen)


def bars(traced: TracedDigit, width: int, among: Sequence[int] | None = None) -> list[Text]:
    """A line for each class, of many for the likeliest: name, bar, percent; of numbers the value."""
    shares, number = traced.trace.probabilities, traced.net.gives_numbers
    best, shown = traced.trace.prediction, list(range(len(shares)))
    if len(shares) > SHOWN:
        far = np.abs(shares) if number else shares
        shown = np.argsort(-far, kind="stable")[:SHOWN].tolist() if among is None else list(among)
    most = (float(np.abs(shares).max()) or 1.0) if number and len(shares) > 1 else 1.0
    signed = number and len(shares) > 1 and float(shares.min()) < 0
    wide = max(cell_len(short_name(traced.named(label))) for label in shown)
    lines = []
    for label in shown:
        share, style = float(shares[label]), WINNER if label == best else PLAIN
        line = Text(
            f"{short_name(traced.named(label)):>{wide}} ", "bold" if label == best else "", no_wrap=True
        )
        told = ENGLISH.value(share) if number else ENGLISH.percent(share)
        drawn = two_way(share / most, width // 2) if signed else bar(share / most, width, style)
        line.append_text(drawn).append(f" {told:>6}")
        lines.append(line)
    return lines


def terms(listed: Sequence[Term], end: str, rest: Sequence[tuple[str, str]] = ()) -> Table:
    """Terms of a sum written out, and below them rows of (number, words)."""
    made = Table.grid(padding=(0, 1))
    for _ in range(5):
        made.add_column(justify="right", no_wrap=True)
    made.add_column(no_wrap=True)
    made.add_row(
        *(Text(word, "dim") for word in ("weight", "×", "activation", "=", "contribution", f" {end}"))
    )
    for term in listed:
        made.add_row(
            number(term.weight, plus=True),
            "×",
            number(term.activation),
            "=",
            sign(term.contribution),
            f" {term.where}",
        )
    for value, words in rest:
        made.add_row("", "", "", "", value, Text(f" {words}"))
    return made


def sign(value: float) -> Text:
    """A contribution in the colour of its sign."""
    style = "" if value == 0 else WARM if value > 0 else COOL
    return Text(number(value, plus=True), style)


def plus(n: int, good: int = 1) -> Text:
    """A change in a count, in the colour of better or worse; good: which sign is better."""
    return Text(f"{n:+,}" if n else "0", "" if not n else RIGHT if n * good > 0 else WRONG)


def compared(one: TracedDigit, other: TracedDigit, paper: Paper, first: str, second: str) -> Table:
    """The bars of two networks side by side, and the change."""
    names = max(len(short_name(name)) for name in one.net.classes) - 1
    width = max(6, min(24, (paper.width - 34) // 2 - names))
    made = Table.grid(padding=(0, 2))
    made.add_column(no_wrap=True)
    made.add_column(no_wrap=True)
    made.add_column(no_wrap=True, justify="right")
    made.add_row(Text(f"  {first}", "dim"), Text(f"  {second}", "dim"), Text("change", "dim"))
    shares = one.trace.probabilities.astype(float), other.trace.probabilities.astype(float)
    change, among = shares[1] - shares[0], None
    if len(change) > SHOWN:
        among = np.argsort(-np.maximum(*shares), kind="stable")[:SHOWN].tolist()
        change = change[among]
    pairs = zip(bars(one, width, among), bars(other, width, among), strict=True)
    for (left, right), moved in zip(pairs, change.tolist(), strict=True):
        style = "" if abs(moved) < 0.0005 else WARM if moved > 0 else COOL
        made.add_row(left, right, Text(f"{100 * moved:+.1f}" if abs(moved) >= 0.0005 else "0", style))
    return made
