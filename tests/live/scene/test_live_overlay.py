"""Texts over a picture: headline, answer, legend and labels can be read, whatever lies under them."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from scene_fixtures import trace

from scenes import Caption, Look, compose
from scenes.camera.orbit_moves import panned
from scenes.lettering.fonts import extent
from viz3d.live.view.overlay.edges import Edges, sides
from viz3d.live.view.overlay.fitting import shortened
from viz3d.live.view.overlay.layer_frames import face_corners
from viz3d.live.view.overlay.legend import APART, entry_wide
from viz3d.live.view.overlay.lettering import write_captions, written
from viz3d.live.view.pointing import NOTHING
from viz3d.live.view.viewed_scene import ViewedScene
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import look

pytestmark = pytest.mark.usefixtures("screen")


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_no_two_texts_overlap_from_any_side_and_all_are_within_what_is_free(preset):
    # Lost otherwise: percentages, cards and numbers pile up as the net is turned.
    from scenes import Free
    from scenes.camera.orbit_moves import turned, view_from
    from scenes.space.page import apart

    size, headline = (1440, 900), (16.0, 80.0, 300.0, 128.0)
    free = Free(
        (8.0, 56.0, 1104.0, 800.0), (headline, (880.0, 80.0, 1104.0, 170.0), (0.0, 640.0, 460.0, 900.0))
    )
    scene = compose(trace(preset), size=size)
    moment = scene.moment(scene.seconds)
    pose = view_from("home", scene.layout, size, (24.0, 124.0, 1036.0, 592.0))
    middle = scene.layout.bounds().mean(axis=0)
    sides = [(75, 17), (88, 17), (120, 17), (-25, 17), (180, 17), (40, 70), (-100, 40), (90, 60), (30, 80)]
    for azimuth, elevation in sides:
        seen = turned(pose, middle, azimuth - pose.azimuth, elevation - pose.elevation)
        frame = scene.seen(moment, seen, free)
        captions = frame.captions
        boxes = [(caption.text, extent(caption)) for caption in captions]
        assert len(boxes) > 3, (azimuth, elevation)
        inks = [ink(tick, seen, size) for tick in frame.ticks if tick.alpha > 0]
        others = [box for _, box in boxes] + list(free.taken)
        for k, box in enumerate(inks):
            assert all(apart(box, other) >= -1.0 for other in inks[:k] + others), (azimuth, elevation, box)
        for k, (text, box) in enumerate(boxes):
            assert caption_alpha(captions[k]) in (0.0, 1.0), text
            assert all(apart(box, other) >= -1.0 for _, other in boxes[:k]), (azimuth, elevation, text)
            assert all(apart(box, other) >= 0 for other in free.taken), (azimuth, elevation, text)


def test_a_neuron_of_a_nearer_layer_cuts_no_name_of_a_band():
    # Lost otherwise: half a figure sticks out behind the next layer's balls, and may be read as another.
    from scenes import Free
    from scenes.camera.orbit_moves import turned, view_from

    size, free = (1440, 900), Free((8.0, 56.0, 1104.0, 800.0), ())
    scene = compose(trace("mlp"), size=size)
    moment, middle = scene.moment(scene.seconds), scene.layout.bounds().mean(axis=0)
    home = view_from("home", scene.layout, size, (24.0, 124.0, 1036.0, 592.0))
    told, at_home = [], scene.seen(moment, home, free).ticks
    for azimuth in (5.0, 10.0, 20.0, 34.0):
        pose = turned(home, middle, azimuth, 4.0)
        frame = scene.seen(moment, pose, free)
        x, y = pose.project(scene.layout.positions, size).T
        far = (pose.position - scene.layout.positions) @ pose.axes()[2]
        for tick in frame.ticks:
            left, top, right, low = ink(tick, pose, size)
            nearer = far < (pose.position - np.array(tick.at)) @ pose.axes()[2] - 1.0
            inside = (x > left) & (x < right) & (y > top) & (y < low)
            assert not (tick.alpha > 0 and (nearer & inside).any()), (azimuth, tick.text)
        told.append(sum(tick.alpha > 0 for tick in frame.ticks))
    assert 0 < min(told) < len(at_home)
    assert all(tick.alpha > 0 for tick in at_home)


@pytest.mark.parametrize(
    ("size", "room"),
    [((1024, 700), (24.0, 124.0, 640.0, 378.0)), ((1440, 900), (24.0, 124.0, 1036.0, 592.0))],
)
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_bars_stand_below_the_answer_in_each_view(qapp, preset, size, room):
    # Lost otherwise: the first bars' numbers lie under the answer's, or half under its veil.
    from scenes.camera.orbit_moves import VIEWS
    from viz3d.live.view.camera import Camera

    layout = compose(trace(preset), size=size).layout
    for view in VIEWS:
        camera = Camera()
        camera.settle(layout, size, room)
        pose = camera._whole(view, layout)
        x, y = pose.project(layout.bars.quads(np.ones(10, np.float32)).reshape(-1, 3), size).T
        assert x.max() < room[2] - 192 or y.min() > room[1] + 56, view
        assert max(x.max() - room[2], y.max() - room[3]) <= 1.0, view


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_the_number_of_an_answer_that_is_all_but_sure_is_told_from_home(qapp, preset):
    # Lost otherwise: of all numbers it is the longest, and where the net fills the view there was no room.
    from scenes import Free
    from scenes.camera.orbit_moves import view_from

    size, free = (1440, 900), Free((8.0, 56.0, 1066.0, 800.0))
    scene = compose(trace(preset, 0), size=size)
    pose = view_from("home", scene.layout, size, (16.0, 124.0, 1006.0, 592.0))
    frame = scene.seen(scene.moment(scene.seconds), pose, free)
    (told,) = (each for each in frame.captions if each.text == ">99.9%" and each.alpha > 0)
    assert extent(told)[2] <= free.box[2]


def ink(tick, pose, size):
    """Where the figures of a band's name are seen: as wide as 0.6 of their size each, and as high as 0.73."""
    x, y = pose.project(np.array([tick.at], np.float32), size)[0].tolist()
    high = tick.size * pose.scale_at(np.array(tick.at), size)
    wide, high = 0.6 * high * len(tick.text), 0.73 * high
    left, foot = (x, y + high / 2) if tick.beside else (x - wide / 2, y)
    return left, foot - high, left + wide, foot


