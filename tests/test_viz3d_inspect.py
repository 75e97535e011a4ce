"""Looking into a network from the command line: what is told is what is computed, and it reads well."""

import csv
import json
import re

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from test_viz3d_options import viz3d

import data
import engine
from viz3d.command.edit_files import join_edits, read_edits
from viz3d.command.wording import number
from viz3d.figures.sheet import tiled
from viz3d.inspect.command import inspect
from viz3d.inspect.terminal.drawing import Paper, bar, ink, signed

DIGITS = data.load("digits", "test")
NETS = {name: engine.load(data.model_path(name)) for name in ("mlp", "mlp-sigmoid", "cnn-draw", "vit-tiny")}
MISREAD = 111  # a four of the small data set that mlp reads as a nine


def asked(capsys, **given) -> dict:
    """What --json prints."""
    inspect(data="digits", json=True, **given)
    return json.loads(capsys.readouterr().out)


def printed(capsys, columns: int, monkeypatch, **given) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    inspect(**({"data": "digits"} | given))
    return capsys.readouterr().out


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


def test_a_four_that_is_read_as_a_nine_is_put_right_by_silencing_one_neuron(capsys):
    sample = f"digits:{MISREAD}"
    told = asked(capsys, sample=sample, why="9:4", layer="hidden2")
    assert (told["label"], told["prediction"]) == (4, 9)
    worst = told["why"]["toward"][0]
    assert worst["prediction_without"] == 4
    after = asked(capsys, sample=sample, mutate=[f"ablate {worst['neuron']}"])["effect"]["after"]
    assert after["prediction"] == 4
    output = NETS["mlp"].mutate(f"ablate {worst['neuron']}").trace(DIGITS.images[MISREAD]).pre["output"]
    assert worst["margin_without"] == pytest.approx(output[9] - output[4], abs=1e-4)


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
    assert again["edits"] == "clamp hidden2:5 4.0"
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
    assert "edits: clamp hidden2:5 4.0" in plain
    assert "mutated:" not in plain


def test_edits_come_from_a_file_too(tmp_path):
    path = tmp_path / "edits.txt"
    path.write_text("ablate hidden1:17  # the loud one\n\n# and\nclamp hidden2:5 0.8\n")
    assert join_edits(read_edits([f"@{path}", "freeze hidden3:1"])) == (
        "ablate hidden1:17; clamp hidden2:5 0.8; freeze hidden3:1"
    )


