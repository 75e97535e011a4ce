"""ResNets of a state_dict, told by the names that torchvision and its followers give, or by their blocks.

He et al. 2016, "Deep residual learning for image recognition", figures 2 and 5.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.build import Imported, Way
from engine.foreign.graph.finish import imported
from engine.foreign.graph.program import Chain, Program
from engine.foreign.readers.pytorch.modules import natural
from engine.foreign.readers.pytorch.residual_blocks import usual_names
from engine.foreign.readers.pytorch.weights import TAKEN_WITH
from engine.net import Net

Tensors = Mapping[str, Array]
_BLOCK = re.compile(r"(layer\d+(?:\.\d+)?)\.(conv[123]|bn[123]|(?:shortcut|downsample)\.[01])\.\w+")
_ENDS = ("linear", "fc", "classifier", "fc1")


@dataclass(frozen=True)
class Stem:
    """How an image comes to the first block: the first convolution's stride, and whether a pool follows.

    first: the stride of the first block.
    """

    stride: int
    pool: bool
    first: int = 1

    @property
    def told(self) -> str:
        """In words."""
        pool = "a max-pool of 3 with stride 2" if self.pool else "no pool"
        halved = ", a first block of stride 2" if self.first > 1 else ""
        return f"stride {self.stride} and {pool} at the beginning{halved}"


def resnet(tensors: Tensors, file: str, stored: bool = True) -> Imported | None:
    """The ResNet that these tensors are by their names, or by their blocks' shapes; None where they are none.

    Strides, padding and pools are the usual ones: a stage that begins with a convolution beside its first
    block halves the maps, but for the first stage. Where the beginning is open, all ways are readings.
    stored: whether the file keeps its order.
    """
    found = _made(_inside(tensors), file, "names")
    return found or _made(
        usual_names(tensors, stored), file, "blocks, in which a convolution stands beside others"
    )


def _made(inside: Tensors | None, file: str, told: str) -> Imported | None:
    """The ResNet of tensors with their usual names; told: by what they are known."""
    if inside is None:
        return None
    end = next((name for name in _ENDS if inside.get(f"{name}.weight", np.empty(0)).ndim == 2), "")
    blocks = sorted({match[1] for name in inside if (match := _BLOCK.fullmatch(name))}, key=natural)
    others = {name.rpartition(".")[0] for name in inside if not _BLOCK.fullmatch(name)}
    first = inside.get("conv1.weight", np.empty(0))
    if not end or len(blocks) < 2 or others - {"bn1"} != {"conv1", end} or first.ndim != 4:
        return None
    wide = first.shape[2] > 3
    stems = [Stem(2, pool=True)] if wide else [Stem(1, pool=False)]
    if not wide and end == "fc":  # torchvision's, with a smaller first kernel for small images
        stems += [Stem(1, pool=True), Stem(2, pool=True)]
    if _narrow_first(inside, blocks[0]):
        stems += [dataclasses.replace(each, first=2) for each in stems]
    kind = f"a {file} of a ResNet of {len(blocks)} blocks"

    def whole(stem: Stem) -> Imported:
        return imported(_program(inside, blocks, end, stem), kind)

    def net(stem: Stem) -> Net:
        return whole(stem).net

    try:
        made = whole(stems[0])
    except (EngineError, KeyError):  # It has such names, and goes on in another way.
        return None
    beside = f": its shapes fit {len(stems) - 1} other beginnings too" if len(stems) > 1 else ""
    notes = (
        f"taken as a ResNet by its {told}",
        f"{TAKEN_WITH} {stems[0].told}, as such networks mostly have it{beside}",
    )
    ways = [
        Way(stem.told, partial(net, stem), beside=stem.told, whole=partial(whole, stem)) for stem in stems
    ]
    ways = [dataclasses.replace(each, layouts=lambda: tuple(ways)) for each in ways]
    return dataclasses.replace(
        made, notes=(*notes, *made.notes), readings=tuple(ways) if len(ways) > 1 else ()
    )


def _narrow_first(tensors: Tensors, block: str) -> bool:
    """Whether the first block is of two convolutions and widens, so that it may halve its maps as well."""
    return f"{block}.shortcut.0.weight" in tensors and f"{block}.conv3.weight" not in tensors


def _inside(tensors: Tensors) -> dict[str, Array] | None:
    """The tensors without what all their names begin with, such as module. or model.backbone."""
    first = next((name for name in tensors if name.endswith("conv1.weight") and "layer" not in name), None)
    if first is None:
        return None
    before = first.removesuffix("conv1.weight")
    if not all(name.startswith(before) for name in tensors):
        return None
    return {name.removeprefix(before): array for name, array in tensors.items()}


def _program(tensors: Tensors, blocks: Sequence[str], end: str, stem: Stem) -> Program:
    first = tensors["conv1.weight"]
    side = {1: 28, 3: 32}.get(first.shape[1], 28)
    chain = Chain((1, first.shape[1], side, side), 1)
    _normed(chain, tensors, "", "1", stem.stride)
    chain.add("Relu", "relu")
    if stem.pool:
        chain.add("MaxPool", "maxpool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    width = len(first)
    for block in blocks:
        begins = block.startswith("layer1")
        width = _block(chain, tensors, block, width, begins and (block != blocks[0] or stem.first == 1))
    chain.add("GlobalAveragePool", "avgpool")
    chain.add("Flatten", "flatten")
    chain.add("Gemm", end, tensors[f"{end}.weight"], tensors.get(f"{end}.bias"), transB=1)
    chain.add("LogSoftmax", "the end")
    return chain.program()


def _normed(chain: Chain, tensors: Tensors, block: str, number: str, stride: int) -> None:
    """A convolution and its batch norm: conv1 and bn1 of a block, or shortcut.0 and shortcut.1."""
    conv, bn = (number, f"{number[:-1]}1") if "." in number else (f"conv{number}", f"bn{number}")
    weight = tensors[f"{block}{conv}.weight"]
    pad = weight.shape[2] // 2
    bias = tensors.get(f"{block}{conv}.bias")
    chain.add("Conv", f"{block}{conv}", weight, bias, strides=[stride] * 2, pads=[pad] * 4)
    if f"{block}{bn}.running_mean" not in tensors:
        return
    arrays = [tensors[f"{block}{bn}.{leaf}"] for leaf in ("weight", "bias", "running_mean", "running_var")]
    chain.add("BatchNormalization", f"{block}{bn}", *arrays)


def _block(chain: Chain, tensors: Tensors, block: str, width: int, first: bool) -> int:
    """A block of two convolutions, or three of which the middle one has the stride; its maps' count."""
    block = f"{block}."
    beside = next((w for w in ("shortcut", "downsample") if f"{block}{w}.0.weight" in tensors), "")
    numbers = [n for n in "123" if f"{block}conv{n}.weight" in tensors]
    made = len(tensors[f"{block}conv{numbers[-1]}.weight"])
    stride = 2 if (beside or made != width) and not first else 1
    source = chain.last
    for number in numbers:
        own = stride if number == ("2" if len(numbers) == 3 else "1") else 1
        _normed(chain, tensors, block, number, own)
        if number != numbers[-1]:
            chain.add("Relu", f"{block}relu{number}")
    branch, chain.last = chain.last, source
    if beside:
        _normed(chain, tensors, block, f"{beside}.0", stride)
    elif made != width:
        # Option A of the paper: every other cell, and maps of zeros on both sides.
        weight = np.zeros((made, width, 1, 1), np.float32)
        weight[(made - width) // 2 + np.arange(width), np.arange(width)] = 1
        chain.add("Conv", f"{block}shortcut", weight, strides=[stride] * 2)
    chain.join("Add", f"{block}sum", (branch, chain.last))
    chain.add("Relu", f"{block}relu")
    return made