def caption_alpha(caption):
    return round(caption.alpha, 2)


def test_bars_that_a_hand_turns_behind_the_answer_are_left_free_or_do_not_shine_through_it(qapp):
    # Lost otherwise: seen from behind and above, the answer hides bars, or the longest runs through it.
    dress(qapp, "dark")
    scene = compose(trace(), size=(1280, 720), ended=True, card=False)
    pose, bars = scene.path.at(scene.seconds), scene.layout.bars
    middle = (bars.base + 0.5 * bars.length * bars.along).mean(axis=0)
    x, y = pose.project(middle[None].astype(np.float32), scene.size)[0].tolist()
    edges, lit = Edges(scene, None, QRectF(0, 0, 1280, 150), (0.0, 640.0, 700.0)), {}
    roomy = replace(edges, box=QRectF(0, 0, 1280, 720))
    for name, to in (("beside", (600, 500)), ("behind", (1160, 60))):
        camera = panned(pose, to[0] - x, to[1] - y, scene.size, middle)
        picture = QImage(*scene.size, QImage.Format.Format_RGB32)
        picture.fill(0xFFFFFF)
        painter = QPainter(picture)
        edges.draw(painter, look(), scene.frame(scene.seconds, camera))
        painter.end()
        lit[name] = picture.pixelColor(1150, 90).lightness()
        assert edges.answer_down(camera) == 0, "there is no room below the bars"
        left, top, right, foot = sides(edges.taken(scene.seconds, True)[2])
        down = roomy.answer_down(camera)
        seen = camera.project(bars.quads(np.ones(10, np.float32)).reshape(-1, 3), scene.size)
        assert down > 0 if name == "behind" else down == 0
        assert sides(roomy.taken(scene.seconds, True, camera)[2]) == (left, top + down, right, foot + down)
        least, most = seen.min(axis=0), seen.max(axis=0)
        assert (most < (left, top + down)).any() or (least > (right, foot + down)).any(), name
    assert lit["behind"] < 40 < lit["beside"]


