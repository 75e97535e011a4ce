"""`python -m viz3d.export`: a film, GIF or still of one digit crossing a network."""

from viz3d.command.process.starting import quick_imports
from viz3d.command.signature import command
from viz3d.export.options import Asked


@command
def export(asked: Asked) -> None:
    """Make a film of a handwritten digit crossing a network, from its pixels to the ten bars.

    python -m viz3d.export --digit 7 --out renders/seven.mp4

    python -m viz3d.export --sample mnist:test:1166 --out three.gif

    python -m viz3d.export --image my-four.png --label 4 --at 6 --out four.png

    python -m viz3d.export --model mine.npz --data my-pictures/ --class cat --out cat.mp4

    python -m viz3d.export --digit 4 --mutate "ablate hidden1:17" --beside --out both.mp4
    """
    # Imported here so that help answers at once.
    with quick_imports():
        from viz3d.export.dispatch import dispatch  # noqa: PLC0415

    dispatch(asked)
