"""A net's structure as a JSON object, and back with every field checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from engine.arrays import Array, Shape
from engine.blocks import describe, restore
from engine.edits.grammar import Edit, parse
from engine.errors import EngineError, shortened
from engine.files.older_history import told_before
from engine.files.statistics import read_watch
from engine.graph.layer import Layer
from engine.graph.recipe import Recipe
from engine.graph.rules import check_layers, check_size, parameter_shapes
from engine.net import Net
from engine.statistics import Statistics
from engine.task import Task

FORMAT = "viz3d net"
VERSIONS = (1, 2, 3, 4, 5, 6)
"""Format versions that are known. Older readers know no edits, of version 2, no statistics, of version 3, no
scale of inputs, of version 4, no outputs that are numbers, of version 5, and no framing of digits, of version
6: only a net that has them is written so."""

_LONGEST_NAME = 80


def to_json(net: Net) -> dict[str, Any]:
    """Everything of a net but its arrays, as JSON values."""
    return {
        "format": FORMAT,
        "version": version_of(net),
        "name": net.name,
        "title": net.title,
        "layers": [_layer_to_json(layer) for layer in net.layers],
        "recipe": dataclasses.asdict(net.recipe),
        "provenance": dict(net.provenance),
        **({"edits": [str(edit) for edit in net.edits]} if net.edits else {}),
        # An empty one too, where the provenance tells of more: that is of the net before.
        **({"history": list(net.history)} if net.history or told_before(net.provenance, net.edits) else {}),
        **({"watch": {name: list(numbers) for name, numbers in net.watch.items()}} if net.watch else {}),
        **({"task": _task_to_json(net.task)} if net.task is not None else {}),
        **({"framing": net.framing} if net.framing else {}),
    }


def version_of(net: Net) -> int:
    """The format version that tells an older reader what it would not know of a net."""
    if net.framing:
        return VERSIONS[5]
    if net.task is not None and net.task.numbers:
        return VERSIONS[4]
    if net.task is not None and net.task.low:
        return VERSIONS[3]
    return VERSIONS[2] if net.statistics is not None else VERSIONS[1] if net.edits else VERSIONS[0]


@dataclasses.dataclass(frozen=True)
class Description:
    """What `from_json` read."""

    name: str
    title: str
    layers: tuple[Layer, ...]
    recipe: Recipe
    provenance: dict[str, Any]
    edits: tuple[Edit, ...]
    history: tuple[str, ...]
    watch: Mapping[str, tuple[int, ...]]
    task: Task | None
    framing: str

    def net(self, parameters: Mapping[str, Array], statistics: Statistics | None = None) -> Net:
        """The net that has this structure, these parameters and statistics."""
        names = ("provenance", "edits", "history", "watch", "task", "framing")
        more = {name: getattr(self, name) for name in names} | {"statistics": statistics}
        return Net.of(self.name, self.title, self.layers, parameters, self.recipe, **more)

    def parameter_shapes(self) -> dict[str, Shape]:
        """Names and shapes of the arrays that this structure asks for; EngineError where it is not sound."""
        check_layers(self.layers)
        check_size(self.layers)
        return parameter_shapes(self.layers)


def from_json(value: object) -> Description:
    """The structure that `to_json` described; EngineError names the field that is wrong."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise EngineError(f'its description does not say "{FORMAT}": it is the file of another program')
    if value.get("version") not in VERSIONS:
        known = f"{', '.join(map(str, VERSIONS[:-1]))} and {VERSIONS[-1]}"
        raise EngineError(f"its format version is {value.get('version')!r}, known are {known}: update viz3d")
    layers = tuple(_layer_from_json(item) for item in _field(value, "layers", list))
    provenance = _field(value, "provenance", dict)
    edits = parse("; ".join(_each(value, "edits", str))) if "edits" in value else ()
    return Description(
        name=shortened(_field(value, "name", str), _LONGEST_NAME),
        title=shortened(_field(value, "title", str), _LONGEST_NAME),
        layers=layers,
        recipe=_recipe_from_json(_field(value, "recipe", dict)),
        provenance=provenance,
        edits=edits,
        history=tuple(_each(value, "history", str)) if "history" in value else told_before(provenance, edits),
        watch=read_watch(value.get("watch", {})),
        task=_task_from_json(_field(value, "task", dict), layers) if "task" in value else None,
        framing=_field(value, "framing", str) if "framing" in value else "",
    )


def _layer_to_json(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": layer.title,
        "shape": list(layer.shape),
        "block": None if layer.block is None else describe(layer.block),
        "sources": list(layer.sources),
        "activation": layer.activation,
        "dropout": layer.dropout,
    }


def _layer_from_json(item: object) -> Layer:
    if not isinstance(item, dict):
        raise EngineError(f"a layer is described by an object, got {item!r:.60}")
    block = item.get("block")
    return Layer(
        name=_field(item, "name", str),
        title=_field(item, "title", str),
        shape=tuple(_each(item, "shape", int)),
        block=None if block is None else restore(_field(item, "block", dict)),
        sources=tuple(_each(item, "sources", str)),
        activation=_field(item, "activation", str),
        dropout=float(_field(item, "dropout", (int, float))),
    )


def _task_to_json(task: Task) -> dict[str, Any]:
    """A task's fields; that it gives numbers is told of those alone that do."""
    told = dataclasses.asdict(task)
    return told if task.numbers else {name: value for name, value in told.items() if name != "numbers"}


def _task_from_json(item: Mapping[str, Any], layers: tuple[Layer, ...]) -> Task:
    classes, columns = (tuple(_each(item, name, str)) for name in ("classes", "columns"))
    low, span = (tuple(_each(item, name, float)) for name in ("low", "span"))
    if low and layers and len(low) != layers[0].size:
        raise EngineError(f"its description scales {len(low)} inputs, not {layers[0].size}: make it again")
    if not isinstance(numbers := item.get("numbers", False), bool):
        raise EngineError(f"its description's 'numbers' must be true or false, got {numbers!r:.60}")
    return Task(_field(item, "noun", str), _field(item, "data", str), classes, columns, low, span, numbers)


def _recipe_from_json(item: Mapping[str, Any]) -> Recipe:
    kinds: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "float": (int, float)}
    fields = {field.name: kinds[str(field.type)] for field in dataclasses.fields(Recipe)}
    unknown = [name for name in item if name not in fields]
    if unknown:
        raise EngineError(f"its recipe has unknown fields {', '.join(unknown)}: update viz3d")
    values: dict[str, Any] = {name: _field(item, name, fields[name]) for name in item}
    # JSON writes 1.0 as people do, and compiled loops take one kind of number alone.
    numbers = [name for name in values if fields[name] == (int, float)]
    return Recipe(**values | {name: float(values[name]) for name in numbers})


def _field(item: Mapping[str, Any], name: str, kind: type | tuple[type, ...]) -> Any:
    value = item.get(name)
    # bool is an int to Python, never to us.
    if not isinstance(value, kind) or isinstance(value, bool):
        known = kind if isinstance(kind, tuple) else (kind,)
        names = " or ".join(k.__name__ for k in known)
        raise EngineError(f"its description's {name!r} must be {names}, got {value!r:.60}")
    return value


def _each(item: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    values: list[Any] = _field(item, name, list)
    for value in values:
        if type(value) is not kind:
            raise EngineError(f"its description's {name!r} must list {kind.__name__}, got {value!r:.60}")
    return values
