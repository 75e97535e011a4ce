"""Memory of the live window: what is no longer shown goes, and what was freed goes back to the system."""

import gc
from collections import Counter

import pytest
from live_views import opened_view, show
from live_windows import opened, settled
from patience import PATIENCE

from viz3d.live.work import heap
from viz3d.live.work.heap import Tidying
from viz3d.session.acts.change import UseNet

# What is large, and who holds it: scenes and what they stand on, traced digits and trainers.
_LARGE = ("Scene", "Site", "Parts", "Veil", "Trace", "Net", "Training", "Machine", "TrainingRun")


def large():
    """All large values that are alive."""
    gc.collect()
    return [each for each in gc.get_objects() if type(each).__name__ in _LARGE]


def held(others):
    """How many large values of each kind are alive, without these others."""
    known = {id(each) for each in others}
    kinds = Counter(type(each).__name__ for each in large() if id(each) not in known)
    return {kind: kinds[kind] for kind in _LARGE}


def use(qtbot, window, name):
    """Go on with another network, and forget what was before it."""
    window.desk.jump(0)
    assert window.desk.do(UseNet(name))
    settled(qtbot, window)


def held_at_rest(qtbot, window, others):
    """The same once it is known what decides: the machine that found it goes a moment later."""
    window.view.painter.requests.clear()
    qtbot.waitUntil(lambda: window.showing._knows(window.desk.shown), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not held(others)["Machine"], timeout=PATIENCE)
    return held(others)


def test_another_network_leaves_nothing_of_the_one_before(qtbot, qapp, tmp_path):
    # Lost otherwise: a window in which networks are changed grows by up to 200 MB with each.
    others = large()  # of windows of other tests: who holds them sees none go meanwhile
    window = opened(qtbot, tmp_path)
    try:
        for name in ("cnn-fast", "mlp-sigmoid"):
            use(qtbot, window, name)
        before = held_at_rest(qtbot, window, others)
        for name in ("cnn-fast", "mlp-sigmoid") * 2:
            use(qtbot, window, name)
        assert held_at_rest(qtbot, window, others) == before
    finally:
        window.close()


@pytest.fixture
def given(monkeypatch):
    """The times that memory was given back."""
    given = []
    monkeypatch.setattr(heap, "give_back", lambda: given.append(True))
    return given


def test_freed_memory_goes_back_once_after_many_deeds_and_never_at_rest(qtbot, qapp, given):
    # Lost otherwise: hundreds of megabytes that nobody uses, or a window at rest that is at work.
    tidying = Tidying(after=30)
    for _ in range(5):
        tidying.soon()
    qtbot.waitUntil(lambda: bool(given), timeout=PATIENCE)
    qtbot.wait(120)
    assert len(given) == 1
    tidying.soon()
    qtbot.waitUntil(lambda: len(given) == 2, timeout=PATIENCE)
    tidying.soon()
    tidying.stop()
    qtbot.wait(120)
    assert len(given) == 2


@pytest.mark.usefixtures("screen")
def test_a_picture_has_freed_memory_handed_back_later(qtbot, qapp, monkeypatch):
    asked = []
    monkeypatch.setattr(Tidying, "soon", lambda _self: asked.append("soon"))
    monkeypatch.setattr(Tidying, "stop", lambda _self: asked.append("stop"))
    view = opened_view(qtbot, qapp)
    show(qtbot, view)
    assert set(asked) == {"soon"}
    view.close_painter()
    assert asked[-1] == "stop"


def test_the_windows_threads_share_heaps(qtbot, qapp, tmp_path, monkeypatch):
    # Lost otherwise: each thread keeps what it freed for itself, and none of it can be used by another.
    told = []
    monkeypatch.setattr(heap, "_found", lambda name: lambda *given: told.append((name, *given)))
    opened(qtbot, tmp_path).close()
    assert told[0] == ("mallopt", -8, 2)
