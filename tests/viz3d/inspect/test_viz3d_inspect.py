"""Looking into a network from the command line: what is told is what is computed."""

import csv
import json

import numpy as np
import pytest
from inspected import DIGITS, NETS, asked, printed
from misread_digits import misread
from PIL import Image

import data
import engine
from viz3d.command.choice.edit_files import join_edits, read_edits
from viz3d.inspect.command import inspect


def test_without_more_the_answer_and_every_layer_are_told(capsys):
    told = asked(capsys, sample="digits:4")
    trace = NETS["mlp"].trace(DIGITS.images[4])
    assert told["prediction"] == trace.prediction
    assert told["probabilities"] == pytest.approx(trace.probabilities.tolist())
    assert [each["layer"] for each in told["layers"]] == [layer.name for layer in NETS["mlp"].layers]
    hidden = told["layers"][1]
    values = trace.activation["hidden1"]
    assert (hidden["low"], hidden["high"]) == pytest.approx((values.min(), values.max()))
    assert hidden["active"] == pytest.approx((values > 0).mean())
    for each in hidden["brightest"]:
        assert values[int(each["neuron"].partition(":")[2])] == pytest.approx(each["activation"])
    assert hidden["brightest"][0]["activation"] == pytest.approx(values.max())


def test_the_terms_of_a_neuron_are_its_strongest_and_add_up(capsys):
    told = asked(capsys, preset="cnn-draw", sample="digits:4", neuron="conv1:12,14,12", top=25)["neuron"]
    net = NETS["cnn-draw"]
    trace = net.trace(DIGITS.images[4])
    assert told["sum"] == pytest.approx(trace.pre["conv1"][12, 14, 12])
    values = trace.activation["conv1"]
    assert (told["rank"], told["among"]) == (1 + (values > values[12, 14, 12]).sum(), values.size)
    assert told["excited"] + told["inhibited"] + told["bias"] == pytest.approx(told["sum"], abs=1e-5)
    assert told["excited"] >= 0 >= told["inhibited"]
    terms = [each["contribution"] for each in told["incoming"]]
    assert sum(terms) + told["bias"] == pytest.approx(told["sum"], abs=1e-5)
    assert terms == sorted(terms, key=abs, reverse=True)
    for each in told["incoming"]:
        row, column = (int(n) for n in each["from"].partition(":")[2].split(","))
        assert each["activation"] == pytest.approx(DIGITS.images[4][row, column] / 255)
        assert each["weight"] == pytest.approx(net.parameters["conv1.weight"][row - 12, column - 14, 0, 12])
    assert told["receptive_field"] == {"first_row": 12, "first_column": 14, "last_row": 16, "last_column": 18}


def test_a_survey_tells_the_habits_and_the_worth_of_a_neuron(capsys):
    told = asked(capsys, sample="digits:4", neuron="hidden3:31", survey=True)["neuron"]["survey"]
    values = np.stack([NETS["mlp"].trace(x).activation["hidden3"][31] for x in DIGITS.images])
    assert told["mean"] == pytest.approx(values.mean(), rel=1e-3)
    assert told["fires"] == pytest.approx((values > 0).mean())
    assert told["mean_by_digit"][3] == pytest.approx(values[DIGITS.labels == 3].mean(), rel=1e-3, abs=1e-5)
    brightest = [each["activation"] for each in told["brightest"]]
    assert brightest == pytest.approx(np.sort(values)[::-1][:10].tolist(), rel=1e-3)
    silenced = NETS["mlp"].mutate("ablate hidden3:31")
    without = engine.evaluate(silenced, DIGITS.images, DIGITS.labels).accuracy
    assert told["accuracy_without"] == pytest.approx(without)


def test_a_pixel_can_be_surveyed_too_and_an_output_but_for_its_worth(capsys):
    told = asked(capsys, sample="digits:4", neuron="input:13,18", survey=True)["neuron"]["survey"]
    without = engine.evaluate(NETS["mlp"].mutate("ablate input:13,18"), DIGITS.images, DIGITS.labels)
    assert told["accuracy_without"] == pytest.approx(without.accuracy)
    assert sum(told["lost_by_digit"]) == round((told["accuracy"] - told["accuracy_without"]) * told["images"])
    told = asked(capsys, sample="digits:4", neuron="output:7", survey=True)["neuron"]["survey"]
    assert told["accuracy_without"] is None


