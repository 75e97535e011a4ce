"""The graph of a TorchScript file, told by the text of its modules: followed word by word, never run.

The text is a small part of Python: assignments, calls, and choices by constants. Whatever is more than that
is refused. Reference: PyTorch's torch/csrc/jit/docs/serialization.md.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.graph.program import Chain, Program
from engine.foreign.pickles import Made, shown
from engine.foreign.readers.pytorch.graphs.aten import UNTOLD, Aten, Tensor, first_of
from engine.foreign.readers.pytorch.graphs.operators import OPERATORS
from engine.foreign.readers.pytorch.graphs.script_words import PLAIN, Method, Word, untold
from engine.foreign.refused import way_round

_MOST_STEPS, _MOST_DEPTH, _MOST_BYTES = 100_000, 40, 1 << 20
_ROOMS = (["torch"], ["ops", "prim"], ["ops", "aten"])
_CHOOSING = ("__torch__.torch.nn.modules.transformer.", "__torch__.torch.nn.modules.activation.Multihead")
_CHOOSES = (
    " is scripted, and chooses its way by what it runs on: save it, in eval(), with "
    'torch.export.save(torch.export.export(net, (images,)), "net.pt2")'
)
"""Of modules on which torch.jit.trace stumbles too: torch.export and ONNX tell the way that is taken."""
Text = Callable[[str], bytes]


def program_of(
    root: Made, text: Text, tensor: Callable[[Made], Array], constants: Sequence[Any], shape: tuple[int, ...]
) -> Program:
    """The operations of a tree of modules for an image of a shape with a batch of 1.

    text: the text of a module's file, by its path such as "__torch__/net.py". tensor: the numbers of a
    tensor of the tree. EngineError names what cannot be followed.
    """
    chain = Chain(shape, 1 if len(shape) == 4 else None)
    walk = _Walk(Aten(chain, OPERATORS), text, tensor, constants)
    made = walk.method(root, "forward", [Tensor(chain.last, shape)], {}, 0)
    count = len(made) if isinstance(made, tuple) else 1
    if isinstance(made, tuple) and made:
        made = made[0]
    if not isinstance(made, Tensor):
        raise EngineError("its output is no tensor that depends on the image")
    notes = first_of(count)
    return Program(chain.ops, chain.constants, "the pixels", shape, chain.channels, made.name, 0, notes)


class _Return(Exception):  # noqa: N818
    """What a function gives back, from inside its choices."""

    def __init__(self, value: Any):
        super().__init__()
        self.value = value


@dataclass(frozen=True)
class _Place:
    """Where the text is followed: a function's own values by name, how deep it lies in others, its class."""

    own: dict[str, Any]
    depth: int
    label: str


