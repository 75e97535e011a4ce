"""How a network of a smaller input sees a whole digit: told once, wherever one is read."""

from engine import Net
from engine.run.whole_digits import DIGIT, INK, in_blocks, is_shrunk


def how_seen(net: Net, image: tuple[int, ...]) -> tuple[str, ...]:
    """What there is to say of how a network sees an image of this shape; nothing where it sees all as it is.

    One that sees the middle of a digit was made for that: nothing is said of it.
    """
    shape = net.layers[0].shape
    if image[:2] != DIGIT or not is_shrunk(shape):
        return ()
    of = "all of the 28x28 pixels" if in_blocks(shape) else f"the {INK}x{INK} pixels that its ink fills"
    size = f"{shape[0]}x{shape[1]}"
    return (f"{net.name} reads {size}: each digit is brought to that, by the mean over areas of {of}",)