def test_a_synapse_of_a_convolution_says_who_shares_its_weight(capsys):
    told = asked(capsys, preset="cnn-draw", sample="digits:4", synapse="input:14,16 -> conv1:12,14,12")
    found, net = told["synapse"], NETS["cnn-draw"]
    assert found["parameter"] == "conv1.weight:2,2,0,12"
    assert found["shared_by"] == 24 * 24
    assert found["weight"] == pytest.approx(net.parameters["conv1.weight"][2, 2, 0, 12])
    cut = net.mutate("cut input:14,16 -> conv1:12,14,12").trace(DIGITS.images[4])
    assert found["without"]["probabilities"] == pytest.approx(cut.probabilities.tolist(), abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("computed", "tokens:3,5 -> block1.norm1:3,5"),
        ("attention", "block2.value:4,20 -> block2.attention:0,20"),
    ],
)
def test_a_synapse_whose_weight_follows_from_the_digit_is_read_and_cut_like_any_other(capsys, kind, where):
    found = asked(capsys, preset="vit-tiny", sample="digits:4", synapse=where)["synapse"]
    assert (found["kind"], found["parameter"], found["shared_by"]) == (kind, None, 0)
    cut = engine.load(data.model_path("vit-tiny")).mutate(f"cut {where}").trace(DIGITS.images[4])
    assert found["without"]["probabilities"] == pytest.approx(cut.probabilities.tolist(), abs=1e-6)


def test_a_misread_digit_is_put_right_by_silencing_one_neuron(capsys):
    sample, label, answer, _ = misread()
    told = asked(capsys, sample=sample, why=f"{answer}:{label}", layer="hidden2")
    assert (told["label"], told["prediction"]) == (label, answer)
    worst = next(each for each in told["why"]["toward"] if each["prediction_without"] == label)
    after = asked(capsys, sample=sample, mutate=[f"ablate {worst['neuron']}"])["effect"]["after"]
    assert after["prediction"] == label
    image = DIGITS.images[int(sample.partition(":")[2])]
    output = NETS["mlp"].mutate(f"ablate {worst['neuron']}").trace(image).pre["output"]
    assert worst["margin_without"] == pytest.approx(output[answer] - output[label], abs=1e-4)


def test_before_and_after_name_what_changed_in_a_digit_and_in_a_data_set(capsys):
    edits = ["scale hidden3:31 -3", "clamp hidden2:5 4; ablate hidden1:17"]
    effect = asked(capsys, sample="digits:4", mutate=edits, survey=True)["effect"]
    net = NETS["mlp"].mutate("; ".join(edits))
    before, after = (each.trace(DIGITS.images[4]) for each in (NETS["mlp"], net))
    assert effect["before"]["probabilities"] == pytest.approx(before.probabilities.tolist())
    assert effect["after"]["probabilities"] == pytest.approx(after.probabilities.tolist(), abs=1e-6)
    layers = {each["layer"]: each for each in effect["layers"]}
    change = np.abs(after.activation["hidden3"] - before.activation["hidden3"])
    most = layers["hidden3"]["most"][0]
    assert most["neuron"] == f"hidden3:{change.argmax()}"
    assert most["after"] == pytest.approx(after.activation["hidden3"][change.argmax()], abs=1e-5)
    assert layers["input"]["changed"] == 0
    old, new = (engine.evaluate(each, DIGITS.images, DIGITS.labels) for each in (NETS["mlp"], net))
    assert effect["survey"]["accuracy_after"] == pytest.approx(new.accuracy)
    moves = effect["survey"]["confusion_changes"]
    changed = {(each["truth"], each["answer"]): each["after"] - each["before"] for each in moves}
    expected = new.confusion - old.confusion
    np.fill_diagonal(expected, 0)
    assert changed == {(int(t), int(a)): int(expected[t, a]) for t, a in np.argwhere(expected)}


