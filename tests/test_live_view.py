"""The view of a scene: what a hand does to it, and what is drawn for that."""

from dataclasses import replace

import numpy as np
import pytest
from live_hands import LEFT, click, drag
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from scene_fixtures import trace

from scenes import compose, pick
from viz3d.live.view.pace import Pace
from viz3d.live.view.pointing import NOTHING, Thing
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.sheet import dress
from viz3d.live.work.painter import PaintWish, Picture

pytestmark = pytest.mark.usefixtures("screen")
SIZE = (560, 380)
LONG = 60_000  # ms
POSES = [(40, 17), (10, 5), (70, 30), (-30, 40), (130, 12)]


@pytest.fixture
def view(qtbot, qapp):
    dress(qapp, "dark")
    view = SceneView()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    yield view
    view.close_painter()


def still(qtbot, view):
    """Wait until the whole picture of what was last wished is there, and nothing is under way."""

    def done():
        shown = view.picture is not None and view.picture.wish is view._asked and view._asked.whole
        waits = view._resting.isActive() or view._resizing.isActive()
        return bool(shown and not waits and not view.camera.flying)

    qtbot.waitUntil(done, timeout=LONG)


def show(qtbot, view, preset="mlp", before=None):
    found = trace(preset)
    view.show_scene(compose(found, size=(640, 360), synapses=200), before, found)
    still(qtbot, view)


def place(view, neuron):
    """Where the picture shows a neuron."""
    scene = view.picture.scene
    return view.picture.frame.camera.project(scene.layout.positions[neuron][None], scene.size)[0]


def turn_to(qtbot, view, azimuth, elevation):
    pose = view.camera.pose
    view.camera.turn(azimuth - pose.azimuth, elevation - pose.elevation)
    still(qtbot, view)


def in_front(view, count):
    """Neurons that nothing hides where their middle falls on a whole pixel."""
    frame, scene = view.picture.frame, view.picture.scene
    for neuron in np.random.default_rng(0).permutation(len(frame.level)):
        x, y = place(view, neuron).round()
        inside = 0 <= x < SIZE[0] and 0 <= y < SIZE[1]
        if inside and pick(scene.layout, frame.neuron_size, frame.camera, SIZE, (x, y)) == neuron:
            yield int(neuron), int(x), int(y)
            count -= 1
        if count == 0:
            return


@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_a_click_selects_the_neuron_that_is_seen_there(qtbot, view, preset):
    show(qtbot, view, preset)
    picked = []
    view.picked.connect(picked.append)
    for pose in POSES:
        turn_to(qtbot, view, *pose)
        for neuron, x, y in in_front(view, 3):
            click(view, x, y)
            assert picked[-1] == neuron
            assert view.selected == neuron
    assert len(picked) == 15
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert picked[-1] == -1
    assert view.selected == -1


def test_a_drag_turns_about_the_middle_and_selects_nothing(qtbot, view):
    show(qtbot, view)
    picked, before, middle = [], view.camera.pose, view.camera._pivot
    view.picked.connect(picked.append)
    drag(view, (200, 200), (240, 200), (260, 230))
    after = view.camera.pose
    assert after.azimuth < before.azimuth
    assert after.elevation > before.elevation
    points = np.asarray(middle, np.float32)[None]
    np.testing.assert_allclose(after.project(points, SIZE), before.project(points, SIZE), atol=0.05)
    assert not picked


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_what_another_button_holds_follows_the_hand(qtbot, view, button):
    show(qtbot, view)
    neuron, x, y = next(in_front(view, 1))
    before = place(view, neuron)
    drag(view, (x, y), (x + 20, y + 10), (x + 41, y + 22), button=button)
    still(qtbot, view)
    np.testing.assert_allclose(place(view, neuron), before + np.array([41, 22]), atol=1.0)


def test_the_wheel_zooms_about_the_pointer(qtbot, view):
    show(qtbot, view)
    neuron, x, y = next(in_front(view, 1))
    before, scale = place(view, neuron), view.camera.pose.distance
    wheel(view, x, y, 240)
    still(qtbot, view)
    assert view.camera.pose.distance < 0.9 * scale
    np.testing.assert_allclose(place(view, neuron), before, atol=1.5)


def wheel(view, x, y, turn):
    at = QPointF(x, y)
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, view.mapToGlobal(at), QPoint(), QPoint(0, turn), *none, False)
    QApplication.sendEvent(view, event)


