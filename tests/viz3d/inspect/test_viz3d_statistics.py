"""Networks keep what their neurons do and which digits are worth watching: trained, or by one command."""

from dataclasses import replace

import numpy as np
import pytest
from run_viz3d import viz3d, viz3d_here

import data
import engine
from viz3d.command.choice.digits import choose_digit
from viz3d.command.choice.wanted import Wanted
from viz3d.evaluate.statistics import worth_watching
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session

MNIST = pytest.mark.skipif(not data.find_mnist(), reason="needs MNIST: set VIZ3D_DATA to its folder")


def bundled(name):
    return engine.load(data.model_path(name))


def stored(path):
    with np.load(path, allow_pickle=False) as entries:
        return {name: entries[name] for name in entries.files}


@pytest.mark.parametrize("name", data.bundled_models())
def test_every_bundled_net_has_statistics_of_its_own_for_what_can_stand_in_bands(name):
    net = bundled(name)
    assert net.statistics_hold, "run scripts/renew_models.py"
    dense = [layer.name for layer in net.layers[1:-1] if len(layer.shape) == 1]
    assert {*dense} <= {*net.statistics.layers}
    assert net.statistics.source.endswith("training images of MNIST")
    for layer in dense:
        each = net.statistics.layers[layer]
        assert len(np.unique(each.preferred)) > 5
        assert each.choosiness.max() <= 3.01


def hesitating_and_right(name, images):
    """Every default digit is right and in doubt, where any such is; else the least sure of them."""
    net = bundled(name)
    numbers = net.watch[f"{images.name}:{images.split}"]
    read = engine.evaluate(net, images.images, images.labels)
    ranked = np.sort(read.probabilities, axis=1)
    doubted = (ranked[:, -1] >= 0.6) & (ranked[:, -1] <= 0.95)
    torn = doubted & (ranked[:, -1] <= 0.93) & (ranked[:, -3] > 0.02)
    for digit, number in enumerate(numbers):
        right = np.flatnonzero((images.labels == digit) & (read.answers == digit))
        assert number in right, f"{name} misreads its default {digit}"
        wanted = right[torn[right]]
        least = ranked[number, -1] == ranked[right, -1].min()
        assert doubted[number] or (least and not len(wanted))


@pytest.mark.parametrize("name", data.bundled_models())
def test_the_default_digits_are_right_and_hesitate(name):
    hesitating_and_right(name, data.load("digits"))


@MNIST
@pytest.mark.parametrize("name", ["mlp", "cnn-draw", "vit-tiny"])
def test_the_default_digits_of_mnist_are_right_and_hesitate(name):
    hesitating_and_right(name, data.load("mnist", download=False))


@pytest.mark.parametrize("name", ["mlp", "cnn-fast", "vit-tiny"])
def test_a_digit_by_number_is_the_one_that_the_net_keeps(name):
    net, images = bundled(name), data.load("digits")
    for digit in range(10):
        number = net.watch["digits:test"][digit]
        chosen = choose_digit(Wanted(digit=digit, data="digits"), print, net=net)
        assert np.array_equal(chosen.image, images.images[number])
        session = Session(UseNet(name), TakeDigit(digit), "digits")
        assert session.digit.source == f"UCI digits test image #{number}"
        assert session.trace.prediction == digit


def test_a_net_that_keeps_no_choice_reads_the_first_image_of_a_digit():
    images = data.load("digits")
    first = int(np.flatnonzero(images.labels == 3)[0])
    assert images.example(3) == first
    assert images.example(3, {"mnist:test": (5,) * 10}) == first
    # Numbers of other files, such as of another MNIST, are no such digits here.
    assert images.example(3, {"digits:test": (9999,) * 10}) == first
    other = int(np.flatnonzero(images.labels == 5)[0])
    assert images.example(3, {"digits:test": (other,) * 10}) == first


def test_a_digit_in_a_script_is_that_of_the_net_of_its_moment():
    session = Session(UseNet("mlp"), TakeDigit(7), "digits")
    for line in ("digit 3", "net mlp-sigmoid", "digit 3", "ablate hidden1:3", "digit 4"):
        session.run(line)
    again = Session.play(session.script())
    assert again.digit.source == session.digit.source
    assert np.array_equal(again.trace.neurons, session.trace.neurons)
    names: dict = {}
    exec("\n".join(session.python()), names)
    assert np.array_equal(names["image"], session.digit.image)
    sources = []
    while session.done:
        sources.append(session.digit.source)
        session.undo()
    own = [bundled(name).watch["digits:test"] for name in ("mlp", "mlp-sigmoid")]
    assert sources[-1].endswith(f"#{own[0][3]}")
    assert sources[2].endswith(f"#{own[1][3]}")