def test_a_study_ranks_the_neurons_by_what_is_lost_without_them(capsys, tmp_path):
    table, picture = tmp_path / "study.csv", tmp_path / "study.png"
    told = asked(capsys, preset="mlp-sigmoid", study="ablate", layer="hidden2", out=table)["study"]
    inspect(data="digits", preset="mlp-sigmoid", study="ablate", layer="hidden2", out=picture, quiet=True)
    assert len(told["neurons"]) == 64
    lost = [each["images_lost"] for each in told["neurons"]]
    assert lost == sorted(lost, reverse=True)
    first = told["neurons"][0]
    silenced = NETS["mlp-sigmoid"].mutate(f"ablate {first['neuron']}")
    without = engine.evaluate(silenced, DIGITS.images, DIGITS.labels).accuracy
    assert first["accuracy_without"] == pytest.approx(without)
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["neuron"] for row in rows] == [each["neuron"] for each in told["neurons"]]
    assert [int(rows[0][f"lost_{k}"]) for k in range(10)] == first["lost_by_digit"]
    assert Image.open(picture).size == (1920, 1080)


def test_a_mutated_network_is_saved_and_reads_as_it_did(capsys, tmp_path):
    path = tmp_path / "edited.npz"
    told = asked(capsys, sample="digits:4", mutate=["clamp hidden2:5 4"], save=path)
    again = asked(capsys, sample="digits:4", model=path)
    assert again["edits"] == "clamp hidden2:5 4"
    assert again["probabilities"] == told["effect"]["after"]["probabilities"]
    saved = engine.load(path)
    # What was measured before the edits is not said of the net after them.
    assert "test_accuracy" not in saved.provenance
    assert saved.provenance["base"] == dict(NETS["mlp"].provenance)


def test_surgery_is_told_now_and_when_the_file_is_read_again(capsys, monkeypatch, tmp_path):
    # Lost otherwise: a removed neuron leaves no edit behind, and nobody would know of it.
    path, further = tmp_path / "cut.npz", tmp_path / "further.npz"
    text = "remove hidden1:199; ablate hidden2:3"
    told = asked(capsys, sample="digits:4", mutate=[text], save=path)
    assert (told["mutated"], told["edits"]) == (text, "ablate hidden2:3")
    assert told["effect"]["before"]["mutated"] == ""
    again = asked(capsys, sample="digits:4", model=path, mutate=["noise hidden3 0.1"], save=further)
    assert again["effect"]["before"]["mutated"] == text
    assert again["mutated"] == f"{text}; noise hidden3 0.1"
    shown = printed(capsys, 200, monkeypatch, sample="digits:4", model=further)
    assert f"mutated: {text}; noise hidden3 0.1\nedits: ablate hidden2:3\n" in shown
    # What the edits say already is not said twice.
    plain = printed(
        capsys, 200, monkeypatch, sample="digits:4", mutate=["clamp hidden2:5 4"], neuron="hidden2:5"
    )
    assert "edits: clamp hidden2:5 4" in plain
    assert "mutated:" not in plain


def test_edits_come_from_a_file_too(tmp_path):
    path = tmp_path / "edits.txt"
    path.write_text("ablate hidden1:17  # the loud one\n\n# and\nclamp hidden2:5 0.8\n")
    assert join_edits(read_edits([f"@{path}", "freeze hidden3:1"])) == (
        "ablate hidden1:17; clamp hidden2:5 0.8; freeze hidden3:1"
    )


def test_pictures_and_json_go_to_files(tmp_path):
    picture, numbers = tmp_path / "neuron.png", tmp_path / "neuron.json"
    for path in (picture, numbers):
        inspect(data="digits", sample="digits:4", neuron="hidden1:17", survey=True, out=path, quiet=True)
    assert Image.open(picture).size == (1920, 2170)
    assert json.loads(numbers.read_text())["neuron"]["neuron"] == "hidden1:17"
