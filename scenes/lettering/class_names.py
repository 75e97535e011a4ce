"""Names of classes: as pictures have room for them, and shorter where there is little."""

import re
from collections.abc import Sequence

from engine import Net
from scenes.lettering.glyphs import lacking
from scenes.texts import Texts

_WHOLE, _CUT = 6, 4  # letters of a name that is written whole, and at least of one that is cut
_WORD = 3  # letters of a first word that stands for the whole name, at least
# Between two words, of class_0 and Iris-setosa too; a hyphen between numbers makes a range of them, and the
# mark A- is one word.
_BETWEEN = re.compile(r"(?<=[^\s_])[\s_]+(?=[^\s_])|(?<=[^\W\d])-(?=\w)")


def short(name: str, most: int = 24) -> str:
    """A name, cut where it is longer than pictures have room for."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def class_names(net: Net) -> tuple[str, ...]:
    """The names of a net's classes as pictures have room for them; numbers for those without letters."""
    return tuple(str(k) if lacking([name]) else short(name) for k, name in enumerate(net.classes))


def lead_of(of: str, rival: str | None, texts: Texts) -> str:
    """Whose lead it is, and over which other class, where one is asked for: "9", "9 over 4"."""
    return texts.say("lead.all" if rival is None else "lead.rival", of=of, rival=rival)


def abbreviated(names: Sequence[str], place: int, whole: int = _WHOLE) -> str:
    """A name as it has room beside a band: whole up to so many letters, else its first words or letters.

    Letters are four, or as few as tell it apart. Words that all begin with are left out: of "iris setosa" and
    "iris virginica" the first. So are those of names that first words do not tell apart.
    """
    name, *others = _without_shared([names[place], *(each for k, each in enumerate(names) if k != place)])
    if len(name) <= whole:
        return name
    breaks = [found.start() for found in re.finditer(r"\W", name) if _WORD <= found.start() <= whole]
    for letters in (*breaks[::-1], *range(_CUT, whole + 1)):
        cut = name[:letters].rstrip()
        if not any(each[:letters].rstrip() == cut for each in others):
            return cut
    told = distinct([name, *others], 0)
    return abbreviated([told, *others], 0, whole) if told != name else name[:whole].rstrip()


def distinct(names: Sequence[str], place: int) -> str:
    """A name without the words that another begins with too; whole where none does, or nothing were left."""
    words, shared = _words(names[place]), 0
    for other in (_words(each) for k, each in enumerate(names) if k != place):
        same = 0
        while len(words) > same + 1 and len(other) > same and other[same] == words[same]:
            same += 1
        shared = max(shared, same)
    return _after(names[place], shared)


def _words(name: str) -> list[str]:
    """The words of a name."""
    return _BETWEEN.split(name.strip())


def _after(name: str, shared: int) -> str:
    """A name without so many first words."""
    return _BETWEEN.split(name.strip(), maxsplit=shared)[-1] if shared else name


def _without_shared(names: Sequence[str]) -> list[str]:
    """Names without the words that all of them begin with; at least one word of each stays."""
    words, shared = [_words(name) for name in names], 0
    while all(len(each) > shared + 1 and each[shared] == words[0][shared] for each in words):
        shared += 1
    return [_after(name, shared) for name in names]
