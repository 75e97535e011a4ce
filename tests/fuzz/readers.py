"""What reads what: each reader with sound inputs of its kind, how these are damaged, and how one is read."""

import dataclasses
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from keras_weights import keras_2, keras_3
from PIL import Image

import data
import engine
from data import DataError
from data.sets.formats.cifar import read_batches
from engine import EngineError, Net
from engine.graph import address
from fuzz import mutators
from scenes import SceneError
from viz3d.command.errors import UserError
from viz3d.session.acts.registry import read_act
from viz3d.session.files.stored import read_file
from viz3d.session.session import Session

FOREIGN = Path(__file__).parents[1] / "foreign"
REFUSALS = (EngineError, DataError, UserError, SceneError)


@dataclass(frozen=True)
class Reader:
    """seeds: sound inputs, (name of a file, content); read: takes the path of one."""

    seeds: Callable[[], list[tuple[str, bytes]]]
    damage: mutators.Mutator
    read: Callable[[Path], object]


@cache
def net() -> Net:
    """A small net with a convolution, edits and statistics."""
    text = "input 8x8 | conv 2 3x3 relu | pool 2 | dense 6 relu | dense 10 softmax"
    made = engine.build(text, np.random.default_rng(0))
    images = np.random.default_rng(1).random((12, 8, 8, 1)).astype(np.float32)
    made = dataclasses.replace(
        made, statistics=engine.statistics_of(made, images, np.arange(12) % 10, source="noise")
    )
    return made.mutate("ablate hidden1:1; scale conv1:map1 2; cut conv1:0,0,0 -> pool1:0,0,0")


