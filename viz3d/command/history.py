"""What was done to a network, in words: its history as one text."""

from engine import Net

SHORT = 50
"""Characters of a history that a heading has room for."""


def history(net: Net) -> str:
    """Every mutation of a network, the first one first; empty where there was none."""
    return "; ".join(net.history)


def called(net: Net, most: int | None = None) -> str:
    """A network ahead of a verb: "mlp", or "mlp, mutated: prune hidden2 80%,".

    most: characters of its history that are told.
    """
    text = history(net)
    if not text:
        return net.name
    short = text if most is None or len(text) <= most else text[: most - 1].rstrip(" ;,") + "…"
    return f"{net.name}, mutated: {short},"
