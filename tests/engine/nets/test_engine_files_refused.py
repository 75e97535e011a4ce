"""A saved net whose entries or description make no sense is refused in one line that names what is wrong."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from net_archives import described, npy, refused, rewritten, saved_in
from plain_nets import small

from engine import EngineError, import_net, load, load_checkpoint, provenance, save


@pytest.fixture
def saved(tmp_path) -> Path:
    return saved_in(tmp_path)


def test_a_later_version_says_what_to_do(saved):
    refused(described(saved, lambda d: d.update(version=99)), "known are 1, 2, 3, 4, 5 and 6: update viz3d")


@pytest.mark.parametrize(
    "read", [load, provenance, import_net, load_checkpoint, lambda at: save(small(), at)]
)
@pytest.mark.parametrize("place", [3, None, b"net.npz", ["net.npz"], ""])
def test_what_names_no_file_is_refused_in_words(read, place):
    # Lost otherwise: a TypeError of the library's own, or the folder that one is in.
    with pytest.raises(EngineError, match="names no file: give its name"):
        read(place)


CHANGES = {
    "lacks hidden1.bias": lambda e: e.pop("hidden1.bias.npy"),
    "holds extra": lambda e: e.update({"extra.npy": npy(np.zeros(2, np.float32))}),
    "holds readme.txt": lambda e: e.update({"readme.txt": b"hello"}),
    r"shape \(3, 4\), its net needs \(4, 3\)": lambda e: e.update(
        {"hidden1.weight.npy": npy(np.zeros((3, 4), np.float32))}
    ),
    "output.bias holds NaN or infinity": lambda e: e.update(
        {"output.bias.npy": npy(np.array([0, np.nan], np.float32))}
    ),
    "is an array of int64": lambda e: e.update({"output.bias.npy": npy(np.array([0, 1]))}),
    "which do not fit its shape": lambda e: e.update(
        {"output.bias.npy": npy(np.zeros(2, np.float32)) + b"more"}
    ),
    "damaged": lambda e: e.update({"output.bias.npy": b"no array at all"}),
    "must be of one dtype": lambda e: e.update({"output.bias.npy": npy(np.zeros(2))}),
}


@pytest.mark.parametrize("message", CHANGES)
def test_arrays_that_do_not_fit_are_named(saved, message):
    refused(rewritten(saved, CHANGES[message]), message)


DESCRIPTIONS = {
    "does not say": lambda d: d.pop("format") and None,
    "it is the file of another program": lambda d: [1, 2],
    "'layers' must be list": lambda d: d.update(layers=None),
    "a layer is described by an object": lambda d: d.update(layers=[1, 2]),
    "'name' must be str": lambda d: d.update(name=5),
    "'shape' must list int": lambda d: d["layers"][1].update(shape=[True]),
    "'dropout' must be int or float": lambda d: d["layers"][1].update(dropout="much"),
    "unknown block 'magic': known are dense": lambda d: d["layers"][1]["block"].update(kind="magic"),
    "a dense block has no 'color'": lambda d: d["layers"][1]["block"].update(color=1),
    "'units' of a dense block must be int": lambda d: d["layers"][1]["block"].update(units=3.0),
    "a dense block lacks units": lambda d: d["layers"][1]["block"].pop("units") and None,
    "unknown activation 'swish'": lambda d: d["layers"][1].update(activation="swish"),
    "which is no layer before it": lambda d: d["layers"][1].update(sources=["output"]),
    "has shape": lambda d: d["layers"][1].update(shape=[4]),
    "its recipe has unknown fields magic": lambda d: d["recipe"].update(magic=1),
    "unknown optimizer 'magic'": lambda d: d["recipe"].update(optimizer="magic"),
    "'provenance' must be dict": lambda d: d.update(provenance=[]),
}


@pytest.mark.parametrize("message", DESCRIPTIONS)
def test_a_description_that_makes_no_sense_is_named(saved, message):
    refused(described(saved, DESCRIPTIONS[message]), message)


def test_a_description_nested_beyond_reason_is_refused(saved):
    nested = npy(np.frombuffer(b"[" * 100_000, np.uint8))
    refused(rewritten(saved, lambda e: e.update({"description.npy": nested})), "damaged")


def test_a_huge_layer_takes_no_memory(saved):
    def grow(description):
        description["layers"][1]["shape"] = [10**15]
        description["layers"][1]["block"]["units"] = 10**15

    refused(described(saved, grow), "neurons, at most 16,777,216 are taken")


def test_a_bomb_is_refused_before_it_unpacks(saved):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("extra.npy", b"little")
        archive.filelist[-1].file_size = 2**31
    refused(saved, "would unpack to 2,147,48.* bytes, the limit is")


def test_two_entries_of_one_name_are_refused(saved):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("output.bias.npy", npy(np.zeros(2, np.float32)))
    refused(saved, "same name")


@pytest.mark.parametrize("kind", [b"'(,)f4'", b"'3,(f4'", b"'<f999'", b"[('a', '(,)f4')]"])
@pytest.mark.parametrize("read", [load, import_net])
def test_a_type_of_numbers_that_is_no_python_is_damage(tmp_path, read, kind):
    # NumPy reads a repeated type as Python's own words, and raises what Python's parser raises.
    path = tmp_path / "net.npz"
    if read is load:
        save(small(), path)
    else:
        np.savez(path, w1=np.ones((4, 3), np.float32), b1=np.ones(3, np.float32))

    def change(entries):
        name = next(each for each in entries if each != "description.npy")
        entries[name] = entries[name].replace(b"'<f4'", kind, 1)

    with pytest.raises(EngineError) as caught:
        read(rewritten(path, change))
    assert str(caught.value).isprintable()
