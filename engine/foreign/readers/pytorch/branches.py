"""What a file of weights holds that speaks against its layers following one another, whatever their shapes.

A gate, a shortcut or attention makes of its numbers as many again, and so layers beside each other mostly fit
one behind another too: names and sizes that come back are all that a file without a graph tells of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.errors import EngineError
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.modules import Module, natural, stem
from engine.foreign.refused import way_round

CHAINED = "its layers are taken one after another"
"""How a note begins that says so where other networks have the same shapes: digits may tell better."""
_KINDS = (
    (r"gat(e|es|ed|ing)|glu|\w*glu|highway|se|squeeze|excit(e|ation)|eca|cbam", "a gate", True),
    (r"experts?|moe|router", "one of several ways that a gate mixes", True),
    (r"attn|attentions?|att|mhsa|(to_)?qkv", "attention", False),
    (r"shortcuts?|skips?|residuals?|res(_?block)?s?", "a shortcut or what one goes around", False),
    (r"lora|adapters?", "a small layer beside a large one", False),
    (r"branch(es)?|towers?|siamese|aux|auxiliary", "one of several ways through it", False),
    (r"[hix]2h|hh|rnn|recurrent", "a recurrent layer", False),
)
"""What names tell of, and whether it is a product of two results, which is taken from no file."""
_ALONE = "res"  # a name by itself, of a result say: with a number behind it such blocks are called so
_TRIPLES = (("q", "k", "v"), ("query", "key", "value"), ("queries", "keys", "values"), ("wq", "wk", "wv"))


def check_names(layers: Sequence[Module]) -> None:
    """EngineError where a layer's name or the sizes of a pair of them tell that they are no chain.

    Names tell nothing of layers that fit each other in one way only.
    """
    if _is_only_way(layers):
        return
    names = [each.name for each in layers]
    words = [_words(name) for name in names]
    shared = set.intersection(*map(set, words))  # of a layer by itself all: whatever its name, it is a chain
    for name, own in zip(names, words, strict=True):
        for pattern, what, product in _KINDS:
            if any(re.fullmatch(pattern, word) for word in own if word not in shared):
                raise EngineError(_refusal(f"{shown(name)} is by its name {what}", names, product))
    every = set().union(*words) - shared
    triple = next((three for three in _TRIPLES if every.issuperset(three)), None)
    if triple is not None:
        raise EngineError(
            _refusal(f"it has layers called {', '.join(triple)}, as attention has them", names, False)
        )
    pair = _squeezed(layers)
    if pair is not None:
        first, second = (shown(each.name) for each in pair)
        few, many = pair[0].width, pair[1].width
        told = f"{first} and {second} make {few} of {many} maps and {many} of them again"
        # Behind an inverted residual's second layer each map has a kernel of its own again.
        behind = layers[layers.index(pair[1]) + 1]
        inverted = behind.kind == "conv" and behind.weight.shape[1] < behind.width == many
        like = "the inverted residuals of MobileNet do" if inverted else "squeeze and excitation does"
        raise EngineError(_refusal(f"{told}, as {like}", names, product=not inverted))


def _is_only_way(layers: Sequence[Module]) -> bool:
    """Whether each layer can read none but the one before it: all make other numbers of things.

    What goes around a layer, or is multiplied with another, makes as many numbers as that.
    """
    widths = [layers[0].weight.shape[1], *(each.width for each in layers)]
    apart = len(set(widths)) == len(widths)
    reads = all(
        last.weight.shape[1] == (first.width if last.kind == first.kind else last.weight.shape[1])
        for first, last in pairwise(layers)
    )
    return apart and reads


def _refusal(told: str, names: Sequence[str], product: bool) -> str:
    order = ",".join(map(shown, names)) if len(names) < 9 else "first,second,third"
    way = "a file of weights does not say where it goes: export the network as ONNX"
    return (
        f"{told}, and {way_round('multiply') if product else way}; if its layers do follow one another, say "
        f"so: --order {order}"
    )


def _words(name: str) -> list[str]:
    """The parts of a name, and neighbours together, lower case: layer1.0.self_attn has attn and self_attn."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    parts = [part for part in re.split(r"[._]", parted) if part]
    bare = [re.sub(r"\d+$", "", part) or part for part in parts]
    bare = [part for part, own in zip(bare, parts, strict=True) if part != _ALONE or own != _ALONE]
    return [*bare, *(f"{a}_{b}" for a, b in pairwise(bare))]


