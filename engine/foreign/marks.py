"""What viz3d tells of a net in a file for another system, so that it is read again as what it was."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

from engine.foreign.build import Imported
from engine.foreign.json_text import values_of
from engine.foreign.told import OUTPUTS
from engine.net import Net
from engine.task import FRAMINGS, Task

_OUTPUTS, _TASK, _FRAMING = "viz3d outputs", "viz3d task", "viz3d framing"
_TEXTS, _LISTS = ("noun", "data"), ("classes", "columns")


def marks_of(net: Net) -> dict[str, str]:
    """What is told, by its name in the file; nothing where all is as usual, as of a reader of digits."""
    told = {} if not net.framing else {_FRAMING: net.framing}
    if net.task is None:
        return told
    names = {name: getattr(net.task, name) for name in (*_TEXTS, *_LISTS)}
    outputs = OUTPUTS[0] if net.gives_numbers else OUTPUTS[1]
    return {_OUTPUTS: outputs, _TASK: json.dumps(names, ensure_ascii=False), **told}


def marked(found: Imported, told: Mapping[str, str]) -> Imported:
    """An import with what its file tells so; what others have written under these names is passed over."""
    outputs, framing = told.get(_OUTPUTS), told.get(_FRAMING)
    return dataclasses.replace(
        found,
        outputs=outputs if outputs in OUTPUTS else None,
        task=_task(told[_TASK]) if _TASK in told else None,
        framing=framing if framing in FRAMINGS else None,
    )


def _task(text: str) -> Task | None:
    """EngineError where a name is none."""
    try:
        value = values_of(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return None
    texts = {name: value.get(name) for name in _TEXTS}
    lists = {name: value.get(name) for name in _LISTS}
    if not all(isinstance(each, str) for each in texts.values()):
        return None
    if not all(isinstance(each, list) and all(isinstance(n, str) for n in each) for each in lists.values()):
        return None
    return Task(**texts, **{name: tuple(each) for name, each in lists.items()})  # type: ignore[arg-type]


def kept(found: Imported, framing: str | None) -> Imported:
    """An import whose net has the names and the framing that its file tells; framing: as its owner says."""
    net, task = found.net, found.task
    if task is not None:
        numbers = net.task is not None and net.task.numbers
        net = dataclasses.replace(net, task=dataclasses.replace(task, numbers=numbers))
    if framing := framing or found.framing:
        net = dataclasses.replace(net, framing=framing)
    return found if net is found.net else dataclasses.replace(found, net=net)
