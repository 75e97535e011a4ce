"""A network as code: its text, and the same network as a PyTorch module."""

from dataclasses import dataclass
from functools import cached_property

from engine import EngineError, Net
from engine.text.lines import CodeLine, text_lines
from engine.text.torch_module import torch_module


@dataclass(frozen=True, eq=False)
class NetworkCode:
    """The lines that make a network, in the words of viz3d and in those of PyTorch.

    width: letters up to which a line of the module has its comment behind it, and not above. Edits of single
    neurons and synapses, which no other program knows, are told in a remark.
    """

    net: Net
    width: int = 110

    @cached_property
    def text(self) -> tuple[CodeLine, ...]:
        """The architecture, a layer or block in each line; EngineError where a layer has no words."""
        return text_lines(self.net.layers)

    @cached_property
    def module(self) -> tuple[CodeLine, ...]:
        """The PyTorch module; EngineError where a layer has no words."""
        return torch_module(self.net.layers, self.net.name, self._remarks(), self.width)

    def printed(self) -> str:
        """Both as one file of Python, the architecture in remarks."""
        return "\n".join([*(f"# {line.text}" for line in self.text), "", as_text(self.module)])

    def _remarks(self) -> tuple[str, ...]:
        edits = self.net.edits
        return (f"Edits that are not in it: {'; '.join(map(str, edits))}",) if edits else ()


def as_text(lines: tuple[CodeLine, ...]) -> str:
    """Lines as one text."""
    return "\n".join(line.text for line in lines)


def lines_or_why(code: NetworkCode, which: str) -> tuple[CodeLine, ...]:
    """The lines of "text" or "module"; where a layer has no words, a remark that says so."""
    try:
        return code.text if which == "text" else code.module
    except EngineError as error:
        return (CodeLine(f"# {error}"),)
