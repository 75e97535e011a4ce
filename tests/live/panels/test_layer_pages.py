"""The page of all layers shows the engine's own numbers, has a readable picture of each, and is a command."""

import json

import numpy as np
import pytest
from PIL import Image
from run_viz3d import viz3d_here

import engine
from viz3d.figures.flow import flow
from viz3d.findings.layer_strips import COLUMNS, ROWS, strip
from viz3d.findings.layers import LayersFacts
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.label import SetLabel
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session


@pytest.fixture(scope="module", params=engine.presets())
def facts(request):
    return LayersFacts.of(Session(UseNet(request.param), TakeDigit(4), "digits").traced)


def named(panel):
    return {each.name: each for each in panel.strips}


def test_every_layer_shows_its_own_values_each_at_its_neuron(facts):
    trace = facts.traced.trace
    assert [panel.layer for panel in facts.panels] == list(facts.traced.net.layers)
    for panel in facts.panels:
        for name, known in (("activations", trace.activation), ("pre-activations", trace.pre)):
            shown = named(panel).get(name)
            values = known[panel.layer.name].reshape(-1)
            if shown is None:
                assert np.array_equal(values, trace.activation[panel.layer.name].reshape(-1))
                continue
            inside = shown.neurons >= 0
            assert np.array_equal(np.sort(shown.neurons[inside]), np.arange(panel.layer.size)), panel.layer
            assert np.array_equal(shown.values[inside], values[shown.neurons[inside]])
            assert np.isnan(shown.values[~inside]).all()
            assert (shown.low, shown.high) == (values.min(), values.max())


def test_gradients_are_those_of_the_engine_for_the_class_that_is_said(facts):
    panels = {panel.name: panel for panel in engine.pictures(facts.traced.trace, facts.target)}
    assert facts.gradients == f"gradients of the loss for a {facts.target}, its label"
    for panel in facts.panels:
        by = "pre-activations" if panel.layer.name == "output" else "activations"
        shown, known = named(panel)[f"gradient of {by}"], panels[panel.layer.name]
        assert (shown.low, shown.high) == (known.gradient.low, known.gradient.high)
        assert shown.ramp == "signed"
        for name, weights in known.weights.items():
            own = "weights" if name == "weight" else name
            assert named(panel)[own].low == weights.low
            assert named(panel)[f"gradient of {own}"].high == known.weight_gradients[name].high


def test_each_picture_is_of_a_size_to_be_read(facts):
    for panel in facts.panels:
        for each in panel.strips:
            rows, columns = each.values.shape
            assert rows <= ROWS, (panel.layer.name, each.name)
            assert columns <= COLUMNS, (panel.layer.name, each.name)
            assert np.isfinite(each.values).mean() > 0.5


def test_a_histogram_counts_every_neuron_once(facts):
    for panel in facts.panels:
        assert panel.histogram.sum() == panel.layer.size
        values = facts.traced.trace.activation[panel.layer.name]
        assert (panel.low, panel.high) == (values.min(), values.max())


def test_counts_of_parameters_come_about_as_told(facts):
    for panel in facts.panels:
        products, _, count = panel.count.partition(" = ")
        if panel.parameters:
            assert eval(products.replace("×", "*")) == panel.parameters
            assert count == f"{panel.parameters:,} parameters"
        else:
            assert panel.count == "no parameters"


def test_without_a_label_the_gradients_are_for_what_is_read():
    session = Session(UseNet("mlp"), TakeDigit(4), "digits")
    session.do(SetLabel(None))
    facts = LayersFacts.of(session.traced)
    read = session.trace.prediction
    assert facts.gradients == f"gradients of the loss for a {read}, what is read: no label is known"


def test_of_too_many_pictures_the_first_are_shown_and_it_is_said():
    many = np.arange(512 * 28 * 28, dtype=float).reshape(512, 28, 28)
    shown = strip("weights", many)
    count = int(shown.shown.split()[1])
    assert shown.shown == f"first {count} of 512"
    assert np.array_equal(shown.values[:28, :28], many[0].astype(np.float32))
    assert shown.high == many.max()


def test_of_a_large_matrix_each_cell_is_the_extreme_of_its_block():
    values = np.zeros((256, 512))
    values[3, 4], values[255, 511] = -7, 2
    shown = strip("weights", values, "signed")
    assert shown.shown == "each cell the extreme of 2 × 2"
    assert (shown.values[1, 2], shown.values[127, 255]) == (-7, 2)
    assert np.count_nonzero(shown.values) == 2


def test_weights_of_several_maps_stand_in_columns():
    values = np.arange(3 * 2 * 5 * 5, dtype=float).reshape(3, 2, 5, 5)
    shown = strip("weights", values)
    assert shown.values.shape == (11, 17)
    assert np.array_equal(shown.values[6:, 12:], values[2, 1].astype(np.float32))


def test_sheets_flow_within_the_width_and_do_not_touch():
    sheets = [(16, 32, 20), (128, 400, 50), (1, 10, 8), (74, 199, 10), (4, 16, 12)]
    for width in (300, 500, 1000):
        spots, high = flow(sheets, width)
        for k, a in enumerate(spots):
            assert max(a.x + a.wide - width, a.y + a.high - high) < 1e-6
            for b in spots[k + 1 :]:
                assert a.x + a.wide <= b.x or b.x + b.wide <= a.x or a.y + a.high <= b.y


def test_inspect_draws_all_layers_and_tells_them(tmp_path):
    words = ("viz3d.inspect", "--preset", "cnn-fast", "--data", "digits", "--digit", "4", "--layers")
    done = viz3d_here(*words, "--out", "panels.png", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "4×3×3×1+4" in done.stdout
    with Image.open(tmp_path / "panels.png") as picture:
        assert picture.size > (1920, 800)
    told = json.loads(viz3d_here(*words, "--json", folder=tmp_path).stdout)
    assert [panel["layer"] for panel in told["panels"]["panels"]] == ["input", "conv1", "pool1", "output"]
    assert told["panels"]["target"] == 4


def test_a_picture_of_two_things_is_refused(tmp_path):
    words = ("viz3d.inspect", "--data", "digits", "--layers", "--neuron", "hidden1:17", "--out", "a.png")
    done = viz3d_here(*words, folder=tmp_path)
    assert done.returncode == 2
    assert "give one of them" in done.stderr
