"""One word for the ten layers of a transformer block, read and written."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from engine.blocks import Attention, AttentionScores, Block, LayerNorm, TokenDense
from engine.blocks.activations import activations, is_activation
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.text.clause import new_name
from engine.text.source import Segment, Word, suggestion
from engine.text.vocabulary import TRANSFORMER, whole

WORD = TRANSFORMER
USAGE = f"{WORD} 4 heads mlp 128"
_GELU = "gelu-tanh"
LENGTH = 10


def expand(stream: Layer, name: str, number: int, heads: int, hidden: int, act: str = _GELU) -> list[Layer]:
    """The layers of a block that reads the tokens of `stream`; each is named <name>.<its own>.

    Normalisation ahead of each of its two steps, attention and two per-token dense layers, and the tokens
    added back after each (Xiong et al. 2020, "On layer normalization in the transformer architecture",
    figure 1b). EngineError where heads do not divide the tokens' width.
    """
    layers = [stream]
    shapes = {stream.name: stream.shape}
    width = stream.shape[-1]

    def add(own: str, block: Block, *sources: str, activation: str = "identity") -> str:
        full = f"{name}.{own}"
        shape = shapes[full] = block.shape([shapes[source] for source in sources])
        kind = own.rstrip("12")
        title = f"{kind.capitalize()} {number}" + (f".{own[-1]}" if own != kind else "")
        layers.append(Layer(full, title, shape, block, sources, activation))
        return full

    norm = add("norm1", LayerNorm(), stream.name)
    query, key, value = (add(own, TokenDense(width), norm) for own in ("query", "key", "value"))
    scores = add("scores", AttentionScores(heads), query, key, activation="softmax")
    mixed = add("attention", Attention(), scores, value)
    middle = add("residual1", TokenDense(width), mixed, stream.name)
    norm = add("norm2", LayerNorm(), middle)
    inner = add("hidden", TokenDense(hidden), norm, activation=act)
    add("residual2", TokenDense(width), inner, middle)
    return layers[1:]


def read(segment: Segment, stream: Layer, number: int) -> list[Layer]:
    """The layers of a segment such as `transformer 4 heads mlp 128`; number counts these from 1."""
    word, *rest = segment.words
    if len(stream.shape) != 2:
        problem = f"{WORD} reads tokens, but {stream.name} has none: begin with patches, such as patches 7 64"
        raise segment.wrong(word, problem)
    counted = _number(segment, rest, "number of heads")
    if not rest or rest.pop(0).key not in ("heads", "head"):
        raise segment.wrong(None if len(segment.words) < 3 else segment.words[2], f"expected heads: {USAGE}")
    hidden, act, name = 2 * stream.shape[1], _GELU, f"block{number}"
    while rest:
        option = rest.pop(0)
        if option.key == "mlp":
            hidden = int(_number(segment, rest, "number of hidden neurons of each token").text)
        elif is_activation(option.key):
            act = option.key
        elif option.key == "as":
            name = new_name(segment, rest).text
        else:
            known = ["mlp", "as", *activations()]
            near = suggestion(option.text, known)
            raise segment.wrong(option, f"unknown word: {near}after {WORD} come {', '.join(known)}")
    try:
        return expand(stream, name, number, int(counted.text), hidden, act)
    except EngineError as error:
        raise segment.wrong(counted, str(error)) from None


def write(layers: Sequence[Layer], start: int, number: int) -> str | None:
    """The segment for the ten layers from `start` on, None where they are no such block."""
    part = layers[start : start + LENGTH]
    name, dot, own = part[0].name.rpartition(".")
    if len(part) < LENGTH or not dot or own != "norm1" or len(layers[start - 1].shape) != 2:
        return None
    scores, inner = part[4], part[8]
    if not isinstance(scores.block, AttentionScores) or not isinstance(inner.block, TokenDense):
        return None
    heads, hidden, act = scores.block.heads, inner.block.units, inner.activation
    try:
        usual = expand(layers[start - 1], name, number, heads, hidden, act)
    except EngineError:
        return None
    if any(dataclasses.replace(a, title=b.title) != b for a, b in zip(usual, part, strict=True)):
        return None
    words = [WORD, str(heads), "heads mlp", str(hidden)]
    words += [] if act == _GELU else [act]
    words += [] if name == f"block{number}" else ["as", name]
    return " ".join(words)


def _number(segment: Segment, rest: list[Word], what: str) -> Word:
    """The next word, a whole number, taken from `rest`."""
    if not rest:
        raise segment.wrong(None, f"the {what} is missing, as in {USAGE}")
    if whole(rest[0].text) is None:
        raise segment.wrong(rest[0], f"expected the {what}, a whole number, as in {USAGE}")
    return rest.pop(0)
