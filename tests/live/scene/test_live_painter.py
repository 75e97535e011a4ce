"""The threads that draw and compose: the newest request is handled, and what goes wrong is told."""

import gc
import threading
import time

import numpy as np
import pytest
from patience import PATIENCE
from PySide6.QtGui import QImage
from pyvista import Plotter
from scene_fixtures import trace

from scenes import Free, Look, Stage, compose, prepare_films
from scenes.vtk.window.offscreen import OffscreenWindow
from viz3d.command.process import heap
from viz3d.live.work import compiling
from viz3d.live.work.painter import Painter, PaintRequest
from viz3d.live.work.thinker import Thinker

pytestmark = pytest.mark.usefixtures("screen")
SIZE = (320, 200)


@pytest.fixture
def painter(qapp):
    painter = Painter()
    yield painter
    painter.close()


@pytest.fixture
def pictures(painter):
    pictures = []
    painter.painted.connect(pictures.append)
    return pictures


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def test_a_picture_is_the_films_without_its_text(qtbot, painter, pictures):
    # Lost otherwise: the window shows other light than the film that it exports.
    scene = compose(trace(), size=SIZE, synapses=300)
    painter.ask(PaintRequest(scene, 6.0, free=Free((0, 0, *SIZE))))
    qtbot.waitUntil(lambda: bool(pictures), timeout=PATIENCE)
    with Stage(scene) as stage:
        film = stage.lit(scene.frame(6.0))
    np.testing.assert_array_equal(pixels(pictures[0].image), film)
    assert pictures[0].scene is scene
    assert "Hidden 2" in {caption.text for caption in pictures[0].frame.captions}
    assert scene.words.title not in {caption.text for caption in pictures[0].frame.captions}


def test_fewer_pixels_and_more_show_the_same_light(qtbot, painter, pictures):
    scene = compose(trace(), size=SIZE)
    for scale, ratio in ((1.0, 1.0), (0.6, 1.0), (1.0, 2.0), (1.0, 1.0)):
        count = len(pictures)
        painter.ask(PaintRequest(scene, scene.seconds, scale=scale, ratio=ratio))
        qtbot.waitUntil(lambda count=count: len(pictures) > count, timeout=PATIENCE)
    images = [pixels(picture.image) for picture in pictures]
    assert [image.shape[:2] for image in images] == [(200, 320), (120, 192), (400, 640), (200, 320)]
    light = [float(image.mean()) for image in images]
    assert light[1:3] == pytest.approx([light[0]] * 2, rel=0.06)
    np.testing.assert_array_equal(images[0], images[3])


def test_fewer_synapses_are_the_strongest_and_the_whole_picture_comes_back(qtbot, painter, pictures):
    # Lost otherwise: a picture at rest lacks what was left out while it moved.
    scene = compose(trace(), size=SIZE)
    for share in (1.0, 0.2, 1.0):
        count = len(pictures)
        painter.ask(PaintRequest(scene, scene.seconds, share=share))
        qtbot.waitUntil(lambda count=count: len(pictures) > count, timeout=PATIENCE)
    images = [pixels(picture.image) for picture in pictures]
    # The weakest fifth leaves 86 % of the light, the strongest 89 %; 81 and 87 % where loops draw it, which
    # lose no faint light by rounding.
    least = 0.85 if painter._stage.window.light else 0.88
    assert least * images[0].mean() < images[1].mean() < 0.99 * images[0].mean()
    np.testing.assert_array_equal(images[0], images[2])


def test_of_many_requests_few_are_drawn_and_the_last_is(qtbot, painter, pictures):
    # Lost otherwise: the picture runs after the hand, further and further behind.
    scene = compose(trace(), size=SIZE, synapses=300)
    for k in range(50):
        painter.ask(PaintRequest(scene, 0.1 * k))
    qtbot.waitUntil(lambda: bool(pictures) and pictures[-1].request.t == pytest.approx(4.9), timeout=PATIENCE)
    assert len(pictures) < 10


def test_what_goes_wrong_is_told_and_the_next_picture_is_drawn(qtbot, painter, pictures):
    failures = []
    painter.failed.connect(failures.append)
    scene = compose(trace(), size=SIZE, synapses=300)
    painter.ask(PaintRequest(scene, 1.0, pose="no pose"))
    qtbot.waitUntil(lambda: bool(failures), timeout=PATIENCE)
    assert "\n" not in failures[0]
    painter.ask(PaintRequest(scene, 1.0))
    qtbot.waitUntil(lambda: bool(pictures), timeout=PATIENCE)


def test_networks_change_without_harm_and_the_thread_ends_with_its_stage(qtbot, painter, pictures):
    # Lost otherwise: VTK's objects are freed in another thread, and the process ends.
    scenes = [compose(trace(name), size=(160, 100), synapses=100) for name in ("mlp", "mlp-sigmoid")]
    for k in range(10):
        painter.ask(PaintRequest(scenes[k % 2], 9.0))
        qtbot.waitUntil(lambda k=k: len(pictures) == k + 1, timeout=PATIENCE)
    painter.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "Painter"]
    # Not even for the collector is anything left.
    assert not [each for each in gc.get_objects() if isinstance(each, Stage | Plotter)]
    painter.ask(PaintRequest(scenes[0], 1.0))
    assert not [thread for thread in threading.enumerate() if thread.name == "Painter"]


