"""A program gone through becomes a net: its output, its layers' names, and the preset whose layers it has."""

from __future__ import annotations

import dataclasses

import numpy as np

from engine.blocks import Attention, AttentionScores, Dense, LayerNorm, TokenDense
from engine.errors import EngineError
from engine.foreign.build import GraphBuilder, Imported, preset_or
from engine.foreign.graph.draft import Node, View
from engine.foreign.graph.operations import go_through
from engine.foreign.graph.program import Program
from engine.foreign.graph.translation import MOST_COPIED, Translation
from engine.foreign.one_output import of_one_output
from engine.graph.recipe import Recipe
from engine.net import Net
from engine.text import transformer
from engine.text.build import loss_for

_ALIKE = "it gives as many numbers as it reads, as an autoencoder does"
_FEW = 16
"""Numbers of a row that is no picture: networks of as many classes as it has are of flowers or of xor."""
_COPY = "the output"
_MEMBERS = (
    *("norm1", "query", "key", "value", "scores", "attention", "residual1", "norm2", "hidden", "residual2"),
)


def imported(
    program: Program,
    kind: str,
    notes: tuple[str, ...] = (),
    recipe: Recipe | None = None,
    of_two: str = "",
    of_numbers: str | None = "",
) -> Imported:
    """The net of a program. EngineError names the operation that no layer here stands for.

    recipe: to go on training with; None: what fits the output. Where the program ends in plain sums and none
    is told, a softmax follows them. of_two: what tells that its one sum scores the second of two classes;
    of_numbers: see `Imported`.
    """
    t, view = go_through(program)
    output = _output(t, view)
    sums = all(node.activation == "identity" for node in (output, *output.sources[: output.name == _COPY]))
    put = sums and output.size > 1 and recipe is None
    if put:
        output.activation = "softmax"
    whole = output.activation in ("softmax", "log-softmax") and not put
    if output.size == t.draft.image.size > _FEW and not whole:
        of_numbers = of_numbers or _ALIKE
    recipe = recipe or Recipe(loss_for(output.activation), lr=1e-3, batch=64)
    net, names = _net(t, output, recipe)
    kept = [each.named(names[id(each.node)]) for each in t.kept if id(each.node) in names]
    normed = tuple(each for each in kept if each and net.layer(each.layer).size % each.mean.size == 0)
    told = (*notes, *program.notes, *t.notes)
    found = Imported(net, kind, told, normed=normed, of_numbers=of_numbers, put=put)
    return of_one_output(found, of_two)


def _output(t: Translation, view: View) -> Node:
    """The layer that the program ends in: a row of neurons that nobody else reads."""
    yes = _yes_and_no(t, view)
    if yes is not None:
        return yes
    view = t.exact(view)
    owners = t.whole(view)
    if owners is None or len(owners) != 1 or max(view.index.shape) != view.index.size:
        t.refuse(f"is {view.index.shape[1:]}: a network here ends in one row of neurons")
    node = owners[0]
    places = view.index.reshape(-1) - node.base
    if node.block is None:
        t.refuse("is the image itself")
    if len(node.shape) == 1 and not t.draft.read(node) and np.array_equal(places, np.arange(node.size)):
        return node
    if node.size > MOST_COPIED:
        t.refuse(f"has {node.size:,} neurons in an order of its own")
    activation = node.activation
    if not t.draft.read(node):
        # Of a row alone: the last layer keeps its activation function, in whatever order its neurons stand.
        node.activation = "identity"
    weight = np.eye(node.size)[:, places]
    copy = t.draft.add(_COPY, Dense(node.size), [node], {"weight": weight, "bias": np.zeros(node.size)})
    if node.activation == "identity":
        copy.activation = activation
    return copy


def _yes_and_no(t: Translation, view: View) -> Node | None:
    """The neuron p of (1 - p, p), the end of scikit-learn's networks of two classes; else None."""
    index, (scale, offset) = view.index.reshape(-1), (part.reshape(-1) for part in view.full())
    if index.size != 2 or index[0] != index[1] or index[0] < 0:
        return None
    (node,) = t.draft.owners(index)
    alike = np.array_equal(scale, (-1, 1)) and np.array_equal(offset, (1, 0))
    return node if alike and node.size == 1 and node.activation == "sigmoid" else None


