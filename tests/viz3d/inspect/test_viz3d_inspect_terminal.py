"""A report in the terminal fits the window, tells the sum in words, and has colour where it is wanted."""

import io
import re

import numpy as np
import pytest
from inspected import DIGITS, MISREAD, NETS, printed
from rich.console import Console
from run_viz3d import viz3d
from slow_cases import slow_but

from viz3d.command.wording import number
from viz3d.figures.sheet import tiled
from viz3d.inspect.terminal.drawing import Paper, bar, ink, signed
from viz3d.inspect.terminal.tables import table

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


@pytest.mark.parametrize("columns", slow_but([80], [80, 100]))
@pytest.mark.parametrize("report", REPORTS)
def test_reports_fit_the_window_with_no_word_cut(report, columns, capsys, monkeypatch):
    text = printed(capsys, columns, monkeypatch, **({"sample": "digits:4"} | REPORTS[report]))
    assert max(len(line) for line in text.splitlines()) <= columns
    assert "…" not in text
    assert "\x1b" not in text
    # A number that is broken over two lines would begin one.
    assert not re.search(r"^\s*[.,]?\d+%?\)?$", text, re.MULTILINE)


def test_a_probability_is_never_said_to_be_none_or_all(capsys, monkeypatch):
    # Lost otherwise: "0.0%" of a class of which the picture of the same digit says "<0.1%".
    probabilities = NETS["mlp"].trace(DIGITS.images[4]).probabilities
    text = printed(capsys, 80, monkeypatch, sample="digits:4")
    told = re.findall(r"[<>]?[\d.]+%", text)
    assert [each for each in told if each in ("0.0%", "100.0%")] == []
    assert told.count("<0.1%") == (probabilities < 0.0005).sum() > 0


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


@pytest.mark.parametrize("columns", [16, 40, 60, 79, 80])
def test_a_table_cuts_no_number_where_columns_are_too_many_for_a_terminal(columns):
    # Lost otherwise: "-1…" for -1,234, in a terminal as in a file that the report is written to.
    made = table("neuron", *(str(digit) for digit in range(10)))
    lost = {f"h:{i}": [f"{(-1) ** k * (10 ** (k % 5) + i):+,}" for k in range(10)] for i in range(3)}
    for name, numbers in lost.items():
        made.add_row(name, *numbers)
    console = Console(width=columns, file=io.StringIO())
    console.print(made)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= columns
    for name, numbers in lost.items():
        assert [cell for line in lines if line.startswith(name) for cell in line.split()[1:]] == numbers
    digits = [cell for line in lines if line.startswith("neuron") for cell in line.split()[1:]]
    assert digits == [str(digit) for digit in range(10)]
