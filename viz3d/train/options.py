"""The options of the training command, each declared once: its field, and its words in the help."""

# An option in few lines, so that they can be read as a table.
# fmt: off

from dataclasses import dataclass
from pathlib import Path

from viz3d.command import options
from viz3d.command.choice.wanted import SPLITS
from viz3d.command.completing import one_of, presets
from viz3d.command.option import option, switch
from viz3d.command.options import NETWORK, PRESET, RUNNING, THEMES

DATA = "The images"
TRAINING = "The training"
TRAINER = "The trainer"
TESTING = "The test"

# No help waits for the engine, which has the same names.
LOSSES = ("nll", "cross-entropy", "squared-error", "binary-cross-entropy", "hinge")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "windowgrad", "adadelta", "adam", "adamw")
AUGMENTATIONS = ("none", "rotate", "affine", "elastic", "crop", "style", "hands", "pens")


@dataclass(frozen=True)
class Network:
    """The network to train or to test."""

    preset: str | None = option("NAME", "The network to train, or to test as it comes with viz3d; "
        f"`python -m viz3d presets` lists the names. Without it: {PRESET}.", NETWORK, completed=presets)
    architecture: str | None = option("TEXT|FILE", "A network of your own, layer by layer, or a file that "
        'holds such a text (`python -m pydoc engine.text` explains its words): "input 28x28 | conv 16 5x5 '
        'relu | pool 2 | dropout 0.2 | dense 10 softmax".', NETWORK)
    init: str | None = option("FILE.npz", "Begin with the network in this file, its weights and its recipe, "
        "and not with random weights. Its edits hold: what was cut stays cut, what was frozen or pruned "
        "stays as it is.", NETWORK)
    model: Path | None = option("FILE.npz", "With --test: the saved network to test. To train a saved "
        "network further: --init.", TESTING)


@dataclass(frozen=True)
class Images:
    """What is learned from."""

    data: str | None = option(options.DATA, options.IMAGES, DATA, shown="mnist",
        completed=one_of(*SPLITS))
    images: int | None = option("N", "Learn from the first N training images alone.", DATA, shown="all")
    tests: int | None = option("N", "Test on the first N test images alone, after training and with --test.",
        DATA, shown="all")
    augment: str | None = option("NAMES", "Some of hands, pens, rotate, style, affine, elastic and crop, "
        "joined by +. hands: also ones with a flag or a foot, sevens with a bar, closed fours; pens: some "
        "also in a thin or a thick pen; rotate: each image also turned by 15 degrees either way; style: half "
        "of the images with thicker or thinner strokes, leaning, wider, narrower; affine: shifted, turned, "
        "scaled; elastic: bent; crop: 24x24 of it; these four each time anew. affine:0.5 is half as strong.",
        DATA, shown="none", completed=one_of(*AUGMENTATIONS))
    validation: int | None = option(
        "N", "Hold out the last N of the training images, and test on them after each epoch.", DATA)


@dataclass(frozen=True)
class Course:
    """The training from its first step to its last: fields of engine.Recipe."""

    epochs: int | None = option("N", "Times through all training images.", TRAINING)
    batch: int | None = option("N", "Images for each update.", TRAINING)
    loss: str | None = option("NAME", "What is made small: cross-entropy, nll, squared-error, "
        "binary-cross-entropy or hinge.", TRAINING, completed=one_of(*LOSSES))
    schedule: str | None = option("constant|step|cosine", "The learning rate's way over the run.", TRAINING)
    warmup: float | None = option("0..1", "Share of the run in which the rate rises to its height.", TRAINING)
    step_every: int | None = option("N", "Schedule step: epochs between two drops.", TRAINING)
    step_factor: float | None = option("F", "Schedule step: what each drop multiplies by.", TRAINING)


@dataclass(frozen=True)
class Stop:
    """When a training ends before its last epoch."""

    patience: int | None = option("N", "Stop after N epochs without a better accuracy on the --validation "
        "images, and keep the best.", TRAINING)


@dataclass(frozen=True)
class Trainer:
    """The rule by which each update is made: fields of engine.Recipe."""

    optimizer: str | None = option("NAME", "sgd, momentum, nesterov, adagrad, windowgrad, adadelta, adam or "
        "adamw; another than the network's own comes with its usual rate.", TRAINER,
        completed=one_of(*OPTIMIZERS))
    lr: float | None = option("RATE", "Learning rate.", TRAINER)
    momentum: float | None = option(
        "0..1", "Of sgd, momentum and nesterov: how much of the last update each one keeps.", TRAINER)
    l1: float | None = option("X", "Decay of weights by their sign, never of biases.", TRAINER)
    l2: float | None = option("X", "Decay of weights by their size, never of biases.", TRAINER)
    average: float | None = option("0..1", "Test and save a running mean of the weights, with this much of "
        "it kept at each update.", TRAINER)
    beta1: float | None = option("0..1", "Of adam and adamw: memory of the slope.", TRAINER)
    beta2: float | None = option("0..1", "Of adam and adamw: memory of its square.", TRAINER)
    rho: float | None = option("0..1", "Of windowgrad and adadelta: memory of the slope's square.", TRAINER)
    eps: float | None = option("X", "What keeps their divisions finite.", TRAINER)


@dataclass(frozen=True)
class Running:
    """What is compared or gone on with, and where the result goes."""

    compare: str | None = option("NAMES", "Train the same network from the same weights with each of these, "
        "and draw their curves as a PNG with a CSV beside it: adam,adadelta,sgd. A rate may follow: "
        "adam:0.002,adam:0.0005.", TRAINER, completed=one_of(*OPTIMIZERS))
    seed: int = option("N", "Start of the random numbers.", RUNNING, default=0)
    out: Path | None = option("FILE", "Where to save the trained network (.npz), or the picture of --compare "
        "(.png). Without it: its name, here. With --test: a .png or .json for the "
        "report.", RUNNING, short="-o")
    resume: Path | None = option(
        "FILE", "Go on with a training that was stopped, from the checkpoint that it left.", RUNNING)
    half: bool = switch("Store float16: half the size.", RUNNING)
    quiet: bool = switch(options.QUIET, RUNNING, short="-q")


@dataclass(frozen=True)
class Testing:
    """What is told of how well the network reads."""

    test: bool = switch("Train nothing: test --preset or --model.", TESTING)
    json: bool = switch("Print the test's numbers as JSON alone.", TESTING)
    crops: int | None = option(
        "N", "A network that looks at less than a digit answers with the mean over N crops of it.", TESTING)
    report: bool = switch(
        "After training, write OUT-report.png and OUT-report.json.", TESTING, default=True, both=True)
    theme: str | None = option(THEMES, "How the report's picture, or that of --compare, looks: dark unless "
        "given; light is for slides and paper.", TESTING)


@dataclass(frozen=True)
class Asked:
    """All that the training command can be asked."""

    network: Network
    images: Images
    course: Course
    stop: Stop
    trainer: Trainer
    running: Running
    testing: Testing
