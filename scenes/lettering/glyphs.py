"""Glyphs: letters that the project's own fonts lack are those of a font that the machine has."""

import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont, features

OWN = Path(__file__).parents[1] / "fonts"
UNKNOWN = "?"
"""What stands for a letter that no font here has."""
_KINDS = (".ttf", ".otf", ".ttc", ".otc")
_MOST = 600  # fonts that are looked through for a letter
_PROBE = 24.0  # pixels at which a font is asked for a letter
_NOTHING = "\uffff"  # is no letter: a font draws its sign for those that it lacks
# The likeliest first, by how their files' names begin: plain fonts of many letters.
_LIKED = (
    *("dejavusans.", "notosans-", "notosanscjk", "sourcehansans", "notosanssc", "notosansjp", "notosanskr"),
    *("hiragino", "ヒラギノ", "pingfang", "yugoth", "msgothic", "meiryo", "msyh", "simhei", "malgun"),
    *("applesdgothic", "wqy", "droidsansfallback", "notosans", "arialuni", "arial", "segoeui", "tahoma"),
)
_UNLIKED = "bold", "italic", "oblique", "light", "thin", "black", "mono", "serif", "condensed"
_SIGNS = "lastresort", "adobeblank"  # fonts that have a box, or nothing, for every letter


@lru_cache(maxsize=4096)
def runs(text: str) -> tuple[tuple[str, Path | None], ...]:
    """A line cut where its letters change fonts: each part with the machine's font, None for the project's.

    A letter that no font has is `UNKNOWN`. Marks that join a letter, and spaces, are of the part before them.
    """
    parts: list[tuple[str, Path | None]] = []
    for letter in text if text.isascii() else unicodedata.normalize("NFC", text):
        joins = bool(parts) and (letter.isspace() or _joins(letter))
        path = parts[-1][1] if joins else _font_of(letter)
        drawn = letter if path is not None or _own(letter) else "" if joins else UNKNOWN
        if parts and parts[-1][1] == path:
            parts[-1] = parts[-1][0] + drawn, path
        else:
            parts.append((drawn, path))
    return tuple(_spaced(parts))


def _spaced(parts: list[tuple[str, Path | None]]) -> Iterator[tuple[str, Path | None]]:
    """The same parts with the spaces at their ends in the project's font: some run from right to left."""
    for part, path in parts:
        bare = part if path is None else part.rstrip()
        yield bare, path
        if len(bare) < len(part):
            yield part[len(bare) :], None


def lacking(texts: Iterable[str]) -> str:
    """The letters of some texts that no font on this machine has, each once."""
    foreign = (unicodedata.normalize("NFC", text) for text in texts if not text.isascii())
    letters = dict.fromkeys(letter for text in foreign for letter in text)
    return "".join(c for c in letters if not (_joins(c) or _own(c)) and _font_of(c) is None)


def shapes() -> bool:
    """Whether letters that change beside others, and lines from right to left, can be laid out."""
    return bool(features.check("raqm") and features.check("fribidi"))


def runs_back(text: str) -> bool:
    """Whether a part runs from right to left."""
    return unicodedata.bidirectional(text[:1]) in ("R", "AL")


def _joins(letter: str) -> bool:
    """Whether a sign is part of the letter before it, or is not seen."""
    return unicodedata.category(letter) in ("Mn", "Me", "Mc", "Cf", "Cc")


@lru_cache(maxsize=4096)
def _own(letter: str) -> bool:
    return letter.isspace() or _has(OWN / "Inter-Regular.otf", letter)


@lru_cache(maxsize=4096)
def _font_of(letter: str) -> Path | None:
    """The machine's font that a letter is drawn with; None where the project's has it, or none has."""
    if letter.isascii() or _own(letter):
        return None
    return next((path for path in _fonts() if _has(path, letter)), None)


def _has(path: Path, letter: str) -> bool:
    probe = _probe(path)
    return probe is not None and bytes(probe[0].getmask(letter)) != probe[1]


@lru_cache(maxsize=_MOST)
def _probe(path: Path) -> tuple[ImageFont.FreeTypeFont, bytes] | None:
    """A font, and its picture of a letter that it lacks; None where it cannot be read at any size."""
    try:
        face = ImageFont.truetype(path, _PROBE, layout_engine=ImageFont.Layout.BASIC)
        return face, bytes(face.getmask(_NOTHING))
    except OSError:
        return None


@lru_cache(maxsize=1)
def _fonts() -> tuple[Path, ...]:
    """The machine's fonts, those first that are like the project's and have many letters."""
    found = {path.name.lower(): path for folder in _folders() for path in _files(folder)}
    names = [name for name in found if not name.startswith(_SIGNS)]
    return tuple(found[name] for name in sorted(names, key=_rank)[:_MOST])


def _rank(name: str) -> tuple[bool, int, str]:
    liked = next((i for i, start in enumerate(_LIKED) if name.startswith(start)), len(_LIKED))
    return any(word in name for word in _UNLIKED), liked, name


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (Path(root, name) for name in names if name.lower().endswith(_KINDS))


def _folders() -> Iterator[Path]:
    """Where fonts lie: matplotlib's, which come with the project, those of this user, and the system's."""
    if (library := find_spec("matplotlib")) is not None and library.origin:
        yield Path(library.origin).parent / "mpl-data" / "fonts" / "ttf"
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")
        yield Path(os.environ.get("LOCALAPPDATA", ""), "Microsoft", "Windows", "Fonts")
        return
    if sys.platform == "darwin":
        yield from (Path.home() / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
        return
    mine = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    yield from (Path(folder, "fonts") for folder in (mine, *shared.split(":")))
    yield Path.home() / ".fonts"
