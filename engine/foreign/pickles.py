"""Pickles read as data: nothing is imported, nothing is called.

A pickle is a program. This reader knows only the instructions that build numbers, texts, tuples, lists and
dicts; a function that the pickle names is kept as its name, and a call of it as a record of that name and
its arguments. What a record means is for those to say who know the format (numpy_pickle.py,
torch_file.py). Instructions: Python's pickletools, "Pickle protocols 0 to 5".
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.foreign.refused import way_round

_MOST_INSTRUCTIONS = 200_000
_ORDERED_DICT = "collections.OrderedDict"


@dataclass(frozen=True)
class Name:
    """A function or class that a pickle names, "numpy.dtype" say: a text, not the thing."""

    text: str


@dataclass(eq=False)
class Made:
    """A call that a pickle asks for, and that is not made: its name, arguments, and the state set then."""

    name: str
    arguments: tuple[Any, ...]
    state: Any = None


@dataclass(frozen=True, eq=False)
class Outside:
    """A thing that lies outside the pickle, by its id; PyTorch keeps a tensor's numbers so."""

    id: Any


def read_pickle(data: bytes, names: Collection[str], inside: tuple[str, ...] = ()) -> Any:
    """The value of a pickle as None, bool, int, float, str, bytes, tuple, list, dict, Name, Made, Outside.

    names: the functions and classes that the format may name. inside: packages, such as that of a file's own
    classes, of whose classes objects are records of what is set in them. EngineError where the pickle names
    another, uses an instruction beyond data, or is damaged.
    """
    try:
        return _Reader(names, inside).run(data)
    except EngineError:
        raise
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
        reason = (str(error).splitlines() or [""])[0][:80] or type(error).__name__
        raise EngineError(f"its pickle is damaged ({reason}): save it again") from None


class _Reader:
    def __init__(self, names: Collection[str], inside: tuple[str, ...]):
        self.names = names
        self.inside = tuple(f"{package}." for package in inside)
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self, data: bytes) -> Any:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if count >= _MOST_INSTRUCTIONS:
                raise EngineError(
                    f"its pickle has more than {_MOST_INSTRUCTIONS:,} instructions: no such net"
                )
            if opcode.name == "STOP":
                break
            if opcode.name not in _INSTRUCTIONS:
                raise EngineError(f"its pickle uses {opcode.name}: only arrays of numbers are read")
            _INSTRUCTIONS[opcode.name](self, argument)
        (value,) = self.stack
        return value

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self, count: int) -> tuple[Any, ...]:
        """The last `count` values, never reaching below the last mark."""
        floor = self.marks[-1] if self.marks else 0
        if len(self.stack) - count < floor:
            raise ValueError("it takes a value that is not there")
        taken = tuple(self.stack[len(self.stack) - count :])
        del self.stack[len(self.stack) - count :]
        return taken

    def since_mark(self) -> tuple[Any, ...]:
        mark = self.marks.pop()
        taken = tuple(self.stack[mark:])
        del self.stack[mark:]
        return taken

    def name(self, text: str) -> None:
        if text not in self.names and not text.startswith(self.inside):
            way = way_round(text)
            if way:
                raise EngineError(f"its pickle names {shown(text)}: {way}")
            raise EngineError(
                f"its pickle names {shown(text)}: only arrays of numbers are read, no code is run"
            )
        self.push(Name(text))

    def call(self) -> None:
        function, arguments = self.pop(2)
        if not isinstance(function, Name) or not isinstance(arguments, tuple):
            raise ValueError("it calls what is no function")
        empty = function.text == _ORDERED_DICT and not arguments
        self.push({} if empty else Made(function.text, arguments))

    def build(self) -> None:
        (state,) = self.pop(1)
        target = self.stack[-1]
        if isinstance(target, Made):
            target.state = state
        elif not isinstance(target, dict):
            raise ValueError("it sets a state where there is none")
        # Attributes of a dict, such as a state_dict's _metadata, hold no numbers.

    def extend(self, items: tuple[Any, ...]) -> None:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise ValueError("it appends to what is no list")
        target.extend(items)

    def assign(self, items: tuple[Any, ...]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict) or len(items) % 2:
            raise ValueError("it sets items of what is no dict")
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, str | int):
                raise ValueError("a key is neither a text nor a number")
            target[key] = value

    def mark(self) -> None:
        self.marks.append(len(self.stack))

    def remember(self, place: int) -> None:
        self.memo[place] = self.stack[-1]


def shown(text: str) -> str:
    """A foreign name as messages show it: short, on one line, without control characters."""
    return f"{text if text.isprintable() else ascii(text):.80}"


_Instruction = Callable[[_Reader, Any], None]


def _stack_global(reader: _Reader, _: Any) -> None:
    module, name = reader.pop(2)
    reader.name(f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "?")


_INSTRUCTIONS: dict[str, _Instruction] = {
    **dict.fromkeys(("PROTO", "FRAME"), lambda *_: None),
    **dict.fromkeys(
        (
            *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
            *("SHORT_BINUNICODE", "BINUNICODE", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8"),
        ),
        lambda reader, argument: reader.push(argument),
    ),
    "NONE": lambda reader, _: reader.push(None),
    "NEWTRUE": lambda reader, _: reader.push(True),
    "NEWFALSE": lambda reader, _: reader.push(False),
    "EMPTY_TUPLE": lambda reader, _: reader.push(()),
    "EMPTY_LIST": lambda reader, _: reader.push([]),
    "EMPTY_DICT": lambda reader, _: reader.push({}),
    "TUPLE1": lambda reader, _: reader.push(reader.pop(1)),
    "TUPLE2": lambda reader, _: reader.push(reader.pop(2)),
    "TUPLE3": lambda reader, _: reader.push(reader.pop(3)),
    "TUPLE": lambda reader, _: reader.push(reader.since_mark()),
    "MARK": lambda reader, _: reader.mark(),
    "APPEND": lambda reader, _: reader.extend(reader.pop(1)),
    "APPENDS": lambda reader, _: reader.extend(reader.since_mark()),
    "SETITEM": lambda reader, _: reader.assign(reader.pop(2)),
    "SETITEMS": lambda reader, _: reader.assign(reader.since_mark()),
    "MEMOIZE": lambda reader, _: reader.remember(len(reader.memo)),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT"), lambda reader, place: reader.remember(place)),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), lambda reader, place: reader.push(reader.memo[place])),
    "GLOBAL": lambda reader, argument: reader.name(argument.replace(" ", ".", 1)),
    "STACK_GLOBAL": _stack_global,
    **dict.fromkeys(("REDUCE", "NEWOBJ"), lambda reader, _: reader.call()),
    "BUILD": lambda reader, _: reader.build(),
    "BINPERSID": lambda reader, _: reader.push(Outside(*reader.pop(1))),
}
