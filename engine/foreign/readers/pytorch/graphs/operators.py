"""PyTorch's operators (aten), each as operations in ONNX's words.

Each function here has the operator's own signature, so that its arguments are told apart as PyTorch does.
Reference: PyTorch's native_functions.yaml.
"""

# The operators' own arguments, those that change nothing here among them.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.foreign.readers.pytorch.graphs.aten import UNTOLD, Aten, Tensor, linear
from engine.foreign.readers.pytorch.graphs.parts import PARTS
from engine.foreign.readers.pytorch.graphs.transformers import TRANSFORMERS
from engine.foreign.readers.pytorch.graphs.windows import WINDOWS


def _addmm(a: Aten, bias: Any, x: Any, weight: Any, beta: float = 1, alpha: float = 1) -> Tensor:
    if (beta, alpha) != (1, 1):
        raise ValueError("beta and alpha other than 1")
    return a.op("Add", a.op("MatMul", x, weight), bias)


def _batch_norm(
    a: Aten, x: Any, weight: Any, bias: Any, mean: Array, var: Array, training: bool = False,
    momentum: float = 0.1, eps: float = 1e-5, *more: Any,
) -> Tensor:  # fmt: skip
    # Whoever forgot net.eval() means the network that reads, not the one that learns.
    scale = np.ones_like(mean) if weight is None else weight
    shift = np.zeros_like(mean) if bias is None else bias
    return a.op("BatchNormalization", x, scale, shift, mean, var, epsilon=eps)


def _no_training(
    a: Aten, x: Any, weight: Any, bias: Any, mean: Array, var: Array, momentum: float, eps: float
) -> tuple[Tensor]:
    return (_batch_norm(a, x, weight, bias, mean, var, False, momentum, eps),)


def _layer_norm(a: Aten, x: Any, shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5,
                *more: Any) -> Tensor:  # fmt: skip
    return a.op("LayerNormalization", x, weight, bias, axis=-len(shape), epsilon=eps)


