"""PyTorch's operators (aten), each as operations in ONNX's words.

Each function here has the operator's own signature, so that its arguments are told apart as PyTorch does.
Reference: PyTorch's native_functions.yaml.
"""

# The operators' own arguments, those that change nothing here among them.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.graphs.aten import UNTOLD, Aten, Tensor, bounded, linear
from engine.foreign.readers.pytorch.graphs.moves import MOVES, dims
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
        made = _OF_NUMBERS[kind](x, y)
        # Of a size, which is a number, and a number that lies in the file as a tensor.
        return made.reshape(()) if np.ndim(made) == 1 and np.size(made) == 1 and np.ndim(x) == 0 else made
    return a.op(kind, _real(x), _real(y))


def _floor_divide(a: Aten, x: Any, y: Any) -> int:
    x, y = (np.asarray(value).reshape(-1)[0] for value in (x, y))  # A number may lie in the file as a tensor.
    return int(x // y)


def _div(a: Aten, x: Any, y: Any, rounding_mode: str | None = None) -> Any:
    """A quotient; a rounded one is of sizes alone, as a trace of attention tells the width of a head."""
    if rounding_mode is None:
        return _both(a, "Div", x, y)
    if isinstance(x, Tensor) or isinstance(y, Tensor):
        raise EngineError(f"its operator div rounds what it makes ({shown(rounding_mode)}): train without")
    x, y = (np.asarray(value).reshape(-1)[0] for value in (x, y))
    return int(x // y if rounding_mode == "floor" else np.trunc(x / y))


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
    def make(a: Aten, x: Any, dim: Any = None, keepdim: bool = False, **more: Any) -> Tensor:
        if dim is None:
            raise EngineError(
                f"{shown(a.label)} takes a mean or maximum of everything: known are those of maps and tokens"
            )
        return a.op(kind, x, axes=dims(dim).tolist(), keepdims=int(keepdim))

    return make


def _filled(value: float) -> Callable[..., Any]:
    def make(a: Aten, size: Any, *more: Any, **also: Any) -> Array:
        return np.full(bounded([int(n) for n in size]), value, np.float32)

    return make


def _nothing(a: Aten, *told: Any, **more: Any) -> None:
    return None


def _where(a: Aten, test: Any, then: Any, other: Any) -> Tensor:
    return a.op("Where", test, *(_real(value) for value in (then, other)))


def _real(value: Any) -> Any:
    return value if isinstance(value, Tensor) else np.asarray(value, np.float32)


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
    "native_layer_norm": lambda a, *told: (_layer_norm(a, *told), UNTOLD, UNTOLD),
    "zeros": _filled(0),
    "ones": _filled(1),
    **dict.fromkeys(("device", "_assert_tensor_metadata"), _nothing),
    "where": _where,
    **{name: _two(kind) for name, kind in (
        ("maximum", "Max"), ("minimum", "Min"), ("gt", "Greater"), ("lt", "Less"),
        ("ge", "GreaterOrEqual"), ("le", "LessOrEqual"),
    )},
    **MOVES,
    **PARTS,
    **WINDOWS,
    **TRANSFORMERS,
    "add": _sum("Add"),
    "sub": _sum("Sub"),
    "rsub": _sum("Sub", turned=True),
    "mul": _two("Mul"),
    "div": _div,
    "floor_divide": _floor_divide,
    "pow": _two("Pow"),
    "relu": _one("Relu"),
    "leaky_relu": lambda a, x, negative_slope=0.01: a.op("LeakyRelu", x, alpha=negative_slope),
    "elu": _elu,
    "celu": lambda a, x, alpha=1.0: a.op("Celu", x, alpha=alpha),
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
