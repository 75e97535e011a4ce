"""Letters that a picture cannot write: no font on this machine has them."""

from engine import Net

_MOST = 12  # letters that are named


def how_written(net: Net, *texts: str) -> tuple[str, ...]:
    """What there is to say of the letters in a picture of a network; nothing where fonts here have them all.

    texts: what else is written in it.
    """
    from scenes.lettering.glyphs import lacking  # noqa: PLC0415 -- only where there is a picture

    letters = lacking((*net.classes, net.task.data if net.task is not None else "", *texts))
    if not letters:
        return ()
    shown = letters if len(letters) <= _MOST else f"{letters[:_MOST]}..."
    return (
        f"no font here has {shown}: classes named with such letters have their numbers, other texts a ?; "
        "install a font that has them, such as Noto Sans CJK (Debian, Ubuntu: fonts-noto-cjk)",
    )