def _net(t: Translation, output: Node, recipe: Recipe) -> tuple[Net, dict[int, str]]:
    """The net, and the names that the layers have in it by their identity."""
    nodes = list(t.draft.behind(output))
    if t.draft.image not in nodes:
        raise EngineError("its output does not depend on its image")
    blocks = _blocks(nodes)
    graph = GraphBuilder(t.draft.image.shape, "the pixels")
    keys = {id(t.draft.image): "the pixels"}
    for node in _in_order(nodes, blocks)[1:]:
        key = node.name
        while key in keys.values():
            key = f"{key}'"
        keys[id(node)] = key
        assert node.block is not None
        graph.add(
            key,
            node.block,
            [keys[id(source)] for source in node.sources],
            node.parameters,
            activation=node.activation,
            dropout=0.0 if node is output else node.dropout,
            called=next((names[id(node)] for names in blocks if id(node) in names), None),
        )
    names = {own: graph.layer(key).name for own, key in keys.items()} | {id(output): "output"}
    return preset_or(_titled(graph.net("imported", "Imported network", recipe))), names


def _blocks(nodes: list[Node]) -> list[dict[int, str]]:
    """The names of the layers of each whole transformer block, by the layers' identity."""
    found: list[dict[int, str]] = []
    for node in nodes:
        if isinstance(node.block, AttentionScores):
            members = _block(nodes, node)
            if members is not None:
                place = len(found) + 1
                found.append(
                    {id(each): f"block{place}.{own}" for each, own in zip(members, _MEMBERS, strict=True)}
                )
    return found


def _block(nodes: list[Node], scores: Node) -> list[Node] | None:
    """The ten layers of the transformer block around these scores, in the order of its text; or None."""

    def reader(node: Node, kind: type, place: int = 0) -> Node | None:
        readers = [other for other in nodes if node in other.sources]
        fits = len(readers) == 1 and isinstance(readers[0].block, kind) and readers[0].sources[place] is node
        return readers[0] if fits else None

    query, key = scores.sources
    norm = query.sources[0]
    attention = reader(scores, Attention)
    if attention is None or not isinstance(norm.block, LayerNorm) or key.sources != [norm]:
        return None
    value, middle, stream = attention.sources[1], reader(attention, TokenDense), norm.sources[0]
    if middle is None or value.sources != [norm] or middle.sources[1:] != [stream]:
        return None
    second = next((n for n in nodes if isinstance(n.block, LayerNorm) and n.sources == [middle]), None)
    hidden = None if second is None else reader(second, TokenDense)
    last = None if hidden is None else reader(hidden, TokenDense)
    if second is None or hidden is None or last is None or last.sources[1:] != [middle]:
        return None
    members = [norm, query, key, value, scores, attention, middle, second, hidden, last]
    plain = all(node.activation == "identity" for node in members if node not in (scores, hidden))
    return members if plain and len({id(node) for node in members}) == len(members) else None


def _in_order(nodes: list[Node], blocks: list[dict[int, str]]) -> list[Node]:
    """The layers with those of each block side by side, in its own order."""
    by_id, done = {id(node): node for node in nodes}, dict[int, Node]()
    for node in nodes:
        members = next((names for names in blocks if id(node) in names), None)
        if members is not None:
            for source in by_id[next(iter(members))].sources:
                _place(source, done)
            for each in members:
                done.setdefault(each, by_id[each])
        _place(node, done)
    return list(done.values())


def _place(node: Node, done: dict[int, Node]) -> None:
    """Put a layer behind all that it reads. No closure, which as it calls itself would keep all weights."""
    if id(node) in done:
        return
    for source in node.sources:
        _place(source, done)
    done.setdefault(id(node), node)


def _titled(net: Net) -> Net:
    """The net whose transformer blocks have the titles that their text gives them."""
    layers, place, number = list(net.layers), 1, 0
    while place < len(layers):
        if layers[place].name.endswith(".norm1"):
            number += 1
            part = layers[place : place + transformer.LENGTH]
            scores, inner = part[4].block, part[8]
            assert isinstance(scores, AttentionScores)
            assert isinstance(inner.block, TokenDense)
            usual = transformer.expand(
                layers[place - 1], f"block{number}", number, scores.heads, inner.block.units, inner.activation
            )
            layers[place : place + len(part)] = [
                dataclasses.replace(mine, title=theirs.title)
                for mine, theirs in zip(part, usual, strict=True)
            ]
            place += len(part)
        else:
            place += 1
    return Net.of(net.name, net.title, tuple(layers), net.parameters, net.recipe)
