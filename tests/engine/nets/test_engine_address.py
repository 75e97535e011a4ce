"""Addresses name what they say: neurons, heads of attention, groups, and a wrong one says what there is."""

import numpy as np
import pytest

from engine import EngineError, build, preset
from engine.graph import address, layer_axes

VIT = preset("vit-tiny", np.random.default_rng(0))  # 17 tokens, 4 heads of 16 features
IMAGE = np.random.default_rng(1).integers(0, 256, (28, 28), np.uint8)
SPLIT = ("query", "key", "value", "attention")


@pytest.mark.parametrize("own", SPLIT)
def test_a_head_is_its_part_of_every_token(own):
    layer = f"block2.{own}"
    numbers = np.arange(17 * 64).reshape(17, 64) + VIT.offset(layer)
    assert (address.neurons(VIT.graph, f"{layer}:head1") == numbers[:, 16:32].reshape(-1)).all()
    for text in (f"{layer}:head1,token5", f"{layer}: token5, head1"):
        assert (address.neurons(VIT.graph, text) == numbers[5, 16:32]).all()
    assert address.neuron(VIT.graph, f"{layer}:head1,token5,feature3") == numbers[5, 19]
    assert (address.neurons(VIT.graph, f"{layer}:head1-2,feature0") == numbers[:, [16, 32]].reshape(-1)).all()
    assert address.neuron(VIT.graph, f"{layer}:token5,feature19") == numbers[5, 19]
    assert address.write(VIT.graph, int(numbers[5, 19])) == f"{layer}:5,19"


def test_scores_are_named_by_head_query_and_key():
    numbers = np.arange(4 * 17 * 17).reshape(4, 17, 17) + VIT.offset("block1.scores")
    assert address.neuron(VIT.graph, "block1.scores:head1,query5,key3") == numbers[1, 5, 3]
    assert address.neuron(VIT.graph, "block1.scores:1,5,3") == numbers[1, 5, 3]
    assert (address.neurons(VIT.graph, "block1.scores:head1") == numbers[1].reshape(-1)).all()
    assert (address.neurons(VIT.graph, "block1.scores:key3,query5") == numbers[:, 5, 3]).all()
    assert layer_axes.axes(VIT.graph, VIT.layer("block1.scores")) == ("head", "query", "key")


def test_a_silenced_head_is_silent_and_the_others_are_not():
    before, after = VIT.trace(IMAGE), VIT.mutate("ablate block1.attention:head1").trace(IMAGE)
    values = after.activation["block1.attention"].reshape(17, 4, 16)
    assert not values[:, 1].any()
    others = before.activation["block1.attention"].reshape(17, 4, 16)[:, [0, 2, 3]]
    assert (values[:, [0, 2, 3]] == others).all()
    assert (after.pre["output"] != before.pre["output"]).any()


def test_a_head_without_attention_is_a_head_of_silence_in_its_values_too():
    # Attention's numbers come from the values: silencing either part of a head is the same.
    values, mixed = (VIT.mutate(f"ablate block1.{own}:head2").trace(IMAGE) for own in ("value", "attention"))
    assert (values.pre["output"] == mixed.pre["output"]).all()


def test_the_weights_of_a_head_can_be_frozen():
    held = VIT.mutate("freeze block1.query:head1").overlay.held
    assert held["block1.query.bias"].tolist() == list(range(16, 32))
    assert (held["block1.query.weight"].reshape(-1, 16) % 64 == np.arange(16, 32)).all()


def test_only_what_attention_reads_has_heads():
    having = {layer.name for layer in VIT.layers if layer_axes.heads(VIT.graph, layer)}
    assert having == {f"block{n}.{own}" for n in (1, 2) for own in SPLIT}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "block2.attention:head4",
            "block2.attention has tokens 0..16, features 0..63 (heads 0..3 of 16 features)",
        ),
        ("block2.attention:head1,feature16", "no block2.attention:head1,feature16"),
        ("block2.attention:head1,5", "such as token5"),
        ("block2.attention:token1,token2", "token is given already"),
        ("block2.attention:3,token2", "token is given already"),
        ("block2.attention:head1", "names 272 neurons: name one, such as block2.attention:0,16"),
        ("block2.norm1:head1", "block2.norm1 has tokens 0..16, features 0..63"),
        ("block2.scores:token5", "block2.scores has heads 0..3, queries 0..16, keys 0..16"),
        ("block2.scores:row1", "block2.scores has heads 0..3, queries 0..16, keys 0..16"),
        ("input:head1", "input has rows 0..27, columns 0..27"),
    ],
)
def test_a_wrong_address_of_a_head_says_what_there_is(text, message):
    with pytest.raises(EngineError) as error:
        address.neuron(VIT.graph, text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_maps_keep_their_rows_and_columns():
    net = build("input 28x28 | conv 4 3x3 | dense 10 softmax", np.random.default_rng(0))
    assert layer_axes.axes(net.graph, net.layers[1]) == ("row", "column", "map")
    with pytest.raises(EngineError, match=r"rows 0\.\.25, columns 0\.\.25, maps 0\.\.3"):
        address.neurons(net.graph, f"{net.layers[1].name}:head1")
