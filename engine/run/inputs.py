"""What goes into a net and comes out of it: images as its input batch, its output as probabilities."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks.activations import activation
from engine.errors import EngineError
from engine.net import Net
from engine.run.whole_digits import DIGIT, as_seen
from guarding import in_a_line

_LEVELS = 16  # whole numbers up to this may be a scale of one's own, as scikit-learn's digits have it


def as_inputs(net: Net, images: Array, out: Array | None = None, *, one: bool = False) -> Array:
    """Images as the net's input batch (B, *input shape) of its dtype.

    uint8 (B, h, w), or lists of whole numbers 0..255, are scaled by 1/255; floats of the input's shape are
    taken as they are, but for numbers whose scale the net's task knows. A net of a smaller input is shown a
    whole digit's middle (24x24, say), or from under 20 pixels on all of it, smaller: see `as_seen`. A row of
    neurons reads images row by row. EngineError where they do not fit, or are pixels 0..255 as floats: whole
    numbers, of which one is above 16. A net that was trained on those reads 0..1 once it is
    `rescaled(net, 0, 1 / 255)`. out: where the batch may be written, if it is made anew. one: whether the
    caller has a single image, of which errors then speak.
    """
    shape, size = net.layers[0].shape, net.layers[0].size
    given = as_numbers(net, images)
    images = as_seen(given, shape, net.framing)
    own = images.shape[1:]
    fits = images.ndim >= 2 and (not len(images) or size_of(own) == size)
    if not fits or not (own in (shape, shape[:2], (size,)) or len(shape) == 1):
        raise EngineError(_unfit(net, own if one else images.shape, one=one))
    scale = net.task if net.task is not None and net.task.low else None
    if images.dtype == np.uint8 and scale is None:
        return np.divide(images.reshape(-1, *shape), 255, out=out, dtype=net.dtype)
    if images.dtype.kind != "f" and images.dtype != np.uint8:
        raise EngineError(
            f"{net.name} expects uint8 (0..255) or float (0..1) images, got {images.dtype}: "
            "convert them, such as by images.astype(np.uint8)"
        )
    if not np.isfinite(images).all():
        raise EngineError(f"{net.name} got an image that holds NaN or infinity")
    if scale is not None:
        return scale.scaled(images, net.dtype).reshape(-1, *shape)
    if len(shape) == 3 and images.size:
        _check_scaled(net, given)
    return images.reshape(-1, *shape).astype(net.dtype, copy=False)


def _unfit(net: Net, given: Shape, *, one: bool) -> str:
    """What is wrong with the shape of an image or of images, and what to do where it is the other."""
    shape, size = net.layers[0].shape, net.layers[0].size
    told = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
    if one:
        several = len(given) > 1 and given[1:] in (DIGIT, shape, shape[:2], (size,))
        fix = ": give one of them, or all to net.predict" if several else ""
        return f"{net.name} traces one image ({told}), got {given}{fix}"
    fix = ": one image is image[None]" if size_of(given) == size else ""
    return f"{net.name} expects images (B, {told.rstrip(',')}), got {given}{fix}"


def as_numbers(net: Net, images: object) -> Array:
    """An image or images as an array; EngineError where they are none, such as the name of a file."""
    try:
        array = np.asarray(images)
    except ValueError:  # rows of several lengths
        array = np.empty((), object)
    if array.dtype.kind not in "biufc":
        raise EngineError(
            f"{net.name} reads arrays of numbers, got {in_a_line(images)}: "
            "a picture is read by viz3d.read(net, FILE)"
        )
    if isinstance(images, list | tuple) and len(net.layers[0].shape) == 3 and _are_bytes(array):
        return array.astype(np.uint8)
    return array


def _are_bytes(array: Array) -> bool:
    """Whether whole numbers are pixels 0..255; of 0 and 1 alone it is open what they are."""
    return array.dtype.kind == "i" and array.size > 0 and array.min() >= 0 and 1 < array.max() <= 255


def _check_scaled(net: Net, images: Array) -> None:
    """EngineError of bytes that were made floats and not divided: they saturate whatever they meet."""
    largest = images.max()
    if largest > _LEVELS and images.min() >= 0 and np.array_equal(images, np.rint(images)):
        raise EngineError(
            f"{net.name} reads floats of 0..1, got whole numbers up to {largest:g}: "
            "divide by 255, or give uint8"
        )


def probabilities(net: Net, output: Array) -> Array:
    """Class probabilities (B, classes) from output activations.

    Softmax is taken as it is, of log-softmax the exp, of a hinge loss's scores the softmax, else what is not
    negative over its sum (equal shares where all is 0). Of a net that gives numbers: these, as they are.
    """
    kind = net.layers[-1].activation
    flat = output.reshape(len(output), -1)
    if net.gives_numbers:
        return flat.copy()
    if kind == "identity" and net.recipe.loss == "hinge":
        scores = np.empty_like(flat)
        activation("softmax").forward(flat, scores)
        return scores
    if kind == "softmax":
        return flat.copy()
    if kind == "log-softmax":
        return np.exp(flat)
    positive = np.maximum(flat, 0)
    total = positive.sum(axis=1, keepdims=True)
    return np.where(total > 0, positive / np.where(total > 0, total, 1), 1 / flat.shape[1])


def furthest(net: Net, given: Array) -> int:
    """The most likely class of probabilities (classes,); of numbers that a net gives that furthest from 0."""
    return int(np.argmax(np.abs(given) if net.gives_numbers else given))
