"""The vocabulary: each block's word, the values that follow it, and the options it may take.

One table serves reading, writing and the errors' lists of what is known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any

from engine.blocks import (
    Add,
    Attention,
    AttentionScores,
    AveragePool,
    Block,
    Conv,
    Dense,
    LayerNorm,
    LocalNorm,
    Maxout,
    MaxPool,
    PatchEmbedding,
    TokenDense,
    TokenHead,
)
from engine.blocks.dense import INITS
from engine.blocks.window import shortest

Values = tuple[Any, ...]


@dataclass(frozen=True)
class Slot:
    """A value of a block: what it is, an example, the fields that it fills, how it is read and written.

    read gives the fields' values, or None for a word that is no such value. fixed: an option without a value
    of its own sets these. limits: which values there are, in words.
    """

    what: str
    example: str
    fields: tuple[str, ...]
    read: Callable[[str], Values | None]
    write: Callable[..., str]
    fixed: Values | None = None
    limits: str = ""


@dataclass(frozen=True)
class Entry:
    """A block's word.

    slots: the values that follow it, in order. options: those that a keyword announces. axes: of the layers
    that it reads, None for any. stem, title: its layers are named <stem>1, titled "<title> 1". alone: the
    first has no number. more: the word after which layers are named that it reads besides the one before:
    its own word, an option, or None. blame: number of the slot that is wrong where the block does not fit.
    """

    word: str
    block: type[Block]
    slots: tuple[Slot, ...]
    options: dict[str, Slot]
    stem: str
    title: str
    axes: int | None = None
    more: str | None = None
    alone: bool = False
    blame: int = -1

    @property
    def usage(self) -> str:
        """The word with an example of its values, as in "conv 16 5x5"."""
        names = ["stem"] if self.more == self.word else []
        return " ".join([self.word, *(slot.example for slot in self.slots), *names])

    def name(self, number: int) -> str:
        """The usual name of the layer that is that number of its kind, from 1."""
        return self.stem if self.alone and number == 1 else f"{self.stem}{number}"

    def default(self, option: str) -> Values:
        """The values of an option that is not given."""
        known = {field.name: field.default for field in fields(self.block)}  # type: ignore[arg-type]
        values = tuple(known[name] for name in self.options[option].fields)
        assert MISSING not in values
        return values


def whole(text: str) -> Values | None:
    """A count such as 16, or None."""
    return (int(text),) if re.fullmatch(r"0*[1-9]\d{0,6}", text, re.ASCII) else None


def number(text: str) -> float | None:
    """A plain number such as 0.2 or 1e-4, or None."""
    if not re.fullmatch(r"(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", text, re.ASCII | re.IGNORECASE):
        return None
    return float(text) if math.isfinite(float(text)) else None


def _number(text: str) -> Values | None:
    value = number(text)
    return None if value is None else (value,)


def written(value: float) -> str:
    """A number as short as it can be and still be itself: 1, 0.2, 1e-05."""
    return repr(float(value)).removesuffix(".0")


def _window(text: str) -> Values | None:
    match = re.fullmatch(r"([1-9]\d{0,3})(?:[x×]([1-9]\d{0,3}))?", text, re.ASCII)
    return (int(match[1]), int(match[2] or match[1])) if match else None


def _sides(text: str) -> Values | None:
    """A length of both axes, or one down and one across."""
    sides = _window(text)
    return (shortest((sides[0], sides[1])),) if sides else None


def _index(text: str) -> Values | None:
    return (int(text),) if re.fullmatch(r"\d{1,7}", text, re.ASCII) else None


def _padding(text: str) -> Values | None:
    match = re.fullmatch(r"(\d{1,4})(?:[x×](\d{1,4}))?", text, re.ASCII)
    if match:
        return (int(match[1]) if match[2] is None else (int(match[1]), int(match[2])),)
    return (text,) if text in ("valid", "same") else None


def _written_sides(sides: Any) -> str:
    return "{}x{}".format(*sides) if isinstance(sides, tuple) else str(sides)


def _init(text: str) -> Values | None:
    return (text,) if text in INITS else None


def _count(what: str, example: str, field: str) -> Slot:
    return Slot(what, example, (field,), whole, str, limits="a whole number from 1 to 9,999,999")


def _real(field: str, example: str) -> Slot:
    return Slot("a number", example, (field,), _number, written)


def _off(field: str) -> Slot:
    return Slot("", "", (field,), lambda _: None, str, fixed=(False,))


STRIDE = Slot("a whole number of cells", "2", ("stride",), _sides, _written_sides)
PAD = Slot("valid, same or a number of cells", "same", ("padding",), _padding, _written_sides)
INIT = Slot(f"one of {', '.join(INITS)}", INITS[-1], ("init",), _init, str)
_POOL = Slot("window's size", "2", ("size",), _sides, _written_sides, limits="its side in cells")
_WINDOW = Slot("window's size", "5x5", ("height", "width"), _window, "{}x{}".format, limits="height x width")

ENTRIES = (
    Entry("dense", Dense, (_count("number of neurons", "128", "units"),), {"init": INIT}, "hidden", "Hidden"),
    Entry(
        "conv",
        Conv,
        (_count("number of maps", "16", "maps"), _WINDOW),
        {"stride": STRIDE, "pad": PAD},
        "conv",
        "Convolution",
        axes=3,
    ),
    Entry("pool", MaxPool, (_POOL,), {"stride": STRIDE, "pad": PAD}, "pool", "Max-pool", axes=3),
    Entry("avgpool", AveragePool, (_POOL,), {"stride": STRIDE, "pad": PAD}, "pool", "Mean-pool", axes=3),
    Entry("maxout", Maxout, (_count("number of pieces", "2", "pieces"),), {}, "maxout", "Maxout"),
    Entry(
        "lrn",
        LocalNorm,
        (_count("number of maps that it spans", "5", "n"),),
        {
            "alpha": _real("alpha", "1e-4"),
            "beta": _real("beta", "0.75"),
            "k": _real("k", "1"),
        },
        "lrn",
        "Local normalisation",
    ),
    Entry("add", Add, (), {}, "add", "Sum", more="add"),
    Entry(
        "patches",
        PatchEmbedding,
        (_count("patch's size", "7", "size"), _count("token's width", "64", "units")),
        {"no-class": _off("class_token"), "no-positions": _off("positions")},
        "tokens",
        "Tokens",
        axes=3,
        alone=True,
        blame=0,
    ),
    Entry("norm", LayerNorm, (), {"eps": _real("eps", "1e-5")}, "norm", "Norm"),
    Entry(
        "token-dense",
        TokenDense,
        (_count("number of neurons of each token", "64", "units"),),
        {},
        "token-dense",
        "Per-token dense",
        axes=2,
        more="add",
    ),
    Entry(
        "scores", AttentionScores, (_count("number of heads", "4", "heads"),), {}, "scores", "Scores", axes=2
    ),
    Entry("attention", Attention, (), {}, "attention", "Attention"),
    Entry(
        "head",
        TokenHead,
        (_count("number of neurons", "10", "units"),),
        {"token": Slot("the number of a token, from 0", "0", ("token",), _index, str)},
        "head",
        "Head",
        axes=2,
    ),
)
BY_WORD = {entry.word: entry for entry in ENTRIES}
BY_BLOCK = {entry.block: entry for entry in ENTRIES}
TRANSFORMER = "transformer"
WORDS = (*BY_WORD, TRANSFORMER)
ALIASES = {"fc": "dense", "maxpool": "pool"}
# What other programs call it.
ELSEWHERE = {
    "linear": "dense",
    "convolution": "conv",
    "subsampling": "pool",
    "residual": "add",
    "skip": "add",
    "layernorm": "norm",
    "embedding": "patches",
    "self-attention": "transformer",
}
