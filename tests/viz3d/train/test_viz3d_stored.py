"""A session in a folder or a file: it comes back to the last bit, with its past, and trusts nothing."""

import json
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

import engine
from engine import limits
from viz3d.command.choice.digits import dataset
from viz3d.command.errors import UserError
from viz3d.session.acts.change import Mutate, Select, UseNet
from viz3d.session.acts.take import TakeDigit, TakeImage
from viz3d.session.acts.train import Train
from viz3d.session.curves import Curves
from viz3d.session.files.stored import SessionFolder, peek, read_file, read_folder, write_file
from viz3d.session.session import Session
from viz3d.session.state import made


@pytest.fixture
def session(tmp_path):
    """Small net of a file, edits, a picture's file, a run of training, and one act that was undone."""
    file, picture = tmp_path / "mine.npz", tmp_path / "four.png"
    engine.save(engine.preset("mlp-sigmoid", np.random.default_rng(0)), file)
    Image.fromarray(np.kron(dataset("digits", "test").images[4], np.ones((5, 5), np.uint8))).save(picture)
    session = Session(UseNet(None, file), TakeDigit(4), "digits")
    session.do(Mutate("ablate hidden1:17"))
    session.do(TakeImage(picture, 4))
    run = Train(3, 100, 0, recipe=(("lr", 0.01), ("batch", 20)))
    curves = Curves(np.arange(15.0).reshape(5, 3), np.full((3, 1), 0.1), np.zeros((2, 0)))
    session.keep(run.text, made(session.making(run)).net, measured=curves)
    session.do(Mutate("scale hidden2:5 2"))
    session.run("select hidden1:3")
    session.run("digit 3")
    session.undo()
    return session


def measured(session):
    """What the last run measured: not seen again otherwise, though its charts are what one trained for."""
    known = session.state.measured
    return () if known is None else (known.curve, known.validation, known.rolling)


