"""A network as a PyTorch module: text that PyTorch runs, with a comment for each line."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from engine.errors import EngineError, check_text, check_whole
from engine.graph.layer import Layer
from engine.text.lines import CodeLine, by_length, counted, parameter_counts
from engine.text.torch_activations import activation_call
from engine.text.torch_blocks import HEADS, Part, Source, part
from guarding import in_a_line

# What nn.Module itself is asked for, and the names that the text uses.
_TAKEN = frozenset(
    f"F nn np torch self x {HEADS} forward train training eval "
    "add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches "
    "extra_repr float get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict "
    "modules mtia named_buffers named_children named_modules named_parameters parameters "
    "register_buffer register_module register_parameter requires_grad_ set_extra_state set_submodule "
    "share_memory state_dict to to_empty type xpu zero_grad len super".split()
)

_INDENT = " " * 8  # of a line in a method


@dataclass(frozen=True)
class WrittenLayer:
    """A layer in PyTorch: its attribute's name, its parts, and the variable that holds its value."""

    layer: Layer
    name: str
    part: Part
    variable: str


def torch_module(
    layers: Sequence[Layer], name: str, remarks: Sequence[str] = (), width: int = 110
) -> tuple[CodeLine, ...]:
    """A module that computes what the layers do, from images (B, maps, h, w) or rows (B, n).

    name: of the network, from which the class has its own. remarks: more lines for its docstring. width:
    letters up to which a line has its comment behind it; a longer one has it above, and an activation
    function that would make it too long has a line of its own. Fresh weights are PyTorch's; those of a net:
    `engine.torch_weights`. EngineError where there are no layers, or a block has no words.
    """
    if not layers or not all(isinstance(each, Layer) for each in layers):
        raise EngineError(f"layers are those of a net, such as net.layers, got {in_a_line(layers)}")
    check_text(name, "a network's name", "mine")
    check_whole(width, "width", 1)
    first, parts, counts = layers[0], written_layers(layers), parameter_counts(layers)
    reads = f"rows (B, {first.shape[0]}) of numbers"
    if len(first.shape) == 3:
        reads = "images (B, {2}, {0}, {1}) of 0..1".format(*first.shape)
    lines = [
        CodeLine("import torch"),
        CodeLine("import torch.nn.functional as F"),
        CodeLine("from torch import nn"),
        *(_HEADS_LINES if any(HEADS + "(" in each.part.value for each in parts) else ()),
        CodeLine(""),
        CodeLine(""),
        CodeLine(f"class {_class_name(name)}(nn.Module):"),
        CodeLine(f'    """The network {_plain(name)}: {sum(counts.values()):,} parameters.'),
        CodeLine(""),
        CodeLine(f"    It reads {reads}."),
        *(CodeLine(f"    {row}") for remark in remarks for row in wrap(_plain(remark), width - 4)),
        CodeLine('    """'),
        CodeLine(""),
        CodeLine("    def __init__(self):"),
        CodeLine("        super().__init__()"),
        *(line for each in parts for line in _members(each, counts[each.layer.name], width)),
        CodeLine(""),
        CodeLine("    def forward(self, x):"),
        *(line for each in parts for line in _value(each, width)),
        CodeLine(f"        return {parts[-1].variable}", (layers[-1].name,)),
    ]
    return tuple(lines)


_HEADS_LINES = (
    CodeLine(""),
    CodeLine(""),
    CodeLine("# shares each token's numbers among n heads: (B, n, tokens, width)"),
    CodeLine(f"def {HEADS}(x, n):"),
    CodeLine("    return x.unflatten(-1, (n, -1)).transpose(1, 2)"),
)


def written_layers(layers: Sequence[Layer]) -> list[WrittenLayer]:
    """Every layer but the input in PyTorch's words."""
    names, chain = _names(layers), all(b.sources == (a.name,) for a, b in pairwise(layers))
    first = layers[0]
    sources = {first.name: Source(first.shape, "x", len(first.shape) == 3)}
    made = []
    for layer in layers[1:]:
        name = names[layer.name]
        try:
            its = part(layer.block, f"self.{name}", layer.shape, [sources[s] for s in layer.sources])
        except KeyError:
            raise EngineError(
                f"layer {layer.name} cannot be written for PyTorch: its block is unknown"
            ) from None
        # Where each layer reads the one before, they all go by one name, as people write it.
        variable = "x" if chain else name
        sources[layer.name] = Source(layer.shape, variable, its.image)
        made.append(WrittenLayer(layer, name, its, variable))
    return made


def _members(each: WrittenLayer, count: int, width: int) -> list[CodeLine]:
    own = (each.layer.name,)
    lines = []
    for member in each.part.members:
        # The count stands once, where the layer's first member is made.
        told = member.told + (counted(count) if member is each.part.members[0] else "")
        lines += _line(f"self.{each.name}{member.suffix} = {member.made}", told, own, width)
    if each.layer.dropout:
        share = each.layer.dropout
        made = f"self.{each.name}_dropout = nn.Dropout({share})"
        lines += _line(made, f"{share:.4g} of its neurons are silent in each training step", own, width)
    return lines


def _value(each: WrittenLayer, width: int) -> list[CodeLine]:
    layer, its = each.layer, each.part
    steps = [(its.value, its.told), *((code.format(each.variable), told) for code, told in its.then)]
    call, does = activation_call(layer.activation)
    value, told = steps[-1]
    acted = call.format(value, axis=1 if its.image else -1)
    if acted != value and _long(f"{each.variable} = {acted}", width):
        steps.append((each.variable, ""))
        acted, told = call.format(each.variable, axis=1 if its.image else -1), ""
    value = acted
    if layer.dropout:
        value = f"self.{each.name}_dropout({value})"
    shape = (layer.shape[2], *layer.shape[:2]) if its.image else layer.shape
    steps[-1] = value, "; ".join(filter(None, (told, does))) + f": {by_length(shape)}"
    return [
        line
        for code, told in steps
        for line in _line(f"{each.variable} = {code}", told, (layer.name,), width)
    ]


def _line(code: str, told: str, layers: tuple[str, ...], width: int) -> list[CodeLine]:
    if not _long(f"{code}  # {told}", width):
        return [CodeLine(f"{_INDENT}{code}  # {told}", layers)]
    above = f"# {told}"
    if _long(above, width):  # two sentences, each with a line of its own
        above = above.replace("; ", "\n# ")
    return [CodeLine(f"{_INDENT}{row}", layers) for row in (*above.split("\n"), code)]


def _long(code: str, width: int) -> bool:
    return len(_INDENT) + len(code) > width


def _names(layers: Sequence[Layer]) -> Mapping[str, str]:
    """An attribute's name for each layer: block1.norm1 becomes block1_norm1."""
    names: dict[str, str] = {}
    taken = set(_TAKEN)
    for layer in layers[1:]:
        plain = unicodedata.normalize("NFKC", re.sub(r"\W", "_", layer.name))
        if not plain.isidentifier() or keyword.iskeyword(plain) or plain in _TAKEN or plain.startswith("_"):
            plain = f"layer_{plain}"
        name, number = plain, 2
        while any(name + more in taken for more in ("", "_class", "_position", "_dropout")):
            name, number = f"{plain}_{number}", number + 1
        taken |= {name + more for more in ("", "_class", "_position", "_dropout")}
        names[layer.name] = name
    return names


def _class_name(name: str) -> str:
    words = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", name))
    return words if words[:1].isalpha() else f"Net{words}"


def _plain(text: str) -> str:
    """Text that a docstring can hold."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split())
