"""What batch norms keep of the images of a training tells how pixels and functions are meant."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save_file

import data
import engine
from engine.blocks.activations import activation
from engine.foreign.normed import misfits
from engine.foreign.readers.pytorch.layouts import BENT
from engine.foreign.readers.pytorch.weights import BEHIND
from viz3d.command.choice import foreign, measured, readings, trial_digits

_IMAGES = data.load("digits", "all").images[:400]
_HIDDEN = (24, 16)


def _bent(name: str, values: np.ndarray) -> np.ndarray:
    out = np.empty_like(values)
    activation(name).forward(values, out)
    return out


def _normed(tensors: dict, name: str, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a batch norm with random scales and shifts makes of values, whose mean and variance it keeps."""
    kept = {"running_mean": values.mean(axis=0), "running_var": values.var(axis=0)}
    own = {"weight": rng.uniform(0.5, 1.5, values.shape[1]), "bias": rng.normal(0, 0.5, values.shape[1])}
    tensors |= {f"{name}.{leaf}": array.astype(np.float32) for leaf, array in (own | kept).items()}
    unit = (values - kept["running_mean"]) / np.sqrt(kept["running_var"] + 1e-5)
    return unit * own["weight"] + own["bias"]


def _as_trained(function: str, scale: str, behind: bool, seen: np.ndarray) -> tuple[dict, np.ndarray]:
    """A state_dict of three dense layers and two batch norms as the last epoch leaves it, and its answers."""
    rng, tensors = np.random.default_rng(3), {}
    mean, std = foreign.SCALES[scale]
    values = (seen.reshape(len(seen), -1) / 255 - mean) / std
    for place, units in enumerate((*_HIDDEN, 10), 1):
        weight = rng.normal(0, values.shape[1] ** -0.5, (units, values.shape[1]))
        tensors[f"fc{place}.weight"] = weight.astype(np.float32)
        tensors[f"fc{place}.bias"] = np.zeros(units, np.float32)
        values = values @ weight.T
        if units != 10 and behind:
            values = _normed(tensors, f"bn{place}", _bent(function, values), rng)
        elif units != 10:
            values = _bent(function, _normed(tensors, f"bn{place}", values, rng))
    values -= values.mean(axis=0)  # so that its answers are of all classes
    tensors["fc3.weight"] *= 10
    return tensors, values.argmax(axis=1)


def _read(tmp_path, tensors: dict, labels: np.ndarray) -> tuple[measured.Measured | None, readings.Digits]:
    save_file(tensors, tmp_path / "net.safetensors")
    digits = readings.Digits("these digits", _IMAGES, labels)
    ways = engine.import_net(tmp_path / "net.safetensors").readings
    return measured.measured(ways, foreign.SCALES, digits), digits


@pytest.mark.parametrize(
    ("function", "scale", "behind"),
    [
        ("silu", "0..255", False),
        ("mish", "inverted, 1..0", False),
        ("leaky-relu-0.2", "mean 0.1307 and std 0.3081", True),
        ("sigmoid", "-1..1", True),
    ],
)
def test_batch_norms_tell_the_scale_and_the_functions(tmp_path, function, scale, behind):
    """Of nets with batch norm four in ten were read with their own function: digits part few from ReLU."""
    found, _ = _read(tmp_path, *_as_trained(function, scale, behind, _IMAGES))
    assert found is not None
    assert list(foreign.SCALES)[found.scale] == scale
    hidden = [layer.activation for layer in found.net.layers[1:-1] if layer.activation != "identity"]
    assert hidden == [function, function]
    assert (BEHIND in found.way.assumed) is behind
    lines = "\n".join(found.told)
    assert f"its pixels' scale is measured: on {scale} digits make the means and deviations" in lines
    assert f"its functions are measured: with {function} the same comes " in lines
    assert [way.beside for way in found.of(found.way).functions()] == [function], "all others are ruled out"


def test_what_there_was_no_time_to_try_is_not_ruled_out(tmp_path, monkeypatch):
    """Of larger nets one way was tried, and its function told of as if the file had named it."""
    made = _as_trained("relu", "0..1", False, _IMAGES)
    monkeypatch.setattr(measured, "MOST_WORK", 2)
    found, _ = _read(tmp_path, *made)
    assert found is not None
    assert len(found.of(found.way).functions()) == len(found.way.functions()) > 10
    assert not any("functions" in line for line in found.told)


def test_no_more_than_a_few_nets_of_a_file_are_held_at_once(tmp_path, monkeypatch):
    """Dozens of ways, each with the weights of a large file, fill the memory."""
    nets, most = [], 0

    def told_of(net, *rest):
        nonlocal most
        nets.append(weakref.ref(net))
        most = max(most, len({id(each()) for each in nets if each() is not None}))
        return misfits(net, *rest)

    monkeypatch.setattr(measured, "misfits", told_of)
    found, _ = _read(tmp_path, *_as_trained("silu", "0..1", False, _IMAGES))
    assert found is not None
    assert len(nets) > 50
    assert most <= 2


def test_what_is_made_of_a_file_is_freed_at_once(tmp_path):
    """In a circle it stays until Python looks for such: 60 MB more for each way of a file of 33 MB."""
    tensors, _ = _as_trained("relu", "0..1", False, _IMAGES)
    save_file(tensors, tmp_path / "net.safetensors")
    way = engine.import_net(tmp_path / "net.safetensors").readings[0]
    gc.collect()
    gc.disable()
    try:
        way.make()
        assert not gc.collect()
    finally:
        gc.enable()


