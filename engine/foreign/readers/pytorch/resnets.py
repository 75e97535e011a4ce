"""ResNets of a state_dict, told by the names that torchvision and its followers give, or by their blocks.

He et al. 2016, "Deep residual learning for image recognition", figures 2 and 5.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

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
_MOST_OPEN = 4  # stages whose stride is not known: each doubles the ways
_ENDS = ("linear", "fc", "classifier", "fc1")


@dataclass(frozen=True)
class Strides:
    """Where maps are made smaller: the first convolution's stride, and whether a pool follows.

    stages: the stride of each stage, by the block that it begins with; usual: whether they are as such
    networks mostly have them.
    """

    stride: int
    pool: bool
    stages: Mapping[str, int]
    usual: bool = True

    @property
    def told(self) -> str:
        """In words."""
        pool = "a max-pool of 3 with stride 2" if self.pool else "no pool"
        stages = "" if self.usual else f", stages of stride {', '.join(map(str, self.stages.values()))}"
        return f"stride {self.stride} and {pool} at the beginning{stages}"


def resnet(tensors: Tensors, file: str, stored: bool = True) -> Imported | None:
    """The ResNet that these tensors are by their names, or by their blocks' shapes; None where they are none.

    Padding is the usual one. A stage that begins with a convolution beside its first block mostly halves the
    maps, but for the first stage: since nothing in the file says so, all ways are readings, and so are those
    of an open beginning.
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
    stems = [(2, True)] if wide else [(1, False)]
    if not wide and end == "fc":  # torchvision's, with a smaller first kernel for small images
        stems += [(1, True), (2, True), (2, False)]
    every = [Strides(*stem, stages, usual=not n) for n, stages in enumerate(_stages(inside, blocks))
             for stem in stems]  # fmt: skip
    kind = f"a {file} of a ResNet of {len(blocks)} blocks"

    def whole(strides: Strides) -> Imported:
        return imported(_program(inside, blocks, end, strides), kind)

    def net(strides: Strides) -> Net:
        return whole(strides).net

    try:
        made = whole(every[0])
    except (EngineError, KeyError):  # It has such names, and goes on in another way.
        return None
    beside = f": its shapes fit {len(every) - 1} other ways too" if len(every) > 1 else ""
    notes = (
        f"taken as a ResNet by its {told}",
        f"{TAKEN_WITH} {every[0].told}, as such networks mostly have it{beside}",
    )
    ways = [
        Way(each.told, partial(net, each), beside=each.told, whole=partial(whole, each)) for each in every
    ]
    ways = [dataclasses.replace(each, layouts=lambda: tuple(ways)) for each in ways]
    return dataclasses.replace(
        made, notes=(*notes, *made.notes), readings=tuple(ways) if len(ways) > 1 else ()
    )


def _stages(tensors: Tensors, blocks: Sequence[str]) -> list[dict[str, int]]:
    """The strides that its stages may have, by the block that one begins with.

    The usual first, then those that differ from it in fewest.
    """
    widths = [len(tensors["conv1.weight"]), *(_width(tensors, block) for block in blocks)]
    usual, open_ = dict[str, int](), dict[str, tuple[int, ...]]()
    for block, before, made in zip(blocks, widths, widths[1:], strict=False):
        beside = _beside(tensors, block) != ""
        if beside or made != before or block == blocks[0]:
            usual[block] = 1 if block.partition(".")[0] == "layer1" or not (beside or made != before) else 2
            known = not beside or (block == blocks[0] and f"{block}.conv3.weight" in tensors)
            open_[block] = (usual[block],) if known else (1, 2)
    if sum(len(each) > 1 for each in open_.values()) > _MOST_OPEN:
        return [usual]
    every = (dict(zip(open_, strides, strict=True)) for strides in product(*open_.values()))
    return sorted(every, key=lambda each: sum(each[block] != usual[block] for block in usual))


def _beside(tensors: Tensors, block: str) -> str:
    """What the convolution beside a block is called; "" where it has none."""
    return next((w for w in ("shortcut", "downsample") if f"{block}.{w}.0.weight" in tensors), "")


def _width(tensors: Tensors, block: str) -> int:
    """How many maps a block makes."""
    return next(len(tensors[name]) for n in "321" if (name := f"{block}.conv{n}.weight") in tensors)


def _inside(tensors: Tensors) -> dict[str, Array] | None:
    """The tensors without what all their names begin with, such as module. or model.backbone."""
    first = next((name for name in tensors if name.endswith("conv1.weight") and "layer" not in name), None)
    if first is None:
        return None
    before = first.removesuffix("conv1.weight")
    if not all(name.startswith(before) for name in tensors):
        return None
    return {name.removeprefix(before): array for name, array in tensors.items()}


def _program(tensors: Tensors, blocks: Sequence[str], end: str, strides: Strides) -> Program:
    first = tensors["conv1.weight"]
    side = {1: 28, 3: 32}.get(first.shape[1], 28)
    chain = Chain((1, first.shape[1], side, side), 1)
    _normed(chain, tensors, "", "1", strides.stride)
    chain.add("Relu", "relu")
    if strides.pool:
        chain.add("MaxPool", "maxpool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    width = len(first)
    for block in blocks:
        width = _block(chain, tensors, block, width, strides.stages.get(block, 1))
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


def _block(chain: Chain, tensors: Tensors, block: str, width: int, stride: int) -> int:
    """A block of two convolutions, or three of which the middle one has the stride; its maps' count."""
    beside, made, block = _beside(tensors, block), _width(tensors, block), f"{block}."
    numbers = [n for n in "123" if f"{block}conv{n}.weight" in tensors]
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
