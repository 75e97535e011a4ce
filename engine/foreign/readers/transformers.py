"""The names that transformers' weights have elsewhere: which array is the queries', which the class token's."""

from __future__ import annotations

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
_OUTSIDE = (
    ("_class", r"(cls_token|class_token|cls|class_embedding)"),
    ("_position", r"(pos_embed|pos_embedding|position_embeddings?|positional_embedding|pos)"),
    ("tokens", r"(patch_embed(ding)?s?(\.proj(ection)?)?|to_patch_embedding(\.\d)?|conv_proj|proj|patch)"),
    ("norm", r"(norm|ln|ln_f|layernorm|encoder\.norm|encoder\.ln|fc_norm)"),
    ("head", r"(head|heads\.head|classifier|fc|mlp_head(\.\d)?|output|out)"),
)


def by_role(written: Sequence[WrittenLayer], tensors: Mapping[str, Array]) -> dict[str, dict[str, Array]] | None:
    """Each layer's arrays by what the names of a transformer's tensors mean; None where there are no tokens.

    EngineError names a tensor of which that is not known, or a layer that finds none.
    """
    embedding = next((each for each in written if isinstance(each.layer.block, PatchEmbedding)), None)
    if embedding is None:
        return None
    found: dict[tuple[int, str], dict[str, Array]] = {}
    numbers = sorted({n for n in map(_number, tensors) if n is not None})
    for name, array in tensors.items():
        number = _number(name)
        place, role, end = _role(name, None if number is None else numbers.index(number))
        found.setdefault((place, role), {})[end] = array
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


def _number(name: str) -> int | None:
    """The number of the block that a tensor is of, None for one outside of blocks."""
    match = re.search(r"(?:blocks?|layers?|encoder|resblocks|h|encoder_layer)[._]?(?:layer[._]?|layers[._])?(?:encoder_layer_)?(\d+)[._]", name)
    return int(match[1][:6]) if match else None


def _role(name: str, block: int | None) -> tuple[int, str, str]:
    """The block from 1, or 0; what the tensor is there; and the end of its name."""
    module, _, leaf = name.rpartition(".")
    packed = re.fullmatch(r"(in_proj)_(weight|bias)", leaf)
    if packed:
        module, leaf = f"{module}.{packed[1]}", packed[2]
    table = _INSIDE if block is not None else _OUTSIDE
    tail = module if leaf in ("weight", "bias") else name
    end = f".{leaf}" if leaf in ("weight", "bias") else ""
    for role, pattern in table:
        if re.search(rf"(?:^|[._]){pattern}$", tail):
            return 0 if block is None else block + 1, role, end or role
    raise EngineError(f"it is open what its tensor {shown(name)} is in a transformer: export it as ONNX")


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
        end: array[place * (len(array) // 3) : (place + 1) * (len(array) // 3)] for end, array in packed.items()
    }
