"""What a file leaves open is tried out on digits: what is surely better is taken, and said."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save_file

import data
import engine
from viz3d.command.choice import climbing, foreign, readings, trial_digits


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("input 28x28 | dense 40 elu | dense 10 log-softmax", "elu after each layer"),
        ("input 28x28 | conv 6 5x5 relu | avgpool 2 | dense 10 log-softmax", "mean-pool 2"),
    ],
)
def test_functions_and_pools_near_to_the_guessed_ones_are_tried_too(tmp_path, monkeypatch, text, told):
    """A net with ELU is read about right with ReLU: what is silently a little wrong is found out."""
    net = engine.build(text, np.random.default_rng(0))
    images = data.load("digits", "all").images[:300]
    net = net.replace({**net.parameters, "output.weight": 3 * net.parameters["output.weight"]})
    usual = np.log(net.predict(images) + 1e-30).mean(axis=0).astype(np.float32)
    net = net.replace({**net.parameters, "output.bias": net.parameters["output.bias"] - usual})
    # The truth is what it answers, so that it alone reads all.
    ours = readings.Digits("its own digits", images, net.predict(images).argmax(axis=1))
    monkeypatch.setattr(foreign, "_at_hand", lambda _: ours)
    weights = {name: np.asarray(array) for name, array in engine.torch_weights(net).items()}
    save_file(weights, tmp_path / "net.safetensors")
    found = foreign.read_foreign(tmp_path / "net.safetensors", engine.Told(), None)
    assert found.net.text == text
    said = " ".join(found.lines)
    assert "as digits suggest: the file does not say" in said
    assert told in said
    assert "it reads 100.00% of" in said
    assert ("its layout is a guess: " in said) == ("conv" in text)
    assert "its shapes fit" not in said, "what digits say of layouts stands there in its place"
    # Digits of other hands are read a little better by smoother functions, whatever the network had.
    monkeypatch.setattr(foreign, "_at_hand", lambda _: replace(ours, usual=False))
    assert foreign.read_foreign(tmp_path / "net.safetensors", engine.Told(), None).net.text != text


def test_a_few_digits_more_do_not_make_another_function_of_relu(tmp_path, monkeypatch):
    """Chance lets a smoother function read a few hesitant digits more: a net with ReLU stays one."""
    net = engine.load(data.model_path("cnn-fast"))
    smoother = engine.build(net.text.replace("relu", "silu"), np.random.default_rng(0))
    smoother = smoother.replace(net.parameters)
    images = data.load("digits", "all").images
    ours, other = net.predict(images), smoother.predict(images).argmax(axis=1)
    same = np.flatnonzero(ours.argmax(axis=1) == other)[:700]
    hesitant = np.flatnonzero(ours.argmax(axis=1) != other)
    hesitant = hesitant[np.argsort(-ours[hesitant, other[hesitant]])][:7]
    order = np.random.default_rng(0).permutation(np.concatenate((same, hesitant)))
    truth = np.where(np.arange(len(order)) % 25 == 0, (other[order] + 1) % 10, other[order])  # all err
    digits = readings.Digits("digits", images[order], truth)
    count = digits.enough(net, trial_digits.SOME, trial_digits.TRY)
    gain = digits.right(smoother, 0, 1, count) - digits.right(net, 0, 1, count)
    assert gain > 0.005, "a count alone would take it"
    monkeypatch.setattr(foreign, "_at_hand", lambda _: digits)
    weights = {name: np.asarray(array) for name, array in engine.torch_weights(net).items()}
    save_file(weights, tmp_path / "net.safetensors")
    found = foreign.read_foreign(tmp_path / "net.safetensors", engine.Told(), (0.0, 1.0))
    assert "conv 4 3x3 relu" in found.net.text


def test_a_way_that_is_near_and_far_is_tried_and_told_once():
    digits = data.load("digits", "all")
    net, made = engine.build("input 28x28 | dense 10 log-softmax", np.random.default_rng(0)), []
    other = engine.Way("other", lambda: made.append(0) or net, beside="other")
    way = engine.Way("usual", lambda: net, near=lambda: (other,), far=lambda: (other,))
    few = readings.Digits("digits", digits.images[:100], digits.labels[:100])
    climbing.climbed([(way, net, (0.0, 1.0))], [(0.0, 1.0)], few)
    assert len(made) == 1


def test_a_digit_more_by_chance_changes_neither_the_way_nor_the_scale():
    """PyTorch's own MNIST example was read with another pool and on another scale, for one digit of sixty."""

    def read(right: int, loss: float) -> engine.Evaluation:
        answers = (np.arange(60) >= right).astype(np.int64)
        return engine.Evaluation(
            right / 60, right, 60, loss, np.zeros((2, 2)), answers, np.full((60, 2), 0.5)
        )

    digits = readings.Digits("digits", np.zeros((60, 28, 28), np.uint8), np.zeros(60, np.int64))
    found = {(0, 0): read(55, 2.0), (0, 1): read(54, 0.3), (1, 0): read(56, 0.2)}
    assert readings._usual_best(found, digits) == (0, 1), "the usual way, where it is least surprised"
    assert readings._usual_best({**found, (1, 0): read(60, 0.2), (0, 0): read(40, 2)}, digits) == (1, 0)
    assert readings._usual_best({**found, (1, 1): read(60, np.nan)}, digits)[0] == 1


