"""The lead of a class: its slopes are true, and each trace has its own."""

import gc
import pickle
import weakref

import numpy as np
import pytest
import token_nets
from evidence_by_hand import CASES, IMAGE

import data
import engine
from engine import Conv, Dense, EngineError, Net, strongest
from engine.graph import address


@pytest.mark.parametrize("against", [None, 1])
@pytest.mark.parametrize("case", CASES)
def test_the_slopes_of_the_lead_are_those_of_finite_differences(case, against):
    net, image = CASES[case]
    trace = net.trace(image)
    slopes, eps = engine.lead_gradient(trace, 2, against), 1e-5
    rng = np.random.default_rng(0)
    for layer in net.layers[1:]:
        assert slopes[layer.name].shape == layer.shape
        for index in [0, *rng.permutation(layer.size)[:12].tolist()]:
            where = address.write(net.graph, net.offset(layer.name) + index)
            leads = [
                engine.lead(net.mutate(f"shift {where} {s}").trace(image), 2, against) for s in (eps, -eps)
            ]
            assert (leads[0] - leads[1]) / (2 * eps) == pytest.approx(
                slopes[layer.name].reshape(-1)[index], rel=1e-5, abs=1e-7
            ), where


@pytest.mark.parametrize("case", CASES)
def test_the_slopes_by_the_pixels_are_those_of_finite_differences(case):
    net, image = CASES[case]
    slopes, eps = engine.lead_gradient(net.trace(image), 0)["input"].reshape(-1), 1e-5
    for index in range(image.size):
        leads = []
        for step in (eps, -eps):
            moved = image.copy()
            moved.reshape(-1)[index] += step
            leads.append(engine.lead(net.mutate("shift output:0 0").trace(moved), 0))
        assert (leads[0] - leads[1]) / (2 * eps) == pytest.approx(slopes[index], rel=1e-5, abs=1e-7)


def test_evidence_for_a_class_against_a_rival_is_that_of_the_rival_turned_round():
    trace = engine.load(data.model_path("mlp")).trace(IMAGE)
    assert engine.lead(trace, 3, 5) == pytest.approx(-engine.lead(trace, 5, 3))
    scores = trace.pre["output"].astype(np.float64)
    assert engine.lead(trace, 3, 5) == pytest.approx(scores[3] - scores[5])
    assert engine.lead(trace) == pytest.approx(scores[7] - np.delete(scores, 7).mean())
    one, other = (strongest(trace, 50, by="evidence", of=a, against=b) for a, b in ((3, 5), (5, 3)))
    assert np.array_equal(one[0].source, other[0].source)
    assert np.array_equal(one[1], -other[1])


def test_slopes_are_kept_with_the_trace_and_cannot_be_written():
    trace = engine.load(data.model_path("mlp-sigmoid")).trace(IMAGE)
    slopes = engine.lead_gradient(trace)
    assert engine.lead_gradient(trace, trace.prediction) is slopes
    assert engine.lead_gradient(trace, (trace.prediction + 1) % 10) is not slopes
    with pytest.raises(ValueError, match="read-only"):
        slopes["output"][0] = 1


def test_slopes_are_a_map_of_all_layers_that_can_be_sent_to_another_process():
    net = engine.load(data.model_path("mlp"))
    slopes = engine.lead_gradient(net.trace(IMAGE))
    names = [layer.name for layer in net.layers]
    assert list(slopes) == [name for name, _ in slopes.items()] == names
    sent = pickle.loads(pickle.dumps(engine.lead_gradient(net.trace(IMAGE))))
    assert list(sent) == names
    for name in names:
        np.testing.assert_array_equal(sent[name], slopes[name])


def test_a_trace_with_slopes_is_freed_as_soon_as_nobody_holds_it():
    # Lost otherwise: memory, by a trace for each move of a pen.
    trace = engine.load(data.model_path("mlp")).trace(IMAGE)
    assert engine.lead_gradient(trace)["hidden1"].any()
    alive = weakref.ref(trace)
    gc.disable()
    try:
        del trace
        assert alive() is None
    finally:
        gc.enable()


def test_each_image_has_slopes_of_its_own_in_one_net():
    # Lost otherwise: strands that explain the digit before, in a window where one is drawn.
    net, images = engine.load(data.model_path("mlp")), data.load("digits").images
    engine.lead_gradient(net.trace(images[3]), 3)
    trace = net.trace(images[4])
    slopes = engine.lead_gradient(trace, 3)
    fresh = engine.lead_gradient(engine.load(data.model_path("mlp")).trace(images[4]), 3)
    for layer in ("hidden1", "hidden2", "hidden3"):
        np.testing.assert_array_equal(slopes[layer], fresh[layer])
        assert (slopes[layer][trace.pre[layer] <= 0] == 0).all()


def test_a_trace_that_builds_on_another_has_slopes_of_its_own():
    net = token_nets.transformer()
    image = token_nets.image(net)
    base = net.trace(image)
    engine.lead_gradient(base, 0)
    edited = net.mutate("ablate block1.hidden:0,3; scale tokens:0,1 2")
    for name, slope in engine.lead_gradient(edited.trace(image, base=base), 0).items():
        np.testing.assert_array_equal(slope, engine.lead_gradient(edited.trace(image), 0)[name])


def test_a_net_whose_output_is_no_row_of_scores_has_no_lead():
    layers = (
        engine.Layer("input", "", (3, 3, 1)),
        engine.Layer("output", "", (2, 2, 3), Conv(3, 2, 2), ("input",)),
    )
    conv = Net.of("maps", "", layers, {"output.weight": np.ones((2, 2, 1, 3)), "output.bias": np.zeros(3)})
    with pytest.raises(
        EngineError, match=r"maps has an output of shape \(2, 2, 3\): a lead needs a row of 2"
    ):
        engine.lead(conv.trace(np.ones((3, 3, 1))), 0)
    one = (layers[0], engine.Layer("output", "", (1,), Dense(1), ("input",)))
    single = Net.of("single", "", one, {"output.weight": np.ones((9, 1)), "output.bias": np.zeros(1)})
    with pytest.raises(EngineError, match="row of 2 or more scores"):
        strongest(single.trace(np.ones((3, 3, 1))), 1, by="evidence")
