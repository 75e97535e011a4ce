"""A session for tests, and all that it holds at a moment."""

import numpy as np

from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeSample
from viz3d.session.session import Session


def small_session() -> Session:
    """A small network that reads a four; neither has to be downloaded."""
    return Session(UseNet("mlp-sigmoid"), TakeSample("digits:111"), "digits")


def arrays(session: Session) -> list[np.ndarray]:
    """All numbers of a moment."""
    found = []
    for traced in (session.before, session.traced):
        trace = traced.trace
        found += [traced.digit.image, trace.probabilities]
        found += [values[name] for values in (trace.pre, trace.activation) for name in values]
        found += traced.net.parameters.values()
    return found


def told(session: Session) -> tuple:
    """All words of a moment."""
    known = session.net.name, session.net.edits, session.net.history, session.changes
    return *known, session.selection, session.label, session.digit.source, session.state.data


def same(one: Session, other: Session) -> bool:
    pairs = zip(arrays(one), arrays(other), strict=True)
    return told(one) == told(other) and all(np.array_equal(a, b) for a, b in pairs)


def traces_held(session: Session) -> int:
    """How many of a session's moments hold a trace, those that were undone too."""
    return sum("trace" in state.traced.__dict__ for state in session.moments.states)


def edits_held(session: Session) -> int:
    """How many networks of a session's moments hold what their edits come to."""
    nets = {id(state.traced.net): state.traced.net for state in session.moments.states}
    return sum("draft" in net.__dict__ for net in nets.values())
