"""A network and a data set that fit each other: sizes, classes by their names, and what one input is."""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

import engine
from data import DIGITS, Dataset, place_of_digit
from engine import ArchitectureError, Net, Recipe, Task
from engine.foreign.one_output import in_two_classes
from engine.text import read
from viz3d.command.errors import UserError
from viz3d.command.options import CUSTOM, PRESET

_RECIPE = Recipe("cross-entropy", "adam", lr=1e-2, batch=16, epochs=10)
_RECIPE_OF_PICTURES = Recipe("cross-entropy", "adam", lr=2e-3, batch=32, epochs=10, schedule="cosine")
_CONVOLUTIONAL = "Convolutional network"
_MAPS, _STAGES, _LEAST_SIDE, _WIDE, _LARGE = 8, 3, 6, 64, 48
_LEAST, _MOST = 16, 512  # neurons of a hidden layer for rows of numbers
_CALM = 1e-3  # the rate where they are more: at 0.01 those of a thousand classes learn nothing
_STEPS, _MOST_EPOCHS = 600, 600
_MOST_OF_PICTURES = 100  # epochs: a few pictures are known by heart long before
_LARGEST_CROP = 28
_ANY_DIGITS = "MNIST or the like"  # of 28x28 grey pixels, be they a folder's
_TRAIN_ONE = "train one with python -m viz3d train --data ... --out mine.npz, and give --model mine.npz"


def digits_alone(images: Dataset) -> bool:
    """Whether these are handwritten digits of 28x28 grey pixels, as the presets read them."""
    return images.noun == "digit" and images.images.shape[1:] == (28, 28) and len(images.classes) == 10


def shape_of(images: Dataset) -> tuple[int, ...]:
    """The shape of an input layer that takes one of these: (h, w, channels), or (D,) of numbers."""
    shape = images.images.shape[1:]
    return (*shape, 1) if len(shape) == 2 else shape


def check_reads(net: Net, images: Dataset, place: str) -> None:
    """UserError where a network does not take these images or has not their classes; place: what made it."""
    check_takes(net, images, place)
    if net.gives_numbers:
        one = net.layers[-1].size == 1
        count, last = len(images.classes), "is one neuron, a number" if one else "gives numbers"
        told = f"the last layer {last} and no class: {images.title} needs {count:,}"
        raise UserError(f"{place}: {told}: dense {count} softmax")
    has, needs = net.layers[-1].size, len(images.classes)
    if has < needs or (has != needs and net.task is None):
        need = f"ten digits need {needs}" if digits_alone(images) else f"{images.title} needs {needs:,}"
        raise UserError(f"{place}: the last layer has {has:,} neurons, {need}: dense {needs} softmax")


def check_takes(net: Net, images: Dataset, place: str) -> None:
    """UserError where a network does not take such images, whatever their classes; place: what made it."""
    seen, want = net.layers[0].shape, shape_of(images)
    if not _takes(net, images):
        if learned := _learned_from(net):  # no other input will do
            told = f"it learned from {learned}, {_sized(seen)} each"
            raise UserError(f"{place}: {told}: name such data with --data, or {_TRAIN_ONE}")
        if digits_alone(images) and len(seen) == 1:
            told = f"it reads {seen[0]:,} numbers, and a digit is 28x28 grey pixels"
            raise UserError(
                f"{place}: {told}: name the table of its numbers with --data, or begin with 28x28"
            )
        if digits_alone(images):
            raise UserError(f"{place}: a digit is 28x28 grey pixels: begin with input 28x28, or smaller")
        size = "x".join(map(str, want[:2] if want[2:] == (1,) else want))
        raise UserError(f"{place}: an input of {images.title} is {size}: begin with input {size}")


def _takes(net: Net, images: Dataset) -> bool:
    """Whether a network's input layer takes such images."""
    seen, want = net.layers[0].shape, shape_of(images)
    smaller = len(seen) == 3 and seen[2] == 1 and max(seen[:2]) <= _LARGEST_CROP
    crop = digits_alone(images) and (smaller or bool(net.framing))
    row = len(want) == 1 and int(np.prod(seen)) == want[0]  # as it is imported where it fills a square
    return seen in (want, (int(np.prod(want)),)) or crop or row


