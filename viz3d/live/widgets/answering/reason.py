"""What the panel tells of why a class is ahead, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """A neuron, or a whole map or head, and what is read without it.

    Attributes:
        where: its address.
        neuron: its number, -1 of a map or a head.
        left: the probability of the class ahead without it.
        lead: the difference of both scores without it.
        shares: the probabilities of both classes without it, as texts.
        third: what is read without it, where it is neither of both; the second of the shares is then of it.
        turns: whether something else is read without it.
        tip: all of this as a sentence.
    """

    where: str
    neuron: int
    left: float
    lead: float
    shares: tuple[str, str]
    third: str
    turns: bool
    tip: str


@dataclass(frozen=True)
class Reasons:
    """Why a class is ahead of another.

    Attributes:
        ahead, behind: names of the classes.
        margin: the difference of their scores.
        share: the probability of the class ahead.
        net: the name of the network.
        single, whole: neurons, and maps or heads, those first that cost most of it; None while not measured.
        note: whether one of them alone decides.
    """

    ahead: str
    behind: str
    margin: float
    share: float
    net: str
    single: tuple[Reason, ...] | None = None
    whole: tuple[Reason, ...] = ()
    note: str = ""

    @property
    def contest(self) -> tuple[str, str, str]:
        """What it is about: the network's name, and both classes'."""
        return self.net, self.ahead, self.behind
