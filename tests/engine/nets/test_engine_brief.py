"""What a notebook shows of nets, traces and studies: a few words that help, never pages of numbers."""

import pickle

import numpy as np
import pytest

import data
import engine
from engine import EngineError, Net, errors

MLP = engine.load(data.model_path("mlp"))
IMAGES, LABELS = (array[:40] for array in (data.load("digits").images, data.load("digits").labels))
EDITED = MLP.mutate("cut input:14,14 -> hidden1:3; clamp hidden2:5 0.8; freeze hidden1:7; ablate hidden3:0-3")
TRACE = EDITED.trace(IMAGES[0])


@pytest.mark.parametrize(
    "net", [EDITED, *(engine.load(data.model_path(n)) for n in ("vit-small", "cnn-draw"))]
)
def test_a_net_shows_its_name_its_layers_and_its_size(net: Net):
    shown = repr(net)
    assert shown.startswith(
        f"<Net {net.name}: {net.neuron_count:,} neurons, {net.parameter_count:,} parameters"
    )
    assert "input 28x28x1 -> " in shown
    assert " -> output 10 " in shown
    assert len(shown.splitlines()) <= 3
    assert max(map(len, shown.splitlines())) < 130


def test_a_net_shows_what_was_done_to_it_first():
    assert "change" not in repr(MLP)
    assert "1 change: ablate hidden1:17>" in repr(MLP.mutate("ablate hidden1:17"))
    first = "cut input:14,14 -> hidden1:3; clamp hidden2:5 0.8; freeze hidden1:7; ..."
    assert f"4 changes: {first}>" in repr(EDITED)


def test_a_trace_shows_what_was_read_and_how_sure():
    shown = repr(TRACE)
    assert shown.startswith(
        f"<Trace of mlp: reads {TRACE.prediction} with probability {TRACE.confidence:.4f}; "
    )
    assert shown.endswith("1,690 neurons in 5 layers, 4 changes>")
    assert repr(MLP.trace(IMAGES[0], gradients_of=3)).endswith("in 5 layers, with gradients>")


def test_handles_show_address_and_number():
    assert repr(MLP.neuron("hidden1:17")) == "<Neuron hidden1:17 of mlp: number 801>"
    group = "<Neuron hidden1:3-9 of mlp: 7 neurons, the first is number 787, 4 changes>"
    assert repr(EDITED.neuron("hidden1:3-9")) == group
    synapse = "<Synapse input:14,14 -> hidden1:3 of mlp: from neuron 406 to 787>"
    assert repr(MLP.synapse("input:14,14 -> hidden1:3")) == synapse


def test_a_reading_shows_what_the_neuron_says_and_of_how_many_synapses():
    reading = EDITED.neuron("hidden1:3").read(TRACE)
    shown = repr(reading)
    assert shown.startswith(
        f"<Reading of hidden1:3: activation {reading.activation:.6g}, sum {reading.sum:.6g}, "
    )
    assert shown.endswith(f"bias {reading.bias:.6g}, relu; synapses: 783 in, 256 out>")
    clamped = repr(EDITED.neuron("hidden2:5").read(TRACE))
    assert clamped.startswith("<Reading of hidden2:5: activation 0.8, sum ")


def test_synapses_show_their_count_their_kinds_and_the_span_of_their_weights():
    found = EDITED.synapses_into("hidden1", 3)
    weights = f"weights {found.weight.min():.4g} to {found.weight.max():.4g}"
    assert repr(found) == f"<Synapses: 783 learned; {weights}>"
    assert repr(MLP.synapses_into("input", 3)) == "<Synapses: none>"
    vit = engine.load(data.model_path("vit-tiny"))
    assert "attention" in repr(vit.synapses_out_of("block1.query", 3))


