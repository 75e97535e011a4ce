"""Words: what a picture says, before any of it has a place."""

from dataclasses import dataclass

from engine import AveragePool, Conv, Layer, LocalNorm, Maxout, MaxPool, Net, Trace


@dataclass(frozen=True)
class Words:
    """Texts of a film.

    Attributes:
        title: the headline.
        facts: short facts about net and digit, most important first.
        cards: for each layer its name and its size.
        steps: what happens as the signal reaches each layer, then as the bars grow, then at the end.
        classes: label of each class.
        shares: probability of each class as text.
        prediction, confidence: the answer.
        verdict: the true label with a tick or a cross, empty where no label is known.
        right: whether the answer is right, None where no label is known.
        drawn: how many synapses of how many are drawn.
    """

    title: str
    facts: tuple[str, ...]
    cards: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    classes: tuple[str, ...]
    shares: tuple[str, ...]
    prediction: int
    confidence: str
    verdict: str
    right: bool | None
    drawn: str


def percent(share: float) -> str:
    """A probability 0..1 as text that never rounds to a false 0 or 100."""
    if share < 0.0005:
        return "<0.1%"
    return ">99.9%" if share >= 0.9995 else f"{share * 100:.1f}%"


def write(trace: Trace, *, label: int | None, source: str, drawn: int) -> Words:
    """Put a trace into words; `drawn` is the number of synapses in the picture."""
    net = trace.net
    best = trace.prediction
    right = None if label is None else label == best
    return Words(
        title="How a neural network reads a digit",
        facts=tuple(
            fact for fact in (*_structure(net), f"{net.parameter_count:,} parameters", source) if fact
        ),
        cards=tuple(_card(layer, layer is net.layers[-1]) for layer in net.layers),
        steps=(
            *(_step(layer, i) for i, layer in enumerate(net.layers)),
            _bars(net.layers[-1]),
            _end(best, label),
        ),
        classes=tuple(str(k) for k in range(len(trace.probabilities))),
        shares=tuple(percent(float(p)) for p in trace.probabilities),
        prediction=best,
        confidence=percent(trace.confidence),
        verdict="" if label is None else f"label: {label}  {'✓' if right else '✗'}",
        right=right,
        drawn=f"{drawn:,} of {net.edge_count:,} synapses drawn",
    )


def _structure(net: Net) -> tuple[str, ...]:
    if all(len(layer.shape) == 1 for layer in net.layers[1:]):
        return (f"{net.title}  " + " – ".join(str(layer.size) for layer in net.layers),)
    return " → ".join(_short(layer) for layer in net.layers[1:]), f"{net.neuron_count:,} neurons"


def _short(layer: Layer) -> str:
    match layer.block:
        case Conv(height=height, width=width):
            return f"{height}×{width} conv"
        case MaxPool():
            return "max-pool"
        case AveragePool():
            return "mean-pool"
        case Maxout():
            return "maxout"
        case LocalNorm():
            return "LRN"
    return f"{layer.size}" if len(layer.shape) == 1 else layer.title


def _card(layer: Layer, last: bool) -> tuple[str, str]:
    match layer.shape:
        case (_,) if last:
            return layer.title, "class probabilities"
        case (n,):
            return layer.title, f"{n:,} neurons"
        case (tokens, d):
            return layer.title, f"{tokens} tokens × {d}"
        case (h, w, 1):
            return layer.title, f"{h} × {w} pixels"
        case (h, w, c):
            return layer.title, f"{c} maps · {h} × {w}"
    return layer.title, f"{layer.size:,} neurons"


_FUNCTIONS = {
    "relu": "add a bias and keep what is positive",
    "sigmoid": "add a bias and squash it to 0..1",
    "tanh": "add a bias and squash it to -1..1",
}


def _step(layer: Layer, index: int) -> str:
    if index == 0:
        return f"{layer.size:,} pixels, each a number: the more ink, the larger"
    return f"{layer.title}: {_deed(layer)}"


def _deed(layer: Layer) -> str:
    then = _FUNCTIONS.get(layer.activation, "add a bias")
    match layer.block:
        case Conv(height=height, width=width):
            deed = f"{layer.size:,} neurons look through {height}×{width} windows, {then}"
        case MaxPool(size=size):
            deed = f"of each {size}×{size} window the strongest neuron goes on"
        case AveragePool(size=size):
            deed = f"of each {size}×{size} window the mean goes on"
        case Maxout(pieces=pieces):
            deed = f"of each {pieces} neurons side by side the strongest goes on"
        case LocalNorm(n=n):
            deed = f"strong neurons hold down their neighbours, {n} maps at a time"
        case _:
            deed = f"{layer.size:,} neurons sum weight × activation, {then}"
    return deed


def _bars(output: Layer) -> str:
    if "softmax" in output.activation:
        return f"Softmax turns {output.size} sums into {output.size} probabilities"
    return f"{output.size} outputs, scaled so that they add up to 100%"


def _end(best: int, label: int | None) -> str:
    if label is None or label == best:
        return f"The longest bar is the answer: {best}"
    return f"The longest bar is the answer: {best}, but it was meant as a {label}"