def test_keys_turn_and_go_home(qtbot, view):
    show(qtbot, view)
    home = view.camera.pose
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.camera.pose.azimuth > home.azimuth
    assert view.camera.pose.elevation > home.elevation
    QTest.keyClick(view, Qt.Key.Key_R)
    still(qtbot, view)
    assert view.camera.pose.position == pytest.approx(home.position, abs=1e-3)


def test_a_double_click_flies_to_the_neuron_and_a_view_leads_back(qtbot, view):
    show(qtbot, view)
    opened, home = [], view.camera.pose
    view.opened.connect(opened.append)
    neuron, x, y = next(in_front(view, 1))
    QTest.mouseDClick(view, LEFT, pos=QPoint(x, y))
    assert opened == [neuron]
    still(qtbot, view)
    left, top, right, bottom = view.camera._rectangle
    np.testing.assert_allclose(place(view, neuron), ((left + right) / 2, (top + bottom) / 2), atol=0.5)
    view.view_from("side")
    still(qtbot, view)
    assert view.camera.pose.azimuth != home.azimuth


def test_pointing_at_a_neuron_tells_it_without_another_picture(qtbot, view):
    show(qtbot, view)
    hovered, shown = [], view.picture
    view.hovered.connect(hovered.append)
    neuron, x, y = next(in_front(view, 1))
    plain = view.grab().toImage()
    QTest.mouseMove(view, QPoint(x, y))
    assert hovered[-1] == neuron
    assert view.grab().toImage() != plain, "a ring and a card are drawn"
    QApplication.sendEvent(view, leave())
    assert hovered[-1] == -1
    assert view.picture is shown
    assert view._asked is shown.wish


def leave():
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


def test_a_click_of_the_right_button_asks_for_the_menu(qtbot, view):
    show(qtbot, view)
    asked = []
    view.menu_asked.connect(lambda on, at: asked.append((on, at)))
    neuron, x, y = next(in_front(view, 1))
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=QPoint(x, y))
    assert asked == [(True, view.mapToGlobal(QPoint(x, y)))]
    assert view.selected == neuron


def test_moving_is_drawn_with_fewer_pixels_and_rest_with_all(qtbot, view):
    show(qtbot, view)
    scales = []
    view.painter.painted.connect(lambda picture: scales.append(picture.wish.scale))
    drag(view, (200, 200), (240, 200), (260, 230))
    still(qtbot, view)
    qtbot.waitUntil(lambda: bool(scales and scales[-1] == 1.0), timeout=LONG)
    assert scales[0] < 1.0


