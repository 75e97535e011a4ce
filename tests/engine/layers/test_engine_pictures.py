"""The pictures of a layer are its values, its weights and the true slopes of the loss by each of them."""

import numpy as np
import pytest
from finite_differences import slopes
from image_nets import stack

from engine import AveragePool, Conv, Dense, EngineError, LocalNorm, MaxPool, build, pictures
from engine.run import Machine, as_inputs, loss_of
from engine.training import Trainer


def net_and_image():
    blocks = [Conv(3, 3, 2, padding="same"), LocalNorm(3, 0.5), MaxPool(2), Conv(2, 2, 2), Dense(5)]
    net = stack((6, 8, 2), blocks, activation="tanh")
    return net, np.random.default_rng(1).standard_normal((6, 8, 2))


def loss(net, parameters, images, labels):
    machine = Machine(net.layers, parameters, len(labels))
    act = machine.forward(images)
    total, _ = loss_of(net.recipe.loss)(net.layers[-1].activation, machine.pre["output"], act, labels)
    return total / len(labels)


def laid_out(net, name, values):
    """A parameter's array as its picture shows it, by hand."""
    if name.endswith("bias"):
        return values[None]
    if name == "dense4.weight":
        values = values.reshape(2, 3, 2, 5)
    return values.T if values.ndim == 2 else np.moveaxis(values, (3, 2), (0, 1))


def test_a_panel_shows_the_sums_and_activations_that_the_trace_holds():
    net, image = net_and_image()
    trace = net.trace(image)
    panels = {panel.name: panel for panel in pictures(trace)}
    assert list(panels) == [layer.name for layer in net.layers]
    for layer in net.layers[:5]:
        values = trace.activation[layer.name]
        shown = panels[layer.name].activation
        assert shown.values.shape == (layer.shape[2], *layer.shape[:2])
        for number in range(layer.shape[2]):
            assert np.array_equal(shown.values[number], values[:, :, number])
        assert (shown.low, shown.high) == (values.min(), values.max())
        sums, before = trace.pre[layer.name], panels[layer.name].pre_activation
        assert np.array_equal(before.values, sums.transpose(2, 0, 1))
        assert (before.low, before.high) == (sums.min(), sums.max())
    assert np.array_equal(panels["output"].activation.values, trace.activation["output"][None])
    assert all(panel.gradient is None and not panel.weight_gradients for panel in panels.values())


def test_gradients_are_the_slopes_of_the_loss():
    net, image = net_and_image()
    trace = net.trace(image)
    panels = {panel.name: panel for panel in pictures(trace, label=2)}
    parameters = {name: array.copy() for name, array in net.parameters.items()}
    x = image[None].copy()
    found = slopes(lambda: loss(net, parameters, x, np.array([2])), {"x": x, **parameters})
    assert np.allclose(
        panels["input"].gradient.values, found.pop("x")[0].transpose(2, 0, 1), rtol=1e-5, atol=1e-8
    )
    for name, slope in found.items():
        layer, own = name.split(".")
        shown = panels[layer].weight_gradients[own]
        assert np.allclose(shown.values, laid_out(net, name, slope), rtol=1e-5, atol=1e-8), name
        assert (shown.low, shown.high) == (shown.values.min(), shown.values.max())
        assert np.abs(shown.values).max() > 1e-6
    miss = trace.activation["output"] - [0, 0, 1]
    assert np.allclose(panels["output"].gradient.values, miss[None])
    assert np.allclose(panels["dense4"].gradient.values, (net.parameters["output.weight"] @ miss)[None])


def test_weight_gradients_of_a_batch_are_those_that_training_steps_along():
    net = build("input 28x28 | conv 4 5x5 relu | pool 2 | dense 10 softmax", np.random.default_rng(0))
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (6, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 6)
    panels = {p.name: p for p in pictures(net.trace(images[0]), batch=(images, labels))}
    trainer = Trainer(net, net.recipe, fast=True)
    act = trainer.machine.forward(as_inputs(net, images))
    _, grad = loss_of(net.recipe.loss)("softmax", trainer.machine.pre["output"], act, labels)
    trainer.machine.backward(grad)
    kernel = trainer.gradients["conv1.weight"][:, :, 0].transpose(2, 0, 1)
    assert np.allclose(panels["conv1"].weight_gradients["weight"].values, kernel, rtol=1e-3, atol=1e-6)
    shown = panels["output"].weight_gradients["weight"].values
    assert shown.shape == (10, 4, 12, 12)
    assert np.allclose(
        shown[3, 1, 5, 7], trainer.gradients["output.weight"][(5 * 12 + 7) * 4 + 1, 3], rtol=1e-3
    )
    assert all(panel.gradient is None for panel in panels.values())