class _Walk:
    """Follows functions of the text on values: tensors, arrays, numbers, lists, modules."""

    def __init__(self, aten: Aten, text: Text, tensor: Callable[[Made], Array], constants: Sequence[Any]):
        self.aten = aten
        self.text = text
        self.tensor = tensor
        self.constants = constants
        self.files: dict[str, ast.Module] = {}
        self.paths: dict[int, str] = {}  # of modules by their identity, such as blocks.0.fc1
        self.calls: Counter[str] = Counter()
        self.steps = 0

    def method(self, module: Made, name: str, given: list[Any], more: Mapping[str, Any], depth: int) -> Any:
        """A method of a module."""
        path, _, own = module.name.rpartition(".")
        classes = [each for each in self._file(path).body if isinstance(each, ast.ClassDef)]
        body = next((each.body for each in classes if each.name == own), [])
        try:
            label = self.paths.get(id(module), own)
            return self._function(_named(body, name, module.name), [module, *given], more, depth, label)
        except EngineError as error:
            # What it is says more than that a piece of its text is not known. A limit is one for any image.
            said = bool(way_round(str(error))) or " more than " in str(error)
            reason = "" if said else _untaken(module.name, own, body)
            raise (EngineError(reason) if reason else error) from None

    def _file(self, path: str) -> ast.Module:
        name = f"{path.replace('.', '/')}.py"
        if name not in self.files:
            content = self.text(name)
            if len(content) > _MOST_BYTES:
                raise EngineError(f"the text of {shown(path)} has {len(content):,} bytes, too many")
            try:
                self.files[name] = ast.parse(content)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                raise EngineError(f"the text of {shown(path)} cannot be made out") from None
        return self.files[name]

    def _function(
        self, told: ast.FunctionDef, given: list[Any], more: Mapping[str, Any], depth: int, label: str
    ) -> Any:
        if depth > _MOST_DEPTH:
            raise EngineError("its functions lie too deep inside each other")
        names = [each.arg for each in told.args.args]
        usual = told.args.defaults
        place = _Place({}, depth, label)
        defaults = [self._value(value, place) for value in usual]
        place.own.update(zip(names[len(names) - len(usual) :], defaults, strict=True))
        place.own.update(zip(names, given, strict=False))
        place.own.update(more)
        try:
            self._block(told.body, place)
        except _Return as found:
            return found.value
        return None

    def _block(self, body: Sequence[ast.stmt], place: _Place) -> None:
        for each in body:
            self._count()
            match each:
                case ast.Assign(targets=[target], value=value):
                    _assign(target, self._value(value, place), place.own)
                case ast.AnnAssign(target=target, value=value) if value is not None:
                    _assign(target, self._value(value, place), place.own)
                case ast.Return(value=value):
                    raise _Return(None if value is None else self._value(value, place))
                case ast.If():
                    self._choice(each, place)
                case ast.Expr(value=value):
                    self._value(value, place)
                case ast.Pass():
                    pass
                case _:
                    raise EngineError(f"its text has a {type(each).__name__}, which is not followed")

    def _choice(self, told: ast.If, place: _Place) -> None:
        test = self._value(told.test, place)
        if test is not UNTOLD:
            self._block(told.body if test else told.orelse, place)
            return
        # Which only the image tells. A network that is used does not stop here.
        parts = [part for part in (told.body, told.orelse) if not any(map(_stops, part))]
        if len(parts) == 1:
            self._block(parts[0], place)
            return
        if not parts or not all(isinstance(each, ast.Assign) for part in parts for each in part):
            raise EngineError("its text chooses by what only the image tells")
        for each in told.body:
            if isinstance(each, ast.Assign):
                _assign(each.targets[0], UNTOLD, place.own)

    def _count(self) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise EngineError(f"its text takes more than {_MOST_STEPS:,} steps")

    def _value(self, told: ast.expr, place: _Place) -> Any:
        self._count()

        def value(part: ast.expr) -> Any:
            return self._value(part, place)

        made: Any = None
        match told:
            case ast.Constant(value=made):
                pass
            case ast.Name(id=name):
                made = place.own[name] if name in place.own else Word((name,))
            case ast.List(elts=parts):
                made = [value(part) for part in parts]
            case ast.Tuple(elts=parts):
                made = tuple(value(part) for part in parts)
            case ast.Attribute(value=inside, attr=name):
                made = self._attribute(value(inside), name)
            case ast.UnaryOp(op=ast.USub(), operand=inside):
                made = -value(inside)
            case ast.Subscript(value=inside, slice=index):
                whole = value(inside)
                # A type, such as List[int], or what only the image tells, is so in its parts too.
                made = whole if whole is UNTOLD or isinstance(whole, Word) else whole[value(index)]
            case ast.Call(func=called, args=given, keywords=more):
                named = {each.arg or "": value(each.value) for each in more}
                made = self._call(value(called), [value(each) for each in given], named, place)
            case _:
                raise EngineError(f"its text has a {type(told).__name__}, which is not followed")
        return made

    def _attribute(self, value: Any, name: str) -> Any:
        if isinstance(value, Word):
            if value.parts == ("CONSTANTS",) and name[1:].isdecimal():
                return self._kept(self.constants[int(name[1:])])
            return Word((*value.parts, name))
        if not isinstance(value, Made):
            raise EngineError(f"its text asks a {type(value).__name__} for its {shown(name)}")
        if name == "training":
            return False
        state = value.state if isinstance(value.state, dict) else {}
        if name not in state:
            return Method(value, name)
        if isinstance(state[name], Made):
            before = self.paths.get(id(value))
            self.paths[id(state[name])] = f"{before}.{name}" if before else name
        return self._kept(state[name])

    def _kept(self, value: Any) -> Any:
        """A tensor's numbers; a module or a number as it is."""
        if isinstance(value, Made) and value.name.startswith("torch._utils"):
            return self.tensor(value)
        if isinstance(value, Made) and value.name.startswith("torch.jit._pickle") and value.arguments:
            return value.arguments[0]
        return value

    def _call(self, called: Any, given: list[Any], more: dict[str, Any], place: _Place) -> Any:
        if isinstance(called, Method):
            return self.method(called.module, called.name, given, more, place.depth + 1)
        if not isinstance(called, Word):
            raise EngineError(f"its text calls a {type(called).__name__}")
        *room, name = called.parts
        if room[:1] == ["__torch__"]:
            body = self._file(".".join(room)).body
            return self._function(
                _named(body, name, ".".join(room)), given, more, place.depth + 1, place.label
            )
        if not room and name == "getattr":
            return self._attribute(*given)
        return self._own(room, name, given, more, place.label)

    def _own(self, room: list[str], name: str, given: list[Any], more: dict[str, Any], label: str) -> Any:
        """A call of what TorchScript has of its own."""
        if name == "RaiseException":
            raise EngineError("its text ends in an error for every image")
        if name in PLAIN and not any(isinstance(value, Tensor) for value in given):
            return UNTOLD if any(value is UNTOLD for value in given) else PLAIN[name](*given)
        if room in _ROOMS:
            if name == "dim":
                shape = getattr(given[0], "shape", None)
                return UNTOLD if shape is None else len(shape)
            told = f"{name} of {label}"
            if any(map(untold, (*given, *more.values()))):
                raise EngineError(f"its operator {shown(name)} reads what only the image tells")
            # A frozen module's text is one function, whose calls have no other names.
            self.calls[told] += 1
            count = self.calls[told]
            return self.aten.call(name, given, more, f"{name} {count} of {label}" if count > 1 else told)
        if not room and name in ("int", "float", "bool"):
            return given[0]
        raise EngineError(f"its text calls {shown('.'.join((*room, name)))}, which is not known")


