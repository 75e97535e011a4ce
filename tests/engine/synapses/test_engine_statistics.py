"""What neurons usually do is true of every image, stays with them, and comes back from a file."""

import io
import json
import zipfile
from dataclasses import fields, replace

import numpy as np
import pytest

import data
from engine import NO_CLASS, EngineError, build, load, save, statistics_of

NAMES = ("preferred", "choosiness", "mean", "deviation")


@pytest.fixture(scope="module")
def digits():
    images = data.load("digits", "train")
    return images.images[:150], images.labels[:150]


def net_of(text="input 28x28 | dense 12 relu | dense 7 sigmoid | dense 10 softmax"):
    return build(text, np.random.default_rng(3), name="some")


def brute(net, layer, images, labels):
    """Preferred class, choosiness, mean and deviation of each neuron, from one trace after another."""
    values = np.array([net.trace(image).activation[layer].reshape(-1) for image in images], np.float64)
    by_class = np.array([values[labels == k].mean(axis=0) for k in range(10)])
    chooses = by_class.std(axis=0) > 0
    spread = np.where(chooses, by_class.std(axis=0), 1)
    height = (by_class.max(axis=0) - by_class.mean(axis=0)) / spread
    preferred = np.where(chooses, by_class.argmax(axis=0), NO_CLASS)
    return preferred, np.where(chooses, height, 0), values.mean(axis=0), values.std(axis=0)


@pytest.mark.parametrize("batch", [7, 1000])
def test_statistics_are_those_of_every_image_alone(digits, batch):
    net = net_of().mutate("ablate hidden1:3")
    found = statistics_of(net, *digits, batch=batch, source="some digits")
    assert list(found.layers) == ["hidden1", "hidden2"]
    assert (found.images, found.source) == (150, "some digits")
    for name, each in found.layers.items():
        for field, wanted in zip(NAMES, brute(net, name, *digits), strict=True):
            np.testing.assert_allclose(getattr(each, field), wanted, rtol=2e-3, atol=2e-4, err_msg=field)
    assert found.layers["hidden1"].preferred[3] == NO_CLASS, "a silent neuron prefers no digit"


def test_tokens_are_looked_at_too_and_maps_only_when_asked_for(digits):
    net = net_of("input 28x28 | conv 3 5x5 relu | pool 2x2 | dense 10 softmax")
    assert not statistics_of(net, *digits).layers
    found = statistics_of(net, *digits, layers=["pool1", "conv1"])
    assert list(found.layers) == ["conv1", "pool1"]
    asked = found.layers["conv1"]
    np.testing.assert_allclose(asked.mean, brute(net, "conv1", *digits)[2], rtol=2e-3, atol=2e-4)


def test_only_classes_that_were_seen_are_preferred(digits):
    images, labels = digits
    few = labels < 4
    found = statistics_of(net_of(), images[few], labels[few])
    assert {*np.unique(found.layers["hidden1"].preferred)} <= {0, 1, 2, 3, NO_CLASS}


def test_nothing_to_look_at_is_told(digits):
    with pytest.raises(EngineError, match="there is no image to gather statistics of"):
        statistics_of(net_of(), digits[0][:0], digits[1][:0])
    with pytest.raises(EngineError, match="150 images need labels"):
        statistics_of(net_of(), digits[0], digits[1][:3])


def same(one, other):
    assert list(one.layers) == list(other.layers)
    assert (one.images, one.source, one.net) == (other.images, other.source, other.net)
    for name, each in one.layers.items():
        for field in fields(each):
            mine, theirs = getattr(each, field.name), getattr(other.layers[name], field.name)
            assert mine.dtype == theirs.dtype
            assert np.array_equal(mine, theirs), (name, field.name)


def test_a_file_keeps_statistics_and_images_worth_watching(tmp_path, digits):
    net = net_of()
    net = replace(net, statistics=statistics_of(net, *digits, source="x"), watch={"digits:test": (3, -1)})
    save(net, tmp_path / "net.npz")
    back = load(tmp_path / "net.npz")
    same(net.statistics, back.statistics)
    assert back.statistics_hold
    assert back.watch == {"digits:test": (3, -1)}
    assert all(np.array_equal(back.parameters[key], array) for key, array in net.parameters.items())


def test_activations_too_large_for_half_a_float_come_back_whole(tmp_path, digits):
    net = net_of()
    net = net.replace({**net.parameters, "hidden1.weight": net.parameters["hidden1.weight"] * 1e6})
    net = replace(net, statistics=statistics_of(net, *digits))
    assert net.statistics.layers["hidden1"].mean.max() > np.finfo(np.float16).max
    save(net, tmp_path / "net.npz")
    same(net.statistics, load(tmp_path / "net.npz").statistics)


