"""A network as code: its text, and the same network as a PyTorch module."""

from dataclasses import dataclass, replace
from functools import cached_property

from engine import EngineError, Net
from engine.graph.layer import Layer
from engine.text.lines import CodeLine, text_lines
from engine.text.torch_module import torch_module

_WEIGHTS = (
    "`viz3d import NET.npz --out net.safetensors` writes weights that have them, "
    "or names one that no weights can hold."
)
_FUNCTIONS = (
    "Take functions of single neurons back: `viz3d import NET.npz --out net.safetensors` holds all others."
)


@dataclass(frozen=True, eq=False)
class NetworkCode:
    """The lines that make a network, in the words of viz3d and in those of PyTorch.

    width: letters up to which a line of the module has its comment behind it, and not above. Edits are told
    in a remark: text has only functions that whole layers were given.
    """

    net: Net
    width: int = 110

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The net's layers with the functions that all their neurons were given."""
        cells = self.net.overlay.cells
        given = {name: each.function_of_all(self.net.layer(name).size) for name, each in cells.items()}
        return tuple(
            replace(layer, activation=given[layer.name]) if given.get(layer.name) else layer
            for layer in self.net.layers
        )

    @cached_property
    def text(self) -> tuple[CodeLine, ...]:
        """The architecture, a layer or block in each line; EngineError where a layer has no words."""
        return text_lines(self.layers)

    @cached_property
    def module(self) -> tuple[CodeLine, ...]:
        """The PyTorch module; EngineError where a layer has no words."""
        return torch_module(self.layers, self.net.name, self._remarks(), self.width)

    def printed(self) -> str:
        """Both as one file of Python, the architecture in remarks."""
        return "\n".join([*(f"# {line.text}" for line in self.text), "", as_text(self.module)])

    def _remarks(self) -> tuple[str, ...]:
        """Which edits go by no text, and what writes the weights that have them."""
        whole = {layer.name for layer, own in zip(self.layers, self.net.layers, strict=True) if layer != own}
        told = [each for each in self.net.edits if each.verb != "function" or each.layer not in whole]
        if not told:
            return ()
        way = _FUNCTIONS if any(each.verb == "function" for each in told) else _WEIGHTS
        return (f"Edits that are not in it: {'; '.join(map(str, told))}", way)


def as_text(lines: tuple[CodeLine, ...]) -> str:
    """Lines as one text."""
    return "\n".join(line.text for line in lines)


def lines_or_why(code: NetworkCode, which: str) -> tuple[CodeLine, ...]:
    """The lines of "text" or "module"; where a layer has no words, a remark that says so."""
    try:
        return code.text if which == "text" else code.module
    except EngineError as error:
        return (CodeLine(f"# {error}"),)