def _untaken(module: str, own: str, body: Sequence[ast.stmt]) -> str:
    """Why a module of PyTorch's, or an operator in the text of any, is not taken; "" where nothing tells."""
    if module.startswith("__torch__.torch.nn.modules.") and (way := way_round(own)):
        return f"its {shown(own)}: {way}"
    if module.startswith(_CHOOSING):
        return f"its {shown(own)}{_CHOOSES}"
    called = (each.func for part in body for each in ast.walk(part) if isinstance(each, ast.Call))
    for each in called:
        match each:
            case ast.Attribute(value=ast.Name(id="torch"), attr=name) if name not in OPERATORS:
                if way := way_round(name):
                    return f"its operator {shown(name)}: {way}"
    return ""


def _named(body: Sequence[ast.stmt], name: str, where: str) -> ast.FunctionDef:
    for each in body:
        if isinstance(each, ast.FunctionDef) and each.name == name:
            return each
    raise EngineError(f"its text has no {shown(name)} of {shown(where)}")


def _stops(told: ast.stmt) -> bool:
    """Whether a statement ends in an error."""
    call = told.value if isinstance(told, ast.Expr) else None
    return isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "RaiseException"


def _assign(target: ast.expr, value: Any, own: dict[str, Any]) -> None:
    if isinstance(target, ast.Name):
        own[target.id] = value
    elif isinstance(target, ast.Tuple) and isinstance(value, tuple | list):
        for part, each in zip(target.elts, value, strict=True):
            _assign(part, each, own)
    else:
        raise EngineError("its text assigns to what is no name")
