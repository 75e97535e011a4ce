"""What a stranger asks for is bounded before it is made, and what he says is shown, never obeyed."""

import io
import json
import tracemalloc
import zipfile

import numpy as np
import pytest

import engine
from engine import EngineError, limits
from engine.errors import harmless, shortened
from engine.files import npz
from engine.limits import whole_number

DEEP = "input 4x4" + " | dense 1" * 999 + " | dense 2"


def net():
    return engine.build("input 4x4 | dense 3 relu | dense 2 softmax", np.random.default_rng(0))


def told(path, **fields):
    """A net's file whose description says something else."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    description = json.loads(np.load(io.BytesIO(entries["description.npy"])).tobytes()) | fields
    file = io.BytesIO()
    np.save(file, np.frombuffer(json.dumps(description).encode(), np.uint8))
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, file.getvalue() if name == "description.npy" else content)
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("input 4x4 | dense 1 " * 6_000, "it has 120,000 characters, at most 100,000 are taken"),
        (DEEP, "it has 1,001 layers, at most 1,000 are taken"),
        ("input 4x4 | dense 99999 | dense 99999", "parameters, at most 268,435,456 are taken"),
    ],
)
def test_an_architecture_that_nobody_means_is_refused(text, message):
    with pytest.raises(EngineError, match=message):
        engine.build(text, np.random.default_rng(0))


def test_as_many_layers_as_are_taken_are_built():
    assert len(engine.build(DEEP.replace(" | dense 1", "", 1), np.random.default_rng(0)).layers) == 1_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ablate hidden1:1" + " ," * 300_000, "a statement of 600,016 characters"),
        ("ablate hidden1:1;" * 10_001, "it has 10,001 statements, at most 10,000 are taken"),
        ("grow hidden1 ²", "'²' is no number of neurons"),
        ("grow hidden1 2 seed ²", "write the seed last"),
        (f"ablate hidden1:{'9' * 4_500}", "hidden1 has neurons 0..2"),
        ("ablate hidden1:٣", "is no number, range"),
        (f"grow hidden1 {'9' * 30}", "add 1 to "),
    ],
)
def test_a_mutation_that_nobody_means_is_refused_as_any_other(text, message):
    with pytest.raises(EngineError, match=message):
        net().mutate(text)


@pytest.mark.parametrize("statement", ["grow hidden1 1 seed 3", "prune hidden1 1%", "noise hidden1 0.001"])
def test_a_network_is_not_made_anew_thousands_of_times(statement):
    net = engine.preset("mlp", np.random.default_rng(0))
    few = net.mutate(";".join([statement] * 20))
    assert len(few.history) == 20
    # Each of these is small; all of them would take minutes.
    with pytest.raises(EngineError, match="parameters anew, at most 268,435,456 are"):
        net.mutate(";".join([statement] * 3_000))


def test_a_network_that_grows_and_grows_is_stopped_before_it_fills_the_memory():
    net = engine.preset("mlp", np.random.default_rng(0))
    tracemalloc.start()
    with pytest.raises(EngineError, match="it has 4,000,000 new neurons in one mutation, at most 10,000 are"):
        net.mutate(";".join(["grow hidden1 10000 seed 3"] * 400))
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


def test_edits_alone_are_no_work(monkeypatch):
    monkeypatch.setattr(limits, "WORK", 0)
    net = engine.build("input 2 | dense 9 | dense 2 softmax", np.random.default_rng(0))
    assert len(net.mutate(";".join(f"scale hidden1:{n % 9} 1.5" for n in range(200))).history) == 200
    assert len(net.mutate("prune hidden1 10%; grow hidden1 1 seed 0").history) == 2


def test_whole_numbers_are_plain_digits_and_never_endless():
    assert whole_number("007") == 7
    assert whole_number("9" * 5_000) == 10**18
    assert [whole_number(text) for text in ("", "²", "٣", "-1", "1.0", " 1")] == [None] * 6


def test_a_file_with_too_many_edits_is_refused(tmp_path):
    path = tmp_path / "net.npz"
    engine.save(net(), path)
    told(path, version=2, edits=["ablate hidden1:1"] * 10_001)
    with pytest.raises(EngineError, match="it has 10,001 statements"):
        engine.load(path)


def test_a_file_is_read_into_the_room_that_its_net_takes(tmp_path):
    large = engine.build("input 1000 | dense 4000 | dense 2", np.random.default_rng(0))
    path = tmp_path / "large.npz"
    engine.save(large, path, half=True)
    needed = sum(array.nbytes for array in large.parameters.values())
    tracemalloc.start()
    try:
        engine.load(path)
        assert tracemalloc.get_traced_memory()[1] < 1.5 * needed
    finally:
        tracemalloc.stop()


def test_what_a_file_says_cannot_steer_a_terminal(tmp_path):
    path = tmp_path / "net.npz"
    engine.save(net(), path)
    evil = "\x1b]0;owned\x07\x1b[2Jnet\u202e" + "x" * 200
    fields = {"provenance": {"command": evil}, "history": ["ablate \x1b[1m"]}
    loaded = engine.load(told(path, name=evil, title=evil, **fields))
    texts = (loaded.name, loaded.title, loaded.provenance["command"], *loaded.history)
    assert all(text.isprintable() for text in texts)
    assert loaded.name.startswith("\\x1b]0;owned\\x07\\x1b[2Jnet\\u202e")
    assert len(loaded.name) == len(loaded.title) == 80


def test_numbers_that_nothing_has_are_refused(tmp_path):
    path = tmp_path / "net.npz"
    engine.save(net(), path)
    with pytest.raises(EngineError, match="a number of 1,329 bits"):
        engine.load(told(path, provenance={"seed": 10**400}))


def test_text_is_shown_in_one_line_and_cut_in_its_middle():
    assert harmless("a\x1b[31m\nb\tc\u200b") == "a\\x1b[31m b c\\u200b"
    assert shortened("0123456789", 10) == "0123456789"
    assert shortened("0123456789ab", 9) == "012345…ab"


def test_values_that_are_not_finite_are_found_in_every_piece(tmp_path):
    path = tmp_path / "net.npz"
    values = np.zeros(700_000, np.float32)
    values[-1] = np.inf
    npz.write(path, {"format": "x"}, {"values": values}, packed=False)
    with npz.opened(path) as archive, pytest.raises(EngineError, match="values holds NaN or infinity"):
        archive.floats("values", values.shape)
