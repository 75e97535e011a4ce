"""Preset views, layers that are flown to, and a net that turns by itself until it is touched."""

import numpy as np
import pytest
from live_hands import click
from live_windows import PATIENCE, pictured, select, settled
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea

import data
import engine
from scenes import compose, focus_on
from scenes.light.focus import focus_on_synapse
from viz3d.live.view.overlay.legend import entry_wide, rows_of, told_of

RAMP = np.zeros((256, 3))


def arrived(qtbot, window):
    qtbot.waitUntil(lambda: not window.view.camera.flying, timeout=PATIENCE)
    return window.view.camera.pose


def test_the_corners_buttons_and_the_keys_lead_to_the_same_views(window, qtbot):
    corner, seen = window.viewing.corner, {}
    for name in ("front", "side", "top", "home"):
        QTest.mouseClick(corner.views[name], Qt.MouseButton.LeftButton)
        seen[name] = arrived(qtbot, window)
    assert len({(pose.azimuth, pose.elevation) for pose in seen.values()}) == 4
    for key, name in ((Qt.Key.Key_1, "front"), (Qt.Key.Key_2, "side"), (Qt.Key.Key_3, "top")):
        QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert arrived(qtbot, window) == seen[name]
    QTest.keyClick(window, Qt.Key.Key_H)
    assert arrived(qtbot, window) == seen["home"]


def test_the_corner_stands_apart_from_all_panels(window):
    for size in ((960, 640), (1024, 700), (1440, 900), (2560, 1440)):
        window.resize(*size)
        box = window.viewing.corner.geometry()
        for panel in (window.drawing, window.timeline, window.inspector, window.top):
            assert not box.intersects(panel.geometry()), size
        assert box.bottom() < window.view.legend_top, size


def test_the_corner_is_within_a_window_that_was_just_made_smaller(window, qtbot):
    # Lost otherwise: its buttons, until a picture of the new size has come.
    window.resize(1440, 900)
    settled(qtbot, window)
    pictured(window)
    waits = window.view._resizing
    qtbot.waitUntil(lambda: not waits.isActive(), timeout=PATIENCE)
    rest = waits.interval()
    waits.setInterval(3_600_000)
    window.resize(1024, 700)
    QApplication.processEvents()
    waits.setInterval(rest)
    assert window.root.size() == QSize(1024, 700)
    assert waits.isActive(), "that picture is still to come"
    assert window.root.rect().contains(window.viewing.corner.geometry())


def test_the_corner_stands_beside_the_page_of_code_too(window):
    for size in ((1024, 700), (1440, 900)):
        window.resize(*size)
        window.top.code.click()
        box = window.viewing.corner.geometry()
        for panel in (window.drawing, window.timeline, window.sheets.code.page):
            assert not box.intersects(panel.geometry()), size
            left, right, base = window.view._legend
            legend = QRect(round(left), round(window.view.legend_top), round(right - left), 0)
            legend.setBottom(round(base) + 4)
            assert legend.width() > 100, size
            assert not legend.intersects(panel.geometry()), size
            assert not legend.intersects(box), size
        window.top.inspect.click()


def test_a_selected_layer_is_flown_to_by_key_and_by_menu(window, qtbot):
    before = arrived(qtbot, window)
    window.picking.pick_place("hidden2")
    QTest.keyClick(window, Qt.Key.Key_F)
    pose = arrived(qtbot, window)
    assert pose.distance < before.distance
    window.viewing.see("home")
    arrived(qtbot, window)
    entries = dict(entry for entry in window.editing.menus.entries() if entry)
    entries["Fly there"]()
    assert arrived(qtbot, window) == pose


def test_it_turns_until_it_is_touched_and_then_nothing_runs(window, qtbot):
    viewing, camera = window.viewing, window.view.camera
    for touch in (
        lambda: click(window.view, 400, 200),
        lambda: QTest.keyClick(window.view, Qt.Key.Key_Left),
        lambda: viewing.see("home"),
        viewing.corner.turn.click,
        window.hide,
    ):
        window.show()
        before = arrived(qtbot, window).azimuth
        assert not viewing.timer.isActive()
        QTest.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
        assert viewing.corner.turn.isChecked()
        qtbot.waitUntil(lambda before=before: bool(camera.pose.azimuth != before), timeout=PATIENCE)
        touch()
        qtbot.waitUntil(lambda: not viewing.timer.isActive(), timeout=PATIENCE)
        assert not viewing.corner.turn.isChecked()


def test_it_turns_slowly_however_late_the_clock_is(window):
    viewing, camera, now = window.viewing, window.view.camera, iter((0.0, 0.5, 60.0))
    viewing._clock = lambda: next(now)
    viewing.turn(True)
    viewing.timer.stop()
    for most in (4.0, 8.0):
        before = camera.pose
        viewing._tick()
        assert (camera.pose.azimuth - before.azimuth) % 360 == pytest.approx(most)
        assert camera.pose.elevation == before.elevation


@pytest.mark.parametrize("view", ["top", "side", "home"])
def test_what_is_all_in_view_stays_so_while_it_turns_and_comes_back_as_near(window, qtbot, view):
    camera = window.view.camera
    window.viewing.see(view)
    before, layout = arrived(qtbot, window), window.view._shown.scene.layout
    (size, (left, top, right, bottom)), nearest = camera.view, np.inf
    for _ in range(90):
        camera.go_round(4.0)
        seen = camera.pose.project(layout.bounds(), size)
        assert (seen > (left - 16, top - 16)).all()
        assert (seen < (right + 16, bottom + 16)).all()
        nearest = min(nearest, camera.pose.distance)
    assert camera.pose.distance == pytest.approx(before.distance, rel=0.01)
    assert nearest < 1.01 * before.distance


