"""Damaged, huge and deep files of other systems are one line of error, soon, and nothing of them is run."""

import io
import json
import random
import shutil
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from project import FOREIGN

from engine import EngineError, import_net
from engine.foreign.readers.keras import tfjs

FILES = (
    "branches-new.onnx",
    "transformer-old.onnx",
    "sequential.keras",
    "sequential.h5",
    "script.pt",
    "script.pt2",
    "branches-script.pt",
    "branches.pt2",
)


def said(path: Path) -> str:
    """The error's text, one short line, or "" where the file is read; any other error is the test's."""
    found = ""
    try:
        import_net(path)
    except EngineError as error:
        found = str(error)
    assert not found or path.name in found
    assert "\n" not in found
    assert len(found) < 1200
    return found


def flipped(content: bytes, rng: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(rng.choice((1, 2, 6))):
        made[rng.randrange(len(made))] = rng.randrange(256)
    return bytes(made)


def anew(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_cut_short_is_refused(tmp_path, name):
    whole = (FOREIGN / name).read_bytes()
    path = tmp_path / name
    for part in (0.0, 0.001, 0.1, 0.4, 0.7, 0.99):
        path.write_bytes(whole[: int(part * len(whole))])
        assert said(path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.slow
def test_a_file_with_bytes_flipped_is_read_or_refused(tmp_path, name):
    rng = random.Random(name)
    path = tmp_path / name
    whole = (FOREIGN / name).read_bytes()
    entries = {}
    if whole.startswith(b"PK"):
        with zipfile.ZipFile(FOREIGN / name) as file:
            entries = {entry: file.read(entry) for entry in file.namelist()}
    # Of test_fuzz each reader gets many more.
    for _ in range(6 if name.endswith((".h5", ".keras")) else 20):
        if entries:
            chosen = rng.choice(sorted(key for key, content in entries.items() if content))
            anew(path, {**entries, chosen: flipped(entries[chosen], rng)})
        else:
            path.write_bytes(flipped(whole, rng))
        said(path)


def test_the_hdf5_library_may_crash_and_nothing_else_does(tmp_path, monkeypatch):
    from engine.foreign.readers.keras import hdf5

    crash = tmp_path / "crash.py"
    crash.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(hdf5, "_CHILD", crash)
    shutil.copy(FOREIGN / "sequential.h5", tmp_path)
    assert "its HDF5 is damaged (the HDF5 library cannot read it)" in said(tmp_path / "sequential.h5")
    crash.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(hdf5, "_SECONDS", 0.2)
    assert "its HDF5 takes too long to read" in said(tmp_path / "sequential.h5")


def test_hdf5_that_is_read_without_end_is_ended_by_its_processor_time(tmp_path, monkeypatch):
    from engine.foreign.readers.keras import hdf5

    # A busy machine may take long over an honest file: the clock alone would refuse it.
    endless = tmp_path / "endless.py"
    source = hdf5._CHILD.read_text().replace("MOST_SECONDS = 8", "MOST_SECONDS = 1")
    endless.write_text(source.replace("    walk = _Walk()", "    while True: pass"))
    monkeypatch.setattr(hdf5, "_CHILD", endless)
    shutil.copy(FOREIGN / "sequential.h5", tmp_path)
    assert "its HDF5 takes too long to read" in said(tmp_path / "sequential.h5")


def hdf5_file(tmp_path: Path, fill) -> Path:
    import h5py

    path = tmp_path / "made.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": []})
        fill(file.create_group("model_weights"), h5py)
    return path


def external(group, h5py):
    group["a"] = h5py.ExternalLink("/etc/passwd", "/")


def soft(group, h5py):
    group["a"] = h5py.SoftLink("/")


def huge(group, h5py):
    group.create_dataset("a", (1 << 40,), "f4", chunks=(1 << 20,))


def words(group, h5py):
    group.create_dataset("a", data=["text"], dtype=h5py.string_dtype())


def elsewhere(group, h5py):
    group.create_dataset("a", (2,), "f4", external=[("/etc/passwd", 0, 8)])


def odd(group, h5py):
    group.create_dataset("a", data=np.zeros(8), compression="lzf")


def round_and_round(group, h5py):
    group["a"] = group


def empty(group, h5py):
    pass


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (external, "is a link to another place"),
        (soft, "is a link to another place"),
        (huge, "too many numbers"),
        (words, "only arrays of numbers"),
        (elsewhere, "keeps its numbers in another file"),
        (odd, "packed in a way that is not read"),
        (round_and_round, "too many groups inside each other"),
        (empty, "its configuration has no list of layers"),
    ],
)
def test_an_hdf5_file_that_reaches_elsewhere_or_is_huge_is_refused(tmp_path, fill, message):
    tracemalloc.start()
    assert message in said(hdf5_file(tmp_path, fill))
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_model_that_asks_for_gigabytes_is_refused_before_it_has_them(tmp_path):
    from onnx import TensorProto, helper, numpy_helper

    def model(nodes, **arrays):
        graph = helper.make_graph(
            nodes,
            "g",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 8, 8])],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
            [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items()],
        )
        path = tmp_path / "net.onnx"
        path.write_bytes(
            helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]).SerializeToString()
        )
        return path

    node = helper.make_node
    square = np.ones((1, 1, 2, 2), np.float32)
    cases = [
        ([node("Expand", ["x", "s"], ["y"])], {"s": [1 << 20, 1 << 20, 8, 8]}),
        ([node("Tile", ["x", "s"], ["y"])], {"s": [1 << 20, 1 << 10, 1, 1]}),
        ([node("ConstantOfShape", ["s"], ["a"]), node("Add", ["x", "a"], ["y"])], {"s": [1 << 40]}),
        ([node("Pad", ["x", "s"], ["y"])], {"s": [0, 0, 1 << 30, 0, 0, 0, 0, 1 << 30]}),
        (
            [node("Range", ["a", "b", "c"], ["d"]), node("Add", ["x", "d"], ["y"])],
            {"a": 0, "b": 1 << 50, "c": 1},
        ),
        ([node("Conv", ["x", "k"], ["y"], pads=[1 << 20] * 4)], {"k": square}),
        ([node("Conv", ["x", "k"], ["y"], dilations=[1 << 20, 1 << 20])], {"k": square}),
        ([node("Gather", ["x", "s"], ["y"], axis=3)], {"s": np.zeros(1 << 21, np.int64)}),
        ([node("Reshape", ["x", "s"], ["y"])], {"s": [1 << 62, 1 << 62]}),
        # Each a small step: twice as many at a time, or a million time and again.
        ([node("Concat", [f"x{n or ''}"] * 2, [f"x{n + 1}"], axis=1) for n in range(60)], {}),
        (
            [
                *(node("Expand", ["x", "s"], [f"x{n}"]) for n in range(40)),
                node("Concat", [f"x{n}" for n in range(40)], ["y"], axis=1),
            ],
            {"s": [1, 1 << 20, 1, 1]},
        ),
    ]
    for nodes, arrays in cases:
        path = model(nodes, **arrays)
        tracemalloc.start()
        assert said(path)
        assert tracemalloc.get_traced_memory()[1] < 80 << 20
        tracemalloc.stop()