def test_worth_watching_is_the_first_that_is_torn_else_the_least_sure_that_is_right():
    torn, two, sure = [0.7, 0.2, 0.1], [0.7, 0.29, 0.01], [0.98, 0.01, 0.01]
    wrong = [0.2, 0.7, 0.1]
    rows = np.array([sure, wrong, two, torn, torn, np.roll(sure, 1), np.roll(two, 1)])
    labels = np.array([0, 0, 0, 0, 0, 1, 1])
    assert worth_watching(rows, labels) == (3, 6, -1)
    # Of those that people read at a glance none that is sure or wrong, and one without a third class too.
    assert worth_watching(rows, labels, legible=(0, 1, 2, 4, 5)) == (2, 6, -1)


def statistics(folder, *words, by=viz3d_here):
    return by("viz3d", "statistics", *words, folder=folder)


def test_the_command_gathers_statistics_and_leaves_weights_and_precision(tmp_path):
    net = replace(bundled("mlp-sigmoid"), statistics=None)
    engine.save(net, tmp_path / "my.npz", half=True)
    done = statistics(tmp_path, "--model", "my.npz", "--data", "digits", by=viz3d)
    assert (done.returncode, done.stderr) == (0, "")
    found = "1,287 training images of UCI digits"
    assert done.stdout == f"my.npz: mlp-sigmoid, statistics of hidden1, hidden2 over {found}\n"
    back = engine.load(tmp_path / "my.npz")
    assert back.statistics_hold
    before, after = stored(data.model_path("mlp-sigmoid")), stored(tmp_path / "my.npz")
    for name in net.parameters:
        assert after[name].dtype == before[name].dtype
        assert np.array_equal(after[name], before[name])


def test_the_command_can_write_another_file_and_says_nothing_when_asked(tmp_path):
    net = replace(bundled("mlp-sigmoid"), statistics=None)
    engine.save(net, tmp_path / "my.npz")
    before = (tmp_path / "my.npz").read_bytes()
    words = ("--model", "my.npz", "--data", "digits", "--out", "other.npz", "--quiet")
    done = statistics(tmp_path, *words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "my.npz").read_bytes() == before
    assert engine.load(tmp_path / "other.npz").statistics_hold


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--model", "none.npz"), "--model none.npz: there is no such file"),
        (("--model", "my.npz", "--data", "nowhere"), "--data nowhere: give mnist, digits"),
        (("--model", "my.npz", "--out", "a.png"), "a network is saved as a .npz file"),
    ],
)
def test_wrong_words_are_one_line_and_harm_nothing(tmp_path, words, told):
    engine.save(bundled("mlp-sigmoid"), tmp_path / "my.npz")
    before = (tmp_path / "my.npz").read_bytes()
    done = statistics(tmp_path, *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "my.npz").read_bytes() == before


def test_training_ends_with_statistics_of_the_net_that_it_saves(tmp_path):
    words = "--preset mlp-sigmoid --data digits --epochs 1 --out my.npz --no-report --quiet"
    assert viz3d_here("viz3d", "train", *words.split(), folder=tmp_path).returncode == 0
    first = engine.load(tmp_path / "my.npz")
    assert first.statistics_hold
    words = "--init my.npz --data digits --epochs 1 --half --out further.npz --no-report --quiet"
    assert viz3d_here("viz3d", "train", *words.split(), folder=tmp_path).returncode == 0
    assert engine.load(tmp_path / "further.npz").statistics_hold


def test_a_net_that_was_trained_further_chooses_anew_and_a_changed_one_keeps_no_choice_of_digits(tmp_path):
    start = str(data.model_path("mlp-sigmoid"))
    words = f"--init {start} --data digits --epochs 1 --out my.npz --no-report --quiet"
    assert viz3d_here("viz3d", "train", *words.split(), folder=tmp_path).returncode == 0
    further, tests = engine.load(tmp_path / "my.npz"), data.load("digits")
    answers = engine.evaluate(further, tests.images, tests.labels).probabilities.argmax(axis=1)
    assert set(further.watch) == {"digits:test"}, "those of the net that it began with are not its own"
    for digit, place in enumerate(further.watch["digits:test"]):
        assert tests.labels[place] == answers[place] == digit
    words = [
        "--digit",
        "4",
        "--data",
        "digits",
        "--mutate",
        "ablate hidden1:3",
        "--save",
        "changed.npz",
        "-q",
    ]
    assert viz3d_here("viz3d", "inspect", *words, folder=tmp_path).returncode == 0
    changed = engine.load(tmp_path / "changed.npz")
    assert not changed.watch
    assert changed.statistics is not None
    assert not changed.statistics_hold, "they are those of the net before its change"
