"""PyTorch's attention in one operator, as the products and the softmax that it stands for."""

from __future__ import annotations

from typing import Any

from engine.errors import EngineError
from engine.foreign.readers.pytorch.graphs.aten import Aten, Tensor


def attention(
    a: Aten, query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0,
    is_causal: bool = False, *, scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """Softmax(q k^T scale) v; scale None: one over the root of a head's numbers.

    Reference: torch.nn.functional.scaled_dot_product_attention. EngineError where tokens may not look at all
    others, or where keys are shared between heads.
    """
    del dropout_p  # For training alone.
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
