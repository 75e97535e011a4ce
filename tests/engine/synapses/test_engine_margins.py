"""Which neurons push an answer from one class to another: exact, whatever the net and its edits."""

import numpy as np
import pytest

import data
import engine
from engine import EngineError
from engine.graph import address

NETS = {name: engine.load(data.model_path(name)) for name in ("mlp", "mlp-sigmoid", "cnn-draw", "vit-tiny")}
DIGITS = data.load("digits")
FOUR = DIGITS.images[4]


@pytest.mark.parametrize(
    ("name", "layer", "edits"),
    [
        ("mlp", "hidden2", ""),
        ("mlp", "hidden3", "clamp hidden3:5 2; add hidden1:3 -> output:4 0.5; scale hidden2:3 -2"),
        ("mlp", "input", ""),
        ("mlp-sigmoid", "hidden1", ""),
        ("cnn-draw", "pool1", "cut pool1:2,2,3 -> conv2:1,1,0"),
        ("vit-tiny", "block1.key", ""),
        ("vit-tiny", "block2.scores", ""),
    ],
)
def test_silencing_a_neuron_does_what_was_told(name, layer, edits):
    net = NETS[name].mutate(edits)
    trace = net.trace(FOUR)
    found = engine.margins(trace, layer, 4, 9, batch=50)
    places = [*found.order[:4], *found.order[-4:], int(trace.activation[layer].argmin())]
    for place in places:
        where = address.write(net.graph, net.offset(layer) + int(place))
        silenced = net.mutate(f"ablate {where}").trace(FOUR)
        scores = silenced.pre["output"].reshape(-1)
        assert found.without[place] == pytest.approx(scores[4] - scores[9], abs=2e-4), where
        assert found.answers[place] == silenced.prediction
    scores = trace.pre["output"].reshape(-1)
    assert found.margin == pytest.approx(scores[4] - scores[9], abs=1e-5)
    assert (np.diff(found.push[found.order]) <= 0).all()


def test_what_reaches_no_score_pushes_exactly_nothing():
    """Only the class token of the last block is read: what the other tokens hold is noise in no sum."""
    net = NETS["vit-tiny"]
    trace, layer = net.trace(FOUR), "block2.residual2"
    for batch in (256, 50):
        found = engine.margins(trace, layer, 4, 9, batch=batch)
        heard = [len(net.synapses_out_of(layer, place)) > 0 for place in range(net.layer(layer).size)]
        assert not found.push[~np.array(heard)].any()
        assert 0 < np.count_nonzero(found.push) <= sum(heard)


@pytest.mark.parametrize(
    ("layer", "ahead", "behind", "message"),
    [
        ("hidden2", 4, 11, "classes are 0..9"),
        ("hidden2", 4, 4, "name two classes"),
        ("output", 4, 9, "take a layer before it"),
        ("hiden2", 4, 9, "no layer 'hiden2'"),
    ],
)
def test_a_wrong_question_says_what_there_is(layer, ahead, behind, message):
    with pytest.raises(EngineError) as error:
        engine.margins(NETS["mlp"].trace(FOUR), layer, ahead, behind)
    assert message in str(error.value)


def test_a_study_looks_past_synapses_that_leap_over_its_layer():
    net = NETS["mlp"].mutate("add hidden1:3 -> output:7 0.5")
    images, labels = DIGITS.images[:60], DIGITS.labels[:60]
    *_, (_, found) = engine.ablate_each(net, "hidden2", images, labels, neurons=np.array([53]))
    silenced = engine.evaluate(net.mutate("ablate hidden2:53"), images, labels)
    assert found.without[0] == pytest.approx(silenced.accuracy)


def test_a_survey_of_one_neuron_is_that_of_its_layer():
    whole = engine.survey(NETS["mlp"], "hidden3", DIGITS.images, DIGITS.labels, k=5)
    one = engine.survey(NETS["mlp"], "hidden3", DIGITS.images, DIGITS.labels, k=5, neurons=np.array([31]))
    for name in ("mean", "spread", "fires", "selectivity"):
        assert getattr(one, name) == pytest.approx(getattr(whole, name)[31:32], rel=1e-5)
    assert np.allclose(one.by_class[:, 0], whole.by_class[:, 31], rtol=1e-5)
    assert one.brightest[:, 0].tolist() == whole.brightest[:, 31].tolist()
