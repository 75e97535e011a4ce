"""Tokens: tensors (1, n, d) as layers of tokens, attention between them, and per-token dense layers."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.blocks import Attention, AttentionScores, Block, Conv, PatchEmbedding, TokenDense
from engine.errors import EngineError
from engine.foreign.graph.draft import Node, View
from engine.foreign.graph.translation import Translation


def is_tokens(view: View) -> bool:
    """Whether a tensor is a row of tokens: one axis of them ahead of that of their numbers.

    Maps (1, channels, 1, 1) of a single cell are none.
    """
    if view.index.ndim == 4 and view.index.shape[2:] == (1, 1):
        return False
    return view.index.ndim > 1 and sum(n > 1 for n in view.index.shape[:-1]) == 1


def tokens(t: Translation, view: View) -> Node:
    """The layer (n, d) that a tensor (1, n, d) is; one is made where it is patches or a part of a layer."""
    if not is_tokens(view):
        t.refuse(f"needs tokens (1, n, d), got {view.index.shape}")
    shape = view.index.shape
    owners = t.draft.owners(view.index)
    if len(owners) == 1:
        patched = _patches(t, view, owners[0])
        if patched is not None:
            return patched
    view = t.settled(view)
    row = view.turned(lambda a: a.reshape(1, -1, shape[-1]))
    if len(owners) == 1 and row.plain and _part(row, owners[0]):
        return _columns(t, row, owners[0])
    row = t.exact(view).turned(lambda a: a.reshape(1, -1, shape[-1]))
    node = t.owner(row)
    if node.shape[2:] == shape[-1:] and np.array_equal(row.index[0], node.numbers.reshape(-1, shape[-1])):
        return _of_maps(t, row, node)
    if node.shape != row.index.shape[1:]:
        t.refuse(f"reads {node.shape} as tokens {row.index.shape[1:]}")
    return node


def _of_maps(t: Translation, row: View, node: Node) -> Node:
    """The cells of maps (h, w, d) as tokens (h w, d): patches of one cell each, as they are."""
    width = node.shape[2]
    parameters = {"weight": np.eye(width)[None, None], "bias": np.zeros(width)}
    made = t.draft.add(f"{node.name}, as tokens", PatchEmbedding(1, width, False, False), [node], parameters)
    t.renumber(row, node, made.numbers)
    t.note(f"{node.name}: a layer with a token for each cell of its maps, as they are, stands behind it")
    return made


def _patches(t: Translation, view: View, node: Node) -> Node | None:
    """A convolution of patches, with the class token and the positions that came after it, as one layer."""
    block, width = node.block, view.index.shape[-1]
    own = view.index.reshape(-1, width)
    size = _patch_size(block)
    if not size or not node.linear or t.draft.read(node):
        return None
    extra = len(own) - node.size // node.shape[-1]
    rest = node.numbers.reshape(-1, node.shape[-1])
    if extra not in (0, 1) or own.shape[1] != node.shape[-1]:
        return None
    scale, offset = (part.reshape(-1, width) for part in view.full())
    if (own[:extra] >= 0).any() or not np.array_equal(own[extra:], rest) or (scale != 1).any():
        return None
    alike = not extra and float(np.ptp(offset, axis=0).max()) < 1e-9
    parameters = {"weight": node.parameters["weight"], "bias": node.parameters["bias"]}
    if alike:
        parameters["bias"] = parameters["bias"] + offset[0]
    else:
        parameters["position"] = offset.copy()
    if extra:
        parameters["class"] = offset[0].copy()
        parameters["position"][0] = 0
    patches = PatchEmbedding(size, node.shape[-1], bool(extra), not alike)
    try:
        made = t.draft.add(node.name, patches, node.sources, parameters)
    except EngineError as error:
        t.refuse(str(error))
    if not t.renumber(view, node, made.numbers):
        t.draft.nodes.remove(made)
        return None
    t.draft.nodes.remove(node)
    return made


def _patch_size(block: Block | None) -> int:
    """The side of the patches that a block reads one by one; 0 where it reads anything else."""
    if isinstance(block, Conv):
        square = block.height == block.width == block.stride and block.padding in ("valid", 0)
        return block.height if square else 0
    bare = isinstance(block, PatchEmbedding) and not block.class_token and not block.positions
    return block.size if bare and isinstance(block, PatchEmbedding) else 0


def _part(view: View, node: Node) -> bool:
    """Whether a tensor is some columns of a layer of tokens, the same of each."""
    if len(node.shape) != 2 or view.index.shape[1] != node.shape[0]:
        return False
    first = view.index[0, 0]
    rows = np.arange(node.shape[0])[:, None] * node.shape[1]
    inside = bool(((first >= node.base) & (first < node.base + node.shape[1])).all())
    return inside and np.array_equal(view.index[0], first + rows) and len(first) < node.shape[1]


def _columns(t: Translation, view: View, node: Node) -> Node:
    """Some columns of a per-token dense layer, such as the queries of one that makes all three."""
    if not isinstance(node.block, TokenDense) or len(node.sources) != 1 or not node.linear:
        t.refuse(f"reads a part of {node.name}, where whole layers of tokens are needed")
    columns = view.index[0, 0] - node.base
    parameters = {key: array[..., columns] for key, array in node.parameters.items()}
    return t.draft.add(f"{node.name}, a part", TokenDense(len(columns)), node.sources, parameters)


def tiles(t: Translation, view: View, units: int, weight: Array, bias: Array) -> Node | None:
    """A dense layer on each patch of an image, flattened in any order, as one layer of patches."""
    owners = t.draft.owners(view.index)
    if len(owners) != 1 or len(owners[0].shape) != 3 or not view.plain:
        return None
    node = owners[0]
    h, w, channels = node.shape
    size = int(np.sqrt(weight.shape[0] / channels))
    if size * size * channels != weight.shape[0] or h % size or w % size:
        return None
    if size == 1 and node.block is not None:
        return None  # Its cells are tokens already, see `_of_maps`.
    cut = node.numbers.reshape(h // size, size, w // size, size, channels).transpose(0, 2, 1, 3, 4)
    patches = cut.reshape(-1, size * size * channels)
    order = np.argsort(view.index[0, 0])
    if patches.shape != view.index[0].shape or not np.array_equal(
        view.index[0][:, order], patches[:, np.argsort(patches[0])]
    ):
        return None
    turned = np.empty_like(weight)
    turned[np.argsort(patches[0])] = weight[order]
    parameters = {"weight": turned.reshape(size, size, channels, units), "bias": bias}
    return t.draft.add(t.where, PatchEmbedding(size, units, False, False), owners, parameters)


def token_dense(t: Translation, view: View, weight: Array, bias: Array) -> View:
    """X W + b for each token of a tensor (1, n, d)."""
    units = weight.shape[1]
    made = tiles(t, view.turned(lambda a: a.reshape(1, -1, a.shape[-1])), units, weight, bias)
    if made is None:
        node = tokens(t, view)
        made = t.draft.add(t.where, TokenDense(units), [node], {"weight": weight, "bias": bias})
    return t.lay(made)


def product(t: Translation, left: View, right: View) -> View:
    """The product of two tensors: queries times keys, or attention times values.

    Both are (1, heads, n, d), or (heads, n, d) where one axis is batch and heads at once.
    """
    a, b = left.index, right.index
    if (
        a.ndim not in (3, 4)
        or a.ndim != b.ndim
        or a.shape[:-2] != b.shape[:-2]
        or (a.ndim == 4 and a.shape[0] != 1)
    ):
        t.refuse(f"multiplies {a.shape} by {b.shape}: known are the two products of attention")
    owners = t.draft.owners(a)
    make = _gathered if len(owners) == 1 and isinstance(owners[0].block, AttentionScores) else _scored
    made = make(t, *(view.turned(lambda x: x.reshape(1, *x.shape[-3:])) for view in (left, right)))
    return made.turned(lambda x: x.reshape(*a.shape[:-2], *x.shape[-2:]))


def _scored(t: Translation, left: View, right: View) -> View:
    # Queries and keys of one layer: neither may put its scale into the weights, which the other reads.
    shared = any(t.touches(right, node) for node in t.draft.owners(left.index))
    scaled = [_uniform(t, view, shared) for view in (left, right)]
    heads = left.index.shape[1]
    query, key = _joined(scaled[0][0]), _joined(scaled[1][0].turned(lambda a: np.swapaxes(a, -1, -2)))
    node = t.draft.add(t.where, AttentionScores(heads), [tokens(t, query), tokens(t, key)])
    # The block divides by the root of a head's width itself.
    factor = scaled[0][1] * scaled[1][1] * np.sqrt(left.index.shape[3])
    return t.lay(node).affine(factor, 0)


def _uniform(t: Translation, view: View, shared: bool = False) -> tuple[View, float]:
    """A tensor, and the one number by which all of it is multiplied; shared: its layer stays as it is."""
    view = view if shared else t.settled(view)
    scale, offset = view.full()
    if offset.any() or np.ptp(scale) > 0:
        return (t.copied if shared else t.exact)(view), 1.0
    return View(view.index), float(scale.reshape(-1)[0])


def _joined(view: View) -> View:
    """Heads (1, heads, n, d) side by side: (1, n, heads d)."""
    return view.turned(lambda a: np.swapaxes(a, 1, 2).reshape(1, a.shape[2], -1))


def _gathered(t: Translation, left: View, right: View) -> View:
    scores = t.owner(t.exact(left))
    if scores.activation != "softmax":
        t.refuse("multiplies scores without a softmax, which is no attention that is known")
    heads = right.index.shape[1]
    node = t.draft.add(t.where, Attention(), [scores, tokens(t, _joined(t.settled(right)))])
    n, d = node.shape
    return View(node.numbers.reshape(1, n, heads, d // heads).transpose(0, 2, 1, 3))


def balanced(t: Translation, view: View) -> View:
    """Scores ahead of their softmax: what they are multiplied by besides goes into queries or keys.

    It does into those that nothing else reads.
    """
    owners = t.draft.owners(view.index)
    if view.plain or len(owners) != 1 or not isinstance(owners[0].block, AttentionScores):
        return view
    plain, factor = _uniform(t, view)
    scores = owners[0]
    query, key = scores.sources
    for node in (query, key):
        readers = [each for each in t.draft.nodes if node in each.sources]
        kept = any(t.touches(value, each) for value in t.values.values() for each in (node, scores))
        own = readers == [scores] and query is not key and not kept
        if own and node.linear and len(node.sources) == 1:
            node.parameters = {name: array * factor for name, array in node.parameters.items()}
            return plain
    return t.refuse("scales its scores in a way that no weights can take")
