"""Windows that several test files open alike: a plugin that `conftest` names. Qt is imported late."""

import pytest


@pytest.fixture
def window(qtbot, qapp, tmp_path):
    """A live window for one test; a file that needs another, or shares one, has its own of this name."""
    from live_windows import opened

    window = opened(qtbot, tmp_path)
    yield window
    window.close()


@pytest.fixture(scope="module")
def opened_once(qapp, tmp_path_factory):
    """A live window for all tests of a file, whose pictures are not drawn."""
    from live_windows import shown

    window = shown(tmp_path_factory.mktemp("window"))
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def edited_window(qtbot, opened_once):
    """The same, as it was opened, whatever the test before did to it."""
    from live_edits import untouched

    return untouched(qtbot, opened_once)


@pytest.fixture(scope="module")
def windows(qapp, tmp_path_factory):
    """A function of a net's name: its window, for all tests of a file, whose pictures can be picked in."""
    from live_scenes import opened_windows

    with opened_windows(tmp_path_factory) as of:
        yield of


@pytest.fixture(scope="module")
def taught_window(request, qapp, tmp_path_factory):
    """A live window for all tests of a file that explain it."""
    from live_windows import FramePainter, opened
    from pytestqt.qtbot import QtBot

    # What a hint may hide is worked out of the picture.
    window = opened(QtBot(request), tmp_path_factory.mktemp("guide"), painter=FramePainter)
    yield window
    window.close()


@pytest.fixture
def served(qtbot, qapp, tmp_path):
    """A live window, and what serves it to a browser."""
    from live_pages import window_served

    with window_served(qtbot, tmp_path) as both:
        yield both


@pytest.fixture
def served_window(served):
    """The window of both."""
    return served[0]


@pytest.fixture
def server(served):
    """The server of both."""
    return served[1]


@pytest.fixture
def inspector(qtbot, qapp):
    """The inspector alone, with a card that tells all that one may."""
    from live_cards import CARD

    from viz3d.live.widgets.inspecting.inspector import Inspector
    from viz3d.live.widgets.sheet import dress

    dress(qapp, "dark")
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.resize(312, 820)
    inspector.set_card(CARD)
    inspector.show()
    return inspector


@pytest.fixture
def training_window(qtbot, tmp_path):
    """A window that learns from the first 500 of the small digits, until it is stopped, and tests on 200."""
    from live_windows import opened

    window = opened(qtbot, tmp_path)
    window.training.page.panel.images.emit(500, 200)
    window.training.page._change(epochs=100_000)
    yield window
    window.close()


@pytest.fixture
def kept_root(tmp_path):
    """Where the sessions of `kept_window` are kept."""
    return tmp_path / "state"


@pytest.fixture
def kept_window(qtbot, qapp, tmp_path, kept_root):
    """A live window whose session is kept after each act."""
    from live_windows import opened

    from viz3d.live.work.session_folders import new_place

    window = opened(qtbot, tmp_path, kept=new_place(kept_root))
    yield window
    window.keeping.end_at_once()
    window.close()


@pytest.fixture
def desk(qtbot, qapp):
    """The page of training with a desk of its own, in no window."""
    from training_desk import TrainingDesk

    from viz3d.live.widgets.sheet import dress

    dress(qapp, "dark")
    desk = TrainingDesk()
    qtbot.addWidget(desk.page)
    desk.page.resize(312, 900)
    desk.page.show()
    yield desk
    assert desk.page.close_trainer()