def test_batch_norms_of_other_images_tell_nothing(tmp_path):
    """Statistics of images that are no digits must not overrule what digits say."""
    noise = np.random.default_rng(0).integers(0, 256, _IMAGES.shape, np.uint8)
    tensors, _ = _as_trained("silu", "0..1", False, noise)
    found, digits = _read(tmp_path, tensors, np.zeros(len(_IMAGES), int))
    assert found is None
    assert digits.work.done < trial_digits.MOST_WORK / 4, "and soon"


def test_what_is_measured_is_no_guess_and_told_so(tmp_path, monkeypatch):
    """The line on a guess stood beside the line that told the same as measured."""
    tensors, answers = _as_trained("elu", "0..1", False, _IMAGES)
    _, digits = _read(tmp_path, tensors, answers)
    monkeypatch.setattr(foreign, "_at_hand", lambda _: digits)
    found = foreign.read_foreign(tmp_path / "net.safetensors", engine.Told(), None, whole=False)
    lines = "\n".join(found.lines)
    assert "elu after each layer and a log-softmax at the end, as its batch norms tell" in lines
    assert "its functions are measured: with elu" in lines
    assert "guess" not in lines
    assert "scales of its pixels that were tried" not in lines
    assert found.net.text == "input 28x28 | dense 24 elu | dense 16 elu | dense 10 log-softmax"


def test_what_is_told_as_measured_is_of_the_way_that_is_taken(tmp_path):
    """Where digits led to another layout the line still told how far off the one before had been."""
    found, digits = _read(tmp_path, *_as_trained("elu", "0..1", False, _IMAGES))
    assert measured.told_of(found, found.way, foreign.SCALES, digits) == list(found.told)
    other = next(way for way in found.way.functions() if way.beside == "GELU")
    (line,) = measured.told_of(found, other, foreign.SCALES, digits)
    whole = other.whole()
    off = misfits(whole.net, whole.normed, digits.given(whole.net, 0.0, 1.0, 200))
    assert f"{100 * np.sqrt(off.mean()):.0f} % of a deviation off, on the next best" in line
    assert line not in found.told
    unlike = replace(found, scale=list(foreign.SCALES).index("-1..1"))
    (line,) = measured.told_of(unlike, other, foreign.SCALES, digits)
    assert line == f"its pixels' scale, -1..1, is measured with {found.way.assumed}"


def _of_maps(channels: tuple[int, ...]) -> dict:
    """Convolutions with a batch norm each, and a dense layer on the mean of each map; random numbers."""
    rng, tensors, before = np.random.default_rng(0), {}, 1
    for place, maps in enumerate(channels):
        tensors[f"{place}.0.weight"] = rng.normal(0, 0.5, (maps, before, 3, 3))
        for leaf in ("weight", "bias", "running_mean", "running_var"):
            tensors[f"{place}.1.{leaf}"] = rng.uniform(0.5, 1, maps)
        before = maps
    tensors["head.weight"], tensors["head.bias"] = rng.normal(0, 1, (10, before)), np.zeros(10)
    return {name: array.astype(np.float32) for name, array in tensors.items()}


def test_each_layout_is_tried_with_one_function_before_any_with_the_next(tmp_path):
    """fast.ai's first network, strides and a mean of each map, was read at 34 %, not at 80: time ended."""

    class Told:
        """Notes the order in which ways are tried."""

        spent = False

        def __init__(self):
            self.order = []

        def tried(self, way, scales, most, work):
            self.order.append(way)
            return [measured._Try(way, 0, np.ones(1))]

    save_file(_of_maps((2, 3, 4)), tmp_path / "net.safetensors")
    way = engine.import_net(tmp_path / "net.safetensors").readings[0]
    layouts, functions, bench = way.layouts(), way.functions(), Told()
    assert len(layouts) > 10 < len(functions)
    measured._beside(measured._Try(way, 0, np.ones(1)), bench)
    order, first = (
        [each.assumed for each in bench.order],
        dict.fromkeys(each.assumed for each in (way, *layouts)),
    )
    assert order[: len(first)] == [*first]
    assert len({*order}) > 10 * len(first), "and then with all others"


def test_no_function_is_put_before_the_end_where_norms_cannot_tell(tmp_path):
    """fast.ai's network without a dense layer had its scores below 0 cut off: 0.065 against 0.065 off."""
    tensors, _ = _as_trained("relu", "0..1", False, _IMAGES)
    save_file(tensors, tmp_path / "net.safetensors")
    way = engine.import_net(tmp_path / "net.safetensors").readings[0]
    apart = np.random.default_rng(0).uniform(0.0040, 0.0044, 64)
    plain = measured._Try(way, 0, apart)
    bent = measured._Try(replace(way, assumed=f"{way.assumed}, {BENT}"), 0, apart - 1e-5)
    far = measured._Try(way, 0, 4 * apart)
    assert measured._plain(bent, [bent, plain]) is plain
    assert measured._plain(bent, [bent, far]) is bent
    assert measured._plain(bent, [bent]) is bent
