"""Each block in PyTorch's words: what its layer is made of, what it computes, and a sentence on both.

PyTorch keeps images as (B, maps, h, w), the engine as (B, h, w, maps); tokens and rows lie alike in both.
"""

# One protocol for all: most blocks need only some of it.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.arrays import Shape, size_of
from engine.blocks import (
    Add,
    Attention,
    AttentionScores,
    AveragePool,
    Conv,
    Dense,
    LayerNorm,
    LocalNorm,
    Maxout,
    MaxPool,
    PatchEmbedding,
    TokenDense,
    TokenHead,
)
from engine.blocks.pool import Pool
from engine.text.vocabulary import written

HEADS = "heads"
"""The name of a function that shares a token's numbers among heads; the module's text defines it."""


@dataclass(frozen=True)
class Source:
    """A layer that is read: its shape in the engine, its variable, and whether that is (B, maps, h, w)."""

    shape: Shape
    variable: str
    image: bool

    @property
    def as_image(self) -> str:
        """Its values as (B, maps, h, w)."""
        return self.variable if self.image else f"{self.variable}.permute(0, 3, 1, 2)"

    @property
    def last(self) -> str:
        """Its values with the engine's last axis last."""
        return f"{self.variable}.permute(0, 2, 3, 1)" if self.image else self.variable


@dataclass(frozen=True)
class Member:
    """What a layer keeps: the end of its attribute's name, its expression, and what is told of it."""

    suffix: str
    made: str
    told: str


@dataclass(frozen=True)
class Part:
    """A layer in PyTorch: its value ahead of the activation function, what that is, and its members.

    then: more steps, each an expression in which {} is the value so far, and what it does. image: whether the
    value is (B, maps, h, w).
    """

    value: str
    told: str
    members: tuple[Member, ...] = ()
    image: bool = False
    then: tuple[tuple[str, str], ...] = ()


def part(block: Any, me: str, shape: Shape, sources: list[Source]) -> Part:
    """A block in PyTorch's words; me: its attribute, such as self.conv1. KeyError for one that has none."""
    return _PARTS[type(block)](block, me, shape, sources)


def _dense(block: Dense, me: str, shape: Shape, sources: list[Source]) -> Part:
    source, n = sources[0], size_of(sources[0].shape)
    flat = source.variable if len(source.shape) == 1 else f"torch.flatten({source.variable}, 1)"
    reads = Member(
        "", f"nn.Linear({n}, {block.units})", f"{block.units:,} neurons, each reads all {n:,} numbers"
    )
    return Part(f"{me}({flat})", "a weighted sum for each neuron", (reads,))


def _conv(block: Conv, me: str, shape: Shape, sources: list[Source]) -> Part:
    source, maps = sources[0], sources[0].shape[2]
    window = f"{block.height}x{block.width}"
    pads = _pads(block, source.shape)
    same_sides = pads[0] == pads[1] and pads[2] == pads[3]
    more = f", stride={block.stride}" if block.stride != 1 else ""
    if same_sides and any(pads):
        more += f", padding={pads[2]}" if pads[0] == pads[2] else f", padding=({pads[2]}, {pads[0]})"
    size = str(block.height) if block.height == block.width else f"({block.height}, {block.width})"
    read = source.as_image if same_sides else f"F.pad({source.as_image}, {pads})"
    made = f"nn.Conv2d({maps}, {block.maps}, {size}{more})"
    told = f"{block.maps} kernels of {window} over {maps} map{'s' * (maps > 1)}"
    return Part(f"{me}({read})", "each kernel slides over the maps",
                (Member("", made, told),), image=True)  # fmt: skip


def _pads(block: Conv | Pool, source: Shape) -> tuple[int, int, int, int]:
    """Cells of padding left, right, above, below, in the order of torch's F.pad."""
    sides = []
    for axis in reversed(block.axes(source)):
        after = (axis.places - 1) * axis.stride + axis.taps - axis.before - axis.size
        # A number pads both sides alike, be it that the last cells are read by no window.
        sides += [axis.before, max(after, 0) if block.padding == "same" else axis.before]
    return sides[0], sides[1], sides[2], sides[3]


def _max_pool(block: MaxPool, me: str, shape: Shape, sources: list[Source]) -> Part:
    pads, read = _pads(block, sources[0].shape), sources[0].as_image
    if any(pads):
        read = f'F.pad({read}, {pads}, value=float("-inf"))'
    size = block.size if block.steps == block.sides else f"{block.size}, stride={block.stride}"
    told = "the largest of each {}x{} window".format(*block.sides)
    return Part(f"F.max_pool2d({read}, {size})", told, image=True)


def _average_pool(block: AveragePool, me: str, shape: Shape, sources: list[Source]) -> Part:
    pads, read = _pads(block, sources[0].shape), sources[0].as_image
    size = block.size if block.steps == block.sides else f"{block.size}, stride={block.stride}"
    value = f"F.avg_pool2d({read}, {size})"
    if any(pads):
        # Cells of padding do not count: the sums are divided by how many cells there are.
        inside = f"F.pad(torch.ones_like({read}), {pads})"
        value = f"F.avg_pool2d(F.pad({read}, {pads}), {size}) / F.avg_pool2d({inside}, {size})"
    return Part(value, "the mean of each {}x{} window".format(*block.sides), image=True)


