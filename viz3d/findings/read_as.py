"""What a network reads, and how sure it is, in words."""

import numpy as np

from scenes.texts import ENGLISH
from viz3d.session.traced_digit import TracedDigit

_TOLD = 8  # of several numbers, those furthest from 0 that are told in a line


def read_as(traced: TracedDigit) -> tuple[str, str]:
    """What is read and how sure that is, such as "7" and "99.2%"; of a net that gives numbers these, "".

    Of many numbers those furthest from 0.
    """
    trace, net = traced.trace, traced.net
    if net.gives_numbers and len(net.classes) > 1:
        far = sorted(np.argsort(-np.abs(trace.probabilities), kind="stable")[:_TOLD].tolist())
        told = ", ".join(f"{net.classes[k]} {ENGLISH.value(float(trace.probabilities[k]))}" for k in far)
        return told + (" ..." if len(net.classes) > _TOLD else ""), ""
    name = "" if net.gives_numbers else traced.named(trace.prediction)
    return ENGLISH.answer(trace.confidence, name, number=net.gives_numbers)


def in_words(traced: TracedDigit) -> str:
    """The same as "7 (99.2% sure)"."""
    read, sure = read_as(traced)
    return f"{read} ({sure} sure)" if sure else read
