"""What is no regular file is never replaced: a machine would lose a device, a service its socket."""

import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from training_task import net_of, same, task

import engine
from engine import EngineError
from engine.files import places
from viz3d.command import output
from viz3d.command.errors import UserError
from viz3d.evaluate import command as evaluating
from viz3d.export.command import export
from viz3d.importing import import_network
from viz3d.inspect.command import inspect
from viz3d.train import start
from viz3d.train.command import train

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="devices in folders are POSIX")


def link_to_a_device(path: Path) -> None:
    # To a device of its own: what these tests guard follows links, and broken, as root, would replace the
    # machine's. Who may not make one may not replace one either.
    device = path.with_name("device")
    try:
        os.mknod(device, stat.S_IFCHR | 0o666, Path(os.devnull).stat().st_rdev)
    except OSError:
        if os.access(Path(os.devnull).parent, os.W_OK):
            pytest.skip("this user could replace a device, and may make none to try it on")
        device = Path(os.devnull)
    path.symlink_to(device)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)  # its whole name would be too long


def circle(path: Path) -> None:
    path.symlink_to("other")
    path.with_name("other").symlink_to(path.name)


OBSTACLES = {
    link_to_a_device: "it is a link to a device",
    pipe: "it is a pipe",
    link_to_a_pipe: "it is a link to a pipe",
    unix_socket: "it is a socket",
    circle: "its links lead in a circle",
}


@pytest.fixture(params=OBSTACLES, ids=lambda made: made.__name__)
def obstacle(request) -> tuple[Callable[[Path], None], str]:
    return request.param, OBSTACLES[request.param]


@pytest.fixture
def unchanged(tmp_path, monkeypatch) -> Iterator[Path]:
    """An empty folder to stand in; what a test puts there must be there at the end, and no file or folder."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    left = list(tmp_path.iterdir())
    assert left, "what stood there is gone"
    assert not any(path.is_file() or path.is_dir() for path in left), "something was written"


SAVERS = {
    "net.npz": lambda path: engine.save(net_of(), path),
    "net.safetensors": lambda path: engine.export_net(net_of(), path),
}


@pytest.mark.parametrize("name", SAVERS)
def test_the_engine_saves_to_files_alone(unchanged, obstacle, name):
    make, words = obstacle
    make(unchanged / name)
    with pytest.raises(EngineError) as caught:
        SAVERS[name](unchanged / name)
    assert str(caught.value) == f"cannot write {unchanged / name}: {words}: give the name of a file"


def test_a_checkpoint_is_saved_to_a_file_alone(unchanged):
    link_to_a_device(unchanged / "net.npz")
    checkpoint = engine.fit(net_of(), *task(64), rng=np.random.default_rng(0)).checkpoint({})
    with pytest.raises(EngineError, match=r"net\.npz: it is a link to a device"):
        engine.save_checkpoint(checkpoint, "net.npz")


def test_a_device_is_called_one():
    assert places.obstacle(Path(os.devnull)) == "it is a device"


@pytest.mark.parametrize("there", [True, False])
def test_the_engine_saves_through_a_link_and_leaves_it(tmp_path, there):
    (tmp_path / "disk").mkdir()
    real, link = tmp_path / "disk" / "real.npz", tmp_path / "net.npz"
    if there:
        real.write_bytes(b"the net of yesterday")
    link.symlink_to("disk/real.npz")
    engine.save(net_of(), link)
    assert link.is_symlink()
    assert same(engine.load(real), net_of())
    assert len(list(tmp_path.rglob("*"))) == 3, "there is litter"


@pytest.mark.parametrize("name", ["film.mp4", "frames"])
def test_a_film_is_written_to_a_file_alone_and_frames_to_a_folder(unchanged, obstacle, name):
    make, words = obstacle
    make(unchanged / name)
    with (
        pytest.raises(UserError) as caught,
        output.atomic_write(unchanged / name, folder=name == "frames"),
    ):
        pytest.fail("the work began")
    assert str(caught.value) == f"cannot write {unchanged / name}: {words}: choose another place"


COMMANDS = {
    "train": lambda path: train(out=path),
    "train --compare": lambda path: train(compare="adam", out=path),
    "train --test": lambda path: train(test=True, out=path),
    "export": lambda path: export(out=[str(path)]),
    "inspect": lambda path: inspect(out=path),
    "inspect --save": lambda path: inspect(mutate="ablate hidden1:1", save=path),
    "inspect --film": lambda path: inspect(mutate="ablate hidden1:1", film=path),
    "inspect --scene": lambda path: inspect(study="ablate", layer="hidden1", scene=path),
    "import": lambda path: import_network(file=Path("none.pt"), out=path),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_refuses_a_device_before_it_begins(unchanged, monkeypatch, command):
    def work(*_: object) -> None:
        pytest.fail("the work began")

    monkeypatch.setattr(start, "dataset", work)
    monkeypatch.setattr(evaluating, "choose_net", work)
    monkeypatch.setattr("viz3d.session.acts.change.choose_net", work)
    monkeypatch.setattr("viz3d.export.film.display.prepare", work)
    # As /dev/null itself, the link has no ending.
    link_to_a_device(unchanged / "frames")
    with pytest.raises(UserError, match="cannot write frames: it is a link to a device: choose another --"):
        COMMANDS[command](Path("frames"))


@pytest.mark.parametrize("name", ["net.checkpoint.npz", "net-report.png", "net-report.json"])
def test_training_asks_at_the_start_about_all_that_it_will_write(tmp_path, monkeypatch, name):
    monkeypatch.setattr(start, "dataset", lambda *_: pytest.fail("the work began"))
    link_to_a_device(tmp_path / name)
    with pytest.raises(UserError, match=f"{name}: it is a link to a device"):
        train(out=tmp_path / "net.npz")
    assert {path.name for path in tmp_path.iterdir()} <= {name, "device"}
    assert (tmp_path / name).is_char_device()


def test_a_file_that_is_read_only_is_not_replaced(tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(b"the net of yesterday")
    path.chmod(0o444)
    for write in (SAVERS["net.npz"], output.check_place):
        with pytest.raises((EngineError, UserError), match=r"net\.npz: it is read-only"):
            write(path)
    assert path.read_bytes() == b"the net of yesterday"


def test_a_file_under_two_names_is_found_out(tmp_path):
    photo, other = tmp_path / "photo.png", tmp_path / "other.png"
    photo.touch()
    other.hardlink_to(photo)
    with pytest.raises(UserError, match=r"--out .*other\.png is --image's file too"):
        output.check_apart(image=photo, out=other)
    output.check_apart(image=photo, out=tmp_path / "new.png", save=tmp_path / "newer.png")


def test_a_name_that_is_none_is_told(tmp_path):
    with pytest.raises(UserError, match="--out names no file"):
        output.check_place(Path())
    with pytest.raises(UserError, match="no name holds a NUL"):
        output.check_place(tmp_path / "a\0b.png")
