"""Look: all that can be chosen about a picture, as one value."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from inspect import Parameter, signature
from numbers import Integral, Real
from typing import Any, TypedDict, TypeVar, Unpack

from guarding import in_a_line
from scenes.camera.camera_path import WAYS
from scenes.errors import NoSuchFieldError, SceneError
from scenes.light.paint import Paint
from scenes.light.themes import theme
from scenes.motion.pauses import Pause, pairs_of
from scenes.texts import catalogue

F = TypeVar("F", bound=Callable[..., Any])
SHOWN = ("evidence", "contribution", "weight", "gradient")
"""What synapses can be chosen and lit by."""


class PairChanges(TypedDict, total=False):
    """Fields of a Look that both halves of a pair share, once more for type checkers."""

    size: tuple[int, int]
    seconds: float
    pause: Pause
    theme: str
    synapses: int
    show: str
    of: int | None
    against: int | None
    sign: int
    layer: str
    way: str
    label: int | None
    source: str
    paint: Paint | None
    caption: str
    text: bool
    language: str
    transparent: bool


class Changes(PairChanges, total=False):
    """All fields of a Look once more for type checkers: what `compose` takes by keyword."""

    title: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """All that can be chosen about a picture besides the trace that it shows.

    Attributes:
        size: width and height in pixels; a tall picture gets the portrait layout.
        seconds: length of the film without its pauses.
        pause: where it stops and for how long, seconds: {"hidden1": 3}, by the name of a layer, of "digit",
            "bars", "answer" or "why", or by a moment of the film without pauses; or a number for each layer.
            Each lengthens the film by as much. It is kept as a tuple of pairs.
        theme: name of one of THEMES.
        synapses: about how many synapses to draw, shared among the connections: more than so turn to mud. Of
            one layer in a transformer's deck 900 are drawn at most, or a fifth of so many, if that is more.
        show: what synapses are chosen and lit by at the end: one of SHOWN, see engine.strongest.
        of, against: for which class evidence and gradient speak, the prediction unless given, and against
            which rival, all others unless given.
        sign: 1 to draw what is above 0 alone, -1 for what is below; 0 for both.
        layer: name of the only one whose synapses are drawn once the answer stands; "" for all.
        way: the camera's through a film, one of WAYS: it walks along with the signal, stands still, or turns.
        label: the true class, where it is known.
        source: where the digit comes from, such as "MNIST test image #1166".
        title: the headline; "" for the usual one.
        paint: colours for the neurons of some layers in place of their activation; all else then steps back.
        caption: a line of one's own in place of the one that tells what happens; "" for that.
        text: whether there is any: a headline, a legend, names, numbers; without it the net has all the room.
        language: code of the language that the picture speaks, one of scenes.texts.LANGUAGES.
        transparent: whether its ground is even black, in a light theme white, for `scenes.see_through`.

    Raises:
        SceneError: a value cannot be drawn; the message begins with the field's name.
    """

    size: tuple[int, int] = (1920, 1080)
    seconds: float = 11.5
    pause: Pause = ()
    theme: str = "dark"
    synapses: int = 4320
    show: str = "evidence"
    of: int | None = None
    against: int | None = None
    sign: int = 0
    layer: str = ""
    way: str = "walk"
    label: int | None = None
    source: str = ""
    title: str = ""
    paint: Paint | None = None
    caption: str = ""
    text: bool = True
    language: str = "en"
    transparent: bool = False

    def __post_init__(self) -> None:
        # A list of both sides says as much as a tuple, but it has no hash.
        object.__setattr__(self, "size", _sides(self.size))
        object.__setattr__(self, "pause", pairs_of(self.pause))
        for field in fields(self):
            _check_kind(field.name, getattr(self, field.name))
        for side in self.size:
            _within("size", side, 64, 7680, "pixels a side")
        _within("seconds", self.seconds, 1, 600)
        _within("synapses", self.synapses, 0, 1_000_000)
        theme(self.theme)
        catalogue(self.language)
        if self.show not in SHOWN:
            raise SceneError(f"show {self.show} is not known: give one of {', '.join(SHOWN)}")
        if self.way not in WAYS:
            raise SceneError(f"camera {self.way} is not known: give one of {', '.join(WAYS)}")
        if self.sign not in (-1, 0, 1):
            raise SceneError(f"sign {self.sign} is out of range: give 1, -1, or 0 for both")

    def changed(self, **changes: Unpack[Changes]) -> "Look":
        """The same look but for these fields.

        Raises:
            SceneError: a look has no such field (then it is a TypeError, too), or a value cannot be drawn.
        """
        known = [field.name for field in fields(self)]
        for name in changes:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise NoSuchFieldError(f"a picture has no {name!r} to choose: {hint}give {', '.join(known)}")
        return replace(self, **changes) if changes else self


def named(function: F, size: tuple[int, int] = (1920, 1080)) -> F:
    """The function with the fields of a Look in its signature, as `help` and completion show it.

    Of **look alone they would tell that there is something to give, and not what. size: the one unless given.
    """
    whole = signature(function)
    *own, rest = whole.parameters.values()
    known = PairChanges if rest.annotation == Unpack[PairChanges] else Changes
    taken = {*PairChanges.__annotations__, *known.__annotations__} - {each.name for each in own}
    more = [
        Parameter(
            field.name,
            Parameter.KEYWORD_ONLY,
            default=size if field.name == "size" else field.default,
            annotation=dict[str, float] | float if field.name == "pause" else field.type,
        )
        for field in fields(Look)
        if field.name in taken
    ]
    function.__signature__ = whole.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
    return function


_TEXT = (str, "text")
_NUMBER = (Real, "a number")
_CLASS = (Integral | None, "the number of a class, or None")
_KINDS: dict[str, tuple[Any, str]] = {
    "seconds": _NUMBER,
    "theme": _TEXT,
    "show": _TEXT,
    "layer": _TEXT,
    "way": _TEXT,
    "language": _TEXT,
    "sign": (Integral, "1, -1, or 0 for both"),
    "synapses": (Integral, "a whole number"),
    "label": _CLASS,
    "source": _TEXT,
    "title": _TEXT,
    "caption": _TEXT,
    "paint": (Paint | None, "a scenes.Paint, or None"),
    "text": (bool, "True or False"),
    "transparent": (bool, "True or False"),
}
"""What the value of a field is, and how that is said; all others are compared with what is known."""


def _check_kind(name: str, value: Any) -> None:
    kind, told = _KINDS.get(name, (object, ""))
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool and told):
        raise SceneError(f"{name} {in_a_line(value)}: give {told}")


def _sides(size: Any) -> tuple[int, int]:
    """Width and height, given as any two whole numbers."""
    try:
        width, height = size
        if isinstance(width, Integral) and isinstance(height, Integral):
            return int(width), int(height)
    except (TypeError, ValueError):
        pass
    raise SceneError(f"size {in_a_line(size)}: give width and height in pixels, such as (1280, 720)")


def _within(name: str, value: float, low: int, high: int, unit: str = "") -> None:
    if not (math.isfinite(value) and low <= value <= high):
        given = str(value) if isinstance(value, int) else f"{value:g}"
        raise SceneError(f"{name} {given} is out of range: give {low} to {high} {unit}".rstrip())
