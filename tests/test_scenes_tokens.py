"""Transformers in space: tiles where patches lie, decks, and the class token's attention on the digit."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scene_fixtures import trace, untrained

import engine
from scenes import Orbit, Stage, arrange, compose, pick
from scenes.light.theme import DARK, LIGHT, sample
from scenes.space.layout import LANDSCAPE, PORTRAIT, TALL, Layout
from scenes.space.panel import Panel

PRESETS = ("vit-tiny", "vit-small")
AXES = pytest.mark.parametrize("axes", [LANDSCAPE, TALL, PORTRAIT], ids=["wide", "square", "tall"])


@cache
def oblong(options: str = "") -> engine.Trace:
    """Trace a net whose image has fewer rows of patches than columns: no axis can be taken for another."""
    text = f"input 14x28 | patches 7 12{options} | transformer 3 heads mlp 24 | head 10 softmax"
    net = engine.build(text, np.random.default_rng(1))
    return net.trace(np.random.default_rng(2).integers(0, 256, (14, 28), dtype=np.uint8))


NETS = {"vit-tiny": trace, "vit-small": trace, "oblong": lambda _: oblong()}


def traced(name: str) -> engine.Trace:
    return NETS[name](name)


def panel_of(layout: Layout, name: str) -> Panel:
    return next(panel for panel in layout.panels if panel.layer == name)


def middles(panel: Panel, tokens: int) -> np.ndarray:
    """The middle of each token's numbers, to the right and up: (tokens, 2)."""
    places = panel.positions().reshape(tokens, -1, 3).mean(axis=1)
    return np.stack([places @ panel.right, places @ panel.up], axis=1)


@AXES
@pytest.mark.parametrize("name", NETS)
def test_a_tile_lies_where_the_pixels_lie_that_it_is_made_of(name, axes) -> None:
    # Lost otherwise: a tile tells of another patch than the one that lies there.
    net = traced(name).net
    layout, (tokens, width) = arrange(net, axes), net.layer("tokens").shape
    pixels, panel = panel_of(layout, "input"), panel_of(layout, "tokens")
    places = pixels.positions()
    read = [net.synapses_into("tokens", token * width).source for token in range(1, tokens)]
    assert {len(each) for each in read} == {49}
    patches = np.array([places[each].mean(axis=0) for each in read])
    patches = np.stack([patches @ panel.right, patches @ panel.up], axis=1)
    tiles = middles(panel, tokens)
    if axes.name == "portrait":  # beside the digit
        patches[:, 0] += panel.centre @ panel.right - pixels.centre @ panel.right
    np.testing.assert_allclose(tiles[1:], patches, atol=1e-3)


@AXES
@pytest.mark.parametrize("name", NETS)
def test_tokens_of_all_layers_lie_alike(name, axes) -> None:
    net = traced(name).net
    layout, (tokens, _) = arrange(net, axes), net.layer("tokens").shape
    layers = [layer.name for layer in net.layers if len(layer.shape) == 2]
    assert len(layers) >= 9
    first = middles(panel_of(layout, "tokens"), tokens)
    for each in layers[1:]:
        there = middles(panel_of(layout, each), tokens)
        if axes.name == "portrait":  # smaller in their rows
            there, apart = there[1:] - there[1:].mean(axis=0), first[1:] - first[1:].mean(axis=0)
            np.testing.assert_allclose(there, apart * np.ptp(there[:, 0]) / np.ptp(apart[:, 0]), atol=1e-3)
        else:
            np.testing.assert_allclose(there[1:], first[1:], atol=1e-3)


@AXES
@pytest.mark.parametrize("name", NETS)
def test_the_class_token_stands_apart_above_the_middle(name, axes) -> None:
    net = traced(name).net
    for layer in net.layers:
        if len(layer.shape) != 2:
            continue
        panel = panel_of(arrange(net, axes), layer.name)
        places = panel.positions().reshape(*layer.shape, 3)
        up = places @ panel.up
        high = panel.raster.cell[1]
        assert up[0].min() - up[1:].max() > 2.9 * high, "more than the gap between two tiles"
        across = places @ panel.right
        assert across[0].mean() == pytest.approx(across[1:].mean(), abs=panel.raster.cell[0])


@pytest.mark.parametrize(
    ("width", "shape"), [(64, (8, 8)), (128, (8, 16)), (256, (16, 16)), (7, (3, 3)), (1, (1, 1))]
)
def test_a_tokens_numbers_are_a_tile_read_row_by_row(width, shape) -> None:
    text = f"input 14x28 | patches 7 {width} | head 10 softmax"
    net = engine.build(text, np.random.default_rng(0))
    cells = panel_of(arrange(net, LANDSCAPE), "tokens").raster
    row, col = (each.reshape(9, width) for each in (cells.row, cells.col))
    for token, (top, bottom, left, right) in enumerate(cells.maps):
        assert (bottom - top + 1, right - left + 1) == shape
        number = (row[token] - top) * shape[1] + col[token] - left
        assert number.tolist() == list(range(width))
    tiles = [cells.cell[0] * shape[1], cells.cell[1] * shape[0]]
    assert max(tiles) < 1.3 * min(tiles), "about square, whatever its cells"


