"""Films of vision transformers: heads as maps, attention told apart, skips above; see test_scenes_tokens."""

import numpy as np
import pytest
from scene_fixtures import trace, untrained
from slow_cases import slow_but

from engine import AttentionScores, Kind, presets, strongest
from scenes import arrange, compose
from scenes.lettering.fonts import extent
from scenes.lettering.names.naming import cards
from scenes.lettering.names.steps import steps
from scenes.light.strand_curves import POINTS
from scenes.light.theme import DARK, sample
from scenes.space.layout import LANDSCAPE, PORTRAIT
from scenes.space.page import apart

PRESETS = ("vit-tiny", "vit-small")


@pytest.mark.parametrize("axes", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("preset", PRESETS)
def test_no_two_neurons_share_a_place(preset, axes) -> None:
    layout = arrange(untrained(preset).net, axes)
    assert len(np.unique(layout.positions.round(4), axis=0)) == untrained(preset).net.neuron_count


def test_a_head_is_a_map_with_a_row_for_each_query() -> None:
    net = untrained("vit-tiny").net
    panel = next(p for p in arrange(net, LANDSCAPE).panels if p.layer == "block2.scores")
    heads, queries, keys = net.layer("block2.scores").shape
    assert isinstance(net.layer("block2.scores").block, AttentionScores)
    assert len(panel.outlines()) == heads
    row, col = (cells.reshape(heads, queries, keys) for cells in (panel.raster.row, panel.raster.col))
    for head, (top, bottom, left, right) in enumerate(panel.raster.maps):
        assert (row[head, 0, 0], row[head, -1, -1]) == (top, bottom)
        assert (col[head, 0, 0], col[head, -1, -1]) == (left, right)


def test_attention_has_a_colour_that_no_learned_synapse_has() -> None:
    trace = untrained("vit-tiny")
    scene = compose(trace, show="contribution")
    strands = scene.drawn
    for number, (source, target) in enumerate(trace.net.connections):
        span = strands.spans[number]
        found, _ = strongest(trace, span.stop - span.start, source, target)
        assert (strands.attention[span] == (found.kind[::-1] == Kind.ATTENTION)).all()
    assert 0 < strands.attention.sum() < len(strands)
    rgb = scene.frame(scene.seconds).synapse_rgba[..., :3]
    expected = sample(DARK.attend, strands.strength)
    assert (rgb[strands.attention] == expected[strands.attention][:, None]).all()
    others = rgb[~strands.attention].astype(int)
    # Attention is green: the green part leads; a learned strand is red or blue.
    assert (rgb[strands.attention].argmax(axis=-1) == 1).all()
    assert (others.argmax(axis=-1) != 1).all()


def test_keys_and_queries_are_both_seen_to_make_the_scores() -> None:
    trace = untrained("vit-tiny")
    net, strands = trace.net, compose(trace, show="contribution").drawn
    span = strands.spans[net.connections.index(("block1.query", "block1.scores"))]
    found, _ = strongest(trace, span.stop - span.start, "block1.query", "block1.scores")
    starts = strands.source[span][::-1]
    assert (starts[::2] == found.source[::2]).all()
    assert (starts[1::2] == found.gate[1::2]).all()
    keys = net.offset("block1.key") + np.arange(net.layer("block1.key").size)
    assert np.isin(starts[1::2], keys).all()


def test_skip_connections_pass_over_the_panels_between() -> None:
    trace = untrained("vit-tiny")
    scene = compose(trace)
    names = [panel.layer for panel in scene.layout.panels]
    number = trace.net.connections.index(("tokens", "block1.residual1"))
    middle = scene.drawn.curves[scene.drawn.spans[number], POINTS // 2]
    between = [scene.layout.panels[names.index(n)] for n in ("block1.scores", "block1.norm1")]
    for panel in between:
        assert (middle @ panel.up).min() > (panel.positions() @ panel.up).max()


@pytest.mark.parametrize(
    "size", slow_but([(640, 360)], [(1920, 1080), (1280, 720), (1080, 1080), (1080, 1920), (640, 360)])
)
@pytest.mark.parametrize("preset", presets())
def test_every_moment_of_a_film_can_be_drawn(preset, size) -> None:
    scene = compose(untrained(preset), size=size, label=3)
    for t in np.linspace(0, scene.seconds, 22):
        captions = scene.frame(float(t)).captions
        assert all(np.isfinite([*c.at, c.size, c.alpha]).all() for c in captions)


@pytest.mark.parametrize(
    "size", [(1920, 1080), (1280, 720), (1080, 1080), (1080, 1920), (640, 360), (960, 1080), (640, 720)]
)
@pytest.mark.parametrize("preset", PRESETS)
def test_no_two_texts_of_the_last_picture_overlap(preset, size) -> None:
    scene = compose(untrained(preset), size=size, label=3, source="digits test image #3")
    texts = [c for c in scene.frame(scene.seconds).captions if c.alpha > 0.1]
    boxes = [extent(c) for c in texts]
    for i, box in enumerate(boxes):
        assert box[0] >= 0, texts[i]
        assert box[2] <= size[0], texts[i]
        for k in range(i):
            assert apart(box, boxes[k]) > 0, (texts[i], texts[k])


def test_every_block_is_named_and_told_of_once() -> None:
    net = untrained("vit-small").net
    named = [card.name for card in cards(net) if not card.minor]
    decks = [f"{deck} {number}" for number in range(1, 5) for deck in ("Attention", "Block")]
    assert named == ["Input", "Tokens", *decks, "Output"]
    told = [said.text.split(":")[0] for _, said in steps(net)]
    assert told[1:] == ["Tokens", "Block 1", "Block 2", "Block 3", "Block 4", "Output"]


@pytest.mark.parametrize("show", ["weight", "gradient", "evidence"])
@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (1080, 1920)])
def test_where_nothing_is_measured_the_signal_stays_and_the_legend_says_why(show, size) -> None:
    # Lost otherwise: a net that is dark between its decks, as if nothing ran there.
    scene = compose(trace("vit-tiny"), size=size, show=show)
    frame, measured = scene.frame(scene.seconds), show != "evidence"
    spans = list(zip(scene.drawn.spans, scene.signal.spans, strict=True))
    light = [int(frame.signal_rgba[sent, :, 3].max(initial=0)) for _, sent in spans]
    empty = [span.start == span.stop for span, _ in spans]
    assert any(empty) == measured
    assert [bright > 0 for bright in light] == [none and measured for none in empty]
    shown = [each for each in frame.captions if each.text.startswith("signal: ")]
    assert len(shown) == measured
    others = [each for each in frame.captions if each not in shown]
    assert all(apart(extent(one), extent(other)) > 0 for one in shown for other in others)
