"""Transformers in space: tiles where patches lie, and decks."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scene_fixtures import trace, untrained
from token_scenes import AXES, NETS, PRESETS, close_up, panel_of, traced

import engine
from scenes import Stage, arrange, compose
from scenes.space.layout import LANDSCAPE, PORTRAIT, TALL
from scenes.space.page import page
from scenes.space.panel import Panel


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
        else:  # in a square, some of them a line lower
            lower = (
                layout.folded and panel_of(layout, each).centre[2] < panel_of(layout, "tokens").centre[2] - 20
            )
            drop = [0.0, (first[1:] - there[1:]).mean(axis=0)[1]] if lower else [0.0, 0.0]
            np.testing.assert_allclose(there[1:] + drop, first[1:], atol=1e-3)


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


@pytest.mark.parametrize("name", PRESETS)
def test_in_a_square_decks_stand_in_two_lines_read_as_those_of_a_text_are(name) -> None:
    # Lost otherwise: a corridor as long as that of a wide picture leaves half of a square empty.
    net = traced(name).net
    layout, flow = arrange(net, TALL), np.array(TALL.flow)
    assert layout.folded
    assert not arrange(net, LANDSCAPE).folded
    lines: dict[float, list[Panel]] = {}
    for panel in layout.panels:
        foot = float(panel.corners()[:, 2].min())
        lines.setdefault(round(foot / 40), []).append(panel)
    upper, lower = (lines[key] for key in sorted(lines, reverse=True))
    blocks = sum(layer.name.endswith(".scores") for layer in net.layers)
    assert [upper[0].layer, lower[0].layer, lower[-1].layer] == [
        "input",
        f"block{blocks // 2 + 1}.norm1",
        "output",
    ]
    for line in (upper, lower):
        along = [float(panel.centre @ flow) for panel in line]
        assert along[0] == 0
        assert along == sorted(along)
    gap = min(p.corners()[:, 2].min() for p in upper) - max(p.corners()[:, 2].max() for p in lower)
    assert gap > 8, "names and arcs have room between them"


@pytest.mark.parametrize("size", [(1080, 1080), (480, 480), (640, 720)])
@pytest.mark.parametrize("name", PRESETS)
def test_in_a_square_no_strand_passes_over_the_headline(name, size) -> None:
    scene = compose(traced(name), size=size)
    strands = scene.path.end.project(scene.drawn.curves.reshape(-1, 3), size)
    assert strands[:, 1].min() > page(size, portrait=False).safe()[1]


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
        spans = sorted((float(p.centre @ p.right) - p.raster.width / 2, p.raster.width) for p in row)
        assert all(left + wide < after for (left, wide), (after, _) in pairwise(spans))


def test_in_a_tall_picture_many_rows_run_to_and_fro() -> None:
    # Lost otherwise: from the end of each row bundles run back over all tiles of the next.
    layout = arrange(traced("vit-small").net, PORTRAIT)
    at = {panel.layer: float(panel.centre @ panel.right) for panel in layout.panels}
    for number in range(1, 5):
        block = f"block{number}."
        assert at[block + "norm1"] < at[block + "query"] < at[block + "scores"]
        assert at[block + "residual2"] < at[block + "hidden"] < at[block + "attention"]
        assert at[block + "attention"] == pytest.approx(at[block + "scores"], abs=0.1), "below each other"
        assert at[block + "residual2"] == pytest.approx(at[block + "norm1"], abs=0.1)
    few = {panel.layer: panel for panel in arrange(traced("vit-tiny").net, PORTRAIT).panels}
    assert few["block1.attention"].centre @ few["block1.attention"].right < 0, "names are read from the left"


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1080, 1080), (720, 1280), (640, 360)])
@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_the_legend_says_what_a_tile_and_a_face_are(language, size) -> None:
    scene = compose(untrained("vit-tiny"), size=size, language=language)
    texts = [caption.text for caption in scene.frame(scene.seconds).captions if caption.alpha > 0.9]
    tokens = scene.words.tokens
    for said in ((tokens.tile, tokens.tile_line), (tokens.face, tokens.face_line)):
        assert any(text in texts for text in said)


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