def test_what_studies_find_shows_its_arrays_by_shape():
    *_, (_, ablation) = engine.ablate_each(MLP, "hidden3", IMAGES, LABELS)
    found = engine.evaluate(MLP, IMAGES, LABELS)
    results = [found, ablation, engine.survey(MLP, "hidden3", IMAGES, LABELS), *engine.pictures(TRACE)]
    for result in results:
        shown = repr(result)
        assert shown.startswith(f"{type(result).__name__}(")
        assert "array(" not in shown
        assert "\n" not in shown
        assert len(shown) < 700
    assert f"correct={found.correct}, total=40, " in repr(found)
    assert "confusion=<int64 (10, 10)>" in repr(found)
    assert f"accuracy={ablation.accuracy:.6g}, without=<float64 (128,)>" in repr(ablation)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: MLP.neuron(17), "a neuron's address is text such as 'hidden1:17', got 17"),
        (lambda: MLP.neuron(np.int64(17)), "a neuron's address is text such as 'hidden1:17', got "),
        (lambda: MLP.neuron(None), "a neuron's address is text such as 'hidden1:17', got None"),
        (
            lambda: MLP.synapse((3, 4)),
            "a synapse's address is text such as 'input:14,14 -> hidden1:3', got (3, 4)",
        ),
        (
            lambda: MLP.mutate(["ablate hidden1:17"]),
            "a mutation is text such as 'ablate hidden1:17; prune hidden2",
        ),
        (lambda: MLP.mutate(None), "a mutation is text such as "),
        (lambda: MLP.mutate(MLP), "a mutation is text such as "),
        (
            lambda: MLP.neuron("hidden1:3").function(3),
            "an activation function's name is text such as 'tanh', got 3",
        ),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(wrong, message):
    with pytest.raises(EngineError) as caught:
        wrong()
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 140
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["a", "0.5", "1; ablate hidden1:4", None, [1.0], True, 10**400, np.zeros((3, 3))]
)
def test_what_is_no_number_is_refused_in_one_line(value):
    neuron, synapse = MLP.neuron("hidden1:3"), MLP.synapse("input:14,14 -> hidden1:3")
    for edit, name in ((neuron.clamp, "value"), (neuron.scale, "factor"), (neuron.shift, "amount")):
        with pytest.raises(
            EngineError, match=f"^{edit.__name__} hidden1:3: the {name} must be a number"
        ) as caught:
            edit(value)
        assert "\n" not in str(caught.value)
    for edit in (synapse.set, synapse.scale, synapse.nudge, synapse.add):
        with pytest.raises(EngineError, match=f"^{edit.__name__} input:14,14 -> hidden1:3: the .* a number"):
            edit(value)


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0)])
def test_numbers_of_all_kinds_are_taken(value):
    assert [str(edit) for edit in MLP.neuron("hidden1:3").clamp(value).edits] == ["clamp hidden1:3 2"]
    edited = MLP.synapse("input:14,14 -> hidden1:3").set(value)
    assert [str(edit) for edit in edited.edits] == ["set input:14,14 -> hidden1:3 2"]


def test_a_training_shows_how_far_it_is():
    net = engine.build("input 28x28 | dense 10 softmax", np.random.default_rng(0))
    training = engine.fit(net, IMAGES, LABELS, rng=np.random.default_rng(0), epochs=1)
    next(training)
    assert repr(training) == "<Training of custom: epochs done 1 of 1, steps done 1>"


def test_a_data_set_shows_what_it_holds_and_none_of_it():
    assert repr(data.load("digits")) == "<Dataset digits test: 510 images 28x28, 10 classes>"
    assert repr(data.load("xor")) == "<Dataset xor test: 4 rows of numbers, 2 classes>"


def test_what_was_learned_shows_its_arrays_by_shape():
    net = engine.preset("cnn-fast", np.random.default_rng(0))
    assert repr(net.weights) == f"<Weights of cnn-fast: {net.parameters}>"
    assert "conv1.weight: (3, 3, 1, 4)" in repr(net.weights)


@pytest.mark.parametrize(
    ("arrays", "name", "told"),
    [
        (
            TRACE.activation,
            "hiden1",
            "no 'hiden1': did you mean hidden1? there are input, hidden1, hidden2, ",
        ),
        (TRACE.pre, 3, "no 3: there are input, hidden1, hidden2, hidden3, output"),
        (MLP.parameters, "hidden1.weights", "no 'hidden1.weights': did you mean hidden1.weight? there are "),
        (engine.ArrayMap({}), "a", "no 'a': there are none"),
    ],
)
def test_an_array_of_a_wrong_name_is_told_with_those_that_there_are(arrays, name, told):
    with pytest.raises(EngineError) as caught:
        arrays[name]
    assert str(caught.value).startswith(told)
    assert len(str(caught.value).splitlines()) == 1
    # As from another process.
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    # A mapping all the same.
    assert isinstance(caught.value, KeyError)
    assert name not in arrays
    assert arrays.get(name) is None


def test_of_many_arrays_an_error_names_the_first():
    with pytest.raises(EngineError, match=r"and 58 more$"):
        engine.ArrayMap({f"layer{i}": np.zeros(1) for i in range(70)})["nothing"]


def test_who_asks_whether_there_is_an_array_waits_for_no_error(monkeypatch):
    # Lost otherwise: a small edit and its new trace take a tenth longer.
    monkeypatch.setattr(errors, "get_close_matches", None)
    assert "layer9" not in TRACE.pre
    assert TRACE.pre.get("layer9") is None
    assert EDITED.mutate("cut hidden1:3 -> hidden2:4").trace(IMAGES[0], base=TRACE).net.edits
    with pytest.raises(TypeError):
        str(errors.UnknownNameError("layer9", ["layer8"]))