def same(one, other):
    assert one.script() == other.script()
    assert one.selection == other.selection
    assert one.digit.source == other.digit.source
    assert one.label == other.label
    assert one.changes == other.changes
    for a, b in zip(*(measured(each) for each in (one, other)), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in ((one.trace, other.trace), (one.before.trace, other.before.trace)):
        assert all(np.array_equal(a.activation[name], b.activation[name]) for name in a.activation)


def test_a_session_comes_back_with_all_that_can_be_undone_and_redone(session, tmp_path, monkeypatch):
    write_file(session.moments, tmp_path / "kept.viz3d")
    # Neither the files that it read nor the training are needed again.
    (tmp_path / "mine.npz").unlink()
    (tmp_path / "four.png").unlink()
    monkeypatch.setattr(Train, "run", None)
    again = read_file(tmp_path / "kept.viz3d")
    same(session, again)
    assert again.undone == session.undone
    session.redo()
    again.redo()
    same(session, again)
    while session.done:
        session.undo()
        again.undo()
        same(session, again)
    assert not again.done


def test_a_session_that_begins_with_layers_of_ones_own_is_kept_like_any_other(tmp_path):
    # Lost otherwise: who opens the window on data of his own finds no session at the next start.
    script = ["data digits", "architecture seed 2 input 28x28 | dense 10 softmax", "sample digits:3"]
    session = Session.play([*script, "train steps 2 images 64 seed 0", "ablate input:3,4"])
    folder = SessionFolder(tmp_path / "kept")
    folder.write(session.moments)
    assert peek(folder.folder).net == "net custom"
    same(session, read_folder(folder.folder))


def test_a_folder_holds_the_session_as_it_was_last_written(session, tmp_path):
    folder = SessionFolder(tmp_path / "kept")
    folder.write(session.moments)
    nets = {file.name: file.stat().st_mtime_ns for file in folder.folder.glob("*.npz")}
    assert len(nets) == 2
    session.run("scale hidden1:4 2")
    folder.write(session.moments)
    assert nets == {file.name: file.stat().st_mtime_ns for file in folder.folder.glob("*.npz")}
    same(session, read_folder(folder.folder))
    told = [act for act in session.done if not isinstance(act, Select)]
    assert 0 < peek(folder.folder).done == len(told) < len(session.done), "as many as the window lists"
    while session.done:
        session.undo()
    session.run("digit 2")
    folder.write(session.moments)
    assert len(list(folder.folder.glob("*.npz"))) == 1, "the net of an act that is gone is gone too"
    assert not list(folder.folder.glob("curves-*"))
    same(session, read_folder(folder.folder))


def test_what_breaks_while_it_is_written_leaves_what_was_there(session, tmp_path, monkeypatch):
    folder = SessionFolder(tmp_path / "kept")
    folder.write(session.moments)
    before = session.script()
    session.do(Train(1, 100, 1, recipe=(("batch", 20),)))

    def full(*_):
        raise engine.EngineError("the disk is full")

    monkeypatch.setattr(engine, "save", full)
    with pytest.raises(engine.EngineError, match="disk is full"):
        folder.write(session.moments)
    with pytest.raises(engine.EngineError, match="disk is full"):
        write_file(session.moments, tmp_path / "kept.viz3d")
    assert not (tmp_path / "kept.viz3d").exists()
    assert read_folder(folder.folder).script() == before


def listing(**changed):
    moments = [[{"line": "data digits"}, {"line": "net mlp"}, {"line": "digit 4"}]]
    return {"viz3d session": 1, "undone": 0, "moments": moments} | changed


def zipped(path, entries, kind=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)


BEGUN = listing()["moments"]
WRONG = {
    "another format": listing(**{"viz3d session": 2}),
    "no list": [],
    "no moments": listing(moments=[]),
    "no begin": listing(moments=[[{"line": "digit 4"}] * 3]),
    "two acts": listing(moments=[*BEGUN, [{"line": "digit 4"}, {"line": "digit 5"}]]),
    "no such act": listing(moments=[*BEGUN, [{"line": "import os"}]]),
    "a path for a net": listing(moments=[*BEGUN, [{"line": "model a.npz", "net": "../a.npz"}]]),
    "a run without its net": listing(moments=[*BEGUN, [{"line": "train steps 9 images 9 seed 0"}]]),
    "a study without its net": listing(
        moments=[*BEGUN, [{"line": "evolve output generations 3 population 4 images 50 seed 0"}]]
    ),
    "a picture that is none": listing(
        moments=[*BEGUN, [{"line": "digit 4", "picture": "eNo", "label": 4, "source": ""}]]
    ),
    "a label that is none": listing(
        moments=[*BEGUN, [{"line": "digit 4", "picture": "eNo", "label": "4", "source": ""}]]
    ),
    "more undone than done": listing(undone=3),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_list_that_is_none_of_ours_is_one_line(tmp_path, what):
    zipped(tmp_path / "bad.viz3d", {"session.json": json.dumps(WRONG[what])})
    with pytest.raises((UserError, engine.EngineError)) as told:
        read_file(tmp_path / "bad.viz3d")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("wrong", [[3, 1, 1], [3, 1], [-1, 1, 0], [3.0, 1, 0], ["3", 1, 0]])
def test_a_session_with_curves_of_other_lengths_or_of_another_place_is_opened_and_they_are_told_as_lost(
    session, tmp_path, wrong
):
    folder = SessionFolder(tmp_path / "kept")
    folder.write(session.moments)
    (name,) = (file.name for file in folder.folder.glob("curves-*"))
    assert measured(read_folder(folder.folder))
    told = (folder.folder / "session.json").read_text()
    for curves in ([name, *wrong], [f"../kept/{name}", 3, 1, 0]):
        changed = told.replace(json.dumps([name, 3, 1, 0]), json.dumps(curves))
        assert changed != told
        (folder.folder / "session.json").write_text(changed)
        opened_without_curves(session, folder.folder)


def opened_without_curves(session, folder, read=read_folder):
    """Lost otherwise: the networks and all that was done, for the sake of a chart."""
    lines = []
    again = read(folder, lines.append)
    assert not measured(again)
    session.redo()
    again.redo()
    assert again.script() == session.script()
    assert all(
        np.array_equal(array, again.trace.activation[name])
        for name, array in session.trace.activation.items()
    )
    for each in (session, again):
        each.undo()
    (line,) = lines
    assert line.startswith("what train steps 3 images 100 ")
    assert line.endswith(" measured is damaged: its charts are lost, the networks and all steps are there")


def test_a_file_with_curves_that_are_damaged_or_missing_is_opened_without_them(session, tmp_path):
    write_file(session.moments, tmp_path / "kept.viz3d")
    whole = (tmp_path / "kept.viz3d").read_bytes()
    numbers = session.state.measured.to_bytes()
    at = whole.index(numbers)
    spoiled = tmp_path / "spoiled.viz3d"
    spoiled.write_bytes(whole[: at + 8] + b"\xff" + whole[at + 9 :])
    opened_without_curves(session, spoiled, read_file)
    with zipfile.ZipFile(tmp_path / "kept.viz3d") as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if not name.startswith("curves")}
    zipped(spoiled, kept)
    opened_without_curves(session, spoiled, read_file)


@pytest.mark.parametrize("wrong", [(0, np.inf), (0, -1), (1, 1e308)])
def test_curves_that_no_chart_can_show_are_left_out(session, tmp_path, wrong):
    # Lost otherwise: the page of training, which could not be opened any more.
    folder = SessionFolder(tmp_path / "kept")
    folder.write(session.moments)
    (file,) = folder.folder.glob("curves-*")
    numbers = np.frombuffer(file.read_bytes(), "<f8").copy()
    numbers[3 * wrong[0]] = wrong[1]
    file.write_bytes(numbers.tobytes())
    opened_without_curves(session, folder.folder)


def test_curves_told_of_many_acts_do_not_fill_the_memory(session, tmp_path, monkeypatch):
    folder = SessionFolder(tmp_path / "kept")
    folder.write(session.moments)
    listed = json.loads((folder.folder / "session.json").read_text())
    (run,) = (acts for acts in listed["moments"] if "curves" in acts[0])
    listed["moments"] += [run] * 40
    (folder.folder / "session.json").write_text(json.dumps(listed))
    parameters = session.state.traced.net.parameter_count
    (file,) = folder.folder.glob("curves-*")
    file.write_bytes(bytes(8 * (5 * 100_000 + 3)))
    changed = json.dumps(listed).replace(f'"{file.name}", 3, 1, 0', f'"{file.name}", 100000, 1, 0')
    (folder.folder / "session.json").write_text(changed)
    # Of networks alone it would have room: each moment may have one of its own.
    networks = (len(listed["moments"]) + 1) * parameters
    monkeypatch.setattr(limits, "PARAMETERS", networks + 3_000_000)
    with pytest.raises(UserError, match="what their runs measured among them"):
        read_folder(folder.folder)


def test_networks_that_fill_the_memory_one_after_another_are_refused(session, tmp_path, monkeypatch):
    write_file(session.moments, tmp_path / "kept.viz3d")
    with zipfile.ZipFile(tmp_path / "kept.viz3d") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    listed = json.loads(files["session.json"])
    listed["moments"] += [[{"line": "grow hidden1 10000 seed 0"}] for _ in range(40)]
    files["session.json"] = json.dumps(listed).encode()
    with zipfile.ZipFile(tmp_path / "bomb.viz3d", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    monkeypatch.setattr(limits, "PARAMETERS", 20_000_000)
    with pytest.raises(UserError, match=r"act 9, .*the networks up to here have more than 20,000,000"):
        read_file(tmp_path / "bomb.viz3d")


def test_an_act_of_several_lines_is_refused_in_one(session, tmp_path):
    write_file(session.moments, tmp_path / "kept.viz3d")
    with zipfile.ZipFile(tmp_path / "kept.viz3d") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    listed = json.loads(files["session.json"])
    listed["moments"].append([{"line": "select hidden1:3\n hidden1:\x1b[2J4"}])
    files["session.json"] = json.dumps(listed).encode()
    with zipfile.ZipFile(tmp_path / "odd.viz3d", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with pytest.raises(UserError) as refused:
        read_file(tmp_path / "odd.viz3d")
    assert str(refused.value).isprintable()


def test_a_file_that_unpacks_or_escapes_is_refused(tmp_path):
    good = json.dumps(listing())
    file = tmp_path / "bad.viz3d"
    zipped(file, {"session.json": good})
    assert read_file(file).net.name == "mlp"
    zipped(file, {"session.json": good}, zipfile.ZIP_DEFLATED)
    with pytest.raises(UserError, match="does not belong"):
        read_file(file)
    zipped(file, {"session.json": good, "../evil.npz": "x"})
    with pytest.raises(UserError, match="does not belong"):
        read_file(file)
    assert not (tmp_path.parent / "evil.npz").exists()
    zipped(file, {"net-00.npz": "x"})
    with pytest.raises(UserError, match="no session"):
        read_file(file)
    file.write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(UserError, match="cut short"):
        read_file(file)
    with pytest.raises(UserError, match="no such file"):
        read_file(tmp_path / "gone.viz3d")


def test_an_entry_that_is_said_to_be_longer_than_the_file_is_one_line(tmp_path):
    file = tmp_path / "long.viz3d"
    zipped(file, {"session.json": json.dumps(listing())})
    content = bytearray(file.read_bytes())
    at = content.index(b"PK\x01\x02") + 20  # of the directory at its end: packed and whole size
    content[at : at + 8] = struct.pack("<II", 1 << 20, 1 << 20)
    file.write_bytes(content)
    with pytest.raises(UserError, match="cut short"):
        read_file(file)


def test_a_session_is_not_written_over_what_is_none(session, tmp_path):
    with pytest.raises(UserError, match="end its name in"):
        write_file(session.moments, tmp_path / "mine.npz")
    with pytest.raises(UserError, match="holds no session"):
        peek(tmp_path)
