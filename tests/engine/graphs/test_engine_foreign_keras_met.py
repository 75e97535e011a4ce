"""Keras models as people write them: rows turned, numbers taken off, steps with a number."""

import json

import numpy as np
import pytest
from foreign_nets import graphs, outputs

from engine import EngineError
from engine.foreign.graph.finish import imported
from engine.foreign.readers.keras.model import outputs_told, program_of

KNOWN_IMAGES = graphs()["images"]
RNG = np.random.default_rng(3)
ROW = RNG.normal(0, 0.3, (64, 6)).astype(np.float32)


def keras_program(*layers, shape=(8, 8, 1), weights=None):
    """The operations of a Keras configuration, each layer (class, settings)."""
    told = [
        {
            "class_name": kind,
            "config": {
                "name": f"{kind}{i}",
                **({"batch_input_shape": [None, *shape]} if not i else {}),
                **settings,
            },
        }
        for i, (kind, settings) in enumerate(layers)
    ]
    model = {"class_name": "Sequential", "config": {"name": "m", "layers": told}}
    return imported(
        program_of(json.loads(json.dumps(model)), lambda path: (weights or {}).get(path[-1], {})), ""
    ).net


def test_maps_that_come_first_go_behind_the_pixels_in_a_keras_row():
    kernel = RNG.normal(0, 1, (3, 3, 1, 2)).astype(np.float32)
    row = RNG.normal(0, 0.2, (72, 4)).astype(np.float32)
    dense = ("Dense", {"units": 4, "activation": "sigmoid", "use_bias": False})
    conv = {"filters": 2, "kernel_size": [3, 3], "use_bias": False}
    weights = {"Conv2D0": {"kernel": kernel}, "Dense2": {"kernel": row}}
    nets = [
        keras_program(("Conv2D", {**conv, **way}), ("Flatten", way), dense, shape=shape, weights=weights)
        for way, shape in (({"data_format": "channels_first"}, (1, 8, 8)), ({}, (8, 8, 1)))
    ]
    first, last = (outputs(net, KNOWN_IMAGES) for net in nets)
    assert np.abs(first - last).max() < 1e-6


def test_each_side_is_padded_by_its_own_number():
    # Lost otherwise: a network that sees its image shifted, and answers all the same.
    kernel = RNG.normal(0, 1, (3, 3, 1, 2)).astype(np.float32)
    conv = ("Conv2D", {"filters": 2, "kernel_size": [3, 3], "use_bias": False})
    row = RNG.normal(0, 0.2, (112, 4)).astype(np.float32)
    dense = ("Dense", {"units": 4, "activation": "sigmoid", "use_bias": False})

    def made(*ahead, shape):
        place = len(ahead)
        weights = {f"Conv2D{place}": {"kernel": kernel}, f"Dense{place + 2}": {"kernel": row}}
        return keras_program(*ahead, conv, ("Flatten", {}), dense, shape=shape, weights=weights)

    padded = np.pad(KNOWN_IMAGES, ((0, 0), (0, 0), (2, 0), (0, 1)))
    known = outputs(made(shape=(10, 9, 1)), padded)
    told = outputs(made(("ZeroPadding2D", {"padding": [[2, 0], [0, 1]]}), shape=(8, 8, 1)), KNOWN_IMAGES)
    assert np.abs(told - known).max() < 1e-6


