"""What is read of a neuron is what the net computes: its terms, its slopes, its habits, its worth."""

import numpy as np
import pytest
from edit_nets import chain, image, nets

import data
import engine
from engine import EngineError, Evaluation, evaluate
from engine.graph import address
from engine.run import Machine

NETS = nets()
CNN = engine.load(data.model_path("cnn-draw"))
MLP = engine.load(data.model_path("mlp"))
DIGITS = data.load("digits")
FOUR = DIGITS.images[4]


@pytest.mark.parametrize("kind", sorted(NETS))
@pytest.mark.parametrize("edits", [0, 8])
def test_the_terms_of_a_neuron_add_up_to_its_sum(kind, edits):
    net = chain(NETS[kind], edits, 4)
    trace = net.trace(image(net))
    for layer in net.layers[1:]:
        for index in range(0, layer.size, 3):
            reading = net.neuron(address.write(net.graph, net.offset(layer.name) + index)).read(trace)
            assert reading.bias + reading.incoming_contributions.sum() == pytest.approx(reading.sum, abs=1e-5)
            assert (np.diff(np.abs(reading.incoming_contributions)) <= 1e-12).all()


@pytest.mark.parametrize(
    ("kind", "where"), [("dense", "dense0:2"), ("tokens", "block1.hidden:2,3"), ("images", "conv0:1,2,1")]
)
def test_gradients_of_a_neuron_are_slopes(kind, where):
    net = NETS[kind]
    trace = net.trace(image(net))
    reading = net.neuron(where).read(trace)
    step = 1e-6
    above, below = (
        net.neuron(where).clamp(reading.activation + d).trace(image(net)).pre["output"] for d in (step, -step)
    )
    assert reading.gradients == pytest.approx((above - below) / (2 * step), abs=1e-6)


@pytest.mark.parametrize(
    ("net", "where"),
    [
        (CNN, "conv1:3,4,5"),
        (CNN, "pool1:2,2,3"),
        (CNN, "conv2:3,0,7"),
        pytest.param(CNN, "pool2:3,3,1", marks=pytest.mark.slow),
        pytest.param(CNN, "hidden1:5", marks=pytest.mark.slow),
    ],
)
def test_a_receptive_field_holds_every_pixel_that_counts_and_no_more(net, where):
    number = address.neuron(net.graph, where)
    layer = where.partition(":")[0]
    reading = net.neuron(where).read(net.trace(FOUR))
    rng = np.random.default_rng(0)
    machine = Machine(net.layers, net.parameters, 1)
    felt = np.zeros((28, 28), bool)
    for _ in range(60):
        x = rng.random((1, 28, 28, 1)).astype(np.float32)
        machine.forward(x)
        before = machine.pre[layer].reshape(-1)[number - net.offset(layer)]
        top, left, bottom, right = reading.field
        y = rng.random((1, 28, 28, 1)).astype(np.float32)
        y[:, top : bottom + 1, left : right + 1] = x[:, top : bottom + 1, left : right + 1]
        machine.forward(y)
        assert machine.pre[layer].reshape(-1)[number - net.offset(layer)] == pytest.approx(before, abs=1e-5)
    # Its corners count: somewhere among many images a change there is felt.
    for row, column in ((top, left), (bottom, right)):
        for _ in range(40):
            x = rng.random((1, 28, 28, 1)).astype(np.float32)
            machine.forward(x)
            before = machine.pre[layer].reshape(-1)[number - net.offset(layer)].copy()
            x[0, row, column] += rng.choice([-5, 5])
            machine.forward(x)
            felt[row, column] |= (
                abs(machine.pre[layer].reshape(-1)[number - net.offset(layer)] - before) > 1e-6
            )
        assert felt[row, column]


