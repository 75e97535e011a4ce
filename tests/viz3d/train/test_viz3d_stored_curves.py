"""What a training measured is kept with its session; damaged, it costs no network and no step."""

import json
import zipfile

import numpy as np
import pytest
from stored_sessions import measured, session_with_a_past, zipped

from engine import limits
from viz3d.command.errors import UserError
from viz3d.session.files.stored import SessionFolder, read_file, read_folder, write_file


@pytest.fixture
def session(tmp_path):
    return session_with_a_past(tmp_path)


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