def test_an_image_may_be_turned_on_its_side():
    """Permute((2, 1, 3)) was refused, for maps laid out anew, with no way round it."""
    kernel = RNG.normal(0, 1, (3, 2, 1, 2)).astype(np.float32)
    after = RNG.normal(0, 1, (1, 2, 2, 3)).astype(np.float32)
    row = RNG.normal(0, 0.2, (12, 4)).astype(np.float32)
    layers = [
        ("ZeroPadding2D", {"padding": [[1, 0], [0, 2]]}),
        (
            "Conv2D",
            {"filters": 2, "kernel_size": [3, 2], "strides": [1, 2], "padding": "same", "use_bias": False},
        ),
        ("MaxPooling2D", {"pool_size": [2, 1]}),
        ("Conv2D", {"filters": 3, "kernel_size": [1, 2], "use_bias": False}),
        ("AveragePooling2D", {"pool_size": [2, 2]}),
        ("Flatten", {}),
        ("Dense", {"units": 4, "activation": "sigmoid", "use_bias": False}),
    ]

    def made(ahead):
        place = len(ahead)
        kernels = {f"Conv2D{place + 1}": {"kernel": kernel}, f"Conv2D{place + 3}": {"kernel": after}}
        return keras_program(*ahead, *layers, weights={**kernels, f"Dense{place + 6}": {"kernel": row}})

    upright, turned = made([]), made([("Permute", {"dims": [2, 1, 3]})])
    other = outputs(upright, KNOWN_IMAGES.swapaxes(2, 3))
    assert np.abs(outputs(turned, KNOWN_IMAGES) - other).max() < 1e-6
    assert np.abs(outputs(upright, KNOWN_IMAGES) - other).max() > 1e-3, "else nothing is turned"


def test_a_keras_normalization_may_tell_its_two_numbers():
    row = RNG.normal(0, 0.2, (64, 4)).astype(np.float32)
    net = keras_program(
        ("Normalization", {"mean": 0.5, "variance": 0.25}),
        ("Flatten", {}),
        ("Dense", {"units": 4, "activation": "sigmoid", "use_bias": False}),
        weights={"Dense2": {"kernel": row}},
    )
    sums = ((KNOWN_IMAGES.reshape(len(KNOWN_IMAGES), -1) - 0.5) / 0.5) @ row
    assert np.abs(outputs(net, KNOWN_IMAGES) - 1 / (1 + np.exp(-sums))).max() < 1e-6


def tensor(name):
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}}


@pytest.mark.parametrize(
    ("kind", "config", "nodes", "of"),
    [
        ("TrueDivide", {}, [{"args": [tensor("i"), 255.0], "kwargs": {}}], lambda x: x / 255),
        ("Subtract", {}, [{"args": [1.0, tensor("i")], "kwargs": {}}], lambda x: 1 - x),
        ("TFOpLambda", {"function": "math.truediv"}, [["i", 0, 0, {"y": 255.0}]], lambda x: x / 255),
        (
            "TFOpLambda",
            {"function": "math.subtract"},
            [["_CONSTANT_VALUE", -1, 1.0, {"y": ["i", 0, 0]}]],
            lambda x: 1 - x,
        ),
    ],
)
def test_a_step_with_a_number_is_part_of_a_keras_model(kind, config, nodes, of):

    row = RNG.normal(0, 0.2, (64, 4)).astype(np.float32)
    layers = [
        {
            "class_name": "InputLayer",
            "name": "i",
            "config": {"name": "i", "batch_shape": [None, 64]},
            "inbound_nodes": [],
        },
        {"class_name": kind, "name": "op", "config": {"name": "op", **config}, "inbound_nodes": nodes},
        {
            "class_name": "Dense",
            "name": "d",
            "config": {"name": "d", "units": 4, "activation": "sigmoid", "use_bias": False},
            "inbound_nodes": [{"args": [tensor("op")], "kwargs": {}}],
        },
    ]
    ends = {"input_layers": ["i", 0, 0], "output_layers": ["d", 0, 0]}
    model = {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}
    net = imported(program_of(model, lambda path: {"kernel": row} if path[-1] == "d" else {}), "").net
    sums = of(KNOWN_IMAGES.reshape(len(KNOWN_IMAGES), -1).astype(np.float64)) @ row
    assert np.abs(outputs(net, KNOWN_IMAGES) - 1 / (1 + np.exp(-sums))).max() < 1e-6