def test_a_survey_counts_what_neurons_do():
    found = engine.survey(MLP, "hidden3", DIGITS.images, DIGITS.labels, k=5)
    values = np.stack([MLP.trace(x).activation["hidden3"] for x in DIGITS.images])
    assert found.mean == pytest.approx(values.mean(axis=0), abs=1e-4)
    assert found.spread == pytest.approx(values.std(axis=0), abs=1e-4)
    assert found.fires == pytest.approx((values > 0).mean(axis=0))
    assert found.by_class[7] == pytest.approx(values[DIGITS.labels == 7].mean(axis=0), abs=1e-3)
    brightest = values[:, 17].max()
    assert values[found.brightest[0, 17], 17] == pytest.approx(brightest, rel=1e-4)
    assert ((found.selectivity >= 0) & (found.selectivity <= 1)).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("net", "layer", "neurons"),
    [
        (MLP, "hidden3", [3, 31, 60]),
        (MLP, "hidden1", [0, 17]),
        (CNN, "pool1", [100, 1500]),
        (CNN, "hidden1", [5]),
    ],
)
def test_a_study_finds_what_an_evaluation_of_the_silenced_net_finds(net, layer, neurons):
    images, labels = DIGITS.images[:300], DIGITS.labels[:300]
    *_, (share, found) = engine.ablate_each(net, layer, images, labels, neurons=np.array(neurons), batch=128)
    assert share == 1
    whole = evaluate(net, images, labels)
    assert found.accuracy == pytest.approx(whole.accuracy)
    for i, neuron in enumerate(neurons):
        where = address.write(net.graph, net.offset(layer) + neuron)
        silenced: Evaluation = evaluate(net.mutate(f"ablate {where}"), images, labels)
        assert found.without[i] == pytest.approx(silenced.accuracy)
        lost = np.diag(whole.confusion) - np.diag(silenced.confusion)
        assert found.lost_by_class[i].tolist() == lost.tolist()


def test_a_study_of_an_edited_net_is_of_the_edited_net():
    net = MLP.mutate("ablate hidden3:31; scale hidden2:3 -2; nudge hidden3:5 -> output:4 0.5")
    *_, (_, found) = engine.ablate_each(
        net, "hidden3", DIGITS.images[:200], DIGITS.labels[:200], neurons=np.array([60])
    )
    expected = evaluate(net.mutate("ablate hidden3:60"), DIGITS.images[:200], DIGITS.labels[:200]).accuracy
    assert found.without[0] == pytest.approx(expected)


@pytest.mark.parametrize("layer", ["input", "output"])
def test_a_study_needs_a_layer_between(layer):
    with pytest.raises(EngineError, match="take a hidden one"):
        next(engine.ablate_each(MLP, layer, DIGITS.images, DIGITS.labels))


@pytest.mark.parametrize(
    ("net", "text", "number"),
    [
        (MLP, "hidden1:17", 784 + 17),
        (MLP, "input:14,14", 14 * 28 + 14),
        (CNN, "conv1:3,4,12", 784 + (3 * 24 + 4) * 20 + 12),
        (CNN, "conv1:row3,column4,map12", 784 + (3 * 24 + 4) * 20 + 12),
    ],
)
def test_an_address_names_one_neuron_and_reads_back(net, text, number):
    assert address.neuron(net.graph, text) == number
    assert address.neuron(net.graph, address.write(net.graph, number)) == number


def test_addresses_of_groups_synapses_and_weights():
    assert len(address.neurons(CNN.graph, "conv1:map12")) == 24 * 24
    assert (
        address.neurons(CNN.graph, "conv1:*,*,12").tolist()
        == address.neurons(CNN.graph, "conv1:map12").tolist()
    )
    assert address.neurons(MLP.graph, "hidden1:3-5").tolist() == [787, 788, 789]
    assert address.synapse(MLP.graph, "input:14,14 -> hidden1:3") == (406, 787)
    assert address.parameter(CNN.graph, "conv1.kernel:1,2,0,7") == ("conv1.weight", (1, 2, 0, 7))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hidden1:512", "hidden1 has neurons 0..511"),
        ("hiden1:3", "did you mean hidden1"),
        ("hidden1:x", "no number"),
        ("hidden1", "name one, such as hidden1:0"),
        ("hidden1:9-3", "neurons 0..511"),
    ],
)
def test_a_wrong_address_says_what_there_is(text, message):
    with pytest.raises(EngineError) as error:
        address.neuron(MLP.graph, text)
    assert message in str(error.value)
