"""Sums, products and functions of single numbers, and layer normalisation in its older, longer form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.arrays import Array
from engine.blocks import Add, TokenDense
from engine.foreign.graph.curves import Curve, curve_of, same_base
from engine.foreign.graph.draft import MOST_NUMBERS, Node, View
from engine.foreign.graph.linear import Windows, conv, rows
from engine.foreign.graph.normalisation import norm_step
from engine.foreign.graph.norming import Norming
from engine.foreign.graph.program import Op
from engine.foreign.graph.tokens import balanced, is_tokens, tokens
from engine.foreign.graph.translation import MOST_COPIED, Translation, Value

_ARITHMETIC: Mapping[str, Callable[..., Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "Pow": np.power,
    "Min": np.minimum,
    "Max": np.maximum,
}
_BENDING = ("Pow", "Min", "Max")
"""What makes of a tensor and a number no scale and shift of it."""


def arithmetic(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Add, Sub, Mul, Div, Pow, Min and Max of a tensor with constants or another tensor."""
    if len(values) != 2:
        t.refuse(f"is of {len(values)} tensors: known are two")
    a, b = values
    if isinstance(a, Norming) or isinstance(b, Norming):
        return norm_step(t, op, a, b)
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return _with_constant(t, op, a, b)
    pair = [value if isinstance(value, Curve) else curve_of(t.view(value)) for value in (a, b)]
    if pair[0] is not None and pair[1] is not None and same_base(pair[0], pair[1]):
        with np.errstate(all="ignore"):
            made = _ARITHMETIC[op.kind](pair[0].values, pair[1].values)
        words = tuple(dict.fromkeys((*pair[0].words, *pair[1].words, t.where)))
        return Curve(pair[0].base, made, words)
    if op.kind == "Sub":
        second = t.view(b)
        return add(t, t.view(a), second.affine(-1, 0))
    if op.kind != "Add":
        t.refuse("multiplies, divides or compares two results of the network, which no layer here does")
    return add(t, t.view(a), t.view(b))


def _with_constant(t: Translation, op: Op, a: Value, b: Value) -> Value:
    constant, value = (a, b) if isinstance(a, np.ndarray) else (b, a)
    assert isinstance(constant, np.ndarray)
    constant = constant.astype(np.float64)
    first = isinstance(a, np.ndarray)
    if "axis" in op.settings and not isinstance(value, Curve):
        # Before its version 7, ONNX told from which axis on the second tensor's own lie.
        behind = t.view(value).index.ndim - int(op.settings["axis"]) - constant.ndim
        constant = constant.reshape(*constant.shape, *(1,) * behind)
    one = constant.size and float(np.ptp(constant)) == 0
    if one and (isinstance(value, Curve) or op.kind in _BENDING or (op.kind == "Div" and first)):
        curve, number = t.curve(value), float(constant.reshape(-1)[0])
        pair = (np.full_like(curve.values, number), curve.values) if first else (curve.values, number)
        with np.errstate(all="ignore"):
            made = _ARITHMETIC[op.kind](*pair)
        return Curve(curve.base, np.asarray(made), (*curve.words, f"{t.where} {number:.4g}"))
    view = t.view(value)
    if np.broadcast_shapes(constant.shape, view.index.shape) != view.index.shape:
        shape = np.broadcast_shapes(constant.shape, view.index.shape)
        t.limited(shape, 1 << 24)
        view = view.turned(lambda x: np.broadcast_to(x, shape))
    steps: Mapping[str, tuple[Array | float, Array | float] | None] = {
        "Add": (1, constant),
        "Sub": (-1, constant) if first else (1, -constant),
        "Mul": (constant, 0),
        "Div": (1 / constant, 0) if not first and constant.all() else None,
    }
    step = steps.get(op.kind)
    if step is None:
        t.refuse("takes powers or limits of numbers, or divides by them, one by one: no layer here does")
    return t.settled(view.affine(*step))


