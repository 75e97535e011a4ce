"""The answer in facts: how undecided, right or wrong, and the neurons that put it ahead of the next."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from inspected import DIGITS, MISREAD, asked, printed
from rich.console import Console
from scene_fixtures import outputs_only

import data
import engine
from scenes.texts import ENGLISH
from viz3d.command.choice.digits import Digit
from viz3d.findings.answer import AnswerFacts
from viz3d.findings.deciders import Contest, read_without, turns, verdict, without
from viz3d.findings.layers import LayersFacts
from viz3d.findings.overview import Overview
from viz3d.findings.read_as import in_words
from viz3d.inspect.request import InspectRequest
from viz3d.inspect.shell.shell import Shell
from viz3d.inspect.terminal.digit import overview
from viz3d.inspect.terminal.drawing import Paper
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
        told = AnswerFacts(TracedDigit(trace.net, Digit(DIGITS.images[0], None, "a digit")))
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
def test_the_five_neurons_are_those_whose_silence_costs_the_margin_most(preset):
    # Lost otherwise: neurons are blamed that do nothing.
    edits = "ablate hidden3:105; cut hidden3:1 -> output:4"
    found = facts(preset, edits=edits if preset == "mlp" else "")
    net, trace = found.traced.net, found.traced.trace

    def margin(changed):
        scores = changed.trace(DIGITS.images[MISREAD]).pre["output"].reshape(-1).astype(float)
        return scores[found.leaders[0]] - scores[found.leaders[1]]

    def cost(where):
        return margin(net) - margin(net.mutate(f"ablate {where}"))

    assert found.leaders == tuple(np.argsort(-trace.probabilities)[:2])
    assert found.margin == pytest.approx(margin(net), abs=1e-4)
    assert len(found.makers) == 5
    layer = net.layers[-1].sources[0]
    mine = [each for each in found.makers if each.where.startswith(layer)]
    for each in mine:
        assert each.push == pytest.approx(cost(each.where), abs=2e-4)
        assert each.neuron == net.neuron(each.where).read(trace).neuron
    weakest = min(each.push for each in found.makers)
    active = np.argsort(-np.abs(trace.activation[layer].reshape(-1)))[:40]
    named = {each.neuron for each in found.makers}
    for i in set((net.offset(layer) + active).tolist()) - named:
        assert cost(found.traced.address(i)) <= weakest + 2e-4


def test_a_neuron_that_an_edit_joins_to_the_output_counts_too():
    brightest = int(facts().traced.trace.activation["hidden1"].argmax())
    found = facts(edits=f"add hidden1:{brightest} -> output:{facts().leaders[0]} 5")
    assert found.makers[0].where == f"hidden1:{brightest}"


def test_what_the_neurons_do_is_the_engines_evidence_and_makes_the_margin_with_the_biases():
    # Two ways to one number.
    for preset in ("mlp", "cnn-draw", "vit-tiny"):
        found = facts(preset)
        trace, net, (first, second) = found.traced.trace, found.traced.net, found.leaders
        source = net.layers[-1].sources[0]
        synapses = net.synapses(source, "output", trace)
        push = np.bincount(synapses.source, engine.evidence(trace, synapses, first, second))
        best = np.sort(push)[:-6:-1]
        np.testing.assert_allclose([each.push for each in found.makers], best, atol=1e-4)
        bias = net.parameters["output.bias"].astype(float)
        assert push.sum() + bias[first] - bias[second] == pytest.approx(found.margin, abs=1e-3)


def test_inspect_tells_it_as_words_and_as_json(capsys, monkeypatch):
    text = " ".join(printed(capsys, 100, monkeypatch, sample=f"digits:{MISREAD}").split())
    found = facts(label=4)
    assert f"entropy {found.entropy:.2f} bits (0 is certain, 3.32 a guess), loss " in text
    assert f"above that of {found.leaders[1]}, in the last layer most by {found.makers[0].where} +" in text
    first = found.deciders.neurons[0]
    assert f"without {first.where} alone {without(found.traced, first)}; " in text
    assert verdict(found.traced, found.deciders) in text
    told = asked(capsys, sample=f"digits:{MISREAD}")["answer"]
    assert told == json.loads(json.dumps(found.as_json(), default=float))
    assert "over 4 crops" in printed(capsys, 100, monkeypatch, preset="cnn-crop", sample="digits:4")


def test_the_bars_without_a_neuron_are_those_that_an_ablation_has_and_a_turn_is_one():
    # Lost otherwise: "without it a four", which stays a nine.
    found = facts()
    traced, first = found.traced, found.deciders.neurons[0]
    silent = traced.mutated(f"ablate {first.where}").trace
    best, next_best = np.argsort(-silent.probabilities)[:2]
    percent = [ENGLISH.percent(float(silent.probabilities[label])) for label in (best, next_best)]
    assert without(traced, first) == f"{best} {percent[0]}, {next_best} {percent[1]}"
    assert turns(traced, first) == (silent.prediction != traced.trace.prediction) is True


@pytest.mark.parametrize(
    ("preset", "number", "words"),
    [
        ("mlp", MISREAD, "of 24 neurons turn the answer"),
        ("mlp", 0, "no single neuron decides: of 24 tried none turns it"),
        ("cnn-draw", 41, "none of 24 neurons turns it, 1 of 16 maps does"),
    ],
)
def test_a_sure_digit_is_said_to_hang_on_no_single_neuron(preset, number, words):
    # Lost otherwise: five neurons are named of a sure digit, and whoever silences them sees nothing move.
    found = facts(preset, number)
    told = verdict(found.traced, found.deciders)
    assert words in told
    turning = [each for each in found.deciders.neurons if turns(found.traced, each)]
    assert told.startswith(str(len(turning))) == bool(turning)


def test_of_a_network_without_hidden_layers_it_is_said_that_no_neuron_can_decide():
    net = engine.build("input 28x28 | dense 10 log-softmax", np.random.default_rng(0))
    found = AnswerFacts(TracedDigit.of(net, Digit(DIGITS.images[0], None, "a digit")))
    assert verdict(found.traced, found.deciders) == "no hidden layer: what it reads decides by itself"


def test_what_turns_the_answer_is_counted_of_neurons_and_of_maps_and_heads():
    # Lost otherwise: a head that turns the answer beside a neuron that does, or maps that are called heads.
    found = facts("cnn-draw", 41)
    turned = found.deciders.groups[0]
    other, (first, *rest) = np.roll(found.traced.trace.probabilities, 1), found.deciders.neurons
    both = replace(found.deciders, neurons=(replace(first, probabilities=other), *rest))
    assert verdict(found.traced, both) == "1 of 24 neurons, 1 of 16 maps turn the answer"
    mixed = replace(both, groups=(turned, replace(turned, each="head")))
    assert verdict(found.traced, mixed) == "1 of 24 neurons, 2 of 16 maps and heads turn the answer"
    none = replace(both, groups=(replace(turned, probabilities=found.traced.trace.probabilities),))
    assert verdict(found.traced, none) == "1 of 24 neurons, none of 16 maps turns the answer"


def test_without_a_layer_why_asks_all_of_them_and_both_sides(capsys):
    told = asked(capsys, sample=f"digits:{MISREAD}", why="4:9", top=3)["why"]
    found = facts().deciders
    assert (told["layer"], told["margin"]) == (None, pytest.approx(-found.lead))
    assert [each["neuron"] for each in told["against"]] == [each.where for each in found.neurons[:3]]
    assert all(each["push"] < 0 for each in told["against"])
    assert all(each["push"] > 0 for each in told["toward"])
    assert told["against"][0]["margin_without"] == pytest.approx(told["margin"] + found.neurons[0].lost)


def test_why_alone_asks_of_the_two_that_lead(capsys):
    from viz3d.command.choice.wanted import Wanted

    shell = Shell(InspectRequest(Wanted(sample=f"digits:{MISREAD}", data="digits")))
    first, second = facts().leaders
    shell.run("why")
    alone = capsys.readouterr().out
    shell.run(f"why {first} {second}")
    assert capsys.readouterr().out == alone


def test_a_number_is_told_as_one_and_nothing_leads(capsys):
    """Two classes were looked for, and there is one: a traceback."""
    net = engine.build("input 28x28 | dense 4 relu | dense 1", np.random.default_rng(0))
    traced = TracedDigit.of(net, Digit(DIGITS.images[MISREAD], 4, "a digit"))
    value = ENGLISH.value(float(traced.trace.activation["output"][0]))
    assert in_words(traced) == value
    Console(file=sys.stdout, width=100).print(overview(Overview.of(traced), Paper(100)))
    out = capsys.readouterr().out
    assert f"read as {value}" in out
    assert "sure" not in out
    assert "prediction" not in traced.as_json()
    assert AnswerFacts(traced).as_json() == {}
    silent = traced.silenced("hidden1")
    assert read_without(traced, silent).endswith(f"in place of {value}")
    with pytest.raises(engine.EngineError, match="gives a number: no class is ahead of another"):
        Contest.leading(traced, 3)
    # The window looks for them too, and no error of Python's may come of it.
    with pytest.raises(engine.EngineError, match="a lead needs a row of 2 or more scores"):
        next(engine.deciders_in_steps(traced.trace))
    assert LayersFacts.of(traced).gradients == "a number has no label: there are no gradients of a loss"