def _learned_from(net: Net) -> str:
    """What a network was trained on by viz3d, before it was changed if it was; empty where nobody knows."""
    if net.task is not None:
        return net.task.data
    told: Any = net.provenance
    while isinstance(told, Mapping) and "data" not in told:
        told = told.get("base")
    if isinstance(told, Mapping):
        return str(told["data"])
    # One that was designed in a session knows its data by its task, unless they were digits.
    return (
        _ANY_DIGITS if net.noun == "digit" and any(each.startswith("train ") for each in net.history) else ""
    )


def _check_knows(net: Net, images: Dataset) -> None:
    """UserError where a network was trained on digits, and these are none, not even some digits alone."""
    some = images.pictures and set(images.classes) <= set(DIGITS)
    if net.task is not None or images.noun == "digit" or some or not (learned := _learned_from(net)):
        return
    classes = ", ".join(images.classes[:3]) + (" ..." if len(images.classes) > 3 else "")
    raise UserError(
        f"{net.name} learned the digits of {learned}, not {images.title}, whose classes are {classes}: "
        f"{_TRAIN_ONE}"
    )


def _sized(shape: tuple[int, ...]) -> str:
    if len(shape) < 3:
        return f"{shape[0]:,} number{'s' * (shape[0] != 1)}"
    return f"{shape[0]}x{shape[1]} pixels{' in colour' * (shape[2] == 3)}"


def many_of(net: Net) -> str:
    """What several inputs of a network are called, as `viz3d.command.choice.digits.many` does."""
    return "images" if len(net.layers[0].shape) == 3 or net.noun == "digit" else f"{net.noun}s"


def aligned(net: Net, images: Dataset, place: str) -> Dataset:
    """The images with labels as the network numbers its classes, by their names where it has names.

    UserError where the network does not take them, or has no class of such a name.
    """
    if net.gives_numbers and net.layers[-1].size > 1:
        check_takes(net, images, place)  # what they are called is no matter of its numbers
        return images
    check_reads(net, images, place)
    known = net.task.classes if net.task is not None else ()
    if not known or images.classes == known:
        return images
    found = [known.index(name) if name in known else place_of_digit(name, known) for name in images.classes]
    unknown = [name for name, place in zip(images.classes, found, strict=True) if place is None]
    if unknown:
        told = ", ".join(known[:8]) + (" ..." if len(known) > 8 else "")
        raise UserError(f"{place}: {images.title} has a class {unknown[0]}, the network knows {told}")
    return replace(images, labels=np.array(found, int)[images.labels], classes=known)


def design_for(images: Dataset, preset: str | None, rng: np.random.Generator) -> Net:
    """The untrained network of a preset, with the input and output that the images need.

    Without a name it is the usual one for digits, a convolution for pictures and a small one for rows of
    numbers. UserError where the preset cannot read them.
    """
    if digits_alone(images):
        return engine.preset(preset or PRESET, rng)
    shape, classes = shape_of(images), len(images.classes)
    if preset is None and images.pictures:
        text = picture_text(shape, classes)
        return engine.build(text, rng, name=CUSTOM, title=_CONVOLUTIONAL, recipe=_RECIPE_OF_PICTURES)
    if preset is None:
        recipe = _RECIPE.change(lr=_rate(classes))
        return engine.build(plain_text(shape[0], classes), rng, name=CUSTOM, recipe=recipe)
    try:
        return engine.preset(preset or PRESET, rng, shape, classes)
    except ArchitectureError as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"--preset {preset} cannot read {images.title} ({reason}): give an --architecture of your own"
        ) from error


def picture_text(shape: tuple[int, ...], classes: int) -> str:
    """The text of the network for pictures (h, w, channels), where none is named.

    Up to three times 3x3 kernels and a pool, for as long as a side has six pixels or more; of more than 48
    pixels a side the first are 5x5, two pixels apart: little more than half the neurons, and more is seen.
    In the same time it reads folders of some hundred pictures far better than dense layers on all pixels,
    with a fiftieth of their parameters. The dense neurons leak: most pictures have a bright ground, which
    would keep half of them silent for ever.
    """
    sides = "x".join(map(str, shape[:2] if shape[2] == 1 else shape))
    layers, side, maps, stage = "", min(shape[:2]), _MAPS, 0
    if side > _LARGE:
        maps *= 2
        layers, side, maps, stage = f" | conv {maps} 5x5 stride 2 pad 2 relu | pool 2", side // 4, 2 * maps, 1
    while side >= _LEAST_SIDE and stage < _STAGES:
        layers += f" | conv {maps} 3x3 pad 1 relu | pool 2"
        side, maps, stage = side // 2, 2 * maps, stage + 1
    wide = max(_WIDE, min(classes, _MOST))
    dense = f"dense {wide} init he leaky-relu-0.1 | dropout 0.2 | dense {classes} init he softmax"
    return f"input {sides}{layers} | {dense}"