def _maxout(block: Maxout, me: str, shape: Shape, sources: list[Source]) -> Part:
    axis = 1 if sources[0].image else -1
    reach = 2 if axis == 1 else -1
    value = f"{sources[0].variable}.unflatten({axis}, (-1, {block.pieces})).amax({reach})"
    return Part(value, f"of each {block.pieces} side by side the largest", image=sources[0].image)


def _local_norm(block: LocalNorm, me: str, shape: Shape, sources: list[Source]) -> Part:
    source = sources[0]
    numbers = ", ".join(written(n) for n in (block.alpha, block.beta, block.k))
    read, back = source.variable, ""
    if not source.image:
        # It norms over axis 1, and needs an axis after that.
        read, back = f"{read}.movedim(-1, 1).unsqueeze(-1)", ".squeeze(-1).movedim(1, -1)"
    value = f"F.local_response_norm({read}, {block.n}, {numbers}){back}"
    return Part(value, f"strong neighbours among {block.n} maps hold each other down", image=source.image)


def _add(block: Add, me: str, shape: Shape, sources: list[Source]) -> Part:
    image = sources[0].image
    terms = [s.as_image if image else s.last for s in sources]
    return Part(" + ".join(terms), "what these layers say, added up", image=image)


def _patches(block: PatchEmbedding, me: str, shape: Shape, sources: list[Source]) -> Part:
    source, size, units = sources[0], block.size, block.units
    maps, tokens = source.shape[2], shape[0]
    cut = Member("", f"nn.Conv2d({maps}, {units}, {size}, stride={size})",
                 f"a token of {units} numbers from each {size}x{size} patch")  # fmt: skip
    members, steps = [cut], list[tuple[str, str]]()
    if block.class_token:
        made = f"nn.Parameter(0.02 * torch.randn(1, 1, {units}))"
        members.append(Member("_class", made, "one more token, which sees no pixel"))
        joined = f"torch.cat([{me}_class.expand(len({source.variable}), -1, -1), {{}}], 1)"
        steps.append((joined, "the class token goes ahead of them"))
    if block.positions:
        made = f"nn.Parameter(0.02 * torch.randn(1, {tokens}, {units}))"
        members.append(Member("_position", made, "tells each token where it lies"))
        steps.append((f"{{}} + {me}_position", "each token learns where it lies"))
    value = f"{me}({source.as_image}).flatten(2).transpose(1, 2)"
    told = f"each {size}x{size} patch becomes a token of {units} numbers"
    return Part(value, told, tuple(members), then=tuple(steps))


def _token_dense(block: TokenDense, me: str, shape: Shape, sources: list[Source]) -> Part:
    width, more = sources[0].shape[1], "".join(f" + {s.variable}" for s in sources[1:])
    then = ((f"{{}}{more}", "added to what came before"),) if more else ()
    member = Member(
        "", f"nn.Linear({width}, {block.units})", f"{width} numbers to {block.units}, for each token alike"
    )
    return Part(f"{me}({sources[0].variable})", "each token by itself", (member,), then=then)


def _token_head(block: TokenHead, me: str, shape: Shape, sources: list[Source]) -> Part:
    width = sources[0].shape[1]
    member = Member("", f"nn.Linear({width}, {block.units})", f"{block.units} neurons that read one token")
    value = f"{me}({sources[0].variable}[:, {block.token}])"
    return Part(value, f"token {block.token} alone speaks", (member,))


def _layer_norm(block: LayerNorm, me: str, shape: Shape, sources: list[Source]) -> Part:
    width = sources[0].shape[-1]
    eps = "" if block.eps == 1e-5 else f", eps={written(block.eps)}"
    member = Member("", f"nn.LayerNorm({width}{eps})", f"a scale and a shift for each of {width} numbers")
    back = ".permute(0, 3, 1, 2)" if sources[0].image else ""
    value = f"{me}({sources[0].last}){back}"
    return Part(value, f"each row of {width} to mean 0 and spread 1", (member,), image=sources[0].image)


def _scores(block: AttentionScores, me: str, shape: Shape, sources: list[Source]) -> Part:
    query, key = (_heads(s.variable, block.heads) for s in sources)
    width = sources[0].shape[1] // block.heads
    then = (f"{{}} / {written(width**0.5)}", f"over the root of {width}, the numbers of a head")
    return Part(
        f"{query} @ {key}.mT", f"how much each token looks at each, in {block.heads} heads", then=(then,)
    )


def _attention(block: Attention, me: str, shape: Shape, sources: list[Source]) -> Part:
    scores, values = sources
    value = f"{scores.last} @ {_heads(values.variable, scores.shape[0])}"
    beside = ("{}.transpose(1, 2).flatten(2)", "what the heads gathered, side by side")
    return Part(value, "each token gathers what it looks at", then=(beside,))


def _heads(variable: str, heads: int) -> str:
    return f"{HEADS}({variable}, {heads})"


_PARTS: Mapping[type, Callable[..., Part]] = {
    Dense: _dense,
    Conv: _conv,
    MaxPool: _max_pool,
    AveragePool: _average_pool,
    Maxout: _maxout,
    LocalNorm: _local_norm,
    Add: _add,
    PatchEmbedding: _patches,
    TokenDense: _token_dense,
    TokenHead: _token_head,
    LayerNorm: _layer_norm,
    AttentionScores: _scores,
    Attention: _attention,
}
