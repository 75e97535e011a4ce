"""`python -m viz3d.inspect`: look into a network that reads a digit, change a neuron, see what follows."""

from viz3d.command.process.starting import quick_imports
from viz3d.command.signature import command
from viz3d.inspect.options import Asked


@command
def inspect(asked: Asked) -> None:
    """Look into a network that reads a digit: its layers, a neuron, a synapse; change some, see what follows.

    python -m viz3d.inspect --preset mlp --digit 7

    python -m viz3d.inspect --digit 7 --layers --out panels.png

    python -m viz3d.inspect --digit 7 --neuron hidden1:17 --survey

    python -m viz3d.inspect --digit 4 --why 4:9 --layer hidden2

    python -m viz3d.inspect --digit 4 --paths 10

    python -m viz3d.inspect --digit 4 --mutate "ablate hidden2:112" --save edited.npz

    python -m viz3d.inspect --study prune --floor 98% --save pruned.npz

    Edits: ablate, clamp, scale, shift, function, freeze, hold, remove a neuron; cut, set, scale, nudge, add a
    synapse; weight (of a kernel); prune, noise, grow a layer; crossover with another network's file.
    """
    # Imported here so that help and wrong options answer at once.
    with quick_imports():
        from viz3d.inspect.dispatch import dispatch  # noqa: PLC0415

    dispatch(asked)
