"""Faces: each head's attention of the class token, on the digit."""

from dataclasses import replace

import numpy as np
import pytest
from scene_fixtures import trace
from token_scenes import AXES, NETS, close_up, oblong, panel_of, traced

from scenes import Stage, arrange, compose, pick
from scenes.light.theme import DARK, LIGHT, sample
from scenes.space.layout import LANDSCAPE, TALL


@AXES
@pytest.mark.parametrize("name", NETS)
def test_a_face_shows_each_heads_attention_of_the_class_token_on_the_digit(name, axes) -> None:
    # Lost otherwise: another head's, another block's or another token's attention passes for it.
    found = traced(name)
    net, size = found.net, {"landscape": (640, 360), "portrait": (360, 640)}[axes.name]
    scene = compose(found, size=size if axes is not TALL else (400, 400), synapses=50)
    assert scene.layout.orientation == axes
    high, wide, _ = net.layers[0].shape
    scores = [layer.name for layer in net.layers if layer.name.endswith(".scores")]
    assert [face.panel.layer for face in scene.layout.faces] == scores
    for face, share in zip(scene.layout.faces, scene.attended, strict=True):
        weights = found.activation[face.panel.layer]
        heads = len(weights)
        most = max(float(weights[head, 0, 1:].max()) for head in range(heads))
        shown, pixel = share.reshape(heads, high, wide), face.pixel.reshape(heads, high, wide)
        across = (face.panel.positions() @ face.panel.right).reshape(heads, high, wide)
        above = (face.panel.positions() @ face.panel.up).reshape(heads, high, wide)
        columns = wide // 7
        for head in range(heads):
            for y, x in [(0, 0), (3, 9), (high - 1, 2), (8, wide - 1), (high - 1, wide - 1)]:
                expected = float(weights[head, 0, 1 + y // 7 * columns + x // 7]) / most
                assert shown[head, y, x] == pytest.approx(expected, rel=1e-5)
                assert pixel[head, y, x] == y * wide + x
        assert (np.diff(across, axis=2) > 0).all(), "columns run to the right"
        assert (np.diff(above, axis=1) < 0).all(), "rows run down"
        assert shown.max() == pytest.approx(1.0)


@pytest.mark.parametrize("name", NETS)
def test_a_heads_face_stands_before_its_own_map_of_scores(name) -> None:
    layout = arrange(traced(name).net, LANDSCAPE)
    for face in layout.faces:
        scores = panel_of(layout, face.panel.layer)
        ahead = (face.panel.centre - scores.centre) @ np.array(LANDSCAPE.flow)
        assert 0 < ahead < 2
        wide, high = scores.raster.width, scores.raster.height
        heads = len(scores.raster.maps)
        digits, maps = (
            panel.positions().reshape(heads, -1, 3).mean(axis=1) for panel in (face.panel, scores)
        )
        framed = face.panel.outlines().mean(axis=1)
        for one, other, frame in zip(digits, maps, framed, strict=True):
            np.testing.assert_allclose(one, frame, atol=1e-2)
            off = one - other
            assert abs(off @ scores.right) < 0.2 * wide
            assert abs(off @ scores.up) < 0.2 * high


@pytest.mark.parametrize(("theme", "colours"), [("dark", DARK), ("light", LIGHT)])
def test_a_face_is_the_digit_on_a_ground_both_green_by_attention(theme, colours) -> None:
    found = trace("vit-tiny")
    scene = compose(found, size=(640, 360), theme=theme, synapses=50)
    frame = scene.frame(scene.seconds)
    ink = found.activation["input"].reshape(-1) / found.activation["input"].max()
    for face, share, rgb in zip(scene.layout.faces, scene.attended, frame.faces, strict=True):
        ground, written = (sample(ramp, share).astype(float) for ramp in (colours.face, colours.face_ink))
        near = ground + (written - ground) * ink[face.pixel][:, None]
        paper = np.array(colours.background, float) if colours.ink else np.zeros(3)
        # Distance leaves one share of it to all of a face.
        left = (rgb - paper) / np.where(np.abs(near - paper) < 20, np.nan, near - paper)
        assert np.nanstd(left) < 0.03
        assert 0.6 < np.nanmean(left) <= 1.0


def test_attention_is_drawn_once_its_scores_light_and_not_before() -> None:
    scene = compose(trace("vit-tiny"), size=(640, 360))
    line = scene.timeline
    for number, face in enumerate(scene.layout.faces):
        fires = line.fires[face.panel.layer]
        before = scene.moment(line.fires[scene.layout.panels[2].layer] - 0.3).faces[number]
        assert (before == before[0]).all(), "bare ground"
        later = [scene.moment(t).faces[number] for t in (fires + 1.0, scene.seconds)]
        np.testing.assert_allclose(*later, atol=1e-3)
        assert np.abs(later[0] - before).max() > 60


def test_a_silenced_head_leaves_its_face_as_the_engine_has_it() -> None:
    # Lost otherwise: a face tells of the net before its edits.
    net = trace("vit-tiny").net.mutate("clamp block1.scores:2,0,6 0.9")
    scene = compose(net.trace(np.full((28, 28), 200, np.uint8)), size=(640, 360), synapses=50)
    shown = scene.attended[0].reshape(4, 28, 28)
    y, x = 7 * (5 // 4), 7 * (5 % 4)
    assert shown[2, y : y + 7, x : x + 7] == pytest.approx(0.9 / max(0.9, trace_max(scene, net)), rel=1e-4)


def trace_max(scene, net) -> float:
    found = net.trace(np.full((28, 28), 200, np.uint8)).activation["block1.scores"]
    return float(found[:, 0, 1:].max())


@pytest.mark.parametrize("name", ["vit-tiny", "oblong"])
def test_on_a_face_the_score_that_is_seen_there_is_picked(name) -> None:
    # Lost otherwise: a click on a patch of a face selects what lies behind it.
    found = traced(name)
    size = (900, 600)
    scene = compose(found, size=size, synapses=50)
    radius, hits = scene.frame(scene.seconds).neuron_size, 0
    high, wide, _ = found.net.layers[0].shape
    for pose in (scene.path.end, replace(scene.path.end, azimuth=50.0, elevation=20.0)):
        for face in scene.layout.faces:
            heads, tokens, _ = found.net.layer(face.panel.layer).shape
            places = face.panel.positions().reshape(heads, high, wide, 3)
            for head in range(heads):
                for y, x in [(3, 3), (3, wide - 4), (high - 4, 10)]:
                    at = pose.project(places[head, y, x][None], size)[0]
                    key = 1 + y // 7 * (wide // 7) + x // 7
                    score = found.net.offset(face.panel.layer) + head * tokens * tokens + key
                    got = pick(scene.layout, radius, pose, size, (float(at[0]), float(at[1])))
                    depth = -(scene.layout.positions[got] - pose.position) @ pose.axes()[2]
                    there = -(places[head, y, x] - pose.position) @ pose.axes()[2]
                    assert got in {score, -1} or depth < there + 1.0, "or what stands before it"
                    hits += got == score
    assert hits > 8


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("name", ["vit-tiny", "oblong"])
def test_a_patch_of_a_face_is_drawn_where_its_pixels_stand(name) -> None:
    # Lost otherwise: values may be right and the picture on the face mirrored, or another head's.
    size = (960, 600)
    scene = compose(traced(name), size=size, synapses=0)
    high, wide, _ = traced(name).net.layers[0].shape
    face = scene.layout.faces[-1]
    pose = close_up(scene.path.end, face.panel)
    frame = scene.frame(scene.seconds, pose)
    heads = len(face.pixel) // (high * wide)
    places = face.panel.positions().reshape(heads, high, wide, 3)
    with Stage(scene) as stage:
        dark = stage.render(frame).astype(int)
        for head, top, left in [(0, 0, 0), (0, 0, wide - 7), (1, high - 7, 0), (heads - 1, high - 7, 7)]:
            rgb = frame.faces[-1].reshape(heads, high, wide, 3).copy()
            rgb[head, top : top + 7, left : left + 7] = 255, 0, 255
            lit = replace(frame, faces=(*frame.faces[:-1], rgb.reshape(-1, 3)))
            changed = np.abs(stage.render(lit).astype(int) - dark).max(axis=2) > 60
            y, x = np.nonzero(changed)
            middle = places[head, top : top + 7, left : left + 7].reshape(-1, 3)
            expected = pose.project(middle, size).mean(axis=0)
            assert changed.sum() > 100
            np.testing.assert_allclose((x.mean(), y.mean()), expected, atol=4)


def test_a_net_without_tokens_says_nothing_of_them_and_one_without_a_class_token_has_no_face() -> None:
    assert compose(trace("mlp"), size=(640, 360)).words.tokens.tile == ""
    bare = compose(oblong(" no-class"), size=(640, 360), synapses=50)
    assert bare.layout.faces == ()
    assert bare.words.tokens.tile
    assert bare.words.tokens.face == bare.words.tokens.face_line == ""
    assert panel_of(bare.layout, "tokens").raster.ahead == 0


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (480, 270), (360, 640), (720, 1280)])
def test_the_colour_of_attention_is_explained_forth_and_back(size) -> None:
    # Lost otherwise: faces that light up green while the legend knows no green.
    scene = compose(trace("vit-small"), size=size, label=3)
    (pulse, _), *_ = scene.timeline.pulses[len(scene.timeline.pulses) // 2 :]
    told = [{caption.text for caption in scene.frame(t).captions} for t in (pulse, scene.seconds)]
    key = {scene.words.tokens.face, scene.words.tokens.face_line}
    assert key & told[0]
    assert key & told[1] or size == (360, 640)  # there the answer's two colours come first


def test_the_signal_is_named_in_the_smallest_legend() -> None:
    # Lost otherwise: white lines that nothing explains.
    scene = compose(trace(), size=(270, 480))
    assert "signal" in {caption.text for caption in scene.frame(scene.timeline.pulses[1][0]).captions}