def test_an_answer_that_stands_below_the_bars_leaves_the_name_of_the_output_there(qapp):
    # Lost otherwise: of the layers that a hand has moved up the last one is nameless.
    scene = compose(trace(), size=(1280, 720), ended=True, card=False)
    pose, bars = scene.path.at(scene.seconds), scene.layout.bars
    middle = (bars.base + 0.5 * bars.length * bars.along).mean(axis=0)
    x, y = pose.project(middle[None].astype(np.float32), scene.size)[0].tolist()
    camera = panned(pose, 1140 - x, 160 - y, scene.size, middle)
    viewed = ViewedScene(scene, None, trace(), QRectF(0, 0, 1280, 720), (0.0, 640.0, 700.0))
    down, foot = viewed.edges.answer_down(camera), sides(viewed.edges.taken(scene.seconds, True)[2])[3]
    assert down > 0
    low = replace(viewed.edges, box=QRectF(0, 0, 1280, foot + down + 8))
    assert 0 < low.answer_down(camera) < down, "where there is no room for both, the bars come first"
    captions = scene.frame(scene.seconds, camera, viewed.room(camera, scene.seconds, NOTHING)).captions
    assert {"Hidden 3", "Output"} < {each.text for each in captions if each.alpha > 0}


@pytest.mark.parametrize("layer", ["", "hidden2"])
def test_a_legend_with_little_room_still_says_how_many_synapses_are_drawn(qapp, layer):
    # Lost otherwise: of "1,000 of 163,840 synapses of Hidden 2 drawn" a lonely 1 is left.
    scene = compose(trace(), Look(size=(1280, 720), layer=layer, synapses=1000), ended=True)
    edges = Edges(scene, None, QRectF(0, 0, 1280, 720), (0.0, 10_000.0, 700.0))
    whole = edges._legend_rows(scene.seconds)[0]
    wide = sum(entry_wide(each) + APART for each in whole)
    (row,) = replace(edges, legend=(0.0, wide - 30.0, 700.0))._legend_rows(scene.seconds)
    assert whole[-1][2].startswith("1,000 of ")
    assert row[-1][2] == f"1,000 synapses {'of Hidden 2 ' if layer else ''}drawn"
    # What both signs look like where they meet is told last: a second row of the legend costs the net room.
    wide = sum(entry_wide(each) + APART for each in row) - APART
    (less,) = replace(edges, legend=(0.0, wide - 1.0, 700.0))._legend_rows(scene.seconds)
    assert "where both meet" in [text for *_, text in row]
    assert [text for *_, text in row[:-1] if text != "where both meet"] == [text for *_, text in less[:-1]]


@pytest.mark.parametrize("empty", [True, False])
def test_the_answer_of_an_empty_picture_is_faint(qapp, empty):
    # Lost otherwise: what comes of nothing looks as sure as the reading of a digit.
    dress(qapp, "dark")
    net = trace().net
    scene = compose(net.trace(np.zeros((28, 28), np.uint8)) if empty else trace(), size=(640, 360))
    picture = QImage(640, 360, QImage.Format.Format_RGB32)
    picture.fill(0)
    painter = QPainter(picture)
    edges = Edges(scene, None, QRectF(0, 0, 640, 360), (0.0, 640.0, 340.0))
    edges.draw(painter, look(), scene.frame(scene.seconds))
    painter.end()
    drawn = {picture.pixel(x, y) for x in range(320, 640) for y in range(110)}
    assert (QColor(*scene.theme.answer).rgb() in drawn) != empty


def test_a_name_beside_the_legend_is_as_bright_as_all_others(qapp):
    # Lost otherwise: in a low window one layer's name of five is grey, as if it were out of use.
    dress(qapp, "dark")
    scene = compose(trace(), size=(640, 360))
    shown = ViewedScene(scene, None, trace(), QRectF(0, 0, 640, 360), (0.0, 640.0, 340.0))
    frame = scene.frame(scene.seconds)
    name = next(each for each in frame.captions if each.text == "Hidden 1")
    at = (320.0, shown.edges.legend_top() - 4)
    picture = QImage(640, 360, QImage.Format.Format_RGB32)
    picture.fill(0)
    with QPainter(picture) as painter:
        shown.write(painter, look(), replace(frame, captions=(replace(name, at=at, anchor="ms"),)))
    spots = itertools.product(range(290, 350), range(round(at[1]) - 9, round(at[1])))
    brightest = max(picture.pixelColor(*spot).lightness() for spot in spots)
    assert brightest > 0.95 * QColor(*name.colour).lightness()


