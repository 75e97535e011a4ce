"""The answer in facts: how undecided, right or wrong, and the neurons that put it ahead of the next."""

import json

import numpy as np
import pytest
from inspected import DIGITS, MISREAD, asked, printed
from scene_fixtures import outputs_only

import data
import engine
from viz3d.command.digits import Digit
from viz3d.findings.answer import AnswerFacts
from viz3d.inspect.request import InspectRequest
from viz3d.inspect.shell.shell import Shell
from viz3d.session.traced_digit import TracedDigit


def facts(preset="mlp", number=MISREAD, label=None, edits=""):
    net = engine.load(data.model_path(preset))
    digit = Digit(DIGITS.images[number], label, "a digit")
    return AnswerFacts(TracedDigit.of(net.mutate(edits) if edits else net, digit))


def test_entropy_is_in_bits_and_of_the_probabilities():
    # Lost otherwise: a doubt of one bit, a coin's, is told as another number.
    found = facts()
    shares = found.traced.trace.probabilities.astype(float)
    expected = -sum(p * np.log(p) / np.log(2) for p in shares if p > 0)
    assert found.entropy == pytest.approx(expected, rel=1e-6)
    assert 0 < found.entropy < found.most_entropy == pytest.approx(np.log2(10))
    for share, bits in ((1.0, 0.0), (0.1, np.log2(10))):
        shares = np.full(10, (1 - share) / 9)
        shares[3] = share
        trace = outputs_only(shares)
        told = AnswerFacts(TracedDigit(trace.net, Digit(DIGITS.images[0], None, "a digit"), trace))
        assert told.entropy == pytest.approx(bits, abs=1e-5)


def test_the_loss_is_that_of_an_evaluation_and_none_without_a_label():
    for preset in ("mlp", "mlp-sigmoid", "cnn-crop"):
        found = facts(preset, label=4)
        image = DIGITS.images[MISREAD][None]
        expected = engine.evaluate(found.traced.net, image, np.array([4])).loss
        assert found.loss == pytest.approx(expected, rel=1e-4, abs=1e-6)
        assert found.right == (found.traced.trace.prediction == 4)
    nobody = facts()
    assert nobody.loss is None
    assert nobody.right is None


def test_a_net_that_looks_at_a_part_is_asked_over_the_four_crops_of_an_evaluation():
    found = facts("cnn-crop")
    image = DIGITS.images[MISREAD][None]
    expected = engine.evaluate(found.traced.net, image, np.array([4]), crops=4).probabilities[0]
    np.testing.assert_allclose(found.over_crops, expected, rtol=1e-5)
    assert np.abs(found.over_crops - found.traced.trace.probabilities).max() > 0
    assert facts("mlp").over_crops is None


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_the_five_neurons_are_those_whose_silence_costs_the_difference_most(preset):
    # Lost otherwise: neurons are blamed that do nothing.
    found = facts(preset, edits="ablate hidden3:105" if preset == "mlp" else "")
    net, margins = found.traced.net, found.why.margins

    def ahead(changed):
        scores = changed.trace(DIGITS.images[MISREAD]).pre["output"].reshape(-1).astype(float)
        return scores[margins.ahead] - scores[margins.behind]

    first, second = np.argsort(-found.traced.trace.probabilities)[:2]
    assert (margins.ahead, margins.behind) == (first, second)
    assert margins.margin == pytest.approx(ahead(net), abs=1e-4)
    assert len(found.makers) == 5
    for each in found.makers:
        assert each.push == pytest.approx(ahead(net) - ahead(net.mutate(f"ablate {each.where}")), abs=2e-4)
        assert each.neuron == net.neuron(each.where).read(found.traced.trace).neuron
    weakest = min(each.push for each in found.makers)
    active = np.argsort(-np.abs(found.traced.trace.activation[margins.layer].reshape(-1)))[:40]
    named = {each.neuron for each in found.makers}
    for i in set((net.offset(margins.layer) + active).tolist()) - named:
        silenced = net.mutate(f"ablate {found.traced.address(i)}")
        assert ahead(net) - ahead(silenced) <= weakest + 2e-4


def test_what_silence_costs_is_the_evidence_of_what_a_neuron_sends():
    # Two ways to one number: the engine's evidence, and silencing.
    for preset in ("mlp", "cnn-draw", "vit-tiny"):
        found = facts(preset)
        trace, net, margins = found.traced.trace, found.traced.net, found.why.margins
        synapses = net.synapses(margins.layer, "output", trace)
        values = engine.evidence(trace, synapses, margins.ahead, margins.behind)
        size = net.layer(margins.layer).size
        sums = np.bincount(synapses.source - net.offset(margins.layer), values, size)
        np.testing.assert_allclose(margins.push, sums, atol=1e-4)


def test_inspect_tells_it_as_words_and_as_json(capsys, monkeypatch):
    text = " ".join(printed(capsys, 100, monkeypatch, sample=f"digits:{MISREAD}").split())
    found = facts(label=4)
    assert f"entropy {found.entropy:.2f} bits (0 is certain, 3.32 a guess), loss " in text
    assert f"above that of {found.why.margins.behind}, most by {found.makers[0].where} +" in text
    told = asked(capsys, sample=f"digits:{MISREAD}")["answer"]
    assert told == json.loads(json.dumps(found.as_json(), default=float))
    assert "over 4 crops" in printed(capsys, 100, monkeypatch, preset="cnn-crop", sample="digits:4")


def test_why_alone_asks_of_the_two_that_lead(capsys):
    from viz3d.command.wanted import Wanted

    shell = Shell(InspectRequest(Wanted(sample=f"digits:{MISREAD}", data="digits")))
    margins = facts().why.margins
    shell.run("why")
    alone = capsys.readouterr().out
    shell.run(f"why {margins.ahead} {margins.behind}")
    assert capsys.readouterr().out == alone