def test_a_thinker_composes_the_newest_trace_and_keeps_the_site(qtbot, qapp):
    thinker, found, failures = Thinker(), [], []
    thinker.composed.connect(found.append)
    thinker.failed.connect(failures.append)
    look = Look(size=SIZE, synapses=300)
    for number in range(20):
        thinker.ask(trace("mlp", number % 4), look, number)
    qtbot.waitUntil(lambda: bool(found) and found[-1].stamp == 19, timeout=PATIENCE)
    assert len(found) < 20
    assert found[-1].trace is trace("mlp", 3)
    assert found[-1].scene.prediction == trace("mlp", 3).prediction
    thinker.ask(trace("mlp", 1), look, 20)
    qtbot.waitUntil(lambda: found[-1].stamp == 20, timeout=PATIENCE)
    assert found[-1].scene.site is found[-2].scene.site
    thinker.ask("no trace", look, 21)
    qtbot.waitUntil(lambda: bool(failures), timeout=PATIENCE)
    thinker.close()


def test_a_stage_that_is_built_anew_gives_its_memory_back(qtbot, painter, pictures, monkeypatch):
    # Lost otherwise: a window that grows by megabytes whenever its size, theme or network changes.
    given = []
    monkeypatch.setattr("viz3d.live.work.painter.give_back", lambda: given.append(len(pictures)))
    first, other = (compose(trace(number=n), size=SIZE, synapses=300) for n in (3, 4))
    larger = compose(trace(), size=(400, 200), synapses=300)
    for count, scene in enumerate((first, other, larger, larger), 1):
        painter.ask(PaintRequest(scene, 6.0, free=Free((0, 0, *SIZE))))
        qtbot.waitUntil(lambda count=count: len(pictures) == count, timeout=PATIENCE)
    assert given == [2]


def test_giving_memory_back_is_harmless_anywhere(monkeypatch):
    heap.give_back()
    heap.share_arenas()
    for platform in ("darwin", "win32"):
        heap._found.cache_clear()
        monkeypatch.setattr("sys.platform", platform)
        heap.give_back()
        heap.share_arenas()
    heap._found.cache_clear()


def test_the_first_pictures_on_a_machine_come_at_once_and_later_ones_by_compiled_loops(
    qtbot, painter, pictures, monkeypatch
):
    # Lost otherwise: seconds before the first picture, or a slow window for ever.
    prepare_films(software=True)
    monkeypatch.setattr("scenes.kernels.light.is_ready", lambda: False)
    started = []
    monkeypatch.setattr(painter._compiling, "start", lambda *, light: started.append(light))
    scene = compose(trace(), size=SIZE, synapses=300)

    def paint(t):
        count = len(pictures)
        painter.ask(PaintRequest(scene, t))
        qtbot.waitUntil(lambda: len(pictures) > count, timeout=PATIENCE)
        return painter._stage

    first = paint(6.0)
    qtbot.waitUntil(lambda: first.slow == bool(started), timeout=PATIENCE)  # it starts once that is shown
    if not first.slow:
        pytest.skip("a graphics card draws here")
    assert paint(7.0) is first
    assert not pictures[-1].by_card
    monkeypatch.setattr("scenes.kernels.light.is_ready", lambda: True)
    monkeypatch.setattr(painter._compiling, "ended", lambda: True)
    assert not paint(8.0).slow


def test_a_graphics_card_draws_ahead_while_the_picture_before_is_finished(
    qtbot, painter, pictures, monkeypatch
):
    # Lost otherwise: a card waits for each picture's glow, or pictures come in another order or mixed.
    scene = compose(trace(), size=SIZE, synapses=300)
    with Stage(scene, compiled=False) as stage:
        wanted = {t: stage.lit(scene.frame(t)).copy() for t in (5.0, 7.0, 9.0)}
    monkeypatch.setattr(Stage, "ahead", True)
    finished = []
    begin_lit = Stage.begin_lit

    def slowly(stage, *given):
        finish = begin_lit(stage, *given)

        def later():
            time.sleep(0.2)
            finished.append(threading.current_thread().name)
            return finish()

        return later

    monkeypatch.setattr(Stage, "begin_lit", slowly)
    monkeypatch.setattr(
        "scenes.vtk.stages.stage.OffscreenWindow", lambda size, _: OffscreenWindow(size, False)
    )
    for count, t in enumerate(wanted):
        painter.ask(PaintRequest(scene, t))
        qtbot.waitUntil(lambda count=count: len(pictures) > count or len(finished) > count, timeout=PATIENCE)
    qtbot.waitUntil(lambda: len(pictures) == len(wanted), timeout=PATIENCE)
    assert [picture.request.t for picture in pictures] == list(wanted)
    for picture in pictures:
        assert np.array_equal(pixels(picture.image), wanted[picture.request.t])
        assert picture.by_card
    assert all(name.startswith("Finisher") for name in finished)


def test_what_goes_wrong_as_a_picture_is_finished_is_told_and_the_next_one_comes(
    qtbot, painter, pictures, monkeypatch
):
    # Lost otherwise: a picture that never comes, and no word why.
    monkeypatch.setattr(Stage, "ahead", True)
    told = []
    painter.failed.connect(told.append)
    scene = compose(trace(), size=SIZE, synapses=300)
    with monkeypatch.context() as once:
        once.setattr("scenes.vtk.stages.stage.bloom", lambda *_given: 1 / 0)
        painter.ask(PaintRequest(scene, 6.0))
        qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    assert told == ["ZeroDivisionError: division by zero"]
    painter.ask(PaintRequest(scene, 6.0))
    qtbot.waitUntil(lambda: len(pictures) == 1, timeout=PATIENCE)


def test_what_compiles_loops_ends_with_the_window(monkeypatch):
    monkeypatch.setattr(compiling, "_CODE", "import time; time.sleep(600)")
    work = compiling.Compiling()
    assert not work.ended()
    work.start(light=True)
    process = work._process
    assert process.poll() is None
    assert not work.ended()
    work.close()
    assert process.poll() is not None
    assert not work.ended()