@pytest.mark.parametrize("name", NETS)
def test_each_block_is_two_decks_whose_layers_stand_close(name) -> None:
    net = traced(name).net
    layout = arrange(net, LANDSCAPE)
    at = {panel.layer: float(panel.centre @ np.array(LANDSCAPE.flow)) for panel in layout.panels}
    blocks = sum(layer.name.endswith(".scores") for layer in net.layers)
    ask, think = (
        ("norm1", "query", "key", "value", "scores"),
        ("attention", "residual1", "norm2", "hidden", "residual2"),
    )
    close, apart, before = [], [], at["tokens"]
    for block in range(1, blocks + 1):
        for deck in (ask, think):
            places = [at[f"block{block}.{each}"] for each in deck]
            close += list(np.diff(places))
            apart.append(places[0] - before)
            before = places[-1]
    assert np.ptp(close) < 1e-3
    assert 0 < max(close) < min(apart) / 4
    assert before < at["output"]


@pytest.mark.parametrize("name", NETS)
def test_in_a_tall_picture_the_layers_of_a_deck_stand_side_by_side(name) -> None:
    layout = arrange(traced(name).net, PORTRAIT)
    rows: dict[float, list[Panel]] = {}
    for panel in [*layout.panels, *(face.panel for face in layout.faces)]:
        rows.setdefault(-round(float(panel.centre @ np.cross(panel.right, panel.up)), 2), []).append(panel)
    names = [[panel.layer.removeprefix("block1.") for panel in row] for _, row in sorted(rows.items())]
    assert names[:3] == [
        ["input", "tokens"],
        ["norm1", "query", "key", "value", "scores", "scores"],
        ["attention", "residual1", "norm2", "hidden", "residual2"],
    ]
    for row in rows.values():
        spans = [(float(p.centre @ p.right) - p.raster.width / 2, p.raster.width) for p in row]
        assert all(left + wide < after for (left, wide), (after, _) in pairwise(spans))


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


def close_up(pose: Orbit, panel: Panel) -> Orbit:
    """A pose that sees one panel from the output's side, before all that follows it."""
    x, y, z = map(float, panel.centre)
    return replace(pose, focus=(x, y, z), distance=14.0, azimuth=88.0, elevation=3.0, angle=130.0)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1080, 1080), (720, 1280), (640, 360)])
@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_the_legend_says_what_a_tile_and_a_face_are(language, size) -> None:
    scene = compose(untrained("vit-tiny"), size=size, language=language)
    texts = [caption.text for caption in scene.frame(scene.seconds).captions if caption.alpha > 0.9]
    tokens = scene.words.tokens
    for said in ((tokens.tile, tokens.tile_line), (tokens.face, tokens.face_line)):
        assert any(text in texts for text in said)


def test_a_net_without_tokens_says_nothing_of_them_and_one_without_a_class_token_has_no_face() -> None:
    assert compose(trace("mlp"), size=(640, 360)).words.tokens.tile == ""
    bare = compose(oblong(" no-class"), size=(640, 360), synapses=50)
    assert bare.layout.faces == ()
    assert bare.words.tokens.tile
    assert bare.words.tokens.face == bare.words.tokens.face_line == ""
    assert panel_of(bare.layout, "tokens").raster.ahead == 0


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1080, 1080), (720, 1280)])
@pytest.mark.parametrize("preset", PRESETS)
def test_every_deck_has_its_name_in_the_last_picture(preset, size) -> None:
    scene = compose(untrained(preset), size=size, label=3, source="MNIST test image #3")
    texts = {caption.text for caption in scene.frame(scene.seconds).captions if caption.alpha > 0.9}
    named = {card.name for card in scene.words.cards}
    if size[1] > size[0]:
        named -= {"Output"}
    assert named <= texts, named - texts


@pytest.mark.usefixtures("screen")
def test_the_digit_shows_where_it_is_cut_into_patches() -> None:
    scene = compose(trace("vit-tiny"), size=(1280, 720), synapses=0)
    panel = scene.layout.panels[0]
    pose = close_up(scene.path.end, panel)
    frame = scene.frame(scene.seconds, pose)
    lit = replace(frame, neuron_rgb=np.full_like(frame.neuron_rgb, 250))
    with Stage(scene) as stage:
        picture = stage.render(lit)
    cells = panel.positions().reshape(28, 28, 3)

    def seen(point: np.ndarray) -> int:
        x, y = pose.project(point[None], scene.size)[0]
        return int(picture[round(float(y)), round(float(x))].min())

    for row in range(3, 27):
        between = seen((cells[row, 10] + cells[row + 1, 10]) / 2)
        assert (between < 45) == (row % 7 == 6)
        assert seen(cells[row, 10]) > 150


def test_in_a_tall_picture_strands_pass_before_the_panels_of_their_row() -> None:
    # Lost otherwise: they run within the panels' plane, and are hidden by them.
    scene = compose(trace("vit-tiny"), size=(720, 1280))
    net = scene.layout
    number = trace("vit-tiny").net.connections.index(("block1.query", "block1.scores"))
    curves = scene.drawn.curves[scene.drawn.spans[number]]
    panel = panel_of(net, "block1.value")
    facing = np.cross(panel.right, panel.up)
    assert ((curves[:, 3:-3] - panel.centre) @ facing > 0.2).all()
