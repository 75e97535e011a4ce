"""What all tests share: what draws on this machine, and a network that needs no training."""

import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from patience import PATIENCE
from pytestqt.qtbot import QtBot

import engine
from viz3d.command import display
from viz3d.command.errors import UserError

# The same examples for everybody, so that a change is to blame for what fails; a slow machine is no failure.
# `pytest --hypothesis-profile=default` goes looking for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

# Qt reads this at the first window: tests need no screen, and show nothing on one that is there.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# OpenMP reads this at the first compiled parallel loop, here and in each process that a test starts. Threads
# that wait would else spin on processors that other tests need: of three processes that train on two, each
# took six times the processor's time.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

pytest_plugins = ["live_fixtures"]

NO_SCREEN = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") and sys.platform != "win32":
        _keep_loops_one_by_one()
    # Before any test draws: without a driver, the first picture would end the whole run.
    try:
        display.prepare()
    except UserError as error:
        config.stash[NO_SCREEN] = str(error)


def _keep_loops_one_by_one() -> None:
    """Let one of several processes at a time keep a compiled loop on disk.

    Numba writes its index, then the code: of two that keep one loop for different types at once, one may
    leave its code under the other's types.
    """
    import fcntl

    from numba.core.caching import IndexDataCacheFile

    save = IndexDataCacheFile.save

    def save_alone(kept: Any, types: Any, code: Any) -> None:
        folder = os.open(kept._cache_path, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            save(kept, types, code)
        finally:
            os.close(folder)

    IndexDataCacheFile.save = save_alone


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Delete the widgets that pytest-qt let go of.

    Qt does so in the next event loop. Many tests start none: their widgets would be dressed again with each
    later window.
    """
    torn_down = yield
    if (core := sys.modules.get("PySide6.QtCore")) is not None and core.QCoreApplication.instance():
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    return torn_down


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """Wait as long as `patience` says, where pytest-qt waits five seconds.

    So long, too, until a finger rests: where that is meant a test says so, and else a busy machine would.
    """
    from PySide6.QtGui import QGuiApplication  # Qt is not for tests that need no window

    QGuiApplication.styleHints().setMousePressAndHoldInterval(PATIENCE)
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitActive", "waitExposed"):
        monkeypatch.setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE))
    return qtbot


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> None:
    """Skip where nothing can draw."""
    if NO_SCREEN in request.config.stash:
        pytest.skip(request.config.stash[NO_SCREEN])


@pytest.fixture(scope="session")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the small preset's net as it is before training."""
    path = tmp_path_factory.mktemp("nets") / "untrained.npz"
    engine.save(engine.preset("mlp-sigmoid", np.random.default_rng(0)), path)
    return path


@pytest.fixture
def pictured_window(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Open a live window whose picture can be pointed at, see live_windows, and close it."""
    # Qt is not for tests that need no window.
    from live_windows import opened, pictured

    request.getfixturevalue("qapp")
    window = opened(request.getfixturevalue("qtbot"), tmp_path)
    pictured(window)
    yield window
    window.close()
