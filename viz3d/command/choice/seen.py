"""How a network of another input sees a whole digit: found out, and told wherever one is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine import Evaluation, Net
from engine.arrays import Shape
from engine.run.whole_digits import DIGIT, INK, framing_of, framings_of
from engine.task import FRAMINGS, usual_noun
from viz3d.command.choice.readings import TRAINED, Nets, search
from viz3d.command.choice.trial_digits import MOST_WORK, Digits, Work

_AREAS = "each digit is brought to that, by the mean over areas of"
_ENLARGED = "each digit is enlarged to that, bilinear, of"
_OF = {"whole": "all of the 28x28 pixels", "ink": f"the {INK}x{INK} pixels that its ink fills"}
_PADDED = "each digit stands in the middle of that, with nothing around it"
_COLOURED = "each digit is in all three colours alike"
_CERTAIN = 3.0  # deviations of chance by which another framing than the usual one must be ahead
_MOST_SYNAPSES = 1e8  # of a network of other pictures, most likely, that is tried on digits
_SPENT = 0.8 * MOST_WORK


@dataclass(frozen=True, eq=False)
class _Tried:
    """What a network with an input of a shape makes of digits that are framed so."""

    found: Evaluation
    digits: Digits
    shape: Shape

    @property
    def called(self) -> str:
        """How they are shown to it, in words."""
        return _called(self.digits.framing, self.shape)


def how_seen(net: Net, image: tuple[int, ...]) -> tuple[str, ...]:
    """What there is to say of how a network sees an image of this shape; nothing where it sees all as it is.

    One that sees the middle of a digit was made for that: nothing is said of it.
    """
    shape = net.layers[0].shape
    framing = framing_of(shape, net.framing) if image[:2] == DIGIT else ""
    if framing in ("", "middle"):
        return ()
    size = "x".join(map(str, shape if shape[2] == 3 else shape[:2]))
    if shape[:2] == DIGIT:
        return (f"{net.name} reads {size}: {_COLOURED}",)
    made = _ENLARGED if max(shape[:2]) > DIGIT[0] else _AREAS
    shown = _PADDED if framing == "padded" else f"{made} {_OF[framing]}"
    return (f"{net.name} reads {size}: {shown}",)


def may_read(nets: Nets, scales: Sequence[tuple[float, float]], digits: Digits) -> bool:
    """Whether a network of large or coloured pictures reads digits, in one of the ways to read its file.

    Most such networks read other pictures: it is told quickly.
    """
    first = nets[0]
    if first is None or first.edge_count > _MOST_SYNAPSES:
        return False
    framings = (digits.framing,) if digits.framing else framings_of(first.layers[0].shape)
    tries = (replace(digits, framing=each, work=Work(_SPENT)) for each in framings)
    return any(search(nets, [*scales], each).share >= TRAINED for each in tries)


def framed(
    nets: Nets, taken: Net, scales: Sequence[tuple[float, float]], usual: Evaluation, digits: Digits
) -> tuple[Digits, str]:
    """Digits framed as a network surely reads most of them, and what to say of that.

    nets: in each way to read its file, or the one in which it reads enough. taken: the one that is taken of
    them. usual: what that makes of the first digits, framed as usual. Nothing is said of a smaller input
    where that is as usual; the framing of a larger one is kept, and said, in any case.
    """
    shape = taken.layers[0].shape
    own = next(iter(framings_of(shape)), "")
    if digits.framing or not any(map(framings_of, nets.shapes)):
        return digits, ""
    tried = [_Tried(usual, replace(digits, framing=own), shape)]
    for framing in FRAMINGS:
        so = replace(digits, framing=framing, work=Work())
        some = nets.of(n for n, each in enumerate(nets.shapes) if framing in framings_of(each)[1:])
        best = search(some, [*scales], so)
        if best.share >= 0 and (net := some[best.way]):
            found = so.tried(net, *scales[best.scale], usual.total)
            tried.append(_Tried(found, so, net.layers[0].shape))
    most = max(tried, key=lambda each: each.found.accuracy)
    sure, must = digits.ahead(usual, most.found) > _CERTAIN, bool(own) and usual_noun(shape, 10) != "digit"
    if most.found.accuracy < TRAINED or not (sure or must):
        return digits, ""
    most = most if sure else tried[0]
    return most.digits, _told(most, [each for each in tried if each is not most] if must else tried[:1])


def _told(taken: _Tried, others: Sequence[_Tried]) -> str:
    """Which framing is taken and what others come to, and whether these may be meant as well."""
    found, so = taken.found, taken.digits
    share = f"{found.accuracy:.1%} of the first {found.total:,} of {so.name}"
    if not others:
        return f"in training it saw digits in three colours: so, each alike, it reads {share}"
    then = ", ".join(f"{each.called} {each.found.accuracy:.1%}" for each in others)
    if all(so.ahead(each.found, found) > _CERTAIN for each in others):
        return f"in training it saw digits {taken.called}: so it reads {share}, {then} (--framing)"
    return (
        f"digits are shown to it {taken.called}: so it reads {share}, {then}: --framing tells which is meant"
    )


def _called(framing: str, shape: Shape) -> str:
    """How digits are shown at this shape, in words."""
    size = "x".join(map(str, shape[:2]))
    larger = max(shape[:2]) > DIGIT[0]
    return {
        "": f"as {size}",
        "whole": f"enlarged to {size}" if larger else "whole",
        "ink": "in the square that their ink fills",
        "middle": "by their middle",
        "padded": f"padded to {size}",
    }[framing]
