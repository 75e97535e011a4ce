"""The names of transformers' weights elsewhere: which array is the queries', which the class token's."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import Array
from engine.blocks import PatchEmbedding, TokenHead
from engine.errors import EngineError
from engine.foreign.pickles import shown
from engine.text.torch_module import WrittenLayer

_INSIDE = (
    ("packed", r"(qkv|in_proj)"),
    ("query", r"(q|query|q_proj|to_q|wq)"),
    ("key", r"(k|key|k_proj|to_k|wk)"),
    ("value", r"(v|value|v_proj|to_v|wv)"),
    ("norm1", r"(norm1|ln1|ln_1|norm_1|attention_norm|layernorm_before|attn_norm)"),
    ("norm2", r"(norm2|ln2|ln_2|norm_2|ffn_norm|layernorm_after|mlp_norm)"),
    ("residual1", r"(out_proj|proj|o_proj|to_out(\.0)?|attention\.output\.dense|wo)"),
    ("hidden", r"(fc1|linear1|linear_1|intermediate\.dense|mlp\.0|mlp\.net\.0|ff\.0|ffn\.0)"),
    ("residual2", r"(fc2|linear2|linear_2|output\.dense|(mlp|ff|ffn)(\.net)?\.[2-4])"),
)
_MOST_BLOCKS = 48  # of which one line tells


def by_role(
    written: Sequence[WrittenLayer], tensors: Mapping[str, Array]
) -> dict[str, dict[str, Array]] | None:
    """Each layer's arrays by what the names of a transformer's tensors mean; None where there are no tokens.

    EngineError names a tensor of which that is not known, or a layer that finds none.
    """
    embedding = next((each for each in written if isinstance(each.layer.block, PatchEmbedding)), None)
    if embedding is None:
        return None
    found = _by_block(tensors)
    layers: dict[str, dict[str, Array]] = {}
    for each in written:
        key = _key(each)
        own = dict(found.get(key, {}))
        if each is embedding:
            for part in ("_class", "_position"):
                own |= found.get((0, part), {})
        elif not own and key[1] in ("query", "key", "value"):
            own = _third(found.get((key[0], "packed"), {}), key[1])
        if ".weight" not in own:
            raise EngineError(f"it has no tensor that is {each.layer.name} of the architecture")
        layers[each.layer.name] = {".bias": np.zeros(len(own[".weight"]), np.float32), **own}
    return layers


def _by_block(tensors: Mapping[str, Array]) -> dict[tuple[int, str], dict[str, Array]]:
    """Tensors by the ends of their names: those of each block, counted from 1, 0 outside, and of each role.

    EngineError names one of which it is open what it is.
    """
    found: dict[tuple[int, str], dict[str, Array]] = {}
    numbers = sorted({n for n in map(_number, tensors) if n is not None})
    blocks = {number: place for place, number in enumerate(numbers, start=1)}
    for name, array in tensors.items():
        number = _number(name)
        if number is None:
            key, end = _outside(name, array, tensors)
        else:
            key, end = _inside(name, blocks[number])
        if end in found.setdefault(key, {}):
            raise EngineError(
                f"it is open what its tensor {shown(name)} is in a transformer: export it as ONNX"
            )
        found[key][end] = array
    return found


def _number(name: str) -> int | None:
    """The number of the block that a tensor is of, None for one outside of blocks."""
    match = re.search(
        r"(?:blocks?|layers?|encoder|resblocks|h|encoder_layer)[._]?(?:layer[._]?|layers[._])?(?:encoder_layer_)?(\d+)[._]",
        name,
    )
    return int(match[1][:6]) if match else None


def _inside(name: str, block: int) -> tuple[tuple[int, str], str]:
    """Its block and what a tensor of a block is there, by its name; and the end of that."""
    module, _, leaf = name.rpartition(".")
    packed = re.fullmatch(r"(in_proj)_(weight|bias)", leaf)
    if packed:
        module, leaf = f"{module}.{packed[1]}", packed[2]
    for role, pattern in _INSIDE:
        if leaf in ("weight", "bias") and re.search(rf"(?:^|[._]){pattern}$", module):
            return (block, role), f".{leaf}"
    raise EngineError(f"it is open what its tensor {shown(name)} is in a transformer: export it as ONNX")


def _outside(name: str, array: Array, tensors: Mapping[str, Array]) -> tuple[tuple[int, str], str]:
    """What a tensor outside of blocks is, by its shape: there are few; and the end of its name."""
    module, _, leaf = name.rpartition(".")
    if leaf not in ("weight", "bias"):
        role = "_class" if array.ndim and array.size == array.shape[-1] else "_position"
        return (0, role), role
    weight = tensors.get(f"{module}.weight", array)
    return (0, {4: "tokens", 2: "head"}.get(weight.ndim, "norm")), f".{leaf}"


def _key(each: WrittenLayer) -> tuple[int, str]:
    if isinstance(each.layer.block, PatchEmbedding):
        return 0, "tokens"
    if isinstance(each.layer.block, TokenHead) or each.layer.name == "output":
        return 0, "head"
    match = re.fullmatch(r"block(\d+)\.(\w+)", each.layer.name)
    return (int(match[1]), match[2]) if match else (0, re.sub(r"\d+$", "", each.layer.name))


def _third(packed: Mapping[str, Array], role: str) -> dict[str, Array]:
    """Queries, keys or values of the one array that has all three, one above another."""
    place = ("query", "key", "value").index(role)
    return {
        end: array[place * (len(array) // 3) : (place + 1) * (len(array) // 3)]
        for end, array in packed.items()
    }


def text_of(tensors: Mapping[str, Array]) -> str | None:
    """The architecture of a vision transformer by the names and shapes of its tensors, with N for its heads.

    How many there are no shape tells, nor where its norms stand, taken to be ahead, nor its function, taken
    to be gelu. None where they are no such tensors, or one of them is open.
    """
    try:
        found = _by_block(tensors)
    except EngineError:
        return None

    def one(block: int, role: str, end: str = ".weight") -> Array | None:
        return found.get((block, role), {}).get(end)

    kernel, head, places = one(0, "tokens"), one(0, "head"), one(0, "_position", "_position")
    numbers = sorted({block for block, _ in found} - {0})
    if not numbers or kernel is None or head is None or places is None or not kernel.size:
        return None
    attend = all(one(n, "packed") is not None or one(n, "query") is not None for n in numbers)
    hidden = [len(each) for n in numbers if (each := one(n, "hidden")) is not None]
    if not attend or len(hidden) != len(numbers) or len(hidden) > _MOST_BLOCKS:
        return None
    width, channels, patch = kernel.shape[:3]
    side = patch * math.isqrt(places.size // width)
    image = f"{side}x{side}" + f"x{channels}" * (channels > 1)
    embedding = f"patches {patch} {width}" + " no-class" * (one(0, "_class", "_class") is None)
    blocks = [f"transformer N heads mlp {each} gelu" for each in hidden]
    norm = ["norm"] * (one(0, "norm") is not None)
    return " | ".join([f"input {image}", embedding, *blocks, *norm, f"head {len(head)} softmax"])