@pytest.mark.parametrize("depth", [20, 100_000])
def test_a_configuration_of_models_inside_models_ends_soon(tmp_path, depth):
    inner = '{"class_name": "Sequential", "config": {"name": "a", "layers": ['
    text = inner * depth + '{"class_name": "Dense", "config": {}}' + "]}}" * depth
    with zipfile.ZipFile(FOREIGN / "sequential.keras") as file:
        entries = {name: file.read(name) for name in file.namelist()}
    assert said(anew(tmp_path / "deep.keras", {**entries, "config.json": text.encode()}))


def test_a_tensorflow_js_model_reads_no_file_elsewhere(tmp_path):
    value = json.loads((FOREIGN / "tfjs" / "model.json").read_text())
    secret = tmp_path / "secret.bin"
    secret.write_bytes(bytes(1548))
    folder = tmp_path / "model"
    folder.mkdir()
    path = folder / "model.json"
    for name in ("../secret.bin", str(secret), "..\\secret.bin", "", "link.bin"):
        if name == "link.bin":
            (folder / name).symlink_to(secret)
        value["weightsManifest"][0]["paths"] = [name]
        path.write_text(json.dumps(value))
        ways = ("outside its folder", "put that file beside it", "that it does not name")
        assert any(way in said(path) for way in ways)
    value["weightsManifest"][0]["paths"] = ["zeros.bin"]
    path.write_text(json.dumps(value))
    (folder / "zeros.bin").write_bytes(bytes(100))
    assert "reaches beyond the 100 bytes of its files" in said(path)


def test_groups_of_a_tensorflow_js_model_that_name_one_file_again_and_again_are_limited(
    tmp_path, monkeypatch
):
    """Each has arrays of its own: a small file could fill the memory."""
    shutil.copytree(FOREIGN / "tfjs", tmp_path / "tfjs")
    path = tmp_path / "tfjs" / "model.json"
    size = sum(file.stat().st_size for file in path.parent.iterdir() if file != path)
    monkeypatch.setattr(tfjs, "MOST_BYTES", 2 * size)
    import_net(path)
    value = json.loads(path.read_text())
    value["weightsManifest"] *= 3
    path.write_text(json.dumps(value))
    assert f"its weights have more than {2 * size:,} bytes" in said(path)


def test_a_torchscript_files_code_is_not_run(tmp_path):
    with zipfile.ZipFile(FOREIGN / "script.pt") as file:
        entries = {name: file.read(name) for name in file.namelist()}
    pickle = next(name for name in entries if name.endswith("/data.pkl"))
    harm = entries[pickle].replace(b"ctorch._utils\n_rebuild_tensor_v2\n", b"cos\nsystem\n", 1)
    assert harm != entries[pickle]
    assert "names os.system: only arrays of numbers are read" in said(
        anew(tmp_path / "a.pt", {**entries, pickle: harm})
    )


def test_a_wrong_archive_of_weights_names_what_is_wrong(tmp_path):
    content = io.BytesIO()
    np.savez(content, W1=np.zeros((16, 4)), W2=np.zeros((7, 3)))
    path = tmp_path / "net.npz"
    path.write_bytes(content.getvalue())
    assert "its weights W1 (16, 4), W2 (7, 3) do not fit each other" in said(path)


@pytest.mark.parametrize(
    "table", ["[1]", "1.5", '{"config": 1.5}', '{"config": [1]}', '{"config": {"a": 1}}']
)
def test_a_table_of_another_kind_is_taken_for_none_or_refused(tmp_path, table):
    with zipfile.ZipFile(FOREIGN / "branches.pt2") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    tables = [name for name in entries if name.endswith(".json")]
    assert tables
    for name in tables:
        anew(tmp_path / "net.pt2", {**entries, name: table.encode()})
        said(tmp_path / "net.pt2")  # nothing but a refusal of ours comes through
