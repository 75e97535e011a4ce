"""StrandKey: what the light of the synapses means, in words."""

from dataclasses import dataclass

import numpy as np

from engine import Trace, evidence_total
from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.pulse import attends
from scenes.look import Look


@dataclass(frozen=True)
class StrandKey:
    """The legend of the synapses.

    Attributes:
        warm, cool: what the two colours say; "" where none of that sign is drawn by choice.
        drawn: how many synapses of how many explain the answer.
        note: what these carry of all that there is.
        signal: what the pale lines say while the signal runs forward.
        sent, sent_note: how many of how many carry it, and which.
        attends: whether attention has a colour of its own.
    """

    warm: str
    cool: str
    drawn: str
    note: str
    signal: str
    sent: str
    sent_note: str
    attends: bool


def strand_key(
    trace: Trace, look: Look, drawn: DrawnSynapses, signal: DrawnSynapses, *, shares: bool = True
) -> StrandKey:
    """Put into words what a picture's synapses show; shares: also what share of all they carry."""
    warm, cool, what = _signs(look, trace.prediction if look.of is None else look.of)
    edges = trace.net.edge_count
    return StrandKey(
        warm=warm if look.sign >= 0 else "",
        cool=cool if look.sign <= 0 else "",
        drawn=f"{len(drawn):,} of {edges:,} synapses drawn",
        note=_carried(trace, look, drawn, what) if shares else "",
        signal="signal: |weight × activation|",
        sent=f"{len(signal):,} of {edges:,} synapses drawn",
        sent_note="the strongest signals into neurons that fire",
        attends=bool(attends(drawn).any()),
    )


def _signs(look: Look, of: int) -> tuple[str, str, str]:
    """What warm says, what cool says, and of what the drawn ones carry a share."""
    rival = look.against
    match look.show:
        case "evidence" if rival is None:
            return f"speaks for {of}", f"speaks against {of}", f"of what speaks for and against {of}"
        case "evidence":
            return (
                f"speaks for {of}, not {rival}",
                f"speaks for {rival}, not {of}",
                f"of what parts {of} from {rival}",
            )
        case "gradient":
            lead = f"{of}" if rival is None else f"{of} over {rival}"
            return (
                f"more weight would help {lead}",
                f"more weight would hurt {lead}",
                "of all |slopes by weights|",
            )
        case "weight":
            return "weight above 0", "weight below 0", "of all |weights|"
        case _:
            return "excites its target (w·a > 0)", "inhibits its target (w·a < 0)", "of all |w·a|"


def _carried(trace: Trace, look: Look, drawn: DrawnSynapses, what: str) -> str:
    """What share the drawn ones carry, connection by connection: the mean and the least."""
    shares = []
    for pair, span, carried in zip(trace.net.connections, drawn.spans, drawn.carried, strict=True):
        if span.stop == span.start:
            continue
        total = evidence_total(trace, *pair, look.of, look.against, by=look.show)
        shares.append(min(carried / total, 1.0) if total > 0 else 1.0)
    if not shares:
        return ""
    mean, least = round(100 * float(np.mean(shares))), round(100 * min(shares))
    if len(shares) == 1:
        return f"they carry {mean}% {what}"
    return f"they carry {mean}% {what} (mean of the layers; least {least}%)"
