"""A synapse's card: what the inspector shows of it, made from what is found out."""

from viz3d.findings.read_as import read_as
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
    traced = facts.traced
    (read, _), else_read = map(read_as, (traced, facts.without))
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
        answer=f"{traced.one}{read}",
        without=", ".join(filter(None, else_read)),
        changed=else_read[0] != read,
    )
