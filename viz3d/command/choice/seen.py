"""How a network of a smaller input sees a whole digit: found out, and told wherever one is read."""

from collections.abc import Sequence
from dataclasses import replace

from engine import Evaluation, Net
from engine.run.whole_digits import DIGIT, INK, framing_of
from engine.task import FRAMINGS
from viz3d.command.choice.readings import TRAINED, Nets, search
from viz3d.command.choice.trial_digits import Digits, Work

_SHOWN = {
    "whole": "each digit is brought to that, by the mean over areas of all of the 28x28 pixels",
    "ink": f"each digit is brought to that, by the mean over areas of the {INK}x{INK} pixels that its ink "
    "fills",
}
_CALLED = {"whole": "whole", "ink": "in the square that their ink fills", "middle": "by their middle"}
_CERTAIN = 3.0  # deviations of chance by which another framing than the usual one must be ahead


def how_seen(net: Net, image: tuple[int, ...]) -> tuple[str, ...]:
    """What there is to say of how a network sees an image of this shape; nothing where it sees all as it is.

    One that sees the middle of a digit was made for that: nothing is said of it.
    """
    shape = net.layers[0].shape
    framing = framing_of(shape, net.framing) if image[:2] == DIGIT else ""
    if framing in ("", "middle"):
        return ()
    return (f"{net.name} reads {shape[0]}x{shape[1]}: {_SHOWN[framing]}",)


def framed(
    nets: Nets, scales: Sequence[tuple[float, float]], usual: Evaluation, digits: Digits
) -> tuple[Digits, str]:
    """Digits framed as a network surely reads most of them, and what to say where that is not as usual.

    nets: in each way to read its file, or in the one in which it reads enough. usual: what it makes of the
    first digits, framed as usual.
    """
    as_usual = framing_of(nets.shape)
    if not as_usual or digits.framing:
        return digits, ""
    tried = []
    for framing in FRAMINGS:
        if framing != as_usual:
            so = replace(digits, framing=framing, work=Work())
            best = search(nets, [*scales], so)
            if net := nets[best.way]:
                tried.append((so.tried(net, *scales[best.scale], usual.total), so))
    most, so = max(tried, key=lambda each: each[0].accuracy)
    if most.accuracy < TRAINED or digits.ahead(usual, most) <= _CERTAIN:
        return digits, ""
    return so, (
        f"in training it saw digits {_CALLED[so.framing]}: so it reads {most.accuracy:.1%} of the first "
        f"{most.total:,} of {digits.name}, {_CALLED[as_usual]} {usual.accuracy:.1%} (--framing)"
    )
