"""ONNX's linear models (domain ai.onnx.ml), as scikit-learn's LinearRegression and LogisticRegression are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from engine.errors import EngineError
from engine.foreign.graph.program import Op

_ENDS = {"NONE": None, "SOFTMAX": "Softmax", "LOGISTIC": "Sigmoid"}
LINEAR = ("LinearRegressor", "LinearClassifier", "Normalizer")


def as_products(ops: Iterable[Op]) -> list[Op]:
    """Operations with linear models as products and the functions behind them; all others as they are.

    What they compute: onnx.ai, Operators of ai.onnx.ml. Coefficients stand in the settings, a row of them for
    each output. Of a classifier the second output is taken, its scores, and not the first, its label.
    Shares of their sum are what its sigmoids are told as anyhow, and so are those of a softmax. EngineError
    where numbers do not fit, or what is done with scores is none of NONE, SOFTMAX and LOGISTIC.
    """
    made: list[Op] = []
    shares, labels = set[str](), set[str]()
    for op in ops:
        if op.kind in LINEAR[:2]:
            made += _product(op)
            labels.update(op.outputs[:-1])
            if made[-1].kind != "Gemm":
                shares.add(op.outputs[-1])
        elif op.kind == "Normalizer" and op.settings.get("norm") == "L1" and shares.issuperset(op.inputs):
            made.append(Op("Identity", op.name, op.inputs, op.outputs, {}))
        elif labels.isdisjoint(op.inputs):
            made.append(op)
        else:
            labels.update(op.outputs)
    return made


def _product(op: Op) -> tuple[Op, ...]:
    end = op.settings.get("post_transform", "NONE")
    if end not in _ENDS:
        raise EngineError(f"{op.name} ends in {end!s:.20}: known are {', '.join(_ENDS)}")
    scores = op.outputs[-1]
    count, weight, bias = _arrays(op)
    ops = [
        Op("Constant", op.name, (), (f"{op.name} weight",), {"value": weight.reshape(count, -1)}),
        Op("Constant", op.name, (), (f"{op.name} bias",), {"value": bias}),
    ]
    inputs = (op.inputs[0], *(name for each in ops for name in each.outputs))
    function = _ENDS[end]
    sums = f"{op.name} sums" if function else scores
    ops.append(Op("Gemm", op.name, inputs, (sums,), {"transB": 1}))
    if function:
        settings = {"axis": 1} if function == "Softmax" else {}
        ops.append(Op(function, op.name, (sums,), (scores,), settings))
    return tuple(ops)


def _arrays(op: Op) -> tuple[int, Any, Any]:
    """How many outputs it has, its coefficients and what is added to each sum."""
    numbers, added = op.settings.get("coefficients"), op.settings.get("intercepts")
    if not isinstance(numbers, list) or not numbers or not isinstance(added, list | None):
        raise EngineError(f"{op.name} has no coefficients: export it again")
    count = len(added) if added else int(op.settings.get("targets", 1))
    if count < 1 or len(numbers) % count:
        raise EngineError(
            f"{op.name} has {len(numbers):,} coefficients, which are not those of {count:,} sums"
        )
    bias = np.array(added, np.float32) if added else np.zeros(count, np.float32)
    return count, np.array(numbers, np.float32), bias
