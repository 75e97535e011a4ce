"""A layer of a Keras configuration, and the activation functions that any may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.graph.program import Chain
from engine.foreign.pickles import shown
from engine.foreign.refused import way_round

Config = Mapping[str, Any]


@dataclass(frozen=True)
class KerasLayer:
    """A layer of the configuration: its name, class and settings, its arrays by name, and what it reads.

    number: what an operation that was called with one has, such as the 255 of x / 255; ahead: 1 - x.
    """

    name: str
    kind: str
    config: Config
    arrays: Mapping[str, Array]
    sources: tuple[str, ...]
    number: float | None = None
    ahead: bool = False

    def wrong(self, problem: str) -> EngineError:
        """An error that names the layer."""
        return EngineError(f"{self.kind} {shown(self.name)} {problem}")

    def array(self, place: int, name: str) -> Array:
        """One of its arrays by its place."""
        found = [*self.arrays.values()]
        if place < len(found) and found[place].dtype.kind in "iu":
            raise self.wrong(f"has a {name} of whole numbers: {way_round('quantised')}")
        if place >= len(found) or found[place].dtype.kind != "f":
            raise self.wrong(f"has no {name} in the file: save the whole model, not its architecture alone")
        return found[place]

    def each(self, key: str, usual: int = 1, axes: int = 2) -> list[int]:
        """A setting of a whole number for each axis, which may be told as one."""
        value = self.config.get(key)
        value = usual if value is None else value
        told = [value] * axes if isinstance(value, int) else value
        if not isinstance(told, list | tuple) or len(told) != axes or not all(type(n) is int for n in told):
            raise self.wrong(f"has {key} {value!r:.40}: it must be {axes} whole numbers, or one")
        return [int(n) for n in told]

    @property
    def channels_first(self) -> bool:
        """Whether it has its maps ahead of rows and columns."""
        return self.config.get("data_format") == "channels_first"


def activate(chain: Chain, layer: KerasLayer, told: Any) -> None:
    """An activation function, told by its name or as an object of the configuration."""
    if isinstance(told, dict):
        inside = told.get("config")
        told = inside if isinstance(inside, str) else told.get("class_name")
    if told is None or told == "linear":
        return
    known: Mapping[str, tuple[str, dict[str, Any]]] = {
        "relu": ("Relu", {}),
        "relu6": ("Clip", {"min": 0.0, "max": 6.0}),
        "leaky_relu": ("LeakyRelu", {"alpha": 0.2}),
        "sigmoid": ("Sigmoid", {}),
        "tanh": ("Tanh", {}),
        "softmax": ("Softmax", {}),
        "log_softmax": ("LogSoftmax", {}),
        "gelu": ("Gelu", {}),
        **dict.fromkeys(("silu", "swish"), ("Swish", {})),
        **dict.fromkeys(("elu", "celu"), ("Elu", {})),
        "selu": ("Selu", {}),
        "softplus": ("Softplus", {}),
        "softsign": ("Softsign", {}),
        # Keras 2 and TensorFlow.js, which tell the type of numbers in one word, have a steeper line.
        "hard_sigmoid": (
            "HardSigmoid",
            {"alpha": 0.2 if isinstance(layer.config.get("dtype"), str) else 1 / 6, "beta": 0.5},
        ),
        **dict.fromkeys(("hard_silu", "hard_swish"), ("HardSwish", {})),
        "hard_tanh": ("Clip", {"min": -1.0, "max": 1.0}),
        "mish": ("Mish", {}),
        "exponential": ("Exp", {}),
    }
    if not isinstance(told, str) or told not in known:
        raise layer.wrong(f"has the activation {told!r:.40}: known are {', '.join(known)}")
    kind, settings = known[told]
    chain.add(kind, layer.name, **settings)
