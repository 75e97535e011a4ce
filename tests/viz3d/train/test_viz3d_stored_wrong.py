"""A stranger's file of a session: what is none, or would fill the memory or leave its folder, is one line."""

import json
import struct
import zipfile

import pytest
from stored_sessions import session_with_a_past, zipped

import engine
from engine import limits
from viz3d.command.errors import UserError
from viz3d.session.files.stored import read_file, write_file


@pytest.fixture
def session(tmp_path):
    return session_with_a_past(tmp_path)


def listing(**changed):
    moments = [[{"line": "data digits"}, {"line": "net mlp"}, {"line": "digit 4"}]]
    return {"viz3d session": 1, "undone": 0, "moments": moments} | changed


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


def test_networks_that_fill_the_memory_one_after_another_are_refused(session, tmp_path, monkeypatch):
    write_file(session.moments, tmp_path / "kept.viz3d")
    with zipfile.ZipFile(tmp_path / "kept.viz3d") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    listed = json.loads(files["session.json"])
    listed["moments"] += [[{"line": "grow hidden1 10000 seed 0"}] for _ in range(40)]
    files["session.json"] = json.dumps(listed).encode()
    zipped(tmp_path / "bomb.viz3d", files)
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
    zipped(tmp_path / "odd.viz3d", files)
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
