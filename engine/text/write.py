"""From layers to text, in canonical form."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from engine.blocks import Block
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.text import transformer
from engine.text.read import read
from engine.text.source import ArchitectureError
from engine.text.vocabulary import BY_BLOCK, Slot, written


def write(layers: Sequence[Layer], separator: str = " | ") -> str:
    """The canonical text of layers: `read` gives the same layers again, but for titles of one's own.

    separator: " | ", or a line end for a file. EngineError where a layer has no words, naming it.
    """
    parts = [text for text, _ in _segments(layers)]
    text = separator.join(parts)
    _check(layers, text)
    return text


def segments(layers: Sequence[Layer]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The segments of the canonical text, each with the names of the layers that it stands for.

    The word for a transformer block stands for ten of them; "dropout" for the layer that it silences.
    EngineError as for `write`.
    """
    parts = tuple(_segments(layers))
    _check(layers, " | ".join(text for text, _ in parts))
    return parts


def _segments(layers: Sequence[Layer]) -> Iterator[tuple[str, tuple[str, ...]]]:
    counts: dict[str, int] = {}
    yield _input(layers[0]), (layers[0].name,)
    place = 1
    while place < len(layers):
        block = transformer.write(layers, place, counts.get(transformer.WORD, 0) + 1)
        if block is not None:
            yield block, tuple(layer.name for layer in layers[place : place + transformer.LENGTH])
            counts[transformer.WORD] = counts.get(transformer.WORD, 0) + 1
            place += transformer.LENGTH
            continue
        layer = layers[place]
        yield _layer(layer, layers[place - 1], layer is layers[-1], counts), (layer.name,)
        if layer.dropout:
            yield f"dropout {written(layer.dropout)}", (layer.name,)
        place += 1


def _input(layer: Layer) -> str:
    shape = layer.shape[:2] if len(layer.shape) == 3 and layer.shape[2] == 1 else layer.shape
    return "input " + "x".join(map(str, shape))


def _layer(layer: Layer, before: Layer, last: bool, counts: dict[str, int]) -> str:
    block = layer.block
    if block is None or type(block) not in BY_BLOCK:
        raise EngineError(f"layer {layer.name} cannot be written as text: its block has no word")
    entry = BY_BLOCK[type(block)]
    words = [entry.word, *(_value(slot, block) for slot in entry.slots)]
    more = layer.sources[1:] if entry.more else ()
    words += [*more] if entry.more == entry.word else []
    for key, slot in entry.options.items():
        if _fields(slot, block) != entry.default(key):
            words += [key] if slot.fixed is not None else [key, _value(slot, block)]
    words += [entry.more, *more] if more and entry.more and entry.more != entry.word else []
    words += [] if layer.activation == "identity" else [layer.activation]
    sources = layer.sources[:1] if entry.more else layer.sources
    words += [] if sources == (before.name,) else ["from", *sources]
    counts[entry.stem] = counts.get(entry.stem, 0) + 1
    usual = "output" if last else entry.name(counts[entry.stem])
    words += [] if layer.name == usual else ["as", layer.name]
    return " ".join(words)


def _fields(slot: Slot, block: Block) -> tuple[object, ...]:
    return tuple(getattr(block, name) for name in slot.fields)


def _value(slot: Slot, block: Block) -> str:
    return slot.write(*_fields(slot, block))


def _check(layers: Sequence[Layer], text: str) -> None:
    """EngineError where the text does not read back as these layers."""
    try:
        read_back = read(text)
    except ArchitectureError as error:
        raise EngineError(f"these layers cannot be written as text: {error}") from None
    for layer, again in zip(layers, read_back, strict=True):
        if dataclasses.replace(again, title=layer.title) != layer:
            raise EngineError(f"layer {layer.name} cannot be written as text: it would read back as {again}")
