"""A network as lines of text, each with the layers that it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.arrays import Shape, size_of
from engine.graph.layer import Layer
from engine.graph.rules import parameter_shapes
from engine.text.write import segments

_FARTHEST = 80  # characters after which remarks stand below each other; a sum of many layers is longer


@dataclass(frozen=True)
class CodeLine:
    """A line without its end, and the names of the layers that it tells of; none for what tells of all."""

    text: str
    layers: tuple[str, ...] = ()


def text_lines(layers: Sequence[Layer]) -> tuple[CodeLine, ...]:
    """The architecture as text, a segment in each line, with shape and count of parameters as a remark.

    `engine.text.read` reads the lines as they are. EngineError where a layer has no words.
    """
    parts, counts, by_name = segments(layers), parameter_counts(layers), {n.name: n for n in layers}
    wide = min(max(len(text) for text, _ in parts), _FARTHEST)
    lines = []
    for text, names in parts:
        count = sum(counts[name] for name in names)
        said = by_length(by_name[names[-1]].shape)
        # A share that dropout silences is a line of its own, and no layer.
        remark = "in training alone" if text.startswith("dropout") else said + counted(count)
        lines.append(CodeLine(f"{text:<{wide}}  # {remark}", names))
    return tuple(lines)


def parameter_counts(layers: Sequence[Layer]) -> dict[str, int]:
    """How many parameters each layer has, by name."""
    counts = {layer.name: 0 for layer in layers}
    for name, shape in parameter_shapes(layers).items():
        counts[name.rpartition(".")[0]] += size_of(shape)
    return counts


def counted(parameters: int) -> str:
    """A count of parameters to go behind other words; nothing for none."""
    return f", {parameters:,} parameter{'' if parameters == 1 else 's'}" if parameters else ""


def by_length(shape: Shape) -> str:
    """A shape as text: 24 x 24 x 20."""
    return " x ".join(map(str, shape))
