"""A foreign file that lies, is damaged or means harm is one line of error, soon, and nothing of it is run."""

import io
import os
import pickle
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import at_most
from project import FOREIGN

from engine import EngineError, import_net, load
from engine.foreign.pickles import read_pickle


class Harm:
    """Unpickled, this makes a file."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def refused(path: Path, match: str) -> None:
    with pytest.raises(EngineError, match=match) as caught:
        import_net(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


def npy(pickled: bytes, shape=(2,)) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": shape})
    return file.getvalue() + pickled


def rewritten(tmp_path: Path, name: str, change) -> Path:
    with zipfile.ZipFile(FOREIGN / name) as file:
        entries = {entry: file.read(entry) for entry in file.namelist()}
    change(entries)
    return archive(tmp_path / name, entries)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_pickle_that_calls_a_function_is_never_run(tmp_path, protocol):
    done = tmp_path / "harm"
    evil = pickle.dumps(Harm(done), protocol)
    row = np.empty(2, object)
    row[:] = [np.zeros(2), Harm(done)]
    inside = pickle.dumps(row, protocol)
    biases = npy(pickle.dumps(row[:1]))
    refused(
        archive(tmp_path / "a.npz", {"weights.npy": npy(evil), "biases.npy": biases}),
        "its pickle (names|uses)",
    )
    refused(
        archive(tmp_path / "b.npz", {"weights.npy": npy(inside), "biases.npy": biases}),
        "its pickle (names|uses)",
    )
    refused(archive(tmp_path / "c.pt", {"c/data.pkl": evil}), "its pickle (names|uses)")
    (tmp_path / "d.pt").write_bytes(evil)
    refused(tmp_path / "d.pt", "bare pickle|not what its name says")
    assert not done.exists()


def test_a_name_that_is_refused_is_shown(tmp_path):
    path = archive(tmp_path / "a.pt", {"a/data.pkl": pickle.dumps(Harm(tmp_path / "x"), 2)})
    refused(path, r"its pickle names \w+.system: only arrays of numbers are read, no code is run")
    refused(
        FOREIGN / "module.pt", r"names __main__.Perceptron: .*; save it with torch.save\(net.state_dict\(\)"
    )


def global_(name: str) -> bytes:
    module, _, attribute = name.rpartition(".")
    return f"c{module}\n{attribute}\n".encode()


RECONSTRUCT = (
    global_("numpy.core.multiarray._reconstruct") + global_("numpy.ndarray") + b"K\x00\x85C\x01b\x87R"
)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (b"(" * 150_000 + b"t" * 150_000, "more than 200,000 instructions"),
        (b")" + b"\x85" * 190_000, "is a tuple: only arrays"),
        (b"]\x94" + b"h\x00a" * 50_000, "is a list: only arrays"),  # a list that holds itself
        (b")" + b"".join(b"2\x86" for _ in range(10)), "uses DUP"),
        (b")\x94" + b"".join(b"h%c\x86\x94" % i for i in range(200)), "is a tuple: only arrays"),
        (
            RECONSTRUCT + b"(K\x01J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86Nt\x89C\x00tb",
            "damaged|type|only arrays",
        ),
        (RECONSTRUCT, "is a numpy.core.multiarray._reconstruct: only arrays"),
        (b"B\xff\xff\xff\x7f", "its pickle is damaged"),
        (b"\x8e" + b"\xff" * 8, "its pickle is damaged"),
        (b"\x8a\xff" + b"\x7f" * 255, "is a int: only arrays"),
        (b"R", "its pickle is damaged"),
        (b"t", "its pickle is damaged"),
        (b"h\x07", "its pickle is damaged"),
        (b"}K\x01K\x02", "its pickle is damaged"),
        (b"}(]]u", "its pickle is damaged"),
        (b"\x80\x7f\x00", "its pickle (is damaged|uses)"),
        (b"", "its pickle is damaged"),
    ],
)
def test_a_program_that_is_no_array_ends_soon(tmp_path, program, message):
    path = archive(tmp_path / "a.npz", {"weights.npy": npy(program + b"."), "biases.npy": npy(b"N.")})
    with at_most(40 * 200_000):  # the most that is read of a pickle is 200,000 instructions
        refused(path, message)


def test_a_name_cannot_hide_in_memory_or_in_odd_letters(tmp_path):
    for program in (b"\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93.", b"cos\nsystem\n\x94h\x00)R."):
        with pytest.raises(EngineError, match=r"names os\.system"):
            read_pickle(program, ("numpy.ndarray",))
    with pytest.raises(EngineError, match="names"):
        read_pickle(b"cnumpy\nndarray.__class__\n.", ("numpy.ndarray",))
    with pytest.raises(EngineError, match=r"names 'a\\n") as caught:
        read_pickle(b"\x8c\x03a\nb\x8c\x01c\x93.", ("numpy.ndarray",))
    assert "\n" not in str(caught.value)


def state(tmp_path: Path, old: bytes, new: bytes) -> Path:
    """The state_dict with a piece of its pickle changed."""

    def change(entries):
        assert old in entries["state/data.pkl"]
        entries["state/data.pkl"] = entries["state/data.pkl"].replace(old, new, 1)

    return rewritten(tmp_path, "state.pt", change)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        # fc1.weight: 96 numbers, offset 0, size (6, 16), stride (16, 1)
        (b"K`tq\x08QK\x00K\x06", b"K`tq\x08QK\x00J\xff\xff\xff\x7f", "reaches beyond its 96 numbers"),
        (b"K`tq\x08QK\x00K\x06", b"K`tq\x08QK\x01K\x06", "reaches beyond its 96 numbers"),
        (b"K`tq\x08QK\x00K\x06", b"K`tq\x08QJ\xff\xff\xff\xffK\x06", "a size or stride that is none"),
        (b"K\x06K\x10\x86q\tK\x10K\x01", b"M\x00\x10K\x10\x86q\tK\x00K\x01", "reaches beyond its 96 numbers"),
        (b"K\x06K\x10\x86q\tK\x10K\x01", b"K\x06K\x10\x86q\tK\x11K\x01", "reaches beyond its 96 numbers"),
        (b"K\x06K\x10\x86q\tK\x10K\x01", b"K\x06K\x10\x86q\tJ\xff\xff\xff\xffK\x01", "a size or stride"),
        (b"K`t", b"Kat", "has 96 numbers, its file says 97"),
        (b"K`t", b"Nt", "has 96 numbers, its file says"),
        (b"ctorch\nFloatStorage\n", b"ctorch\nDoubleStorage\n", "has 48 numbers, its file says 96"),
        (b"ctorch\nFloatStorage\n", b"cposix\nsystem\n", "names posix.system"),
        (b"X\x01\x00\x00\x000", b"X\x01\x00\x00\x009", "it has no entry 'state/data/9'"),
        (b"X\x01\x00\x00\x000", b"X\x02\x00\x00\x00..", "has no numbers that are known"),
    ],
)
def test_a_tensor_that_lies_is_refused(tmp_path, old, new, message):
    refused(state(tmp_path, old, new), message)


@pytest.mark.parametrize("header", [b"-" * 9000 + b"1", b"[" * 150, b"1+" * 4000 + b"1", b"{'descr': '<f8'"])
def test_an_array_whose_header_is_rubbish_is_refused(tmp_path, header):
    content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    refused(archive(tmp_path / "a.npz", {"weights.npy": content, "biases.npy": content}), "is damaged")
    with pytest.raises(EngineError, match="is damaged"):
        load(archive(tmp_path / "b.npz", {"description.npy": content}))


@pytest.mark.slow
def test_a_zip_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        with file.open("weights.npy", "w", force_zip64=True) as entry:
            for _ in range(300):
                entry.write(bytes(1 << 20))
        file.writestr("biases.npy", b"")
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    refused(path, "it would unpack to 314,572,800 bytes, the limit is 268,435,456")
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_zip_that_hides_its_size_gives_no_more_than_it_says(tmp_path):
    path = archive(tmp_path / "a.npz", {"weights.npy": npy(bytes(1 << 24)), "biases.npy": b""})
    content = path.read_bytes()
    told = struct.pack("<I", len(npy(bytes(1 << 24))))
    assert content.count(told) == 2
    path.write_bytes(content.replace(told, struct.pack("<I", 200)))
    refused(path, "damaged|cut short")


@pytest.mark.parametrize("name", ["state.pt", "objects.npz", "state.safetensors", "convnetjs.json"])
def test_every_truncation_is_refused(tmp_path, name):
    whole = (FOREIGN / name).read_bytes()
    path = tmp_path / name
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])
        refused(path, ".")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"{}",
        b"[]",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"layers": 3}',
        b'{"layers": [1, 2, 3]}',
    ],
)
def test_what_is_no_network_is_refused(tmp_path, content):
    path = tmp_path / "net.json"
    path.write_bytes(content)
    refused(path, "damaged|no list of .layers.|it is empty")


def test_a_folder_a_pipe_and_nothing_are_no_files(tmp_path):
    refused(tmp_path, "it is a folder")
    refused(tmp_path / "none.pt", "cannot read .*: No such file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.pt")
        refused(tmp_path / "pipe.pt", "it is no file")


def test_tensors_that_are_no_stack_of_dense_layers_are_named(tmp_path):
    from safetensors.numpy import save_file

    def tensors(**shapes):
        path = tmp_path / "net.safetensors"
        save_file({k.replace("_", "."): np.zeros(shape, np.float32) for k, shape in shapes.items()}, path)
        return path

    refused(tensors(conv1_weight=(4, 1, 3), conv1_bias=(4,)), r"holds conv1.bias \(4,\), conv1.weight \(4, 1")
    refused(tensors(fc1_weight=(3, 4), fc1_bias=(3,), fc2_weight=(2, 5), fc2_bias=(2,)), "fc2.weight reads 5")
    refused(
        tensors(fc1_weight=(3, 4), fc1_bias=(4,)), r"holds fc1.bias \(4,\), fc1.weight \(3, 4\): known are"
    )
    refused(tensors(bn_running_mean=(3,)), "known are dense layers, convolutions and batch norms")
    refused(tensors(fc1_weight=(0, 4), fc1_bias=(0,)), "not all of which are")


def answer(read) -> str:
    """The error's text, or "" where the file is read; any other error is the test's."""
    try:
        read()
    except EngineError as error:
        return str(error)
    return ""


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_as_data_or_refused(data):
    assert "\n" not in answer(lambda: read_pickle(data, ("numpy.ndarray",)))


@given(st.sampled_from(["state.pt", "objects.npz"]), st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.slow
def test_a_file_with_bytes_flipped_is_read_or_refused(tmp_path, name, data):
    with zipfile.ZipFile(FOREIGN / name) as file:
        entries = {entry: bytearray(file.read(entry)) for entry in file.namelist()}
    chosen = data.draw(st.sampled_from(sorted(key for key, content in entries.items() if content)))
    place = data.draw(st.integers(0, len(entries[chosen]) - 1))
    entries[chosen][place] = data.draw(st.integers(0, 255))
    path = archive(tmp_path / name, {key: bytes(content) for key, content in entries.items()})
    assert "\n" not in answer(lambda: import_net(path))


def test_odd_names_and_long_words_of_a_file_do_not_spill_into_the_error(tmp_path):
    from safetensors.numpy import save_file

    save_file({"fc\n\x1b[31m1.weight": np.zeros((2, 3, 5), np.float32)}, tmp_path / "net.safetensors")
    refused(tmp_path / "net.safetensors", r"it holds 'fc\\n\\x1b\[31m1.weight' \(2, 3, 5\)")
    path = archive(tmp_path / "a.npz", {"weights.npy": b"x" * 5000, "biases.npy": b""})
    path.write_bytes(path.read_bytes().replace(b"weights.npy", b"weights\x00npy", 1))
    refused(path, "cut short or damaged")