def _squeezed(layers: Sequence[Module]) -> tuple[Module, Module] | None:
    """Two layers of one cell each that make less of some maps and as many again, amid convolutions."""
    last = max((place for place, each in enumerate(layers) if each.kind == "conv"), default=-1)
    for place, (first, second) in enumerate(pairwise(layers)):
        if not 0 < place < len(layers) - 2 or place > last + 1:
            continue
        cells = all(each.weight.shape[2:] in ((), (1, 1)) for each in (first, second))
        before = layers[place - 1]
        wide = before.kind == "conv" and before.weight.shape[2:] != (1, 1)
        back = first.weight.shape[1] == before.width == second.width > first.width == second.weight.shape[1]
        if cells and wide and back:
            return first, second
    return None


def doubt(layers: Sequence[Module]) -> str:
    """What to say of layers that a shortcut, a gate or another order would fit as well; "" where none would.

    Layers of one nn.Sequential, whose numbers leave room for what has no weights, follow one another.
    """
    if _is_sequential(layers):
        return ""
    for place, (before, first) in enumerate(pairwise(layers), 1):
        depthwise = first.kind == "conv" and first.weight.shape[1] < before.width
        for last in layers[place:]:
            if last.kind != first.kind:
                break
            if last.width == before.width and not (first is last and depthwise):
                return _guess(first, last)
    return ""


def _guess(first: Module, last: Module) -> str:
    """The note on layers that make as many numbers as they read."""
    what = "maps" if first.kind == "conv" else "numbers"
    one = first is last
    who = shown(first.name) if one else f"{shown(first.name)} to {shown(last.name)}"
    gives = f"gives as many {what} as it reads" if one else f"give as many {what} as they read"
    return (
        f"{CHAINED}, which is a guess: {who} {gives}, so that a shortcut around {'it' if one else 'them'}, a "
        "gate, or layers used side by side, twice or never would have the same shapes (an ONNX file tells)"
    )


SHORTCUTS = "shortcuts around"
"""How words begin that say where they are taken to be."""
_WHERE = {
    "behind": "the function behind the sum",
    "": "no function behind the sum",
    "ahead": "the function in what is added",
}


@dataclass(frozen=True)
class Shortcuts:
    """Shortcuts around layers that make as many numbers as they read.

    He et al. 2016, "Deep residual learning for image recognition", figure 2. spans: places of the first and
    the last layer of each. function: "behind" the sum, "ahead" of it, in what is added, or "" for none beside
    those between the layers.
    """

    spans: tuple[tuple[int, int], ...] = ()
    function: str = ""

    @property
    def told(self) -> str:
        """In words; "" where there are none."""
        if not self.spans:
            return ""
        count = self.spans[0][1] - self.spans[0][0] + 1
        around = "each layer" if count == 1 else f"each {count} layers"
        where = _WHERE[self.function]
        return f"{SHORTCUTS} {around} of as many numbers, {where}"


def shortcuts(layers: Sequence[Module]) -> list[Shortcuts]:
    """The ways in which layers may have shortcuts around them, around pairs first: its convolutions, or all.

    None where a file tells that they are a chain, see `doubt`.
    """
    if not doubt(layers):
        return []
    made, kind = [], layers[0].kind
    for count in (2, 1):
        spans, place = [], 1
        while place + count < len(layers):
            before, *within = layers[place - 1 : place + count]
            if before.width == within[-1].width and all(each.kind == kind for each in (before, *within)):
                spans.append((place, place + count - 1))
                place += count
            else:
                place += 1
        made += [Shortcuts(tuple(spans), where) for where in ("behind", "", "ahead") if spans]
    return made


def _is_sequential(layers: Sequence[Module]) -> bool:
    """Whether names are numbers of one row that begins the name or leaves some out, as activations do."""
    if len({stem(each.name) for each in layers}) > 1 or not layers[0].name[-1:].isdecimal():
        return False
    numbers = [int(natural(each.name)[-2][0]) for each in layers]
    return numbers == sorted(numbers) and (
        layers[0].name.isdecimal() or any(b - a > 1 for a, b in pairwise(numbers))
    )