def test_a_dense_layer_for_each_step_is_the_same_with_and_without_its_wrapper():
    kernel = RNG.normal(0, 0.4, (8, 3)).astype(np.float32)
    row = RNG.normal(0, 0.4, (24, 4)).astype(np.float32)
    own = {"units": 3, "activation": "tanh", "use_bias": False}
    nets = [
        keras_program(
            first,
            ("Flatten", {}),
            ("Dense", {"units": 4, "activation": "sigmoid", "use_bias": False}),
            shape=(8, 8),
            weights={f"{first[0]}0": {"kernel": kernel}, "Dense2": {"kernel": row}},
        )
        for first in (
            ("Dense", own),
            ("TimeDistributed", {"layer": {"class_name": "Dense", "config": own}}),
        )
    ]
    first, last = (outputs(net, KNOWN_IMAGES) for net in nets)
    hidden = np.tanh(KNOWN_IMAGES[:, 0] @ kernel).reshape(len(KNOWN_IMAGES), -1)
    assert np.abs(first - 1 / (1 + np.exp(-hidden @ row))).max() < 1e-6
    assert np.array_equal(first, last)


def test_a_model_whose_layers_stand_in_code_says_the_way_round():
    with pytest.raises(EngineError, match=r"a class of its own, Net, .* export it as ONNX"):
        program_of({"class_name": "Net", "config": {"name": "net"}}, lambda _: {})


def test_what_only_training_does_to_images_is_left_out():
    row = RNG.normal(0, 0.2, (64, 4)).astype(np.float32)
    dense = ("Dense", {"units": 4, "activation": "sigmoid", "use_bias": False})
    early = [(kind, {}) for kind in ("RandomFlip", "RandomShear", "RandomErasing", "RandomGaussianBlur")]
    sized = [(kind, {"height": 8, "width": 8}) for kind in ("RandomCrop", "Resizing", "CenterCrop")]
    net = keras_program(*early, *sized, ("Flatten", {}), dense, weights={"Dense8": {"kernel": row}})
    assert net.text == "input 8x8 | dense 4 sigmoid"


def test_a_crop_of_the_middle_leaves_the_border_out():
    row = RNG.normal(0, 0.2, (16, 4)).astype(np.float32)
    dense = ("Dense", {"units": 4, "activation": "sigmoid", "use_bias": False})
    crop = ("CenterCrop", {"height": 4, "width": 4})
    net = keras_program(crop, ("Flatten", {}), dense, weights={"Dense2": {"kernel": row}})
    images = RNG.random((5, 1, 8, 8), np.float32)
    middle = images[:, 0, 2:6, 2:6].reshape(5, -1)
    assert np.abs(outputs(net, images) - 1 / (1 + np.exp(-middle @ row))).max() < 1e-6


def test_an_image_that_is_brought_to_another_size_is_refused_with_both():
    with pytest.raises(
        EngineError, match=r"Resizing0.* makes 5x5 of 8x8, and nothing here changes the scale"
    ):
        keras_program(("Resizing", {"height": 5, "width": 5}), ("Flatten", {}))


def test_a_function_called_by_itself_is_a_layer_s_function():
    kernel = RNG.normal(0, 1, (3, 3, 1, 2)).astype(np.float32)
    conv = ("Conv2D", {"filters": 2, "kernel_size": [3, 3], "use_bias": False})
    dense = ("Dense", {"units": 4, "use_bias": False})
    weights = {
        "Conv2D0": {"kernel": kernel},
        "Dense3": {"kernel": RNG.normal(0, 1, (72, 4)).astype(np.float32)},
    }
    net = keras_program(conv, ("Relu", {}), ("Flatten", {}), dense, weights=weights)
    assert net.text.startswith("input 8x8 | conv 2 3x3 relu | dense 4")


def test_a_keras_kernel_of_whole_numbers_is_said_to_be_quantised():
    """It is there: that the file had no kernel sent people looking for another file."""
    with pytest.raises(EngineError, match="Dense Dense1 has a kernel of whole numbers: it is quantised"):
        keras_program(
            ("Flatten", {}),
            ("Dense", {"units": 4}),
            weights={"Dense1": {"0": np.ones((64, 4), np.int8), "1": np.ones(4, np.float32)}},
        )


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ([["digit", 0, 0], ["parity", 0, 0]], ("it has 2 outputs: digit is taken, not parity",)),
        ([["digit", 0, 0]], ()),
        (["digit", 0, 0], ()),
    ],
)
def test_which_of_several_outputs_of_a_keras_model_is_taken_is_said(ends, told):
    assert outputs_told({"class_name": "Functional", "config": {"output_layers": ends}}) == told
