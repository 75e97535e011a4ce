"""The page on how a network reads a digit: learn.md, taken apart; there is no other copy."""

import re
from dataclasses import dataclass
from pathlib import Path

LEARN = Path(__file__).with_name("learn.md")
_SHOW = re.compile(r"^> \*\*Show it:\*\* (.+)$", re.MULTILINE)
STEPS = 6


@dataclass(frozen=True)
class Lesson:
    """A part of the page: its heading, its text as Markdown, and what the window can show of it, or ""."""

    title: str
    text: str
    shows: str = ""


def lessons(markdown: str) -> list[Lesson]:
    """The parts of the page, the first six of which are its steps."""
    _, *parts = re.split(r"^## ", markdown, flags=re.MULTILINE)
    made = []
    for part in parts:
        title, _, text = part.partition("\n")
        shows = _SHOW.search(text)
        made.append(Lesson(title.strip(), _SHOW.sub("", text).strip(), shows[1] if shows else ""))
    return made


def read_lessons() -> list[Lesson]:
    """The parts of the page as it is in this copy of viz3d; none where it came without the page."""
    try:
        return lessons(LEARN.read_text(encoding="utf-8"))
    except OSError:
        return []
