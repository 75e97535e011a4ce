"""The options of the training command, each written once: name, help and place in the help."""

from pathlib import Path
from typing import Annotated

import typer

from viz3d.command import options
from viz3d.command.options import PRESET

DATA = "The images"
TRAINING = "The training"
TRAINER = "The trainer"
TESTING = "The test"

Preset = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The network to train, or to test as it comes with viz3d; "
        f"`python -m viz3d presets` lists the names. Without it: {PRESET}.",
        rich_help_panel=options.NETWORK,
    ),
]
Architecture = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT|FILE",
        help="A network of your own, layer by layer, or a file that holds such a text (`python -m pydoc "
        "engine.text` explains its words): "
        '"input 28x28 | conv 16 5x5 relu | pool 2 | dropout 0.2 | dense 10 softmax".',
        rich_help_panel=options.NETWORK,
    ),
]
Init = Annotated[
    str | None,
    typer.Option(
        metavar="FILE.npz",
        help="Begin with the network in this file, its weights and its recipe, and not with random weights. "
        "Its edits hold: what was cut stays cut, what was frozen or pruned stays as it is.",
        rich_help_panel=options.NETWORK,
    ),
]
Model = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.npz",
        help="With --test: the saved network to test. To train a saved network further: --init.",
        rich_help_panel=TESTING,
    ),
]
Data = Annotated[
    str | None,
    typer.Option(
        metavar="mnist|digits|DIR",
        help="The images: MNIST (found in VIZ3D_DATA or the cache, else downloaded), "
        "the small set that comes with viz3d, or a folder that holds the MNIST files.",
        show_default="mnist",
        rich_help_panel=DATA,
    ),
]
Augment = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="Some of rotate, affine, elastic and crop, joined by +. rotate: each image also turned by "
        "15 degrees either way; affine: shifted, turned, scaled; elastic: bent; crop: 24x24 of it; these "
        "three each time anew. affine:0.5 is half as strong.",
        show_default="none",
        rich_help_panel=DATA,
    ),
]
Validation = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Hold out the last N training images, and test on them after each epoch.",
        rich_help_panel=DATA,
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(metavar="N", help="Times through all training images.", rich_help_panel=TRAINING),
]
Batch = Annotated[
    int | None, typer.Option(metavar="N", help="Images for each update.", rich_help_panel=TRAINING)
]
Loss = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What is made small: cross-entropy, nll, squared-error, binary-cross-entropy or hinge.",
        rich_help_panel=TRAINING,
    ),
]
Schedule = Annotated[
    str | None,
    typer.Option(
        metavar="constant|step|cosine",
        help="The learning rate's way over the run.",
        rich_help_panel=TRAINING,
    ),
]
Warmup = Annotated[
    float | None,
    typer.Option(
        metavar="0..1",
        help="Share of the run in which the rate rises to its height.",
        rich_help_panel=TRAINING,
    ),
]
StepEvery = Annotated[
    int | None,
    typer.Option(metavar="N", help="Schedule step: epochs between two drops.", rich_help_panel=TRAINING),
]
StepFactor = Annotated[
    float | None,
    typer.Option(metavar="F", help="Schedule step: what each drop multiplies by.", rich_help_panel=TRAINING),
]
Patience = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Stop after N epochs without a better accuracy on the --validation images, and keep the best.",
        rich_help_panel=TRAINING,
    ),
]
Optimizer = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="sgd, momentum, nesterov, adagrad, windowgrad, adadelta, adam or adamw; another than the "
        "network's own comes with its usual rate.",
        rich_help_panel=TRAINER,
    ),
]
Lr = Annotated[float | None, typer.Option(metavar="RATE", help="Learning rate.", rich_help_panel=TRAINER)]
Momentum = Annotated[
    float | None,
    typer.Option(
        metavar="0..1",
        help="Of sgd, momentum and nesterov: how much of the last update each one keeps.",
        rich_help_panel=TRAINER,
    ),
]
L1 = Annotated[
    float | None,
    typer.Option(
        metavar="X", help="Decay of weights by their sign, never of biases.", rich_help_panel=TRAINER
    ),
]
L2 = Annotated[
    float | None,
    typer.Option(
        metavar="X", help="Decay of weights by their size, never of biases.", rich_help_panel=TRAINER
    ),
]
Average = Annotated[
    float | None,
    typer.Option(
        metavar="0..1",
        help="Test and save a running mean of the weights, with this much of it kept at each update.",
        rich_help_panel=TRAINER,
    ),
]
Beta1 = Annotated[
    float | None,
    typer.Option(metavar="0..1", help="Of adam and adamw: memory of the slope.", rich_help_panel=TRAINER),
]
Beta2 = Annotated[
    float | None,
    typer.Option(metavar="0..1", help="Of adam and adamw: memory of its square.", rich_help_panel=TRAINER),
]
Rho = Annotated[
    float | None,
    typer.Option(
        metavar="0..1",
        help="Of windowgrad and adadelta: memory of the slope's square.",
        rich_help_panel=TRAINER,
    ),
]
Eps = Annotated[
    float | None,
    typer.Option(metavar="X", help="What keeps their divisions finite.", rich_help_panel=TRAINER),
]
Compare = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="Train the same network from the same weights with each of these, and draw their curves as "
        "a PNG with a CSV beside it: adam,adadelta,sgd. A rate may follow: adam:0.002,adam:0.0005.",
        rich_help_panel=TRAINER,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="Where to save the trained network (.npz), or the picture of --compare (.png). "
        "Without it: its name, here. With --test: a .png or .json for the report.",
        rich_help_panel=options.RUNNING,
    ),
]
Resume = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Go on with a training that was stopped, from the checkpoint that it left.",
        rich_help_panel=options.RUNNING,
    ),
]
Half = Annotated[
    bool, typer.Option("--half", help="Store float16: half the size.", rich_help_panel=options.RUNNING)
]
Test = Annotated[
    bool, typer.Option("--test", help="Train nothing: test --preset or --model.", rich_help_panel=TESTING)
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print the test's numbers as JSON alone.", rich_help_panel=TESTING),
]
Crops = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="A network that looks at less than a digit answers with the mean over N crops of it.",
        rich_help_panel=TESTING,
    ),
]
Report = Annotated[
    bool,
    typer.Option(
        "--report/--no-report",
        help="After training, write OUT-report.png and OUT-report.json.",
        rich_help_panel=TESTING,
    ),
]
