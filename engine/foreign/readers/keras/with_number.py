"""Steps between a tensor and a number, such as x / 255, which Keras keeps as layers of their own."""

from __future__ import annotations

import numpy as np

from engine.foreign.graph.program import Chain
from engine.foreign.readers.keras.layer import KerasLayer

_KINDS = {
    **dict.fromkeys(("truedivide", "truediv", "divide"), "Div"),
    **dict.fromkeys(("multiply", "mul"), "Mul"),
    **dict.fromkeys(("subtract", "sub"), "Sub"),
    "add": "Add",
}


def _kind(layer: KerasLayer) -> str:
    """The operation that it is, "" for none of these: Keras 3 has a class of each, Keras 2 one for all."""
    told = layer.config.get("function") if layer.kind == "TFOpLambda" else layer.kind
    word = told.rpartition(".")[2].replace("_", "").lower() if isinstance(told, str) else ""
    return _KINDS.get(word, "")


def is_with_number(layer: KerasLayer) -> bool:
    """Whether a layer of the file is such a step."""
    return layer.number is not None and len(layer.sources) == 1 and _kind(layer) != ""


def with_number(chain: Chain, layer: KerasLayer) -> str:
    """The step's operations; the name of what they make. EngineError where it divides by the tensor."""
    kind, number = _kind(layer), np.array(layer.number)
    chain.last = layer.sources[0]
    if layer.ahead and kind == "Div":
        raise layer.wrong("divides by what the network makes, which no layer here does")
    if layer.ahead and kind == "Sub":
        chain.add("Neg", layer.name)
        kind = "Add"
    return chain.add(kind, layer.name, number)
