"""The view of a scene: what is drawn in it, and when."""

from dataclasses import replace

import numpy as np
import pytest
from live_hands import drag
from live_views import POSES, SIZE, opened_view, show, still, turn_to
from patience import PATIENCE
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from scene_fixtures import trace

from viz3d.live.view.pace import Pace
from viz3d.live.view.pointing import NOTHING, Thing
from viz3d.live.work.painter import PaintRequest, Picture

pytestmark = pytest.mark.usefixtures("screen")


@pytest.fixture
def view(qtbot, qapp):
    view = opened_view(qtbot, qapp)
    yield view
    view.close_painter()


@pytest.mark.parametrize("whole", [0.2, 0.01], ids=["slow", "fast"])
def test_moving_is_drawn_with_fewer_pixels_where_it_is_slow_and_rest_with_all(qtbot, view, whole):
    show(qtbot, view)
    scales = []
    view.painter.painted.connect(lambda picture: scales.append(picture.request.scale))
    rest = view._resting.interval()
    view._resting.setInterval(PATIENCE)  # on a busy machine it rests before a picture is drawn
    view._pace = Pace(whole=whole)  # not this machine's own, which may be either
    drag(view, (200, 200), (240, 200), (260, 230))
    qtbot.waitUntil(lambda: bool(scales), timeout=PATIENCE)
    assert (scales[0] < 1.0) == (whole == 0.2)
    view._resting.start(rest)
    still(qtbot, view)
    qtbot.waitUntil(lambda: scales[-1] == 1.0, timeout=PATIENCE)


def test_a_slow_machine_draws_what_moves_with_less_and_a_fast_one_draws_all(view):
    # Lost otherwise: what moves stutters where software draws, or is coarse where a card does.
    def drawn(pace, seconds, whole=False):
        scale, share = (1.0, 1.0) if whole else pace.moving
        return pace.after(
            Picture(None, None, None, PaintRequest(None, 0.0, None, scale, share), {"draw": seconds})
        )

    pace = drawn(Pace(), 0.2, whole=True)
    first = pace.moving
    for _ in range(9):
        pace = drawn(pace, 0.2)
    assert pace.moving < first
    for _ in range(9):
        pace = drawn(pace, 0.01)
    assert first < pace.moving < (1.0, 1.0)
    assert drawn(pace, 0.01, whole=True).moving == (1.0, 1.0)


@pytest.mark.parametrize(
    ("by_card", "seconds", "count", "pause"),
    [
        (True, 0.01, 2, 0.2),
        (True, 0.2, 2, 0.5),
        (False, 0.01, 8, 0.5),
        (False, 0.2, 8, 1.0),
        (False, 0.01, 2, 1.0),
    ],
)
def test_pictures_give_way_where_the_processors_draw_that_train(monkeypatch, by_card, seconds, count, pause):
    # Lost otherwise: half the pace of training, for pictures that nobody asked for.
    monkeypatch.setattr("viz3d.live.view.pace.processors", lambda: count)
    request = PaintRequest(None, 0.0)
    assert Pace().after(Picture(None, None, None, request, {"draw": seconds}, by_card)).between == pause


def test_a_new_size_is_drawn_once_when_it_is_at_rest(qtbot, view):
    # Lost otherwise: a stage is built for each size on the way, and the window stands still.
    show(qtbot, view)
    asked, ask, sizes = [], view.painter.ask, []
    view.painter.ask = lambda request: (asked.append(request.scene.size), ask(request))
    view.resized.connect(lambda: sizes.append((view.width(), view.height())))
    rest = view._resizing.interval()
    view._resizing.setInterval(PATIENCE)  # on a busy machine the hand rests where it should not
    for by in range(1, 8):
        view.resize(SIZE[0] + 10 * by, SIZE[1])
        view.set_free(0, 0, view.width(), view.height())
        qtbot.wait(20)
        assert view.grab().toImage().pixelColor(5, 5).isValid(), "the last picture is stretched"
    assert not asked
    view._resizing.setInterval(rest)
    still(qtbot, view)
    qtbot.waitUntil(lambda: bool(sizes and view.picture.scene.size == sizes[-1]), timeout=PATIENCE)
    assert set(asked) == {(SIZE[0] + 70, SIZE[1])}
    assert sizes == [(SIZE[0] + 70, SIZE[1])]


def test_where_nothing_happens_no_picture_is_asked_for(qtbot, view):
    # Lost otherwise: an open window keeps the processor busy.
    show(qtbot, view)
    asked = []
    view.painter.ask = asked.append
    view.painter.painted.connect(asked.append)
    qtbot.wait(500)
    assert not asked


def test_no_two_cards_overlap_from_any_side(qtbot, view):
    # Lost otherwise: names of layers pile up as the net is turned.
    from scenes.lettering.fonts import extent
    from scenes.space.page import apart

    show(qtbot, view, "vit-tiny")
    names = {card.name for card in view.picture.scene.words.cards}
    for pose in POSES:
        turn_to(qtbot, view, *pose)
        captions = view.picture.frame.captions
        boxes = [extent(caption) for caption in captions if caption.text in names and caption.alpha > 0.05]
        boxes += view.picture.request.free.taken
        assert all(apart(a, b) >= 0 for k, a in enumerate(boxes) for b in boxes[:k])
        assert len(boxes) > 3


def test_bars_before_the_edits_leave_a_tick(qtbot, view):
    show(qtbot, view)
    plain = view.grab().toImage()
    before = np.roll(trace().probabilities, 1)
    show(qtbot, view, before=before)
    assert view.grab().toImage() != plain
    edges = view.picture.request.stamp.edges
    assert edges.verdict() == (f"was {int(before.argmax())} · >99.9% before", "accent")
    assert replace(edges, before=None).verdict()[1] == "soft"


def test_what_speaks_for_a_class_is_drawn_and_the_bar_is_framed(qtbot, view):
    show(qtbot, view)
    plain, label = view.picture.image.copy(), 3
    view.point_out(Thing(bar=label))
    qtbot.waitUntil(lambda: view.picture.frame.focus is not None, timeout=PATIENCE)
    focus = view.picture.frame.focus
    assert (focus.label, focus.about) == (label, ())
    assert view.picture.image != plain
    edges, end = view._shown.edges, view._shown.scene.seconds
    assert edges.headline(end, focus) == f"Lit: what speaks for {label} and against it"
    assert edges.headline(0.0, focus) == edges.headline(0.0), "on the way there the story is true"
    neuron = view.picture.scene.layout.panels[2].start
    view.point_out(Thing(neuron))
    qtbot.waitUntil(lambda: view.picture.frame.focus.about == (neuron,), timeout=PATIENCE)
    assert view.picture.frame.focus.label == -1
    told = edges.headline(end, view.picture.frame.focus)
    assert told == "Lit: the strongest synapses of this neuron"
    view.point_out(NOTHING)
    qtbot.waitUntil(lambda: view.picture.frame.focus is None, timeout=PATIENCE)
    still(qtbot, view)
    bars = view.picture.scene.layout.bars
    middle = bars.base[label] + 0.5 * bars.length * bars.along
    x, y = view.picture.frame.camera.project(middle[None], view.picture.scene.size)[0]
    bare, hovered = view.grab().toImage(), []
    view.bar_hovered.connect(hovered.append)
    QTest.mouseMove(view, QPoint(round(float(x)), round(float(y))))
    assert hovered == [label]
    assert view.grab().toImage() != bare