def test_a_neuron_that_was_come_near_to_is_turned_about_where_it_is(window, qtbot):
    camera = window.view.camera
    window.view.fly_to(900)
    before, place = arrived(qtbot, window), window.view.place_of(900)[None]
    for _ in range(20):
        camera.go_round(4.0)
    assert camera.pose.distance == before.distance
    size = camera.view[0]
    np.testing.assert_allclose(camera.pose.project(place, size), before.project(place, size), atol=0.5)


def test_a_right_click_beside_the_net_offers_views_and_layers(window, qtbot):
    window.view.menu_asked.emit(False, QPoint(5, 5))
    menu = window.root.findChildren(QMenu)[-1]
    entries = {action.text(): action for action in menu.actions()}
    assert {"From above", "Fly to Hidden 2", "Fly to Output"} <= set(entries)
    before = window.view.camera.pose
    entries["Fly to Hidden 2"].trigger()
    pose = arrived(qtbot, window)
    menu.close()
    assert pose.distance < before.distance
    assert (pose.azimuth, pose.elevation) == pytest.approx((before.azimuth, before.elevation))


def test_a_legend_in_little_room_wraps_its_words_and_leaves_none_out():
    # Lost otherwise: at the least size the ends of its lines, under the inspector.
    entries = [(RAMP, 72.0, "away from its usual value, −4σ to +4σ"), (RAMP, 24.0, "speaks for 2")]
    told = (None, 0.0, "bands are of the net before its changes")
    rows = rows_of(entries, told, 130.0)
    assert all(sum(map(entry_wide, row)) <= 130 for row in rows)
    words = " ".join(text for row in rows for *_, text in row)
    assert words == "away from its usual value speaks for 2 bands are of the net before its changes"
    assert len(rows_of(entries, told, 900.0)) == 1


def test_a_menu_at_the_windows_right_end_opens_within_it(window):
    # Lost otherwise: the keys that stand in it, beside the window.
    menu = window.top.export.menu()
    menu.popup(window.top.export.mapToGlobal(QPoint(0, 30)))
    end = window.mapToGlobal(window.rect().topRight()).x()
    assert menu.geometry().right() <= end
    menu.hide()


def test_a_menu_at_the_windows_foot_opens_above_its_button(window):
    # Lost otherwise: in a browser, or in a window that fills the screen, what stands below its edge.
    window.resize(1024, 700)
    window.top.train.click()
    panel = window.training.page.panel
    button = panel.trainer_button
    bar = window.training.page.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    top = button.mapToGlobal(QPoint())
    button.menu().popup(top + QPoint(0, button.height()))
    foot = window.mapToGlobal(window.rect().bottomLeft()).y()
    box = button.menu().geometry()
    button.menu().hide()
    bar.setValue(0)
    window.top.inspect.click()
    window.resize(1440, 900)
    assert box.bottom() <= foot
    assert box.bottom() < top.y(), "the pointer would be over an entry"


def test_what_the_arrow_keys_select_comes_into_view_as_near_as_it_was(window, qtbot):
    # Lost otherwise: close up, the keys walk on somewhere beneath the panels, and the scene stays.
    view, camera = window.view, window.view.camera
    select(window, "hidden3:0")
    settled(qtbot, window)
    window.picking.fly()
    arrived(qtbot, window)
    near = camera.pose.distance
    QTest.keyClick(window, Qt.Key.Key_Right)
    arrived(qtbot, window)
    for _ in range(9):
        QTest.keyClick(window, Qt.Key.Key_Down)
    arrived(qtbot, window)
    assert window.desk.session.selection == "output:9"
    (place,) = camera.pose.project(view.place_of(window.picking.neuron)[None], camera._size)
    left, top, right, bottom = camera._rectangle
    assert left - 20 < place[0] < right + 20
    assert top - 20 < place[1] < bottom + 20
    assert near / 2 < camera.pose.distance < 2 * near
    pose = camera.pose
    QTest.keyClick(window, Qt.Key.Key_Up)
    arrived(qtbot, window)
    assert camera.pose == pose, "what is in view already moves nothing"


def test_of_what_is_silent_the_legend_says_that_it_is_lit_by_weight(qapp):
    # Lost otherwise: "inhibits" beside the lines of an ablated neuron, which carry nothing.
    trace = engine.load(data.model_path("mlp")).trace(data.load("digits").images[3])
    scene = compose(trace, size=(320, 200), synapses=100)
    ends = trace.net.offset("hidden1") + 201, trace.net.offset("hidden2") + 5

    def told(edits):
        found = trace.net.mutate(edits).trace(data.load("digits").images[3])
        focus = focus_on(found, scene.layout, scene.theme, ends[0])
        synapse = focus_on_synapse(found, scene.layout, scene.theme, *ends)
        return told_of(focus)[1].partition("synapses")[2], told_of(synapse)

    assert told("clamp hidden1:201 1") == (" of it", (("excites", "inhibits"), "one synapse"))
    weight = ("weight above 0", "weight below 0"), "one synapse of a silent source"
    assert told("ablate hidden1:201") == (": those out of it by weight", weight)
    entries = [(None, 24.0, text) for text in ("activation, 0 to layer max", "excites", "inhibits")]
    lone = (None, 0.0, "96 synapses: those out of it by weight")
    assert rows_of(entries, lone, 600.0) == [[*entries, lone]], "it is not cut to make one row"
