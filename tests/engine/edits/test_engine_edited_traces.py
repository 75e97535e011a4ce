"""A new trace builds on an old one where it may, and the net and the trace before stay as they were."""

import numpy as np
import pytest
from edit_nets import chain, image, nets, random_edit
from hypothesis import given, settings
from hypothesis import strategies as st

import data
import engine
from engine import Dense, EngineError

NETS = nets()
MLP = engine.load(data.model_path("mlp"))
FOUR = data.load("digits").images[4]
anywhere = st.sampled_from(sorted(NETS)), st.integers(1, 20), st.integers(0, 10_000)


@pytest.mark.parametrize("kind", sorted(NETS))
def test_the_net_that_was_edited_is_as_it_was(kind):
    net = NETS[kind]
    before = net.trace(image(net)).neurons.copy()
    chain(net, 20, 5)
    assert not net.edits
    assert (net.trace(image(net)).neurons == before).all()


def test_a_trace_built_on_another_follows_synapses_that_were_added():
    net = NETS["tokens"].mutate("add block1.query:0,0 -> block1.value:1,1 0.8")
    base, changed = net.trace(image(net)), net.mutate("clamp block1.query:0,0 2")
    plain, quick = changed.trace(image(net)), changed.trace(image(net), base=base)
    assert (plain.activation["block1.value"] != base.activation["block1.value"]).any()
    assert (plain.neurons == quick.neurons).all()


@settings(max_examples=20, deadline=None)
@given(*anywhere, st.integers(1, 4))
def test_a_trace_built_on_another_is_the_same_to_the_last_bit(kind, length, seed, more):
    before = chain(NETS[kind], length, seed)
    base = before.trace(image(before))
    for after in (chain(before, more, seed + 1), NETS[kind]):
        plain, quick = after.trace(image(after)), after.trace(image(after), base=base)
        assert (plain.neurons == quick.neurons).all()
        assert all((plain.pre[name] == quick.pre[name]).all() for name in plain.pre)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(NETS)), st.integers(0, 10_000))
def test_a_walk_of_traces_each_built_on_the_last_never_strays(kind, seed):
    """Editing, undoing, setting weights: the tenth trace is as true as the first."""
    rng, pixels = np.random.default_rng(seed), image(NETS[kind])
    nets = [NETS[kind]]
    trace = nets[0].trace(pixels)
    for _ in range(10):
        step = rng.random()
        if step < 0.3 and len(nets) > 1:
            nets.pop()
        elif step < 0.5:
            name = str(rng.choice(list(nets[-1].parameters)))
            place = ",".join(str(rng.integers(length)) for length in nets[-1].parameters[name].shape)
            nets.append(nets[-1].mutate(f"weight {name}:{place} {rng.normal()}"))
        else:
            nets.append(nets[-1].mutate(random_edit(nets[-1], rng)))
        trace, plain = nets[-1].trace(pixels, base=trace), nets[-1].trace(pixels)
        assert (plain.neurons == trace.neurons).all()
        assert all((plain.pre[name] == trace.pre[name]).all() for name in plain.pre)
        assert set(plain.unedited) == set(trace.unedited)


def test_only_what_follows_an_edit_is_worked_out_anew():
    base = MLP.trace(FOUR)
    bright, dark = (
        int(values) for values in (base.activation["hidden2"].argmax(), base.activation["hidden2"].argmin())
    )
    after = MLP.mutate(f"ablate hidden2:{bright}").trace(FOUR, base=base)
    assert after.activation["hidden1"] is base.activation["hidden1"] or np.shares_memory(
        after.activation["hidden1"], base.activation["hidden1"]
    )
    assert not np.shares_memory(after.activation["hidden3"], base.activation["hidden3"])
    # A neuron that is silent by itself is not missed: nothing behind it is asked.
    nothing = MLP.mutate(f"ablate hidden2:{dark}").trace(FOUR, base=base)
    assert np.shares_memory(nothing.activation["hidden3"], base.activation["hidden3"])


@pytest.mark.parametrize("row", [0, 11, -1])
def test_one_neuron_of_a_large_layer_is_followed_wherever_it_lies(row):
    # Large layers are compared part by part: one that were left out would leave all behind it as it was.
    net = engine.preset("cnn-draw", np.random.default_rng(0))
    pixels, last = image(net), net.layer("conv1").shape[0] - 1
    base = net.trace(pixels)
    changed = net.mutate(f"clamp conv1:{row % (last + 1)},{last},3 9")
    plain, quick = changed.trace(pixels), changed.trace(pixels, base=base)
    assert not np.array_equal(quick.activation["pool1"], base.activation["pool1"])
    assert all((plain.pre[name] == quick.pre[name]).all() for name in plain.pre)


def test_a_layer_that_reads_what_it_read_before_is_summed_up_from_what_its_block_came_to(monkeypatch):
    base = MLP.mutate("cut input:14,14 -> hidden1:3; shift hidden1:5 0.25").trace(FOUR)
    after = MLP.mutate("cut input:14,14 -> hidden1:3; set input:13,14 -> hidden1:3 0.5; ablate hidden1:0")
    plain, asked = after.trace(FOUR), []
    forward = Dense.forward
    monkeypatch.setattr(
        Dense, "forward", lambda self, *args: (asked.append(self.units), forward(self, *args))[1]
    )
    quick = after.trace(FOUR, base=base)
    assert len(asked) == len(MLP.layers) - 2
    assert all((plain.pre[name] == quick.pre[name]).all() for name in plain.pre)
    assert (quick.unedited["hidden1"] == MLP.trace(FOUR).pre["hidden1"]).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("based", [False, True])
def test_a_pass_that_overflows_is_one_clear_line(based):
    net = MLP.mutate("scale hidden1 1e20; scale hidden2 1e20")
    with pytest.raises(EngineError, match="the sums of hidden3 grow beyond float32"):
        net.trace(FOUR, base=MLP.trace(FOUR) if based else None)


def test_an_image_that_its_owner_changes_leaves_the_trace_as_it_was():
    pixels = (FOUR / 255).astype(np.float32).reshape(MLP.layers[0].shape)
    trace = MLP.trace(pixels)
    before = trace.activation["input"].copy()
    pixels[:] = 0
    assert (trace.activation["input"] == before).all()


def test_one_edit_more_leaves_the_net_before_as_it_was():
    first = MLP.mutate("cut input:14,14 -> hidden1:3; scale hidden1:3 2")
    before = first.trace(FOUR).neurons.copy()
    second = first.mutate("set input:13,14 -> hidden1:3 4; ablate hidden1:3; shift hidden2:1 2")
    assert (first.trace(FOUR).neurons == before).all()
    again = MLP.with_edits(second.edits)
    assert (again.trace(FOUR).neurons == second.trace(FOUR).neurons).all()
    assert (
        second.overlay.links["hidden1"][0].start.tolist() == again.overlay.links["hidden1"][0].start.tolist()
    )