def _file(save: Callable[[Path], object], name: str) -> tuple[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        save(path)
        return name, path.read_bytes()


def _nets() -> list[tuple[str, bytes]]:
    plain = engine.build("input 6 | dense 3 tanh | dense 2 softmax", np.random.default_rng(2))
    attending = engine.build(
        "input 8x8 | patches 4 4 | transformer 2 heads mlp 8 | head 10 softmax", np.random.default_rng(3)
    )
    return [_file(lambda path, n=n: engine.save(n, path), "net.npz") for n in (net(), plain, attending)]


def _checkpoints() -> list[tuple[str, bytes]]:
    made = engine.build("input 4 | dense 3 relu | dense 2 softmax", np.random.default_rng(0))
    rng = np.random.default_rng(1)
    found = []
    for optimizer in ("adam", "momentum"):
        recipe = made.recipe.change(optimizer=optimizer, batch=5)
        of = engine.fit(
            made, rng.random((20, 4)).astype(np.float32), np.arange(20) % 2, rng=rng, recipe=recipe
        )
        next(of)
        found.append(
            _file(lambda path, of=of: engine.save_checkpoint(of.checkpoint({"preset": "x"}), path), "c.npz")
        )
    return found


def _foreign(*endings: str) -> Callable[[], list[tuple[str, bytes]]]:
    def seeds() -> list[tuple[str, bytes]]:
        paths = sorted(
            path for path in FOREIGN.rglob("*") if path.suffix in endings and path.stat().st_size < 200_000
        )
        return [(path.name, path.read_bytes()) for path in paths]

    return seeds


def _keras_weights() -> list[tuple[str, bytes]]:
    rng = np.random.default_rng(0)
    kernel, row = rng.normal(0, 1, (5, 5, 1, 2)), rng.normal(0, 1, (12 * 12 * 2, 3))
    seeds = []
    for write, arrays in (
        (keras_3, {"conv2d": (kernel, np.zeros(2)), "dense": (row, np.zeros(3))}),
        (keras_2, {"conv2d": {"kernel": kernel}, "dense": {"kernel": row, "bias": np.zeros(3)}}),
    ):
        file = io.BytesIO()
        write(file, **arrays)
        seeds.append((f"{write.__name__}.weights.h5", file.getvalue()))
    return seeds


def _weights() -> list[tuple[str, bytes]]:
    rng, file = np.random.default_rng(0), io.BytesIO()
    sizes = zip((9, 4, 3), (4, 3, 2), strict=True)
    arrays = [(rng.normal(size=(to, of)), rng.normal(size=to)) for of, to in sizes]
    np.savez(
        file, **{f"{name}{n}": a for n, pair in enumerate(arrays) for name, a in zip("wb", pair, strict=True)}
    )
    return [("plain.npz", file.getvalue()), *_foreign(".npz")()]


def _json_nets() -> list[tuple[str, bytes]]:
    """Networks of ConvNetJS, and one as Nielsen's book keeps it."""
    rng = np.random.default_rng(0)
    nielsen = {
        "sizes": [4, 3, 2],
        "weights": [rng.normal(size=size).tolist() for size in ((3, 4), (2, 3))],
        "biases": [rng.normal(size=(size, 1)).tolist() for size in (3, 2)],
        "cost": "CrossEntropyCost",
    }
    convnetjs = json.loads((FOREIGN / "convnetjs.json").read_text())
    nets = {"nielsen": nielsen, **{name: case["net"] for name, case in convnetjs.items()}}
    return [(f"{name}.json", json.dumps(net).encode()) for name, net in nets.items()]


_TFJS = ("tfjs", "tfjs-graph-fused")


def _tfjs() -> list[tuple[str, bytes]]:
    return [(f"{name}.json", (FOREIGN / name / "model.json").read_bytes()) for name in _TFJS]


def _read_tfjs(path: Path) -> object:
    # It names files beside it.
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for file in (file for name in _TFJS for file in (FOREIGN / name).glob("*.bin")):
            shutil.copy(file, folder)
        return engine.import_net(shutil.copy(path, folder / "model.json"))


def _idx() -> list[tuple[str, bytes]]:
    pixels = np.random.default_rng(0).integers(0, 256, 3 * 28 * 28, np.uint8).tobytes()
    sizes = (3).to_bytes(4, "big") + (28).to_bytes(4, "big") * 2
    return [("images-idx3-ubyte", bytes([0, 0, 8, 3]) + sizes + pixels)]


def _labels() -> list[tuple[str, bytes]]:
    return [("labels-idx1-ubyte", bytes([0, 0, 8, 1, 0, 0, 0, 9, *range(9)]))]


def _tables() -> list[tuple[str, bytes]]:
    rows = ["label," + ",".join(f"pixel{k}" for k in range(16))]
    rows += [f"{n % 3}," + ",".join(str((n * k) % 256) for k in range(16)) for n in range(30)]
    flowers = ["a,b,kind", *(f"{n / 7:.2f},{n % 5},{'rose' if n % 2 else 'daisy'}" for n in range(30))]
    return [("table.csv", "\n".join(rows).encode()), ("flowers.csv", "\n".join(flowers).encode())]


def _arrays() -> list[tuple[str, bytes]]:
    file = io.BytesIO()
    rng = np.random.default_rng(0)
    np.savez(file, x=rng.integers(0, 256, (12, 5, 6), np.uint8), y=np.arange(12) % 3)
    return [("set.npz", file.getvalue())]


def _pictures() -> list[tuple[str, bytes]]:
    canvas = np.full((60, 50), 255, np.uint8)
    canvas[10:50, 22:28] = 0
    found = []
    for ending in ("png", "jpeg", "gif", "bmp", "tiff", "webp"):
        file = io.BytesIO()
        Image.fromarray(canvas).save(file, ending)
        found.append((f"one.{ending}", file.getvalue()))
    return found


def _texts(*texts: str) -> Callable[[], list[tuple[str, bytes]]]:
    return lambda: [("text.txt", text.encode()) for text in texts]


def _sessions() -> list[tuple[str, bytes]]:
    """One of edits, taken back too, and one with a network of a file and a picture that was drawn."""
    from viz3d.session.files.stored import write_file

    edited = _session()
    for line in ("ablate hidden1:3", "digit 4", "select hidden1:5", "undo"):
        edited.undo() if line == "undo" else edited.do(read_act(line))
    with tempfile.TemporaryDirectory() as folder:
        small = engine.build("input 28x28 | dense 4 relu | dense 10 softmax", np.random.default_rng(0))
        engine.save(small, f"{folder}/a.npz")
        loaded = _session()
        for line in (f"model {folder}/a.npz", f"drawing {_drawing()}", "label 4", "scale hidden1:1 2"):
            loaded.do(read_act(line))
    return [_file(lambda path, s=s: write_file(s.moments, path), "work.viz3d") for s in (edited, loaded)]


def _drawing() -> str:
    from viz3d.session.acts.drawing import Drawing

    pixels = np.zeros((28, 28), np.uint8)
    pixels[6:22, 12:16] = 255
    return Drawing.of(pixels).code


def _session() -> Session:
    from viz3d.session.acts.change import UseNet
    from viz3d.session.acts.take import TakeDigit

    return Session(UseNet("mlp"), TakeDigit(7), "digits")


def _batches() -> list[tuple[str, bytes]]:
    rng = np.random.default_rng(0)
    return [("data_batch_1.bin", b"".join(bytes([i]) + rng.bytes(3072) for i in range(4)))]


def _read_batch(path: Path) -> object:
    return read_batches(path.parent, {"train": [path]})


def _read_listed(path: Path) -> object:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(3):
            Image.fromarray(np.full((8, 8), 50 * number, np.uint8)).save(Path(folder, f"{number}.png"))
        Path(folder, "labels.csv").write_bytes(path.read_bytes())
        return data.load_own(Path(folder))


def _text(path: Path) -> str:
    return path.read_text(errors="replace")


def _read_act(path: Path) -> object:
    # One line, as a person or a script hands it over.
    return str(read_act(" ".join(_text(path).splitlines())))


READERS = {
    "nets": Reader(_nets, mutators.damaged_zip, engine.load),
    "checkpoints": Reader(_checkpoints, mutators.damaged_zip, engine.load_checkpoint),
    "PyTorch": Reader(_foreign(".pt", ".pth", ".pt2"), mutators.damaged_zip, engine.import_net),
    "safetensors": Reader(_foreign(".safetensors"), mutators.damaged_bytes, engine.import_net),
    "arrays": Reader(_weights, mutators.damaged_zip, engine.import_net),
    "JSON nets": Reader(_json_nets, mutators.damaged_json, engine.import_net),
    "TensorFlow.js": Reader(_tfjs, mutators.damaged_json, _read_tfjs),
    "ONNX": Reader(_foreign(".onnx"), mutators.damaged_bytes, engine.import_net),
    "Keras": Reader(_foreign(".keras"), mutators.damaged_zip, engine.import_net),
    "HDF5": Reader(_foreign(".h5"), mutators.damaged_bytes, engine.import_net),
    "weights of Keras": Reader(_keras_weights, mutators.damaged_bytes, engine.import_net),
    "IDX images": Reader(_idx, mutators.damaged_bytes, data.read_idx_images),
    "IDX labels": Reader(_labels, mutators.damaged_bytes, data.read_idx_labels),
    "tables": Reader(_tables, mutators.damaged_text, data.load_own),
    "sets of arrays": Reader(_arrays, mutators.damaged_zip, data.load_own),
    "CIFAR's batches": Reader(_batches, mutators.damaged_bytes, _read_batch),
    "labels of pictures": Reader(
        _texts("file,label\n0.png,cat\n1.png,dog\n2.png,cat\n"), mutators.damaged_text, _read_listed
    ),
    "pictures": Reader(_pictures, mutators.damaged_bytes, data.read_digit),
    "architectures": Reader(
        _texts(
            "input 28x28 | conv 8 5x5 relu | pool 2 | dropout 0.2 | dense 64 relu | dense 10 softmax",
            "input 28x28\npatches 7 16 # tokens\ntransformer 2 heads mlp 32\nhead 10 softmax",
            "input 8x8 | dense 10 as a | dense 10 from a as b | add a | dense 10 softmax",
        ),
        mutators.damaged_text,
        lambda path: engine.text.read(_text(path)),
    ),
    "mutations": Reader(
        _texts(
            "ablate hidden1:1; scale hidden1:2-4 0.5; cut conv1:0,0,1 -> pool1:0,0,1; prune hidden1 30%",
            "grow hidden1 2 seed 3; noise conv1 0.1; weight conv1.kernel:1,1,0,1 0.5; remove hidden1:0",
        ),
        mutators.damaged_text,
        lambda path: net().mutate(_text(path)),
    ),
    "addresses": Reader(
        _texts("hidden1:1", "conv1:row3,column4,map1", "conv1:*,*,1", "hidden1:0-3", "input:1,2"),
        mutators.damaged_text,
        lambda path: address.neurons(net().graph, _text(path)),
    ),
    "acts": Reader(
        _texts("digit 4", "mutate ablate hidden1:3", "sample digits:17", "select hidden1:5", "net mlp"),
        mutators.damaged_text,
        _read_act,
    ),
    "sessions": Reader(_sessions, mutators.damaged_zip, read_file),
}
