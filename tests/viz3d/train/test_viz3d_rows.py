"""Rows of numbers and pictures get networks and rates that learn them."""

import numpy as np
import pytest
from run_viz3d import viz3d_here

import data
import engine
from viz3d.command.choice.suiting import brisk, design_for, readied
from viz3d.session.acts.design import Design


@pytest.mark.parametrize("hidden", ["2 sigmoid", "2 tanh", "4 tanh"])
def test_xor_is_learned_by_the_small_network_that_is_drawn_on_the_board(tmp_path, hidden):
    # Lost otherwise: the classic example, typed as the lesson has it, answers a coin's toss.
    text = f"input 2 | dense {hidden} | dense 2 softmax"
    done = viz3d_here(
        "viz3d.train", "--data", "xor", "--architecture", text, "--out", "x.npz", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "reads 4 of 4 test examples right" in done.stdout


def test_rows_of_many_classes_get_a_network_and_a_rate_that_learn_them(tmp_path):
    # Lost otherwise: with 16 hidden neurons and the rate of small sets a thousand classes are never learned.
    rng, labels = np.random.default_rng(0), np.arange(600) % 100
    x = rng.normal(0, 1, (100, 60))[labels] + rng.normal(0, 0.7, (600, 60))
    np.savez(tmp_path / "many.npz", x=x.astype(np.float32), y=labels)
    many = data.load_own(tmp_path / "many.npz")
    net = readied(design_for(many, None, rng), many)
    assert [layer.size for layer in net.layers] == [60, 128, 128, 100]
    recipe = net.recipe
    how = {"batch": recipe.batch, "lr": recipe.lr, "epochs": recipe.epochs}
    run = engine.fit(net, many.images, many.labels, rng=rng, **how)
    assert sum(1 for _ in run) >= 600
    held = data.load_own(tmp_path / "many.npz", "test")
    assert (run.snapshot().predict(held.images).argmax(-1) == held.labels).mean() > 0.8


def test_rows_of_few_classes_keep_their_small_network():
    few = data.Dataset(
        "flowers", "train", np.zeros((9, 4), np.float32), np.arange(9) % 3, classes=("a", "b", "c")
    )
    net = design_for(few, None, np.random.default_rng(0))
    assert ([layer.size for layer in net.layers], net.recipe.lr) == ([4, 16, 16, 3], 1e-2)


@pytest.mark.parametrize(
    ("shape", "maps"), [((64, 63, 3), 3), ((28, 28), 3), ((12, 40), 2), ((6, 6), 1), ((4, 4), 0)]
)
def test_pictures_of_any_size_get_a_convolution(shape, maps):
    pictures = data.Dataset(
        "pets",
        "train",
        np.zeros((6, *shape), np.uint8),
        np.arange(6) % 3,
        classes=("a", "b", "c"),
        noun="pet",
    )
    net = design_for(pictures, None, np.random.default_rng(0))
    assert sum(isinstance(layer.block, engine.Conv) for layer in net.layers) == maps
    assert (net.layers[0].shape[:2], net.layers[-1].size) == (shape[:2], 3)
    assert net.parameter_count < 200_000  # dense layers on all pixels have millions, and read them worse
    assert net.neuron_count < 50_000  # a still of more is crowded, and takes long
    assert Design.of(net.text, images=pictures).text.endswith(net.text)
    given = brisk(engine.build(net.text, np.random.default_rng(0)), pictures)
    assert (given.recipe, given.title) == (net.recipe, net.title), "by its text, as the window has it"


def test_a_few_coloured_pictures_are_learned_wherever_their_shape_lies():
    # Lost otherwise: dense layers know only the places that they have seen, and read four in ten.
    rng = np.random.default_rng(0)
    images, labels = np.full((240, 24, 24, 3), 220, np.uint8), np.arange(240) % 3
    for image, label in zip(images, labels, strict=True):
        row, col, tone = *rng.integers(1, 13, 2), rng.integers(0, 120, 3)
        if label != 1:
            image[row : row + 10, col + 4 : col + 7] = tone
        if label != 2:
            image[row + 4 : row + 7, col : col + 10] = tone
    train = data.Dataset("marks", "train", images[:180], labels[:180], classes=("+", "-", "|"), noun="mark")
    net = readied(design_for(train, None, rng), train)
    run = engine.fit(net, train.images, train.labels, rng=rng)
    for _ in run:
        pass
    learned = run.snapshot()
    assert engine.evaluate(learned, images[180:], labels[180:]).accuracy > 0.85
    active = engine.activations(learned, "hidden1", images[:180])
    assert np.count_nonzero((active <= 0).all(axis=0)) < 20  # of 64; most were silent on every picture
