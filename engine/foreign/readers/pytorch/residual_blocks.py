"""ResNets of a state_dict with names of their own: told by a convolution beside the others of its block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.readers.pytorch.modules import Module, follows, modules_of, natural_name

_MOST_DEEP = 5


def usual_names(tensors: Mapping[str, Array], stored: bool) -> dict[str, Array] | None:
    """The tensors of a ResNet under the names that torchvision gives them; None where they are none.

    Blocks are modules of two or three convolutions one behind another; in one of them at least a convolution
    of 1x1 reads what the block reads, of another width, and makes as many maps as the block. stored: whether
    the file keeps its order.
    """
    try:
        modules = modules_of(tensors)
    except EngineError:
        return None
    modules = modules if stored else sorted(modules, key=natural_name)
    dense = [each for each in modules if each.kind == "dense"]
    convs = [each for each in modules if each.kind == "conv"]
    stem = next((each for each in convs if follows(None, each)), None)
    if stem is None or len(dense) != 1 or any(each.kind in ("norm", "slopes") for each in modules):
        return None
    rest = [each for each in convs if each is not stem]
    for depth in range(1, _MOST_DEEP):
        own = {each.name: ".".join(each.name.split(".")[:depth]) for each in modules}
        if any(own[each.name] == each.name for each in rest):
            break
        groups = [list(group) for _, group in groupby(rest, key=lambda each: own[each.name])]
        names = [own[group[0].name] for group in groups]
        norms = [each for each in modules if each.kind == "batch-norm"]
        inside = [[each for each in norms if own[each.name] == name] for name in names]
        if len(set(names)) == len(names) > 1 and (found := _blocks(stem, groups, inside, stored)):
            ahead = [each for each in norms if not any(each in own_norms for own_norms in inside)]
            fits = len(ahead) < 2 and all(each.width == stem.width for each in ahead)
            named = {"conv1": stem, "fc": dense[0], **dict(zip(["bn1"], ahead, strict=False)), **found}
            return _as_tensors(named) if fits else None
    return None


def _blocks(
    stem: Module, groups: Sequence[Sequence[Module]], norms: Sequence[list[Module]], stored: bool
) -> dict[str, Module] | None:
    """The blocks' modules by their usual names; a stage begins with each block that has one beside."""
    named: dict[str, Module] = {}
    before, stage, number, told = stem, 1, 0, False
    for group, own in zip(groups, norms, strict=True):
        beside = _beside(before, group)
        row = [each for each in group if each is not beside]
        if (
            not 2 <= len(row) <= 3
            or not _chained(before, row)
            or (not beside and row[-1].width != before.width)
        ):
            return None
        if beside and named:
            stage, number = stage + 1, 0
        told |= beside is not None and beside.width != before.width
        pairs = _normed(group, beside, own, stored)
        if pairs is None:
            return None
        block = f"layer{stage}.{number}"
        for place, (conv, norm) in enumerate(pairs, 1):
            names = ("shortcut.0", "shortcut.1") if conv is beside else (f"conv{place}", f"bn{place}")
            named[f"{block}.{names[0]}"] = conv
            if norm is not None:
                named[f"{block}.{names[1]}"] = norm
        before, number = row[-1], number + 1
    return named if told else None


def _beside(before: Module, group: Sequence[Module]) -> Module | None:
    """The convolution of a block that reads what the block reads and makes what it makes.

    Of several, as in blocks of three whose middle is as wide as what they read, the one in a room of its own.
    """
    found, rooms = [], [each.name.rpartition(".")[0] for each in group]
    for each in group:
        row = [other for other in group if other is not each]
        reads = each.weight.shape[1:] == (before.width, 1, 1)
        if reads and len(row) > 1 and row[-1].width == each.width and _chained(before, row):
            found.append(each)
    if len(found) > 1:
        found = [each for each in found if rooms.count(each.name.rpartition(".")[0]) == 1]
    return found[0] if len(found) == 1 else None


def _chained(before: Module, row: Sequence[Module]) -> bool:
    return all(last.weight.shape[1] == first.width for first, last in pairwise((before, *row)))


def _normed(
    group: Sequence[Module], beside: Module | None, norms: list[Module], stored: bool
) -> list[tuple[Module, Module | None]] | None:
    """Each convolution of a block with the batch norm behind it, the one beside others last; None: open."""
    row = [each for each in group if each is not beside]
    convs = [*row, *([] if beside is None else [beside])]
    if not norms:
        return [(each, None) for each in convs]
    if beside is not None:
        room = beside.name.rpartition(".")[0]
        own = [each for each in norms if each.name.rpartition(".")[0] == room]
        if room == row[0].name.rpartition(".")[0]:
            # Side by side with the others: the file's order alone tells which norm is its own.
            if not stored:
                return None
            own = norms[group.index(beside) :][:1]
        norms = [*(each for each in norms if each not in own), *own]
    fits = len(norms) == len(convs) and all(n.width == c.width for n, c in zip(norms, convs, strict=True))
    return list(zip(convs, norms, strict=True)) if fits else None


def _as_tensors(named: Mapping[str, Module]) -> dict[str, Array]:
    return {f"{name}.{leaf}": array for name, each in named.items() for leaf, array in each.arrays.items()}