def test_what_lies_under_the_legend_is_dimmed_once(qapp):
    # Lost otherwise: a legend that cannot be read where the net runs under it, or the net beside it.
    dress(qapp, "dark")
    scene = compose(trace(), size=(640, 360))
    shown = ViewedScene(scene, None, trace(), QRectF(0, 0, 640, 360), (0.0, 640.0, 340.0))
    picture = QImage(640, 360, QImage.Format.Format_RGB32)
    picture.fill(0xFFFFFF)
    with QPainter(picture) as painter:
        shown.write(painter, look(), replace(scene.frame(scene.seconds), captions=()))
    row = [picture.pixelColor(x, round(shown.edges.legend_top()) + 8).lightness() for x in range(40, 600)]
    assert 60 < sorted(row)[len(row) // 2] < 100


def test_the_headline_of_a_neuron_gives_way_by_words(qapp):
    # Lost otherwise: beside a sheet it ends in "of this neu…".
    dress(qapp, "dark")
    told = "Lit: the strongest synapses of this neuron"
    assert [shortened(told, room) for room in (900.0, 200.0)] == [told, "Lit: the strongest synapses"]


@pytest.mark.parametrize("size", [12.4, 12.6, 13.0])
def test_the_box_of_a_label_holds_all_of_its_ink(qapp, size):
    # Lost otherwise: a hint of the tour lies over the first figure of "512 neurons by digit".
    dress(qapp, "dark")
    label = Caption(
        "512 neurons by digit, 23 prefer none (–)", (150.0, 20.0), size, "regular", (9,) * 3, 1.0, "mm"
    )
    image = QImage(300, 40, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    with QPainter(image) as painter:
        write_captions(painter, look(), (label,))
    ink = np.frombuffer(image.constBits(), np.uint32).reshape(40, 300).any(axis=0).nonzero()[0]
    box = written(label)
    assert box.left() - 1.5 <= ink[0]
    assert ink[-1] <= box.right() + 1.5
    assert box.width() < ink[-1] - ink[0] + 5


def test_a_label_moves_by_single_pixels_of_a_fine_screen(qapp):
    # Lost otherwise: where two pixels make a unit, names hop by two while the net turns.
    dress(qapp, "dark")

    def written(y):
        image = QImage(240, 80, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(2)
        image.fill(0)
        with QPainter(image) as painter:
            write_captions(painter, look(), (Caption("hidden1", (20.0, y), 13, "medium", (9, 9, 9)),))
        return np.frombuffer(image.constBits(), np.uint32).reshape(80, 240).copy()

    high, low = written(20.0), written(20.5)
    assert high.any()
    assert np.array_equal(low[1:], high[:-1])


@pytest.mark.parametrize("layer", ["block1.attention", "block1.scores"])
def test_a_head_is_framed_where_its_attention_is_drawn(layer):
    # Lost otherwise: of a head that decides a part of each token is marked, and not the picture of it.
    read = trace("vit-tiny")
    net, scene = read.net, compose(read)
    (face,) = (each for each in scene.layout.faces if each.panel.layer == "block1.scores")
    start = net.offset("block1.scores")
    _, queries, keys = net.layer("block1.scores").shape
    (frame,) = face_corners(scene, net, f"{layer}:head1")
    centre, reach = frame.mean(axis=0), np.abs(frame - frame.mean(axis=0)).max(axis=0) + 1e-4
    cells = face.panel.raster
    x = (cells.col + 0.5 - cells.cols / 2) * cells.cell[0]
    y = (cells.rows / 2 - cells.row - 0.5) * cells.cell[1]
    places = face.panel.centre + x[:, None] * face.panel.right + y[:, None] * face.panel.up
    inside = (np.abs(places - centre) <= reach).all(axis=1)
    np.testing.assert_array_equal(inside, (face.score - start) // (queries * keys) == 1)
    assert not face_corners(scene, net, "block1.hidden")
