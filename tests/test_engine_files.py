"""A saved net comes back as it was; anything else is refused in one line and harms nothing."""

import io
import json
import os
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_nets import small

from engine import EngineError, import_net, load, preset, provenance, save


@pytest.fixture
def saved(tmp_path) -> Path:
    path = tmp_path / "small.npz"
    save(small().replace(provenance={"seed": 3, "test_accuracy": 0.5}), path)
    return path


def test_what_is_told_of_a_net_is_read_without_its_arrays(saved):
    # Lost otherwise: the accuracies in the list of networks, or the time that all their weights take to read.
    rewritten(saved, lambda entries: entries.update({"hidden.weight.npy": b"damaged"}))
    assert provenance(saved) == {"seed": 3, "test_accuracy": 0.5}
    saved.write_bytes(b"no archive")
    with pytest.raises(EngineError, match=saved.name):
        provenance(saved)


def refused(path: Path, match: str) -> None:
    with pytest.raises(EngineError, match=match) as caught:
        load(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


def rewritten(path: Path, change) -> Path:
    """The same file with its entries changed: change(entries: name -> bytes)."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


def described(path: Path, change) -> Path:
    """The same file with its description changed: change(description) in place."""

    def edit(entries):
        array = np.lib.format.read_array(io.BytesIO(entries["description.npy"]))
        description = json.loads(array.tobytes())
        description = change(description) or description
        entries["description.npy"] = npy(np.frombuffer(json.dumps(description).encode(), np.uint8))

    return rewritten(path, edit)


@pytest.mark.parametrize("name", ["mlp", "mlp-sigmoid"])
def test_every_number_and_name_comes_back(tmp_path, name):
    net = preset(name, np.random.default_rng(0)).replace(provenance={"seed": 0, "note": "é ✓"})
    save(net, tmp_path / "net.npz")
    back = load(tmp_path / "net.npz", expect=name)
    assert (back.name, back.title, back.layers, back.recipe) == (net.name, net.title, net.layers, net.recipe)
    assert dict(back.provenance) == {"seed": 0, "note": "é ✓"}
    assert list(back.parameters) == list(net.parameters)
    assert all(np.array_equal(back.parameters[key], array) for key, array in net.parameters.items())


def test_half_stores_half_the_bytes_and_three_digits(tmp_path):
    net = preset("mlp-sigmoid", np.random.default_rng(0))
    save(net, tmp_path / "full.npz")
    save(net, tmp_path / "half.npz", half=True)
    assert (tmp_path / "half.npz").stat().st_size < 0.6 * (tmp_path / "full.npz").stat().st_size
    back = load(tmp_path / "half.npz")
    for key, array in net.parameters.items():
        assert back.parameters[key].dtype == np.float32
        assert np.allclose(back.parameters[key], array, rtol=1e-3, atol=1e-7)


def test_float64_stays_float64(tmp_path):
    save(small().astype(np.float64), tmp_path / "net.npz")
    assert load(tmp_path / "net.npz").dtype == np.float64


def test_numpy_alone_can_read_the_arrays(saved):
    with np.load(saved, allow_pickle=False) as file:
        assert np.array_equal(file["hidden1.weight"], small().parameters["hidden1.weight"])


def test_the_file_of_another_net_says_which_it_holds(saved):
    with pytest.raises(EngineError, match=r"small\.npz holds small \(4-3-2\), expected mlp"):
        load(saved, expect="mlp")


def test_a_missing_file_says_so(tmp_path):
    refused(tmp_path / "none.npz", "cannot read .*none.npz: No such file")


def test_a_folder_is_no_net(tmp_path):
    refused(tmp_path, "cannot read")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", pickle.dumps([1, 2])])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    refused(path, "is no net file, or is cut short")


def test_every_truncation_is_refused(saved):
    whole = saved.read_bytes()
    for length in range(0, len(whole), 97):
        saved.write_bytes(whole[:length])
        refused(saved, "cut short")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_damaged_byte_gives_one_line_or_the_same_net(saved, place, value):
    whole = bytearray(saved.read_bytes())
    original = bytes(whole)
    whole[place % len(whole)] = value
    saved.write_bytes(bytes(whole))
    try:
        net = load(saved)
    except EngineError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017  -- either outcome is right
    else:
        assert all(np.array_equal(a, small().parameters[key]) for key, a in net.parameters.items())
    finally:
        saved.write_bytes(original)


class Bomb:
    def __reduce__(self):
        return os.mkdir, (str(Bomb.folder),)


def test_a_pickle_inside_is_not_run(saved, tmp_path):
    Bomb.folder = tmp_path / "pickle-was-run"
    bomb = npy(np.array([Bomb()], object), allow_pickle=True)
    refused(rewritten(saved, lambda e: e.update({"hidden1.weight.npy": bomb})), "reads no pickles")
    refused(rewritten(saved, lambda e: e.update({"description.npy": bomb})), "reads no pickles")
    assert not Bomb.folder.exists()


def test_another_programs_npz_is_refused(tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, weights=np.zeros(3))
    refused(path, "has no description: it was not written by viz3d")


def test_a_later_version_says_what_to_do(saved):
    refused(described(saved, lambda d: d.update(version=99)), "known are 1, 2, 3 and 4: update viz3d")


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


def test_a_net_that_holds_nan_is_not_saved(tmp_path):
    net = small()
    net = net.replace({**net.parameters, "output.bias": np.array([0, np.nan], np.float32)})
    with pytest.raises(EngineError, match=r"output.bias holds NaN"):
        save(net, tmp_path / "net.npz")
    assert not list(tmp_path.iterdir())


def test_numbers_too_large_for_half_are_not_saved_as_half(tmp_path):
    net = small()
    net = net.replace({**net.parameters, "output.bias": np.array([0, 1e6], np.float32)})
    with pytest.raises(EngineError, match="too large for float16: save it with half off"):
        save(net, tmp_path / "net.npz", half=True)


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(EngineError, match=r"end its name in \.npz"):
        save(small(), tmp_path / "net.pkl")


def test_a_missing_folder_is_one_line(tmp_path):
    with pytest.raises(EngineError, match=r"cannot write .*net\.npz: there is no folder .*: make it"):
        save(small(), tmp_path / "none" / "net.npz")


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are POSIX")
def test_a_full_disk_leaves_the_old_file_and_no_litter(saved):
    import resource
    import signal

    before = saved.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A limit on the size of files fails a write in the middle, as a full disk does.
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(EngineError, match=r"cannot write .*small\.npz"):
            save(small(), saved)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["small.npz"]


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
