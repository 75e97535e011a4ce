"""Memory of the live window: what is no longer shown goes, and what was freed goes back to the system."""

import ctypes
import gc
from collections import Counter

import numpy as np
import pytest
from live_views import opened_view, show
from live_windows import opened, settled
from patience import PATIENCE

from engine.spill import Spill
from viz3d.command.process import heap as system_heap
from viz3d.live.view.overlay.lettering import _written
from viz3d.live.work import heap
from viz3d.live.work.heap import Tidying
from viz3d.session import moments
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
    monkeypatch.setattr(system_heap, "_found", lambda name: lambda *given: told.append((name, *given)))
    opened(qtbot, tmp_path).close()
    assert told[0] == ("mallopt", -8, 2)


class _Malloc(ctypes.Structure):
    """What the C library's mallinfo2 tells, see there."""

    _fields_ = [(f"f{at}", ctypes.c_size_t) for at in range(10)]

    @classmethod
    def used(cls):
        """Bytes that are allocated."""
        told = ctypes.CDLL(None).mallinfo2
        told.restype = cls
        now = told()
        return now.f4 + now.f7


@pytest.mark.skipif(system_heap._found("mallinfo2") is None, reason="the C library tells nothing of its heap")
def test_a_text_that_is_kept_holds_little_more_than_its_pixels(qapp):
    # Lost otherwise: the texts of pictures, of which 512 are kept, hold 49 MB.
    _written.cache_clear()
    before = _Malloc.used()
    kept = [_written(f"hidden{k}", "regular", 12, (200, 200, 200), (0, 0, 0), 0, 2.0) for k in range(100)]
    pixels = sum(each.image.sizeInBytes() for each in kept)
    assert _Malloc.used() - before < 2 * pixels + (2 << 20)
    assert kept[0].image.devicePixelRatio() == 2.0


def test_a_step_that_cannot_be_read_back_is_told_in_a_line_and_the_window_stays(edited_window, monkeypatch):
    window = edited_window
    # Lost otherwise: the window between two steps, and a fault of viz3d told for a disk's.
    spill, said = Spill(), []
    monkeypatch.setattr(moments, "_SPILL", spill)
    monkeypatch.setattr(moments, "_LEARNED", 0)
    desk = window.desk
    desk.said.connect(said.append)
    for seed in range(3):
        desk.enter(f"train steps 1 images 64 seed {seed}")
    before, told = window.answer.bars._answer.probabilities, desk.steps()
    spill._file.truncate(0)
    desk.jump(1)
    desk.undo()
    desk.said.disconnect(said.append)
    reason = "what was kept in a temporary file cannot be read: it is cut short"
    assert said == [f"this moment cannot be gone to: {reason}: all stays as it is now"] * 2
    assert desk.steps() == told
    assert np.array_equal(window.answer.bars._answer.probabilities, before)
    desk.jump(0)  # what the session began with is in memory
    assert desk.steps()[1] == 0