def plain_text(size: int, classes: int) -> str:
    """The text of the network for rows of so many numbers, where none is named.

    No hidden layer is narrower than there are classes, which would have to share its few neurons, up to 512:
    a power of two, as is usual.
    """
    wide = min(max(_LEAST, 1 << (classes - 1).bit_length()), _MOST)
    return f"input {size} | dense {wide} relu | dense {wide} relu | dense {classes} softmax"


def _rate(classes: int) -> float:
    return _RECIPE.lr if classes <= _LEAST else _CALM


def of_two(net: Net, images: Dataset) -> Net:
    """The network with two classes where data of two is at hand and its one neuron can score the second.

    One whose owner said that it gives a number stays as it is.
    """
    if net.task is not None and net.task.numbers:
        return net
    return (net.gives_numbers and len(images.classes) == 2 and in_two_classes(net)) or net


def named(net: Net, images: Dataset) -> Net:
    """The network with the names of its classes, where nobody said yet what it is for: its inputs stay.

    One whose one neuron scores the second of two classes has both then. UserError where it was trained on
    digits, and these are other things: it knows no others.
    """
    net = of_two(net, images)
    if net.task is not None and net.task.numbers and not net.task.columns and images.columns:
        return replace(net, task=replace(net.task, columns=images.columns)) if _takes(net, images) else net
    if net.task is not None or digits_alone(images):
        return net
    _check_knows(net, images)
    noun, title, classes = images.noun, images.title, images.classes
    if learned := _learned_from(net):  # here these are digits, be it some of them
        noun, title, classes = "digit", learned, DIGITS
    if net.layers[-1].size != len(classes) or not _takes(net, images):
        return net
    return replace(net, task=Task(noun, title, classes, images.columns))


def suited(net: Net, images: Dataset) -> Net:
    """The network with a note of what it learns from: nouns, names of classes, and the scale of its inputs.

    One that has such a scale keeps it: its weights are made for that.
    """
    if digits_alone(images) and (net.task is None or not net.task.low):
        return replace(net, task=None)
    task = Task(images.noun, images.title, images.classes, images.columns)
    if net.task is not None and net.task.low:
        task = replace(task, low=net.task.low, span=net.task.span)
    elif not images.pictures:
        low, span = engine.scale_of(images.images)
        task = replace(task, low=low, span=span)
    return replace(net, task=task)


def brisk(net: Net, images: Dataset) -> Net:
    """A network of one's own with the rate and the batch that it needs, where a framework's usual ones fail.

    With 0.001 two hidden neurons have not learned XOR after 600 updates; nets for more than 16 classes keep
    it. The network that pictures get where none is named has its recipe also where its text was given.
    """
    if not images.pictures:
        return replace(net, recipe=net.recipe.change(lr=_rate(len(images.classes)), batch=_RECIPE.batch))
    if digits_alone(images) or read(net.text) != read(picture_text(shape_of(images), len(images.classes))):
        return net
    return replace(net, title=_CONVOLUTIONAL, recipe=_RECIPE_OF_PICTURES)


def patient(recipe: Recipe, count: int, pictures: bool = False) -> Recipe:
    """The recipe with the epochs that few examples need: those for 600 updates, and no fewer than it has.

    At most 600 epochs, of pictures 100.
    """
    most = _MOST_OF_PICTURES if pictures else _MOST_EPOCHS
    updates = ceil(count / recipe.batch)
    return recipe.change(epochs=max(recipe.epochs, min(most, ceil(_STEPS / updates))))


def readied(net: Net, images: Dataset) -> Net:
    """An untrained network with a note of what it learns from, and the rate, batch and epochs for that."""
    net = suited(brisk(net, images), images)
    return replace(net, recipe=patient(net.recipe, len(images.labels), images.pictures))
