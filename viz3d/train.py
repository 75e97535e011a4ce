"""`python -m viz3d.train`: train a network and save it as a file for --model."""

from pathlib import Path
from typing import Annotated

import typer

from viz3d import options
from viz3d.cli import run, single_command
from viz3d.config import CUSTOM, PRESET

TRAINING = "The training"
TESTING = "The test"


def train(
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The network to train, or to test as it comes with viz3d; "
            f"`python -m viz3d presets` lists the names. Without it: {PRESET}.",
            rich_help_panel=options.NETWORK,
        ),
    ] = None,
    architecture: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT|FILE",
            help="A network of your own, layer by layer, or a file that holds such a text (`python -m pydoc "
            "engine.text` explains its words): "
            '"input 28x28 | conv 16 5x5 relu | pool 2 | dropout 0.2 | dense 10 softmax".',
            rich_help_panel=options.NETWORK,
        ),
    ] = None,
    model: options.Model = None,
    data: Annotated[
        str,
        typer.Option(
            metavar="mnist|digits|DIR",
            help="The images: MNIST (found in VIZ3D_DATA or the cache, else downloaded), "
            "the small set that comes with viz3d, or a folder that holds the MNIST files.",
            rich_help_panel=TRAINING,
        ),
    ] = "mnist",
    epochs: Annotated[
        int | None,
        typer.Option(metavar="N", help="Times through all training images.", rich_help_panel=TRAINING),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(metavar="N", help="Images for each update.", rich_help_panel=TRAINING)
    ] = None,
    lr: Annotated[
        float | None, typer.Option(metavar="RATE", help="Learning rate.", rich_help_panel=TRAINING)
    ] = None,
    optimizer: Annotated[
        str | None, typer.Option(metavar="adam|sgd", help="What updates.", rich_help_panel=TRAINING)
    ] = None,
    momentum: Annotated[
        float | None, typer.Option(metavar="0..1", help="Momentum of sgd.", rich_help_panel=TRAINING)
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(
            metavar="constant|cosine", help="The learning rate's way over the run.", rich_help_panel=TRAINING
        ),
    ] = None,
    augment: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Some of rotate, affine, elastic and crop, joined by +. rotate: each image also turned by "
            "15 degrees either way; affine: shifted, turned, scaled; elastic: bent; crop: 24x24 of it; these "
            "three each time anew. affine:0.5 is half as strong.",
            rich_help_panel=TRAINING,
        ),
    ] = "none",
    seed: options.Seed = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE.npz",
            help="Where to save the trained network. Without it: its name and .npz, here. "
            "With --test: a .png or .json for the report.",
            rich_help_panel=options.RUNNING,
        ),
    ] = None,
    half: Annotated[
        bool,
        typer.Option("--half", help="Store float16: half the size.", rich_help_panel=options.RUNNING),
    ] = False,
    quiet: options.Quiet = False,
    test: Annotated[
        bool,
        typer.Option("--test", help="Train nothing: test --preset or --model.", rich_help_panel=TESTING),
    ] = False,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print the test's numbers as JSON alone.", rich_help_panel=TESTING),
    ] = False,
    crops: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="A network that looks at less than a digit answers with the mean over N crops of it.",
            rich_help_panel=TESTING,
        ),
    ] = None,
    report: Annotated[
        bool,
        typer.Option(
            "--report/--no-report",
            help="After training, write OUT-report.png and OUT-report.json.",
            rich_help_panel=TESTING,
        ),
    ] = True,
) -> None:
    """Train a network on handwritten digits, test it after each epoch, and save it; or test one.

    python -m viz3d.train --preset mlp --data mnist --epochs 10 --out my.npz

    python -m viz3d.train --architecture "input 28x28 | conv 8 5x5 relu | pool 2 | dense 10 softmax"

    python -m viz3d.train --test --model my.npz --out report.png

    What is not given is the network's own recipe. Ctrl-C stops: the last whole epoch is kept.
    """
    # Imported here so that help and wrong options answer at once.
    from viz3d.training import Wish, train_and_save  # noqa: PLC0415
    from viz3d.trial import Trial, refuse_testing_options, refuse_training_options, run_trial  # noqa: PLC0415

    given = {
        "epochs": epochs,
        "batch": batch,
        "lr": lr,
        "optimizer": optimizer,
        "momentum": momentum,
        "schedule": schedule,
    }
    for_training = {**given, "augment": None if augment == "none" else augment, "half": half or None}
    for_training |= {"architecture": architecture, "seed": seed or None}
    if test:
        refuse_training_options(for_training)
        run_trial(Trial(preset, model, data, out, json, 1 if crops is None else crops, quiet))
        return
    refuse_testing_options({"model": model, "json": json or None, "crops": crops})
    train_and_save(
        Wish(
            preset=preset,
            architecture=architecture,
            data=data,
            out=out or Path(f"{preset or (PRESET if architecture is None else CUSTOM)}.npz"),
            recipe={name: value for name, value in given.items() if value is not None},
            augment=augment,
            seed=seed,
            half=half,
            quiet=quiet,
            report=report,
        )
    )


if __name__ == "__main__":
    run(single_command(train), "python -m viz3d.train")