def add(t: Translation, a: View, b: View) -> View:
    """The sum of two tensors: a residual branch."""
    if a.index.shape != b.index.shape:
        t.refuse(f"adds {a.index.shape} and {b.index.shape}: known are sums of equal shapes")
    nodes, orders = [], []
    # Of terms of one layer none may put its scale into that layer's weights, which the other reads.
    shared = any(t.touches(b, node) for node in t.draft.owners(a.index))
    for term in (a, b):
        apart = t.copied(term) if shared and not term.plain else term
        view = apart if is_tokens(term) else t.exact(apart)
        if is_tokens(view):
            nodes.append(tokens(t, view))
            orders.append(nodes[-1].numbers.reshape(view.index.shape) - nodes[-1].base)
            continue
        owners = t.whole(view)
        if owners is None or len(owners) != 1:
            view = _joined(t, view)
            owners = t.draft.owners(view.index)
        nodes.append(owners[0])
        orders.append(view.index - owners[0].base)
    if nodes[0].shape != nodes[1].shape or not np.array_equal(orders[0], orders[1]):
        t.refuse(f"adds {nodes[0].shape} and {nodes[1].shape} whose numbers stand in different orders")
    if nodes[0] is nodes[1]:
        return View(nodes[0].base + orders[0]).affine(2, 0)
    made = _residual(t, nodes) or t.draft.add(t.where, Add(), _terms(t, nodes))
    return View(made.base + orders[0])


def _joined(t: Translation, view: View) -> View:
    """Several layers' maps or rows side by side, or a part of one layer's, as one layer that copies them."""
    shape = view.index.shape
    long = [axis for axis, n in enumerate(shape) if n > 1]
    if len(shape) == 4 and len(long) > 1:
        # Of Keras's maps the channels come last.
        last = all(node.shape[:2] == shape[1:3] for node in t.draft.owners(view.index))
        first = view.turned(lambda a: a.transpose(0, 3, 1, 2)) if last else view
        maps = first.index.shape[1]
        t.limited((maps, maps), MOST_NUMBERS)
        made = conv(t, first, np.eye(maps)[:, :, None, None], None, Windows((1, 1)))
        return made.turned(lambda a: a.transpose(0, 2, 3, 1)) if last else made
    if len(long) > 1 or view.index.size > MOST_COPIED:
        t.refuse("adds parts of layers, or several at once")
    made = rows(t, view, np.eye(view.index.size), np.zeros(view.index.size))
    return made.turned(lambda a: a.reshape(shape))


def _residual(t: Translation, nodes: Sequence[Node]) -> Node | None:
    """Two layers of tokens, one of which takes the other along as it is; None where neither can."""
    for node, other in (nodes, nodes[::-1]):
        open_ = isinstance(node.block, TokenDense) and node.linear and t.free(node)
        if open_ and len(node.sources) == 1 and other not in node.sources:
            node.sources = [*node.sources, other]
            return node
    return None


def _terms(t: Translation, nodes: Sequence[Node]) -> list[Node]:
    """What a sum of layers adds up: the terms of a sum that nobody else reads are its own."""
    first, second = nodes
    for node, other in ((first, second), (second, first)):
        if (
            isinstance(node.block, Add)
            and node.activation == "identity"
            and t.free(node)
            and other not in node.sources
        ):
            terms = [*node.sources, other] if node is first else [other, *node.sources]
            t.draft.nodes.remove(node)
            return terms
    return [first, second]


def softmax(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Softmax or LogSoftmax over the last axis."""
    view = balanced(t, t.view(values[0]))
    rank = view.index.ndim
    axis = int(op.settings.get("axis", -1)) % rank
    if any(n > 1 for n in view.index.shape[axis + 1 :]):
        t.refuse("is taken over another axis than the last")
    view = t.settled(view)
    owners = t.whole(view)
    if owners is None or not view.plain or not all(map(t.open, owners)):
        view = t.copied(view)
    node = t.owner(view)
    if node.shape[-1] != view.index.shape[axis]:
        t.refuse(f"is taken over {view.index.shape[axis]} numbers of a layer of {node.shape}")
    node.activation = "softmax" if op.kind == "Softmax" else "log-softmax"
    return view