def test_without_a_label_the_gradients_are_the_traces_own():
    net, image = net_and_image()
    trace = net.trace(image, gradients_of=1)
    panels = {panel.name: panel for panel in pictures(trace)}
    assert np.array_equal(panels["conv0"].gradient.values, trace.gradient["conv0"].transpose(2, 0, 1))
    assert panels["output"].gradient.values.tolist() == [[0, 1, 0]]


def test_weights_lie_as_what_they_read():
    net = build("input 28x28 | dense 12 relu | dense 10 softmax", np.random.default_rng(0))
    first, second = pictures(net.trace(np.zeros((28, 28), np.uint8)))[1:]
    assert first.weights["weight"].values.shape == (12, 28, 28)
    assert first.weights["weight"].values[3, 4, 5] == net.parameters["hidden1.weight"][4 * 28 + 5, 3]
    assert np.array_equal(second.weights["weight"].values, net.parameters["output.weight"].T)
    assert second.weights["bias"].values.shape == (1, 10)


def test_a_panel_tells_size_window_stride_and_how_its_parameters_come_about():
    text = "input 24x24 | conv 8 5x5 pad 2 | pool 2 | conv 16 5x5 stride 2 | avgpool 3 stride 1"
    net = build(text + " | dense 10 softmax", np.random.default_rng(0))
    told = [
        (panel.shape, panel.window, panel.stride, panel.formula, panel.parameter_count)
        for panel in pictures(net.trace(np.zeros((24, 24), np.float32)))
    ]
    assert told == [
        ((24, 24, 1), None, None, "", 0),
        ((24, 24, 8), (5, 5), 1, "8x5x5x1+8 = 208", 208),
        ((12, 12, 8), (2, 2), 2, "", 0),
        ((4, 4, 16), (5, 5), 2, "16x5x5x8+16 = 3216", 3216),
        ((2, 2, 16), (3, 3), 1, "", 0),
        ((10,), None, None, "10x64+10 = 650", 650),
    ]


def test_nobody_can_write_to_a_picture_and_later_passes_leave_it_alone():
    net, image = net_and_image()
    panels = pictures(net.trace(image), label=0)
    before = panels[1].gradient.values.copy()
    pictures(net.trace(-image), label=1)
    assert np.array_equal(panels[1].gradient.values, before)
    with pytest.raises(ValueError, match="read-only"):
        panels[1].gradient.values[0] = 1


def test_a_label_that_no_class_has_is_refused():
    net, image = net_and_image()
    with pytest.raises(EngineError, match=r"labels must be 0\.\.2, got 3\.\.3"):
        pictures(net.trace(image), label=3)
    with pytest.raises(EngineError, match="no image to take gradients of"):
        pictures(net.trace(image), batch=(image[None][:0], np.zeros(0, int)))


def test_a_mean_pooling_has_pictures_too():
    net = stack((4, 4, 1), [AveragePool(2)])
    panel = pictures(net.trace(np.arange(16.0).reshape(4, 4, 1)), label=0)[1]
    assert panel.activation.values.tolist() == [[[2.5, 4.5], [10.5, 12.5]]]
    assert panel.window == (2, 2)


def test_the_pictures_of_attention_are_those_of_its_heads():
    text = "input 28x28 | patches 14 8 | transformer 2 heads mlp 6 | head 10 softmax"
    net = build(text, np.random.default_rng(0))
    trace = net.trace(np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8))
    panels = {panel.name: panel for panel in pictures(trace, label=4)}
    assert np.array_equal(panels["block1.scores"].activation.values, trace.activation["block1.scores"])
    assert panels["block1.scores"].activation.values.shape == (2, 5, 5)
    tokens = panels["tokens"]
    assert tokens.activation.values.shape == (5, 8)
    assert tokens.weights["weight"].values.shape == (8, 14, 14)
    assert np.array_equal(tokens.weights["position"].values, net.parameters["tokens.position"])
    assert tokens.formula == "8x14x14x1+8+8+5x8 = 1624"
    assert panels["block1.norm1"].formula == "8+8 = 16"
    assert panels["block1.hidden"].weights["weight"].values.shape == (6, 8)
    assert all(np.abs(p.gradient.values).max() > 0 for p in panels.values())
