"""A saved net comes back as it was; anything else is refused in one line and harms nothing."""

import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net_archives import npy, refused, rewritten, saved_in
from plain_nets import small

from engine import EngineError, load, preset, provenance, save


@pytest.fixture
def saved(tmp_path) -> Path:
    return saved_in(tmp_path)


def test_what_is_told_of_a_net_is_read_without_its_arrays(saved):
    # Lost otherwise: the accuracies in the list of networks, or the time that all their weights take to read.
    rewritten(saved, lambda entries: entries.update({"hidden.weight.npy": b"damaged"}))
    assert provenance(saved) == {"seed": 3, "test_accuracy": 0.5}
    saved.write_bytes(b"no archive")
    with pytest.raises(EngineError, match=saved.name):
        provenance(saved)


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