def _flatten(a: Aten, x: Any, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    if end_dim != -1 or start_dim < 0:
        raise ValueError(f"it flattens axes {start_dim} to {end_dim}")
    return a.op("Reshape", x, np.array([*[0] * start_dim, -1], np.int64))


def _reshape(a: Aten, x: Any, shape: Any) -> Any:
    return a.op("Reshape", x, np.array([int(n) for n in shape], np.int64))


def _permute(a: Aten, x: Any, dims: Any) -> Any:
    return (
        x.transpose(dims) if isinstance(x, np.ndarray) else a.op("Transpose", x, perm=[int(n) for n in dims])
    )


def _transpose(a: Aten, x: Any, dim0: int, dim1: int) -> Any:
    return np.swapaxes(x, dim0, dim1) if isinstance(x, np.ndarray) else a.op("SwapAxes", x, axes=[dim0, dim1])


def _turned(a: Aten, x: Any) -> Any:
    return x.T if isinstance(x, np.ndarray) else a.op("SwapAxes", x, axes=[0, 1])


def _dims(dim: Any) -> Array:
    return np.array([dim] if isinstance(dim, int) else dim, np.int64)


def _sum(kind: str, turned: bool = False) -> Callable[..., Any]:
    def make(a: Aten, x: Any, y: Any, alpha: Any = 1) -> Any:
        if alpha != 1:
            y = a.op("Mul", y, float(alpha)) if isinstance(y, Tensor) else y * alpha
        return _both(a, kind, *((y, x) if turned else (x, y)))

    return make


_OF_NUMBERS: Mapping[str, Callable[..., Any]] = {
    **{"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide, "Pow": np.power},
    **{"Max": np.maximum, "Min": np.minimum, "Greater": np.greater, "Less": np.less},
    **{"GreaterOrEqual": np.greater_equal, "LessOrEqual": np.less_equal},
}


def _both(a: Aten, kind: str, x: Any, y: Any) -> Any:
    if not isinstance(x, Tensor) and not isinstance(y, Tensor):
        return _OF_NUMBERS[kind](x, y)
    return a.op(kind, _real(x), _real(y))


def _floor_divide(a: Aten, x: Any, y: Any) -> int:
    x, y = (np.asarray(value).reshape(-1)[0] for value in (x, y))  # A number may lie in the file as a tensor.
    return int(x // y)


def _two(kind: str) -> Callable[..., Any]:
    return lambda a, x, y: _both(a, kind, x, y)


def _one(kind: str, *names: str) -> Callable[..., Any]:
    """A function of each number whose settings are these, in their order."""

    def make(a: Aten, x: Any, *told: Any, **more: Any) -> Tensor:
        settings = {**dict(zip(names, told, strict=False)), **{k: v for k, v in more.items() if k in names}}
        return a.op(kind, x, **settings)

    return make


def _clamp(a: Aten, x: Any, min: Any = None, max: Any = None) -> Tensor:
    return a.op("Clip", x, None if min is None else float(min), None if max is None else float(max))


def _hard_tanh(a: Aten, x: Any, min_val: float = -1, max_val: float = 1) -> Tensor:
    return _clamp(a, x, min_val, max_val)


def _softplus(a: Aten, x: Any, beta: float = 1, threshold: float = 20) -> Tensor:
    if beta != 1:
        raise ValueError(f"a beta of {beta:g}")
    return a.op("Softplus", x)


def _elu(a: Aten, x: Any, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Tensor:
    if (scale, input_scale) != (1, 1):
        return a.op("Selu", x, alpha=alpha, gamma=scale)
    return a.op("Elu", x, alpha=alpha)


def _prelu(a: Aten, x: Any, weight: Array) -> Tensor:
    # Slopes are of the second axis, which ONNX tells by lengths of 1 behind it.
    behind = len(x.shape) - 2 if x.shape and np.size(weight) > 1 else 0
    return a.op("PRelu", x, np.reshape(weight, (-1, *(1,) * behind)))


def _row(kind: str) -> Callable[..., Any]:
    def make(a: Aten, x: Any, dim: int, *more: Any, **also: Any) -> Tensor:
        return a.op(kind, x, axis=dim)

    return make


def _over(kind: str) -> Callable[..., Any]:
    def make(a: Aten, x: Any, dim: Any, keepdim: bool = False, **more: Any) -> Tensor:
        return a.op(kind, x, axes=_dims(dim).tolist(), keepdims=int(keepdim))

    return make


def _squeeze(a: Aten, x: Any, dim: Any = None) -> Any:
    if dim is None and x.shape is not None:
        dim = [i for i, n in enumerate(x.shape) if i and n == 1]  # not the batch, which is of any size
    return x if dim == [] else a.op("Squeeze", x, *([] if dim is None else [_dims(dim)]))


def _unfold(a: Aten, x: Any, dimension: int, size: int, step: int) -> Tensor:
    """Windows side by side along an axis: their numbers become the last axis."""
    if x.shape is None or step != size or x.shape[dimension] % size:
        raise ValueError("windows that overlap, or of a side that cannot be told")
    axis = dimension % len(x.shape)
    sides = [*x.shape[:axis], x.shape[axis] // size, size, *x.shape[axis + 1 :]]
    order = [i for i in range(len(sides)) if i != axis + 1]
    return a.op("Transpose", a.op("Reshape", x, np.array(sides, np.int64)), perm=[*order, axis + 1])


def _filled(value: float) -> Callable[..., Any]:
    def make(a: Aten, size: Any, *more: Any, **also: Any) -> Array:
        return np.full([int(n) for n in size], value, np.float32)

    return make


def _nothing(a: Aten, *told: Any, **more: Any) -> None:
    return None


def _where(a: Aten, test: Any, then: Any, other: Any) -> Tensor:
    return a.op("Where", test, *(_real(value) for value in (then, other)))


def _real(value: Any) -> Any:
    return value if isinstance(value, Tensor) else np.asarray(value, np.float32)


def _expand(a: Aten, x: Any, size: Sequence[int], *, implicit: bool = False) -> Any:
    # -1 keeps a length, as 1 does in ONNX's words.
    wanted = [1 if n == -1 else int(n) for n in size]
    if isinstance(x, np.ndarray):
        return np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(wanted)))
    return a.op("Expand", x, np.array(wanted, np.int64))


def _repeat(a: Aten, x: Any, repeats: Sequence[int]) -> Any:
    times = [int(n) for n in repeats]
    return np.tile(x, times) if isinstance(x, np.ndarray) else a.op("Tile", x, np.array(times, np.int64))


def _same(a: Aten, x: Any, *more: Any, **also: Any) -> Any:
    return x


def _size(a: Aten, x: Any, dim: int | None = None) -> Any:
    if x.shape is None:
        return 1 if dim == 0 else UNTOLD  # The batch is known, whatever else is not.
    return list(x.shape) if dim is None else x.shape[dim]


OPERATORS: Mapping[str, Callable[..., Any]] = {
    "linear": linear,
    "addmm": _addmm,
    **dict.fromkeys(("mm", "matmul", "bmm"), lambda a, x, y: a.op("MatMul", x, y)),
    "batch_norm": _batch_norm,
    "_native_batch_norm_legit_no_training": _no_training,
    "layer_norm": _layer_norm,
    "flatten": _flatten,
    **dict.fromkeys(("view", "reshape", "_unsafe_view"), _reshape),
    "permute": _permute,
    **dict.fromkeys(("transpose", "swapaxes"), _transpose),
    **dict.fromkeys(("t", "numpy_T"), _turned),
    "squeeze": _squeeze,
    "unsqueeze": lambda a, x, dim: a.op("Unsqueeze", x, _dims(dim)),
    "unfold": _unfold,
    "zeros": _filled(0),
    "ones": _filled(1),
    "device": _nothing,
    "where": _where,
    **{name: _two(kind) for name, kind in (
        ("maximum", "Max"), ("minimum", "Min"), ("gt", "Greater"), ("lt", "Less"),
        ("ge", "GreaterOrEqual"), ("le", "LessOrEqual"),
    )},
    "expand": _expand,
    "expand_as": lambda a, x, other: _expand(a, x, _size(a, other)),
    "repeat": _repeat,
    **PARTS,
    **WINDOWS,
    **TRANSFORMERS,
    "add": _sum("Add"),
    "sub": _sum("Sub"),
    "rsub": _sum("Sub", turned=True),
    "mul": _two("Mul"),
    "div": _two("Div"),
    "floor_divide": _floor_divide,
    "pow": _two("Pow"),
    "relu": _one("Relu"),
    "leaky_relu": lambda a, x, negative_slope=0.01: a.op("LeakyRelu", x, alpha=negative_slope),
    "elu": _elu,
    "prelu": _prelu,
    "gelu": _one("Gelu", "approximate"),
    **{name: _one(kind) for name, kind in (
        ("selu", "Selu"), ("silu", "Swish"), ("mish", "Mish"), ("hardswish", "HardSwish"),
        ("sigmoid", "Sigmoid"), ("tanh", "Tanh"), ("softsign", "Softsign"), ("exp", "Exp"), ("abs", "Abs"),
        ("neg", "Neg"), ("sqrt", "Sqrt"), ("erf", "Erf"), ("reciprocal", "Reciprocal"), ("log", "Log"),
    )},
    "relu6": lambda a, x: _clamp(a, x, 0, 6),
    "hardsigmoid": lambda a, x: a.op("HardSigmoid", x, alpha=1 / 6, beta=0.5),
    "softplus": _softplus,
    "hardtanh": _hard_tanh,
    "clamp": _clamp,
    "clamp_min": _clamp,
    **dict.fromkeys(("softmax", "_softmax"), _row("Softmax")),
    **dict.fromkeys(("log_softmax", "_log_softmax"), _row("LogSoftmax")),
    "mean": _over("ReduceMean"),
    "amax": _over("ReduceMax"),
    "cat": lambda a, tensors, dim=0: a.op("Concat", *tensors, axis=dim),
    **dict.fromkeys(
        (
            *("dropout", "feature_dropout", "alpha_dropout", "contiguous", "clone", "detach", "alias", "to"),
            *("type_as", "float", "_to_copy", "lift_fresh_copy", "lift_fresh", "NumToTensor"),
        ),
        _same,
    ),
    **dict.fromkeys(("size", "sym_size"), _size),
    "len": lambda a, x: _size(a, x, 0),
}  # fmt: skip
