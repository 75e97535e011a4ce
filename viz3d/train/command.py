"""`python -m viz3d.train`: train a network and save it for --model, test one, or compare trainers."""

from viz3d.command.process.starting import quick_imports
from viz3d.command.signature import command
from viz3d.train.options import Asked


@command
def train(asked: Asked) -> None:
    """Train a network on handwritten digits or data of your own, test it, and save it; or test one.

    python -m viz3d.train --preset mlp --data mnist --epochs 10 --out my.npz

    python -m viz3d.train --architecture "input 28x28 | conv 8 5x5 relu | pool 2 | dense 10 softmax"

    python -m viz3d.train --data my-pictures/ --out mine.npz

    python -m viz3d.train --init changed.npz --epochs 1 --out further.npz

    python -m viz3d.train --preset cnn-fast --compare adam,adadelta,sgd --out curves.png

    python -m viz3d.train --test --model my.npz --out report.png

    What is not given is the network's own recipe. Ctrl-C stops: the last whole epoch is kept, and a
    checkpoint with which --resume goes on as if nothing had happened.
    """
    # Imported here so that help and wrong options answer at once.
    with quick_imports():
        from viz3d.train.dispatch import dispatch  # noqa: PLC0415

    dispatch(asked)
