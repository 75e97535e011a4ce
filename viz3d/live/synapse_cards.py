"""A synapse's card: what the inspector shows of it, made from what is found out."""

from scenes.texts import ENGLISH
from viz3d.findings.synapse import SynapseFacts
from viz3d.live.widgets.inspecting.synapse_card import SynapseCard

_KINDS = {
    "learned": "a learned weight",
    "fixed": "a fixed weight: an identity link or a mean",
    "added": "added by an edit: training leaves it as it is",
    "computed": "its weight follows from the input",
    "attention": "one activation times another",
}


def synapse_card_of(facts: SynapseFacts) -> SynapseCard:
    """The card of a synapse."""
    traced, trace, without = facts.traced, facts.traced.trace, facts.without.trace
    names = traced.net.classes
    kind = _KINDS.get(facts.kind, facts.kind)
    if facts.changed:
        kind = f"{kind}, changed by an edit: {facts.changed}"
    return SynapseCard(
        source=facts.source,
        target=facts.target,
        weight=facts.term.weight,
        activation=facts.term.activation,
        contribution=facts.term.contribution,
        total=facts.sum,
        rank=facts.rank,
        among=facts.among,
        kind=f"{kind}, {facts.parameter}" if facts.parameter else kind,
        shared=facts.shared,
        sharers=facts.sharers,
        evidence=facts.evidence,
        answer=f"{traced.one}{names[trace.prediction]}",
        without=f"{names[without.prediction]}, {ENGLISH.percent(without.confidence)}",
        changed=without.prediction != trace.prediction,
    )
