"""A network that reads one digit, and what all of its layers then do."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from engine import Net, Trace
from engine.graph import address
from viz3d.command.choice.digits import Digit
from viz3d.command.choice.models import history

_NEURON = 16  # bytes of a trace for each neuron: its sum, its activation twice, and its slope


@dataclass(frozen=True, eq=False)
class TracedDigit:
    """A network and how it read a digit."""

    net: Net
    digit: Digit

    @classmethod
    def of(cls, net: Net, digit: Digit) -> "TracedDigit":
        """Have a network read a digit; EngineError where it cannot."""
        return cls(net, digit)._with(net.trace(digit.image))

    @cached_property
    def trace(self) -> Trace:
        """What every neuron does with the digit."""
        return self.net.trace(self.digit.image)

    def read_by(self, net: Net) -> "TracedDigit":
        """The same digit read by a network that was made of this one."""
        return TracedDigit(net, self.digit)._with(net.trace(self.digit.image, base=self.trace))

    def labelled(self, label: int | None) -> "TracedDigit":
        """The same digit, meant as another class: no network sees the label."""
        return TracedDigit(self.net, replace(self.digit, label=label))._with(self.trace)

    @property
    def held(self) -> int:
        """Bytes that the trace takes, about; 0 where there is none at the moment."""
        return _NEURON * self.net.neuron_count if "trace" in self.__dict__ else 0

    def forget(self) -> None:
        """Let go of the trace, the larger part of what this holds; it is worked out again when asked for."""
        self.__dict__.pop("trace", None)

    @property
    def answer(self) -> int | None:
        """What was read, as long as this has been read once: also when the trace is forgotten; else None."""
        found: int | None = self.__dict__.get("_answer")
        return found

    def _with(self, trace: Trace) -> "TracedDigit":
        self.__dict__["trace"], self.__dict__["_answer"] = trace, trace.prediction
        return self

    def mutated(self, text: str) -> "TracedDigit":
        """The same digit read by the network with these mutations more."""
        return self.read_by(self.net.mutate(text))

    def silenced(self, where: str) -> "TracedDigit":
        """The same digit read with neurons of an address silent; EngineError where they cannot be."""
        return self.mutated(f"ablate {where}")

    @property
    def edits(self) -> str:
        """The network's edits as text."""
        return "; ".join(str(edit) for edit in self.net.edits)

    @property
    def remarks(self) -> list[str]:
        """Lines on what was done to the network: its mutations, if more than edits, and its edits."""
        told = history(self.net)
        mutations = [f"mutated: {told}"] if told and told != self.edits else []
        return [*mutations, f"edits: {self.edits}"] if self.edits else mutations

    def named(self, label: int) -> str:
        """The name of a class, its number where it has none."""
        return self.net.classes[label] if label < len(self.net.classes) else str(label)

    @property
    def sort(self) -> str:
        """What a class is called: a digit, or a class."""
        return "digit" if self.net.noun == "digit" else "class"

    @property
    def one(self) -> str:
        """What stands ahead of a class: "a " of a digit, nothing of a name."""
        return "a " if self.sort == "digit" else ""

    @property
    def meant(self) -> str:
        """What it truly is, such as ", a 7"; empty where nobody said."""
        label = self.digit.label
        if label is None:
            return ""
        return f", {self.one}{self.named(label)}"

    @property
    def empty(self) -> bool:
        """Whether the picture is of one shade: there is nothing in it."""
        image = np.asarray(self.digit.image)
        return image.ndim > 1 and not np.ptp(image)

    @property
    def numbers(self) -> list[tuple[str, float]]:
        """The numbers that come in, as they were found, with their names; none where it is a picture."""
        image = np.asarray(self.digit.image)
        if image.ndim != 1:
            return []
        names = self.net.task.columns if self.net.task is not None else ()
        return list(zip(names or map(str, range(len(image))), image.tolist(), strict=True))

    @cached_property
    def pixels(self) -> np.ndarray | None:
        """What the network sees, (h, w) of 0..1, or (h, w, 3); None where its input is no picture."""
        if self.net.reads_numbers:
            return None
        if self.net.layers[0].shape[2:] == (3,):
            return np.asarray(self.trace.activation[self.net.layers[0].name])
        return as_picture(self.trace.activation[self.net.layers[0].name])

    def address(self, neuron: int) -> str:
        """The address of a neuron by its global id."""
        return address.write(self.net.graph, neuron)

    def as_json(self) -> dict[str, Any]:
        """The network and the digit as JSON values."""
        told = {
            "network": self.net.name,
            "edits": self.edits,
            "mutated": history(self.net),
            "image": self.digit.source,
            "label": self.digit.label,
        }
        if self.net.gives_numbers and len(self.net.classes) > 1:
            values = self.trace.probabilities.tolist()
            return {**told, "outputs": dict(zip(self.net.classes, values, strict=True))}
        if self.net.gives_numbers:
            return {**told, "output": self.trace.confidence}
        return {
            **told,
            "prediction": self.trace.prediction,
            "confidence": self.trace.confidence,
            "probabilities": self.trace.probabilities.tolist(),
        }


def as_picture(values: np.ndarray) -> np.ndarray | None:
    """Values of an input layer as (h, w), where they have that form."""
    if values.ndim == 3 and values.shape[2] == 1:
        return np.asarray(values[..., 0])
    side = math.isqrt(values.size) if values.ndim < 3 else 0
    return np.asarray(values.reshape(side, side)) if side * side == values.size else None


def place(net: Net, neuron: int) -> tuple[str, int]:
    """The layer of a neuron by its global id, and its flat index there."""
    layer = address.write(net.graph, neuron).partition(":")[0]
    return layer, neuron - net.offset(layer)
