"""What a network reads, and how sure it is, in words."""

from scenes.texts import ENGLISH
from viz3d.session.traced_digit import TracedDigit


def read_as(traced: TracedDigit) -> tuple[str, str]:
    """What is read and how sure that is, such as "7" and "99.2%"; of a net that gives a number it and ""."""
    trace, name = traced.trace, traced.named(traced.trace.prediction)
    return ENGLISH.answer(trace.confidence, name, number=traced.net.gives_number)


def in_words(traced: TracedDigit) -> str:
    """The same as "7 (99.2% sure)"."""
    read, sure = read_as(traced)
    return f"{read} ({sure} sure)" if sure else read