def test_a_file_without_statistics_is_written_and_read_as_before(tmp_path):
    save(net_of(), tmp_path / "net.npz")
    with zipfile.ZipFile(tmp_path / "net.npz") as archive:
        names = archive.namelist()
        told = json.loads(np.load(io.BytesIO(archive.read("description.npy"))).tobytes())
    assert told["version"] == 1
    assert not [name for name in names if name.startswith("statistics")]
    back = load(tmp_path / "net.npz")
    assert back.statistics is None
    assert not back.watch
    assert not back.statistics_hold


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda told: told.update(statistics=3), "'statistics' must be an object"),
        (lambda told: told["statistics"].update(layers=["hidden9"]), "which its net has not"),
        (lambda told: told["statistics"].update(layers=["hidden1", "hidden1"]), "which its net has not"),
        (lambda told: told["statistics"].update(layers=[["hidden1"]]), "which its net has not"),
        (lambda told: told["statistics"].update(layers=["hidden1"]), "has shape"),
        (lambda told: told["statistics"].update(images="many"), "tell of 'many' images"),
        (lambda told: told.pop("statistics"), "holds statistics.preferred"),
        (lambda told: told.update(watch={"digits:test": ["a"]}), "'watch' must list image numbers"),
        (lambda told: told.update(watch=[3]), "'watch' must list image numbers"),
    ],
)
def test_what_is_no_sound_statistics_is_refused_in_one_line(tmp_path, digits, change, match):
    net = net_of()
    save(replace(net, statistics=statistics_of(net, *digits)), tmp_path / "net.npz")
    with zipfile.ZipFile(tmp_path / "net.npz") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(np.load(io.BytesIO(entries["description.npy"])).tobytes())
    change(told)
    file = io.BytesIO()
    np.save(file, np.frombuffer(json.dumps(told).encode(), np.uint8))
    entries["description.npy"] = file.getvalue()
    with zipfile.ZipFile(tmp_path / "net.npz", "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    with pytest.raises(EngineError, match=match) as caught:
        load(tmp_path / "net.npz")
    assert "\n" not in str(caught.value)


def test_a_class_that_the_net_has_not_is_refused(tmp_path, digits, monkeypatch):
    net = net_of()
    found = statistics_of(net, *digits)
    odd = replace(found.layers["hidden1"], preferred=np.full(12, 77, np.uint8))
    save(replace(net, statistics=replace(found, layers={"hidden1": odd})), tmp_path / "net.npz")
    with pytest.raises(EngineError, match="names a class that its net has not"):
        load(tmp_path / "net.npz")


def test_statistics_of_a_changed_net_no_longer_hold(digits):
    net = net_of()
    net = replace(net, statistics=statistics_of(net, *digits))
    assert net.statistics_hold
    for text in ("ablate hidden1:3", "weight hidden1.weight:0,0 3", "noise hidden1 0.1"):
        assert not net.mutate(text).statistics_hold, text
    assert net.mutate("ablate hidden1:3").without_edits().statistics_hold


def test_statistics_follow_their_neurons_as_others_come_and_go(digits):
    net = net_of()
    net = replace(net, statistics=statistics_of(net, *digits))
    mine = net.statistics.layers["hidden1"]
    less = net.mutate("remove hidden1:3").statistics.layers
    more = net.mutate("grow hidden1 2").statistics.layers
    for name in NAMES:
        before = getattr(mine, name)
        assert np.array_equal(getattr(less["hidden1"], name), np.delete(before, 3))
        assert np.array_equal(getattr(more["hidden1"], name)[:12], before)
        assert np.array_equal(getattr(less["hidden2"], name), getattr(net.statistics.layers["hidden2"], name))
    assert more["hidden1"].preferred[12:].tolist() == [NO_CLASS] * 2, "nothing is known of new neurons"


def test_statistics_follow_the_maps_and_places_that_they_are_of(digits):
    net = net_of("input 28x28 | conv 3 5x5 relu | pool 2x2 | dense 10 softmax")
    net = replace(net, statistics=statistics_of(net, *digits, layers=["conv1", "pool1"]))
    less = net.mutate("remove conv1:map1")
    for name in ("conv1", "pool1"):
        kept = net.statistics.layers[name].mean.reshape(net.layer(name).shape)[..., [0, 2]].reshape(-1)
        assert np.array_equal(less.statistics.layers[name].mean, kept)


def test_old_readers_are_told_of_a_later_version(tmp_path, digits):
    net = net_of()
    save(replace(net, statistics=statistics_of(net, *digits)), tmp_path / "net.npz")
    with zipfile.ZipFile(tmp_path / "net.npz") as archive:
        told = json.loads(np.load(io.BytesIO(archive.read("description.npy"))).tobytes())
    assert told["version"] == 3