def test_a_slow_machine_draws_what_moves_with_less_and_a_fast_one_draws_all(view):
    # Lost otherwise: what moves stutters where software draws, or is coarse where a card does.
    def drawn(pace, seconds, whole=False):
        scale, share = (1.0, 1.0) if whole else pace.moving
        return pace.after(
            Picture(None, None, None, PaintWish(None, 0.0, None, scale, share), {"draw": seconds})
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


def test_a_new_size_is_drawn_once_when_it_is_at_rest(qtbot, view):
    # Lost otherwise: a stage is built for each size on the way, and the window stands still.
    show(qtbot, view)
    asked, ask, sizes = [], view.painter.ask, []
    view.painter.ask = lambda wish: (asked.append(wish.scene.size), ask(wish))
    view.resized.connect(lambda: sizes.append((view.width(), view.height())))
    for by in range(1, 8):
        view.resize(SIZE[0] + 10 * by, SIZE[1])
        view.set_free(0, 0, view.width(), view.height())
        qtbot.wait(20)
        assert view.grab().toImage().pixelColor(5, 5).isValid(), "the last picture is stretched"
    still(qtbot, view)
    qtbot.waitUntil(lambda: bool(sizes and view.picture.scene.size == sizes[-1]), timeout=LONG)
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


def test_another_network_is_seen_from_home_and_the_same_from_where_one_stands(qtbot, view):
    show(qtbot, view)
    drag(view, (200, 200), (260, 200))
    turned = view.camera.pose
    view.select(1000)
    show(qtbot, view)
    assert view.camera.pose == turned
    assert view.selected == 1000
    show(qtbot, view, "vit-tiny")
    assert view.camera.pose != turned
    assert view.selected == -1
    view.set_free(100, 100, 400, 300)
    still(qtbot, view)
    corners = view.picture.frame.camera.project(view.picture.scene.layout.bounds(), SIZE)
    assert (corners >= 100).all()
    assert (corners <= (400, 300)).all()


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
        boxes += view.picture.wish.free.taken
        assert all(apart(a, b) >= 0 for k, a in enumerate(boxes) for b in boxes[:k])
        assert len(boxes) > 3


def test_bars_before_the_edits_leave_a_tick(qtbot, view):
    show(qtbot, view)
    plain = view.grab().toImage()
    before = np.roll(trace().probabilities, 1)
    show(qtbot, view, before=before)
    assert view.grab().toImage() != plain
    edges = view.picture.wish.stamp.edges
    assert edges.verdict() == (f"was {int(before.argmax())} · >99.9% before", "accent")
    assert replace(edges, before=None).verdict()[1] == "soft"


def test_a_double_click_on_a_layers_name_flies_to_the_layer(qtbot, view):
    from scenes.lettering.fonts import extent

    show(qtbot, view)
    card = view.picture.scene.words.cards[2]
    name = next(caption for caption in view.picture.frame.captions if caption.text == card.name)
    left, top, right, bottom = extent(name)
    QTest.mouseDClick(view, LEFT, pos=QPoint(round((left + right) / 2), round((top + bottom) / 2)))
    still(qtbot, view)
    corners = view.picture.scene.layout.corners[list(card.layers)].reshape(-1, 3)
    box = view.camera.view[1]
    pixels = view.camera.pose.project(corners, SIZE)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    np.testing.assert_allclose((low + high) / 2, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), atol=1.0)
    filled = (high - low) / (box[2] - box[0], box[3] - box[1])
    assert filled.max() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_no_two_texts_overlap_from_any_side_and_all_are_within_what_is_free(preset):
    # Lost otherwise: percentages, cards and numbers pile up as the net is turned.
    from scenes import Free
    from scenes.lettering.fonts import extent
    from scenes.space.orbit_moves import turned, view_from
    from scenes.space.page import apart

    size, headline = (1440, 900), (16.0, 80.0, 300.0, 128.0)
    free = Free(
        (8.0, 56.0, 1104.0, 800.0), (headline, (880.0, 80.0, 1104.0, 170.0), (0.0, 640.0, 460.0, 900.0))
    )
    scene = compose(trace(preset), size=size)
    moment = scene.moment(scene.seconds)
    pose = view_from("home", scene.layout, size, (24.0, 124.0, 1036.0, 592.0))
    middle = scene.layout.bounds().mean(axis=0)
    for azimuth, elevation in [(75, 17), (88, 17), (120, 17), (-25, 17), (180, 17), (40, 70), (-100, 40)]:
        seen = turned(pose, middle, azimuth - pose.azimuth, elevation - pose.elevation)
        captions = scene.seen(moment, seen, free).captions
        boxes = [(caption.text, extent(caption)) for caption in captions]
        assert len(boxes) > 3, (azimuth, elevation)
        for k, (text, box) in enumerate(boxes):
            assert caption_alpha(captions[k]) in (0.0, 1.0), text
            assert all(apart(box, other) >= -1.0 for _, other in boxes[:k]), (azimuth, elevation, text)
            assert all(apart(box, other) >= 0 for other in free.taken), (azimuth, elevation, text)


def caption_alpha(caption):
    return round(caption.alpha, 2)


def test_what_speaks_for_a_class_is_drawn_and_the_bar_is_framed(qtbot, view):
    show(qtbot, view)
    plain, label = view.picture.image.copy(), 3
    view.point_out(Thing(bar=label))
    qtbot.waitUntil(lambda: view.picture.frame.focus is not None, timeout=LONG)
    focus = view.picture.frame.focus
    assert (focus.label, focus.about) == (label, ())
    assert view.picture.image != plain
    edges, end = view._shown.edges, view._shown.scene.seconds
    assert edges.headline(end, focus) == f"Lit: what speaks for {label} and against it"
    assert edges.headline(0.0, focus) == edges.headline(0.0), "on the way there the story is true"
    neuron = view.picture.scene.layout.panels[2].start
    view.point_out(Thing(neuron))
    qtbot.waitUntil(lambda: view.picture.frame.focus.about == (neuron,), timeout=LONG)
    assert view.picture.frame.focus.label == -1
    told = edges.headline(end, view.picture.frame.focus)
    assert told == "Lit: the strongest synapses of this neuron"
    view.point_out(NOTHING)
    qtbot.waitUntil(lambda: view.picture.frame.focus is None, timeout=LONG)
    still(qtbot, view)
    bars = view.picture.scene.layout.bars
    middle = bars.base[label] + 0.5 * bars.length * bars.along
    x, y = view.picture.frame.camera.project(middle[None], view.picture.scene.size)[0]
    bare, hovered = view.grab().toImage(), []
    view.bar_hovered.connect(hovered.append)
    QTest.mouseMove(view, QPoint(round(float(x)), round(float(y))))
    assert hovered == [label]
    assert view.grab().toImage() != bare
