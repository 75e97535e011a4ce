"""StrandKey: what the light of the synapses means, in words."""

from dataclasses import dataclass

import numpy as np

from engine import Trace, evidence_total
from scenes.lettering.class_names import class_names, lead_of
from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.focus import Focus
from scenes.light.pulse import attends, stays
from scenes.look import Look
from scenes.texts import Texts, catalogue_for


@dataclass(frozen=True)
class StrandKey:
    """The legend of the synapses.

    Attributes:
        warm, cool: what the two colours say; "" where none of that sign is drawn by choice.
        drawn: how many synapses of how many explain the answer.
        note: what these carry of all that there is.
        signal: what the pale lines say while the signal runs forward.
        sent, sent_note: how many of how many carry it, and which.
        attends: what the colour of attention says; "" where it has none of its own.
        stays: what the pale lines say that stay at the end; "" where none do.
        always: whether warm and cool are there from the beginning, while the signal runs forward too.
        both: what the colour says in which they run over each other; "" where that is not told.
        lit: whether any synapse explains the answer: to a dead neuron none does.
    """

    warm: str
    cool: str
    drawn: str
    note: str
    signal: str
    sent: str
    sent_note: str
    attends: str
    stays: str = ""
    always: bool = False
    both: str = ""
    lit: bool = True


def strand_key(
    trace: Trace, look: Look, drawn: DrawnSynapses, signal: DrawnSynapses, *, shares: bool = True
) -> StrandKey:
    """Put into words what a picture's synapses show; shares: also what share of all they carry."""
    net = trace.net
    texts, edges = catalogue_for(look.language, net.noun), net.edge_count
    count = texts.say("synapses.drawn", shown=len(drawn), n=edges)
    if look.layer:
        mine = sum(net.synapse_count(*pair) for pair in net.connections if look.layer in pair)
        title = next(layer.title for layer in net.layers if layer.name == look.layer)
        count = texts.say("synapses.layer", shown=len(drawn), n=mine, layer=texts.name(title))
    of = trace.prediction if look.of is None else look.of
    names = class_names(net)
    rival = None if look.against is None else names[look.against]
    warm, cool, what = _signs(look, names[of], rival, texts)
    return StrandKey(
        warm=warm if look.sign >= 0 else "",
        cool=cool if look.sign <= 0 else "",
        drawn=count,
        note=_carried(trace, look, drawn, what, texts) if shares else "",
        signal=texts.say("synapses.signal"),
        sent=texts.say("synapses.drawn", shown=len(signal), n=edges),
        sent_note=texts.say("synapses.strongest"),
        attends=texts.say("synapses.attention") if attends(drawn).any() else "",
        stays=texts.say(f"synapses.stays-{look.show}") if stays(signal, drawn).any() else "",
        both=texts.say("synapses.both") if _meet(drawn) else "",
        lit=bool((drawn.value != 0).any()),
    )


def _meet(drawn: DrawnSynapses) -> bool:
    """Whether strands of both signs are drawn that are told by them."""
    told = drawn.value[~attends(drawn)]
    return bool((told > 0).any() and (told < 0).any())


def _signs(look: Look, of: str, rival: str | None, texts: Texts) -> tuple[str, str, str]:
    """What warm says, what cool says, and of what the drawn ones carry a share."""
    what = "rival" if look.show == "evidence" and rival is not None else look.show
    lead = lead_of(of, rival, texts)
    warm, cool, share = (
        texts.say(f"{said}.{what}", of=of, rival=rival, lead=lead) for said in ("warm", "cool", "share")
    )
    return warm, cool, share


def _carried(trace: Trace, look: Look, drawn: DrawnSynapses, what: str, texts: Texts) -> str:
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
    if mean == least:  # also in a net of one connection
        return texts.say("synapses.carried", mean=mean, what=what)
    return texts.say("synapses.least", mean=mean, what=what, least=least)


def key_of_focus(focus: Focus, texts: Texts) -> StrandKey:
    """Put into words what is lit of a neuron or a synapse; all other strands step back to one pale colour.

    Its light has the sign of weight x activation, whatever the picture's other strands were chosen by; of a
    synapse that carries nothing that of its weight.
    """
    alone = focus.silent and focus.synapse
    sign, note = ("weight", "silent-source") if alone else ("contribution", "silent")
    return StrandKey(
        warm=texts.say(f"warm.{sign}"),
        cool=texts.say(f"cool.{sign}"),
        drawn=texts.say("synapses.own", shown=len(focus.value), n=focus.among) if focus.among else "",
        note=texts.say(f"synapses.{note}") if focus.silent else "",
        signal="",
        sent="",
        sent_note="",
        attends=texts.say("synapses.attention") if focus.attends else "",
        stays=texts.say("synapses.others"),
        always=True,
    )