@pytest.mark.parametrize("more", [[], ["--shell"]])
def test_a_wrong_edit_in_a_file_is_told_with_its_line(tmp_path, more):
    path = tmp_path / "edits.txt"
    path.write_text("ablate hidden1:17  # the loud one\n\nfreeze hidden1:2; ablate hidden9:3\n")
    words = ["--mutate", "ablate hidden1:1; ablate hidden1:2", "--mutate", f"@{path}", *more]
    done = viz3d("viz3d.inspect", "--data", "digits", *words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {path}, line 3: mlp has no layer 'hidden9': did you mean hidden")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--neuron", "hidden1:512"], "hidden1 has neurons 0..511"),
        (["--neuron", "hidden1"], "name one, such as hidden1:0"),
        (["--synapse", "hidden1:3"], "write source -> target"),
        (["--synapse", "input:0,0 -> hidden2:3"], "no synapse input:0,0 -> hidden2:3: --mutate"),
        (["--mutate", "ablate hidden1:17; bogus hidden1:3", "--save", "new.npz"], "'bogus' is nothing"),
        (["--mutate", "cut hidden1:3 -> hidden1:4", "--save", "new.npz"], "hidden1"),
        (["--mutate", "clamp hidden1:2 nan", "--save", "new.npz"], "the value nan is no finite number"),
        (["--mutate", "scale hidden1 1e20; scale hidden2 1e20", "--save", "new.npz"], "grow beyond float32"),
        (["--mutate", " ; "], "--mutate names no edit"),
        (["--mutate", "@nowhere.txt"], "--mutate @nowhere.txt: there is no such file"),
        (["--mutate", "ablate hidden1:2", "--save", "new.txt"], "--save new.txt: a network is saved as"),
        (["--save", "new.npz"], "--save new.npz keeps what --mutate changed"),
        (["--why", "9"], "--why 9: give two digits"),
        (["--why", "9:4", "--layer", "output"], "take a layer before it"),
        (["--study", "graft"], "--study graft is not known: give one of ablate, lesion, prune, evolve"),
        (["--study", "ablate", "--layer", "input"], "take a hidden one"),
        (["--model", "/"], "--model / is a folder: give a network's file"),
        (["--layer", "hidden2"], "--layer hidden2 is for --why"),
        (["--survey"], "give --neuron or --mutate"),
        (["--top", "0"], "--top 0 is out of range"),
        (["--out", "new.pdf"], "end its name in .png, .json or .csv"),
        (["--out", "new.png"], "a picture is made of --neuron or --study"),
        (["--study", "ablate", "--out", "a.png", "--scene", "a.png"], "--scene a.png is --out's file too"),
        (["--study", "ablate", "--scene", "no/a.png"], "make it, or choose another --scene"),
    ],
)
def test_a_wrong_wish_is_one_line_and_leaves_nothing(tmp_path, words, says):
    done = viz3d("viz3d.inspect", "--data", "digits", *words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


REPORTS = {
    "all layers": {},
    "a neuron": {"neuron": "hidden1:17", "survey": True},
    "a map": {"preset": "cnn-draw", "neuron": "conv2:3,4,12"},
    "a token": {"preset": "vit-tiny", "neuron": "block1.attention:5,7"},
    "tokens": {"preset": "vit-tiny"},
    "many synapses": {"preset": "cnn-accuracy"},
    "a synapse": {"synapse": "hidden1:17 -> hidden2:101"},
    "an effect": {"mutate": ["ablate hidden1:17; clamp hidden2:5 4"], "survey": True},
    "a why": {"why": "9:4", "layer": "hidden2", "sample": f"digits:{MISREAD}"},
    "a study": {"preset": "mlp-sigmoid", "study": "ablate"},
    "a lesion": {"preset": "mlp-sigmoid", "study": "lesion"},
    "a pruning": {"preset": "mlp-sigmoid", "study": "prune"},
    "an evolution": {"preset": "mlp-sigmoid", "study": "evolve", "layer": "output"},
}


@pytest.mark.parametrize("columns", [80, 100])
@pytest.mark.parametrize("report", REPORTS)
def test_reports_fit_the_window_with_no_word_cut(report, columns, capsys, monkeypatch):
    text = printed(capsys, columns, monkeypatch, **({"sample": "digits:4"} | REPORTS[report]))
    assert max(len(line) for line in text.splitlines()) <= columns
    assert "…" not in text
    assert "\x1b" not in text
    # A number that is broken over two lines would begin one.
    assert not re.search(r"^\s*[.,]?\d+%?\)?$", text, re.MULTILINE)


def test_the_sum_is_written_out_in_words(capsys, monkeypatch):
    trace = NETS["mlp"].trace(DIGITS.images[4])
    where = f"hidden3:{trace.activation['hidden3'].argmax()}"
    text = printed(capsys, 80, monkeypatch, neuron=where, sample="digits:4", top=3)
    told = NETS["mlp"].neuron(where).read(trace)
    rows = re.findall(r"([+-][\d.]+) × +([\d.]+) = +([+-][\d.]+) +hidden2:(\d+) *\n", text)
    assert len(rows) == 3
    for weight, activation, product, _ in rows:
        assert float(weight) * float(activation) == pytest.approx(float(product), abs=2e-3)
    rest = float(re.search(r"([+-][\d.]+) +and 253 more", text)[1])
    bias = float(re.search(r"([+-][\d.]+) +bias *\n", text)[1])
    assert sum(float(row[2]) for row in rows) + rest + bias == pytest.approx(told.sum, abs=1e-3)
    assert f"{told.activation:.4f}  = activation, relu of it" in text


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1", "FORCE_COLOR": "1"}, {"TERM": "dumb"}])
def test_without_colour_there_is_none(variables):
    done = viz3d("viz3d", "inspect", "--data", "digits", "--neuron", "hidden1:17", **variables)
    assert done.returncode == 0
    assert not re.search(r"\x1b\[[\d;]*[34]8;", done.stdout)
    assert "░" in done.stdout


def test_with_colour_pixels_have_theirs():
    paper = Paper.of(Console(force_terminal=True, color_system="truecolor", width=80))
    pixels = np.zeros((28, 28))
    pixels[4, 6] = 1
    lines = ink(pixels, paper)
    assert (len(lines), {line.cell_len for line in lines}) == (14, {28})
    lit = {str(span.style.color.name) for line in lines for span in line.spans} - {"#1a2547"}
    assert lit == {"#fff1d6"}
    warm, cool = (signed(np.array([[v], [v]]), paper)[0].spans[0].style.color.triplet for v in (1.0, -1.0))
    assert warm.red > 200 > warm.blue
    assert cool.blue > 200 > cool.red


def test_a_neuron_that_sees_a_corner_shows_it(capsys, monkeypatch):
    text = printed(capsys, 80, monkeypatch, preset="cnn-draw", neuron="conv1:12,14,12", sample="digits:4")
    assert "it sees rows 12-16, columns 14-18" in text
    assert "·" in text


def test_pictures_and_json_go_to_files(tmp_path):
    picture, numbers = tmp_path / "neuron.png", tmp_path / "neuron.json"
    for path in (picture, numbers):
        inspect(data="digits", sample="digits:4", neuron="hidden1:17", survey=True, out=path, quiet=True)
    assert Image.open(picture).size == (1920, 2170)
    assert json.loads(numbers.read_text())["neuron"]["neuron"] == "hidden1:17"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1e-6, "1.0e-06"),
        (-0.0012, "-0.0012"),
        (99.125, "99.1250"),
        (12345.6, "12,346"),
        (-1.6e30, "-1.6e+30"),
    ],
)
def test_no_number_is_rounded_to_nothing(value, text):
    assert number(value) == text


def test_bars_and_tiles_have_room_for_what_they_show():
    assert bar(1, 20).plain == "█" * 20
    assert bar(0, 20).plain == " " * 20
    assert bar(0.001, 20).plain.strip()
    sheet, shown = tiled(np.ones((5, 5, 20)), 40)
    assert shown == 20
    assert sheet.shape[1] <= 40
    assert np.nansum(sheet) == 500
