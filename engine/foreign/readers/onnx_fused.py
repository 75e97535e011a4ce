"""ONNX Runtime's own operations, in which an optimised model has several of ONNX's as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.foreign.graph.program import Op

_OWN = "com.microsoft."
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("LeakyRelu", "Elu"), ("alpha",)),
    "Clip": ("min", "max"),
    "HardSigmoid": ("alpha", "beta"),
}
"""The names of the numbers that a function behind a product is given."""


def unfused(op: Op) -> tuple[Op, ...]:
    """The operations of ONNX that an operation of ONNX Runtime is made of; any other as it is.

    What each of them computes: ONNX Runtime's ContribOperators.md.
    """
    make = _KNOWN.get(op.kind.removeprefix(_OWN)) if op.kind.startswith(_OWN) else None
    return (op,) if make is None else make(op)


def unguarded(ops: Sequence[Op]) -> list[Op]:
    """The operations without guards against NaN, Where(IsNaN(x), 0, x), which of numbers leave x as it is.

    PyTorch puts one behind the softmax of attention that is given a mask, be it one that hides nothing.
    """
    guarded = {op.outputs[0]: op.inputs[0] for op in ops if op.kind == "IsNaN" and op.inputs and op.outputs}
    made = [
        Op("Identity", op.name, op.inputs[2:], op.outputs, {})
        if op.kind == "Where" and len(op.inputs) == 3 and op.inputs[2] == guarded.get(op.inputs[0])
        else op
        for op in ops
    ]
    read = {name for op in made for name in op.inputs}
    return [op for op in made if op.kind != "IsNaN" or not read.isdisjoint(op.outputs)]


class _Steps:
    """Operations one behind the other, the last of which makes what the fused one makes."""

    def __init__(self, op: Op):
        self._op = op
        self.ops: list[Op] = []
        self.last = op.inputs[0] if op.inputs else ""

    def add(self, kind: str, *others: str, **settings: object) -> None:
        name = f"{self._op.name} {len(self.ops)} {kind}"
        self.ops.append(Op(kind, self._op.name, (self.last, *others), (name,), settings))
        self.last = name

    def made(self) -> tuple[Op, ...]:
        *before, end = self.ops
        return (*before, Op(end.kind, end.name, end.inputs, self._op.outputs, end.settings))


def _with_function(kind: str) -> Callable[[Op], tuple[Op, ...]]:
    """Conv or Gemm, what is added to a Conv, and a function behind."""

    def make(op: Op) -> tuple[Op, ...]:
        steps, told = _Steps(op), dict(op.settings)
        function = str(told.pop("activation", "") or "")
        own = {key: told.pop(key) for key in [*told] if key.startswith("activation_")}
        listed = own.get("activation_params")
        numbers = listed if isinstance(listed, list) else [own[key] for key in sorted(own)]
        steps.add(kind, *op.inputs[1:3], **told)
        if len(op.inputs) > 3 and op.inputs[3]:
            steps.add("Add", op.inputs[3])
        if function:
            names = _PARAMETERS.get(function, ())
            steps.add(function, **dict(zip(names, numbers, strict=False)))
        return steps.made()

    return make


def _gelu(op: Op) -> tuple[Op, ...]:
    """Gelu, FastGelu (by tanh) and BiasGelu, the latter two of a sum."""
    steps = _Steps(op)
    if len(op.inputs) > 1 and op.inputs[1]:
        steps.add("Add", op.inputs[1])
    steps.add("Gelu", approximate="tanh" if "Fast" in op.kind else "none")
    return steps.made()


def _product(op: Op) -> tuple[Op, ...]:
    """FusedMatMul: times alpha, either side turned."""
    steps, right = _Steps(op), op.inputs[1] if len(op.inputs) > 1 else ""
    turned: tuple[Op, ...] = ()
    if op.settings.get("transB", 0):
        turned = (Op("SwapAxes", op.name, (right,), (f"{op.name} turned",), {"axes": [-2, -1]}),)
        right = f"{op.name} turned"
    if op.settings.get("transA", 0):
        steps.add("SwapAxes", axes=[-2, -1])
    steps.add("MatMul", right)
    alpha = np.array(op.settings.get("alpha", 1.0), np.float32)
    constant = Op("Constant", op.name, (), (f"{op.name} alpha",), {"value": alpha})
    steps.add("Mul", *constant.outputs)
    return (*turned, constant, *steps.made())


_KNOWN: Mapping[str, Callable[[Op], tuple[Op, ...]]] = {
    "FusedConv": _with_function("Conv"),
    "FusedGemm": _with_function("Gemm"),
    **dict.fromkeys(("Gelu", "BiasGelu", "FastGelu"), _gelu),
    "FusedMatMul": _product,
}
