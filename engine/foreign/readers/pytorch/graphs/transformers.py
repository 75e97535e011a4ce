"""PyTorch's operators for attention: its products, one operator for it, and one for a whole block.

They become the products and the softmax that they stand for. Reference: PyTorch's
aten/src/ATen/native/transformers, attention.cpp and transformer.cpp.
"""

# The operators' own arguments, those that change nothing here among them.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.readers.pytorch.graphs.aten import Aten, Tensor, linear


def _attention(
    a: Aten, query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0,
    is_causal: bool = False, *, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """Softmax(q k^T scale) v; scale None: one over the root of a head's numbers.

    Reference: torch.nn.functional.scaled_dot_product_attention. EngineError where tokens may not look at all
    others, or where keys are shared between heads.
    """
    if is_causal or attn_mask is not None:
        what = "looks back alone (is_causal)" if is_causal else "has a mask"
        raise EngineError(f"its attention {what}: known is attention to all tokens")
    if enable_gqa:
        raise EngineError("its attention shares keys between heads (enable_gqa): known are keys of each")
    if scale is None:
        if query.shape is None:
            raise EngineError("its attention has heads whose size cannot be told")
        scale = query.shape[-1] ** -0.5
    scores = a.op("MatMul", query, a.op("SwapAxes", key, axes=[-2, -1]))
    shares = a.op("Softmax", a.op("Mul", scores, float(scale)), axis=-1)
    return a.op("MatMul", shares, value)


def _packed(
    a: Aten, query: Any, key: Any, value: Any, width: int, heads: int, weight: Array, bias: Array,
    out_weight: Array, out_bias: Array, mask: Any = None, *more: Any,
) -> tuple[Tensor, None]:  # fmt: skip
    """Attention whose weight (3 width, width) and bias are those of queries, keys and values in turn.

    The second answer, what looks at what, no network reads.
    """
    if mask is not None:
        raise EngineError("its attention has a mask: known is attention to all tokens")
    part = width // heads
    told = zip((query, key, value), np.split(weight, 3), np.split(bias, 3), strict=True)
    q, k, v = (_by_head(a, linear(a, x, w, b), heads, part) for x, w, b in told)
    seen = a.op("Transpose", _attention(a, q, k, v, scale=part**-0.5), perm=[0, 2, 1, 3])
    return linear(a, a.op("Reshape", seen, np.array([0, -1, width])), out_weight, out_bias), None


def _by_head(a: Aten, x: Tensor, heads: int, part: int) -> Tensor:
    """(1, tokens, width) as (1, heads, tokens, part)."""
    return a.op("Transpose", a.op("Reshape", x, np.array([0, -1, heads, part])), perm=[0, 2, 1, 3])


def _block(
    a: Aten, x: Any, width: int, heads: int, weight: Array, bias: Array, out_weight: Array, out_bias: Array,
    gelu: bool, norm_first: bool, eps: float, scale1: Array, shift1: Array, scale2: Array, shift2: Array,
    weight1: Array, bias1: Array, weight2: Array, bias2: Array, mask: Any = None, *more: Any,
) -> Tensor:  # fmt: skip
    """A block of nn.TransformerEncoderLayer; norm_first: whether norms stand ahead of its two steps."""

    def norm(x: Any, scale: Array, shift: Array) -> Tensor:
        return a.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=eps)

    def attended(x: Any) -> Tensor:
        return _packed(a, x, x, x, width, heads, weight, bias, out_weight, out_bias, mask)[0]

    def thought(x: Any) -> Tensor:
        hidden = a.op("Gelu" if gelu else "Relu", linear(a, x, weight1, bias1))
        return linear(a, hidden, weight2, bias2)

    if norm_first:
        x = a.op("Add", x, attended(norm(x, scale1, shift1)))
        return a.op("Add", x, thought(norm(x, scale2, shift2)))
    x = norm(a.op("Add", x, attended(x)), scale1, shift1)
    return norm(a.op("Add", x, thought(x)), scale2, shift2)


def _einsum(a: Aten, equation: str, operands: Sequence[Any], *more: Any, **also: Any) -> Any:
    """The product of two tensors with one axis summed over and one of each left, such as bhid,bhjd->bhij."""
    terms, _, out = equation.replace(" ", "").partition("->")
    left, right = terms.split(",")
    batch = [axis for axis in left if axis in right and axis in out]
    (summed,) = {*left} & {*right} - {*out}
    (mine,), (theirs,) = {*left} - {*right}, {*right} - {*left}
    x = _in_order(a, operands[0], left, [*batch, mine, summed])
    y = _in_order(a, operands[1], right, [*batch, summed, theirs])
    return _in_order(a, a.op("MatMul", x, y), [*batch, mine, theirs], out)


def _in_order(a: Aten, x: Any, axes: Sequence[str], wanted: Sequence[str]) -> Any:
    return x if [*axes] == [*wanted] else a.op("Transpose", x, perm=[axes.index(each) for each in wanted])


TRANSFORMERS: Mapping[str, Callable[..., Any]] = {
    "scaled_dot_product_attention": _attention,
    "einsum": _einsum,
    "_native_multi_head_attention": _packed,
    "_transformer_encoder_layer_fwd": _block,
}