@pytest.mark.parametrize(("loss", "behind", "taken"), [(0.3, 9.0, 1), (0.9, 9.0, 0), (0.3, 1.5, 0)])
def test_of_ways_that_read_as_many_one_that_is_far_less_surprised_is_taken(monkeypatch, loss, behind, taken):
    """A net of sigmoids was read with ReLU, by which it has 930 of 1,000 right, and is far more surprised."""

    def read(right: int, loss: float) -> engine.Evaluation:
        answers = (np.arange(1000) >= right).astype(np.int64)
        shares = np.full((1000, 2), 0.5)
        return engine.Evaluation(right / 1000, right, 1000, loss, np.zeros((2, 2)), answers, shares)

    monkeypatch.setattr(readings.Digits, "behind", lambda *_: behind)
    digits = readings.Digits("digits", np.zeros((1000, 28, 28), np.uint8), np.zeros(1000, np.int64))
    found = {(0, 0): read(930, 1.0), (0, 1): read(925, 1.2), (1, 2): read(932, loss)}
    assert readings._usual_best(found, digits)[0] == taken


def test_the_next_best_scale_is_told_of_a_net_that_reads_surely_more_on_one():
    """A net of tanh on -1..1 reads 92 % on another scale, 90 % on its own, which no line named."""
    names = ["0..1", "mean and std", "-1..1"]
    sure = readings.Best(0.922, 0, 1, tried={1: 0.922, 2: 0.902, 0: 0.864})
    assert "mean and std fits it best (92.2%), then -1..1 (90.2%): --mean" in foreign._scale_told(names, sure)
    assert foreign._scale_told(names, replace(sure, tried={})).endswith(" fits it best")
    alike = foreign._scale_told(names, replace(sure, alike=(1, 2)))
    assert alike.endswith("mean and std fits it best; on -1..1 it reads about as many (--mean, --std)")


def test_pixels_255_times_as_large_must_fit_far_better():
    digits = readings.Digits("", np.zeros((9, 1), np.uint8), np.zeros(9, np.int64))

    def read(loss: float) -> engine.Evaluation:
        answers, sure = np.zeros(9, np.int64), np.full((9, 1), np.exp(-loss))
        return engine.Evaluation(1.0, 9, 9, loss, np.zeros((0, 0)), answers, sure)

    assert readings._usual_best({(0, 0): read(0.47), (0, 3): read(0.42)}, digits) == (0, 0)
    assert readings._usual_best({(0, 0): read(2.2), (0, 3): read(1.1)}, digits) == (0, 3)
    assert readings._usual_best({(0, 0): read(0.47), (0, 1): read(0.42)}, digits) == (0, 1)


def test_a_scale_on_which_misread_digits_are_far_surer_is_not_taken_for_a_few_digits_more():
    """A LeNet of pixels 0..1 was read on 0..255, where biases vanish: 25 of 4,000 more, all certain."""
    digits = readings.Digits("", np.zeros((4000, 1), np.uint8), np.zeros(4000, np.int64))

    def read(right: int, loss: float) -> engine.Evaluation:
        answers, sure = (np.arange(4000) >= right).astype(np.int64), np.full((4000, 1), np.exp(-loss))
        return engine.Evaluation(right / 4000, right, 4000, loss, np.zeros((0, 0)), answers, sure)

    assert readings._usual_best({(0, 0): read(3272, 0.55), (0, 3): read(3298, 2.76)}, digits) == (0, 0)
    assert readings._usual_best({(0, 0): read(3272, 0.55), (0, 3): read(3298, 0.4)}, digits) == (0, 3)


def test_a_search_that_costs_much_ends_with_what_it_has_and_says_so(tmp_path, monkeypatch):
    """A large file kept a machine busy for minutes, and held all ways to read it at once."""
    net = engine.build("input 28x28 | dense 20 relu | dense 10 log-softmax", np.random.default_rng(0))
    weights = {name: np.asarray(array) for name, array in engine.torch_weights(net).items()}
    save_file(weights, tmp_path / "net.safetensors")
    digits = data.load("digits", "all")
    few = [readings.Digits("digits", digits.images[:60], digits.labels[:60]) for _ in range(2)]
    monkeypatch.setattr(foreign, "_at_hand", lambda _: few.pop())
    monkeypatch.setattr(readings, "_HELD", 0)
    made, tried = [], []
    usual_made, usual_tried = readings.made, readings.Digits.tried
    monkeypatch.setattr(readings, "made", lambda way: made.append(way) or usual_made(way))
    monkeypatch.setattr(readings.Digits, "tried", lambda *given: tried.append(0) or usual_tried(*given))
    said = " ".join(foreign.read_foreign(tmp_path / "net.safetensors", engine.Told(), None).lines)
    assert "not every way" not in said
    assert len(made) > 2, "none is held, so they are made again"
    all_tried = len(tried)
    monkeypatch.setattr(trial_digits, "MOST_WORK", 1.0)
    found = foreign.read_foreign(tmp_path / "net.safetensors", engine.Told(), None)
    assert "note: not every way to read it was tried" in " ".join(found.lines)
    assert found.net.text == net.text
    assert len(tried) - all_tried < all_tried / 3


