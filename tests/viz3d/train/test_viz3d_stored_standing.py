"""Where a training stands is kept with its session: it goes on from there, and what is damaged is told."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest
from sessions import same

import engine
from viz3d.command.errors import UserError
from viz3d.session.files.stored import SessionFolder, read_file, read_folder, write_file
from viz3d.session.session import Session

TRAINED = "train steps 3 images 64 seed 0 optimizer adam batch 20"


def test_a_training_goes_on_where_it_stood_when_the_session_was_kept(tmp_path):
    # Lost otherwise: what a checkpoint is for; the optimizer begins anew, and the order of the images.
    session = Session.play(["data digits", "net mlp-sigmoid", "digit 4", TRAINED, "ablate hidden1:3"])
    folder = SessionFolder(tmp_path / "kept")
    folder.write(session.moments)
    (file,) = folder.folder.glob("standing-*")
    folder.write(session.moments)
    assert [file] == list(folder.folder.glob("standing-*")), "it is written once"
    write_file(session.moments, tmp_path / "kept.viz3d")
    for again in (read_folder(folder.folder), read_file(tmp_path / "kept.viz3d")):
        for each in (session, again):
            each.run(TRAINED.replace("seed 0", "seed 0 state kept"))
        for name, weights in session.net.parameters.items():
            np.testing.assert_array_equal(again.net.parameters[name], weights)
        session.undo()
    session.run("net mlp")
    folder.write(session.moments)
    assert not list(folder.folder.glob("standing-*")), "nobody can go on with it"


@pytest.mark.parametrize("wrong", ["notes", "seed", "step", "net", "name", "cut", "gone"])
def test_a_session_with_a_checkpoint_that_is_not_of_its_run_is_opened_and_it_is_told_as_lost(tmp_path, wrong):
    # Lost otherwise: all networks for the sake of an optimizer's state; or, were it taken, memory for as many
    # steps as a stranger's file tells of, or a window broken at Start.
    session = Session.play(["data digits", "net mlp-sigmoid", "digit 4", TRAINED])
    folder = SessionFolder(tmp_path / "kept")
    folder.write(session.moments)
    (file,) = folder.folder.glob("standing-*")
    standing = engine.load_checkpoint(file)
    if wrong == "step":
        standing = replace(standing, progress=replace(standing.progress, step=1 << 40))
    elif wrong == "net":
        standing = Session.play(["data digits", "net mlp", "digit 4", TRAINED]).state.standing
    elif wrong in ("notes", "seed"):
        standing = replace(standing, notes={"images": 64} | ({"seed": "0"} if wrong == "seed" else {}))
    else:
        told = (folder.folder / "session.json").read_text()
        (folder.folder / "session.json").write_text(told.replace(file.name, f"../kept/{file.name}"))
    engine.save_checkpoint(standing, file)
    if wrong == "cut":
        file.write_bytes(file.read_bytes()[:900])
    elif wrong == "gone":
        file.unlink()
    told = []
    again = read_folder(folder.folder, told.append)
    assert same(session, again)
    assert again.state.standing is None
    (line,) = told
    assert line.startswith("where train steps 3 images 64 ")
    assert line.endswith(" stood is damaged: who trains on begins a new run, the networks are there")


@pytest.fixture
def kept(tmp_path):
    """A session in a file, and what is in it: bytes by name, the network's first."""
    session = Session.play(["data digits", "net mlp-sigmoid", "digit 4", TRAINED])
    write_file(session.moments, tmp_path / "kept.viz3d")
    with zipfile.ZipFile(tmp_path / "kept.viz3d") as archive:
        return session, tmp_path / "kept.viz3d", {each: archive.read(each) for each in archive.namelist()}


def test_a_file_whose_checkpoint_a_disk_has_damaged_is_opened_without_it(kept):
    session, file, parts = kept
    (content,) = (parts[each] for each in parts if each.startswith("standing-"))
    whole, lines = file.read_bytes(), []
    at = whole.index(content) + len(content) // 2
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    again = read_file(file, lines.append)
    assert same(session, again)
    assert again.state.standing is None
    assert len(lines) == 1


def test_what_is_wrong_within_a_file_is_told_by_its_name(kept):
    # Lost otherwise: which file it was; a folder is named in its place that is gone by then.
    _, file, parts = kept
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content[:500] if name.startswith("net-") else content)
    with pytest.raises(UserError) as told:
        read_file(file)
    (net,) = (each for each in parts if each.startswith("net-"))
    assert str(told.value).startswith(f"{file}: act 2, train ")
    assert f": {net} is " in str(told.value)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("later-00.npz", b"")
    with pytest.raises(UserError, match=r"'later-00\.npz' does not belong in one, or is of a later viz3d"):
        read_file(file)
