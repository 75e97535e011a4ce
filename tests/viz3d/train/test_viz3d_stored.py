"""A session in a folder or a file: it comes back to the last bit, with its past."""

import pytest
from stored_sessions import same, session_with_a_past

import engine
from viz3d.command.errors import UserError
from viz3d.session.acts.change import Select
from viz3d.session.acts.train import Train
from viz3d.session.files.stored import SessionFolder, peek, read_file, read_folder, write_file
from viz3d.session.session import Session


@pytest.fixture
def session(tmp_path):
    return session_with_a_past(tmp_path)


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


def test_a_session_is_not_written_over_what_is_none(session, tmp_path):
    with pytest.raises(UserError, match="end its name in"):
        write_file(session.moments, tmp_path / "mine.npz")
    with pytest.raises(UserError, match="holds no session"):
        peek(tmp_path)
