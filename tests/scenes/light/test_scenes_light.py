"""What shines is drawn by the driver or by compiled loops: both make one picture."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageFilter
from scene_fixtures import label, trace

from scenes import THEMES, Orbit, Paint, Scene, Stage, compose, compose_pair, focus_on
from scenes.kernels import finish, glow
from scenes.kernels.prepare import prepare
from scenes.lettering.fonts import extent
from scenes.vtk.bloom import bloom
from scenes.vtk.draw_lettering import write_over
from scenes.vtk.ground import Veil
from scenes.vtk.stages.pair_stage import PairStage
from scenes.vtk.window import offscreen

HD = (1280, 720)


def both(scene: Scene, frame=None, supersample: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """The picture by the driver and by compiled loops, as whole numbers: no bloom, no text."""
    frame = frame or scene.frame(scene.seconds)
    pictures = []
    for compiled in (False, True):
        with Stage(scene, supersample, compiled=compiled) as stage:
            assert (stage.window.light is not None) == compiled
            pictures.append(stage.render(frame).astype(int))
    return pictures[0], pictures[1]


def assert_one_picture(driven: np.ndarray, compiled: np.ndarray, most: int = 4, mean: float = 0.5) -> None:
    away = np.abs(driven - compiled)
    assert away.mean() < mean
    assert np.percentile(away, 99) <= 2 * most
    # Lines and discs are softened by each in its own way: by a share of the contrast around.
    assert np.percentile(away - contrast(driven) / 4, 99) <= most / 2
    assert (away > most + contrast(driven) / 4).mean() <= 0.005


def contrast(picture: np.ndarray) -> np.ndarray:
    """How far the lightest and the darkest of a pixel and those around it are apart."""
    image = Image.fromarray(picture.astype(np.uint8))
    high, low = (
        np.asarray(image.filter(kind(3)), int) for kind in (ImageFilter.MaxFilter, ImageFilter.MinFilter)
    )
    return high - low


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize(
    ("preset", "theme"),
    [
        ("mlp", "dark"),
        ("cnn-draw", "light"),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in [
                ("mlp", "light"),
                ("mlp", "high-contrast"),
                ("mlp", "colour-blind"),
                ("vit-small", "dark"),
            ]
        ),
    ],
)
def test_driver_and_loops_make_one_picture(preset, theme) -> None:
    assert theme in THEMES
    assert_one_picture(*both(compose(trace(preset), size=HD, theme=theme)))


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
@pytest.mark.parametrize("share", [0.2, 0.45, 0.8])
def test_they_make_one_picture_there_and_back(share) -> None:
    scene = compose(trace("cnn-draw"), size=HD)
    assert_one_picture(*both(scene, scene.frame(share * scene.seconds)))


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_they_make_one_picture_supersampled_portrait_painted_and_with_a_neuron_in_focus() -> None:
    assert_one_picture(*both(compose(trace(), size=(640, 360)), supersample=2))
    assert_one_picture(*both(compose(trace(), size=(720, 1280))))
    values = {"hidden2": np.linspace(-1.0, 1.0, 256)}
    assert_one_picture(*both(compose(trace(), size=HD, paint=Paint(values, "t", "low", "high"))))
    scene = compose(trace(), size=HD)
    lit = focus_on(trace(), scene.layout, scene.theme, int(scene.layout.panels[2].start) + 7)
    frame = scene.seen(scene.moment(scene.seconds), None, None, lit)
    assert_one_picture(*both(scene, frame))


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_they_make_one_picture_from_among_the_strands() -> None:
    # Lost otherwise: in the window, what runs past the camera.
    scene = compose(trace(), size=HD)
    frame = scene.frame(scene.seconds)
    middle = tuple(float(x) for x in scene.layout.bounds().mean(axis=0))
    for pose in (Orbit(middle, 6.0, 40.0, 5.0, 40.0), Orbit(middle, 70.0, 200.0, 20.0, 30.0)):
        # Hundreds of faint strands lie over one another, and the driver rounds each.
        assert_one_picture(*both(scene, replace(frame, camera=pose)), most=7, mean=0.6)


@pytest.mark.usefixtures("screen")
def test_they_make_one_picture_while_a_hand_moves(monkeypatch) -> None:
    # Bloom would hide what differs.
    monkeypatch.setattr("scenes.vtk.stages.stage.bloom", lambda pixels, *_: pixels)
    scene = compose(trace(), size=HD)
    frame, pictures = scene.frame(scene.seconds), []
    for compiled in (False, True):
        with Stage(scene, compiled=compiled) as stage:
            pictures.append(stage.lit(frame, 0.6, 0.5).astype(int))
    assert pictures[0].shape == (432, 768, 3)
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.5


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_pairs_have_their_light_by_loops(monkeypatch) -> None:
    pair = compose_pair(trace(), trace("mlp", 7), size=HD, label=label())
    pictures = []
    for ready in (False, True):
        monkeypatch.setattr(offscreen, "is_software", lambda _, ready=ready: ready)
        monkeypatch.setattr(offscreen, "knows_software", lambda ready=ready: ready)
        with PairStage(pair) as stage:
            pictures.append(stage.draw(pair.frame(pair.seconds)).astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 0.5


def test_without_a_folder_for_loops_pictures_are_drawn_all_the_same(monkeypatch) -> None:
    from engine.kernels import compile as how
    from scenes.kernels.compile import jit

    compile_it = how.numba.njit

    def refuse(*_, cache: bool = False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available for file 'x'")
        return compile_it(**options)

    monkeypatch.setattr(how.numba, "njit", refuse)
    assert jit(lambda number: number + 1)(1) == 2


def test_compiled_bloom_veil_and_text_are_those_of_pillow_and_numpy_to_the_number(monkeypatch) -> None:
    # Lost otherwise: a film that looks another way on another machine.
    prepare(light=False)
    rng = np.random.default_rng(0)
    scene = compose(trace(), size=(640, 360), label=label())
    frame = scene.frame(scene.seconds)
    for size in ((360, 640), (270, 481), (61, 62), (720, 1280), (1080, 1920)):
        bright = np.zeros((*size, 3), np.uint8)
        bright[20:50, 15:44] = rng.integers(0, 256, (30, 29, 3))
        bright[-3:, -2:] = 255
        paper = rng.integers(0, 256, bright.shape, np.uint8)
        kept = None if size == (360, 640) else np.zeros(size, np.uint8)
        if kept is not None:
            kept[16:44, 20:52] = rng.choice(np.array([0, 100, 255], np.uint8), (28, 32))
        pictures = []
        for loops in (None, finish):
            monkeypatch.setattr("scenes.vtk.bloom.finish_loops", lambda loops=loops: loops)
            monkeypatch.setattr("scenes.vtk.draw_lettering.finish_loops", lambda loops=loops: loops)
            monkeypatch.setattr("scenes.vtk.ground.finish_loops", lambda loops=loops: loops)
            # The darkness around what is kept may be looked through, or not.
            box = np.array([20, 16, 52, 44]) if size[0] == 720 else None
            picture = bloom(bright.copy(), 1.0, kept, box)
            assert kept is None or np.subtract(picture, bright)[kept == 255].max() <= 7, "the digit is seen"
            Veil(paper, 0.8 * size[0]).draw(picture)
            write_over(picture, frame)
            pictures.append(picture)
        np.testing.assert_array_equal(*pictures)
        assert (pictures[0] != bright).any()


def test_a_name_before_strands_has_quiet_ground_behind_it() -> None:
    # Lost otherwise: grey words under a panel of a tall picture, which strands of the same lightness cross.
    scene = compose(trace(), size=(720, 1280))
    frame = scene.frame(scene.seconds)
    bright = np.full((1280, 720, 3), 255, np.uint8)
    drawn = bright.copy()
    write_over(drawn, frame)
    details = [each for each in frame.captions if each.outline and "neurons" in each.text]
    assert len(details) == 3
    wide = compose(trace(), size=(1280, 720))
    assert not any(each.plate for each in wide.frame(wide.seconds).captions), "no strand runs there"
    for each in details:
        left, top, right, bottom = (round(side) for side in extent(each))
        assert np.quantile(drawn[top:bottom, left:right].max(axis=2), 0.75) < 0.55 * 255
        beyond = drawn[bottom + round(1.5 * each.size), left:right]
        assert (beyond == 255).all(), "no more than around it"


@pytest.mark.parametrize("size", [(180, 320), (7, 5), (2, 3), (1, 1)])
@pytest.mark.parametrize("radius", [0.3, 0.83, 1.25, 1.83, 2.7, 6.0])
def test_the_blur_of_loops_is_pillows_to_the_number(size, radius) -> None:
    # Lost otherwise: a glow that changes with the machine that draws it, most of all on a large picture.
    picture = np.random.default_rng(3).integers(0, 256, (*size, 3), np.uint8)
    picture[: size[0] // 2] = 0
    theirs = np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))
    blurred = glow.soften(picture.reshape(len(picture), -1), radius)
    np.testing.assert_array_equal(blurred.reshape(theirs.shape), theirs)


def test_what_the_driver_tells_is_parted_alike_by_loops_and_without() -> None:
    # Lost otherwise: with a graphics card pictures stand upside down, or glow falls on the digit's pixels.
    rgba = np.random.default_rng(0).integers(0, 256, (6, 10, 4), np.uint8)
    rgb, kept = np.empty((6, 10, 3), np.uint8), np.empty((6, 10), np.uint8)
    finish.part(rgba.reshape(6, -1), 8, rgb.reshape(6, -1), kept)
    np.testing.assert_array_equal(rgb, rgba[::-1, :, :3])
    np.testing.assert_array_equal(kept, 255 * (rgba[::-1, :, 3] >= 8))


@pytest.mark.parametrize(("left", "top"), [(-3, 2), (4, -2), (9, 5)])
def test_letters_that_reach_beyond_the_picture_are_cut_at_its_edge(left, top) -> None:
    # Lost otherwise: the beginning of a word at the border in place of its end.
    rng = np.random.default_rng(left + top + 9)
    ground, ink = rng.integers(0, 256, (8, 12, 3), np.uint8), np.array([[[250, 20, 130]]], np.uint8)
    mask, drawn = rng.integers(0, 256, (5, 6), np.uint8), ground.copy()
    finish.lay(drawn, ink, mask, left, top, 256)
    cover = np.zeros((18, 22), np.float64)
    cover[5 + top : 10 + top, 5 + left : 11 + left] = mask / 255
    cover = cover[5:13, 5:17, None]
    np.testing.assert_array_equal(drawn, np.rint(ground * (1 - cover) + ink * cover))