def _reads_all(net: engine.Net, mean: float, std: float) -> readings.Digits:
    """Digits whose truth is what a network answers on one scale of their pixels."""
    images = data.load("digits", "all").images[:100]
    pixels = ((images.astype(np.float32) / 255 - mean) / std).reshape(-1, *net.layers[0].shape)
    return readings.Digits("digits", images, net.predict(pixels).argmax(axis=1))


def _ways(*nets: engine.Net) -> readings.Nets:
    return readings.Nets([engine.Way(str(i), lambda net=net: net) for i, net in enumerate(nets)])


def test_a_search_that_is_cut_short_has_tried_all_scales_of_the_way_it_takes(monkeypatch):
    """It would else take the first scale, say that it fits best of eight, and read a few percent less."""
    net = engine.load(data.model_path("mlp"))
    other = engine.build(net.text, np.random.default_rng(0))
    scales = list(foreign.SCALES.values())
    for place in (1, 4):
        digits = _reads_all(net, *scales[place])
        monkeypatch.setattr(trial_digits, "MOST_WORK", 1.0)
        found = readings.search(_ways(net, other), scales, digits)
        assert (found.way, found.share) == (0, 1.0)
        assert place in (found.scale, *found.alike)
        assert digits.work.cut
        alone = _reads_all(net, *scales[place])
        assert readings.search(_ways(net), scales, alone).share == 1.0
        assert not alone.work.cut, "of one way nothing is left out, whatever it cost"


def test_scales_that_read_as_many_are_named_wherever_the_best_is_found(monkeypatch):
    """The truth may be on another of them: whoever is told so can look."""
    net = engine.build("input 28x28 | dense 10 log-softmax", np.random.default_rng(0))
    other = net.replace(net.parameters)
    scales = list(foreign.SCALES.values())

    def tried(digits, of, mean, std, count):
        """The other way reads all on two scales that are not usual, and nothing else reads much."""
        right = of is other and (mean, std) in (scales[5], scales[7])
        answers = np.where(np.arange(count) < (count if right else count // 10), 0, 1)
        share = float((answers == 0).mean())
        sure = np.full((count, 2), 0.5)
        return engine.Evaluation(share, int(share * count), count, 1.0, np.eye(2), answers, sure)

    monkeypatch.setattr(readings.Digits, "tried", tried)
    digits = readings.Digits("digits", np.zeros((60, 28, 28), np.uint8), np.zeros(60, np.int64))
    found = readings.search(_ways(net, other), scales, digits)
    assert (found.way, found.share, {found.scale, *found.alike}) == (1, 1.0, {5, 7})


@pytest.mark.parametrize("better", [False, True])
def test_a_search_that_is_cut_short_calls_no_way_better_before_many_digits_do(monkeypatch, better):
    """The mlp of this project was taken with GELU, said to fit clearly better, and read less."""
    net = engine.build("input 28x28 | dense 10 log-softmax", np.random.default_rng(0))
    other, third = net.replace(net.parameters), net.replace(net.parameters)

    def tried(digits, of, mean, std, count):
        """On a thousand digits the other one is less surprised, and on four thousand perhaps."""
        digits.work.done += 1
        low = 0.5 if better and of is other else 1.0
        loss = {id(net): 1.0, id(other): 0.8 if count <= trial_digits.SOME else low, id(third): 0.98}[id(of)]
        answers = np.zeros(count, np.int64)
        return engine.Evaluation(1.0, count, count, loss, np.eye(2), answers, np.eye(2))

    monkeypatch.setattr(readings.Digits, "tried", tried)
    monkeypatch.setattr(trial_digits, "MOST_WORK", 0.0)
    size = trial_digits.MANY
    digits = readings.Digits("digits", np.zeros((size, 28, 28), np.uint8), np.zeros(size, np.int64))
    ways = [
        engine.Way(name, lambda each=each: each, beside=name)
        for name, each in (("gelu", other), ("elu", third))
    ]
    start = (engine.Way("relu", lambda: net, near=lambda: ways), net, (0.0, 1.0))
    way, _, alike = climbing.climbed([start], [(0.0, 1.0)], digits)
    assert way.assumed == ("gelu" if better else "relu")
    assert "gelu" not in alike or not better, "it is no doubt about what is taken"
