"""What synapses are measured by: weight, gradient, contribution, evidence, of either sign, by brute force."""

import edit_nets
import numpy as np
import pytest

import data
import engine
from engine import EngineError, Kind, Net, Trace
from engine.graph import address

EDITS = (
    "cut dense0:4 -> dense1:1; set input:1,1 -> dense0:0 0.9; scale input:1,1 -> dense0:2 -3; ablate dense0:1"
)


def cases() -> dict[str, Net]:
    nets = dict(edit_nets.nets())
    nets["dense, edited"] = nets["dense"].mutate(EDITS)
    return nets


def by_hand(trace: Trace, pair: tuple[str, str], by: str) -> tuple[np.ndarray, np.ndarray]:
    """The value of each synapse of a connection, and one number for both its ends."""
    net, every = trace.net, trace.net.synapses(*pair, trace)
    start = trace.neurons[every.source].astype(np.float64)
    slope = engine.lead_gradient(trace)[pair[1]].reshape(-1)[every.target - net.offset(pair[1])]
    reached = np.abs(trace.activation[pair[1]]).reshape(-1)
    fires = (reached > 0.01 * reached.max()) | (pair[1] == net.layers[-1].name)
    values = {
        "weight": every.weight * (every.kind < Kind.COMPUTED),
        "contribution": every.weight * start,
        "signal": every.weight * start * fires[every.target - net.offset(pair[1])],
        "evidence": every.weight * start * slope,
        "gradient": start * slope * (every.kind == Kind.LEARNED),
    }[by]
    return values, every.source.astype(np.int64) * net.neuron_count + every.target


@pytest.mark.parametrize("by", engine.MEASURES)
@pytest.mark.parametrize("name", cases())
@pytest.mark.parametrize("sign", [-1, 0, 1])
def test_the_strongest_by_each_measure_are_the_strongest_by_brute_force(name, by, sign):
    # Lost otherwise: a picture that says it shows weights, and shows other synapses.
    net = cases()[name]
    trace = net.trace(edit_nets.image(net))
    for pair in net.connections:
        values, names = by_hand(trace, pair, by)
        wanted = values * sign > 0 if sign else values != 0
        found, told = engine.strongest(trace, 12, *pair, by=by, sign=sign)
        keys = found.source.astype(np.int64) * net.neuron_count + found.target
        assert len(set(keys.tolist())) == len(found) == min(12, int(wanted.sum()))
        place = dict(zip(names.tolist(), values.tolist(), strict=True))
        np.testing.assert_allclose(told, [place[key] for key in keys.tolist()], rtol=1e-5)
        most = np.sort(np.abs(values[wanted]))[::-1][: len(found)]
        np.testing.assert_allclose(np.abs(told), most, rtol=1e-5)


@pytest.mark.parametrize("name", cases())
@pytest.mark.parametrize("by", engine.MEASURES)
def test_shares_by_each_measure_add_up_over_all_synapses(by, name):
    net = cases()[name]
    trace = net.trace(edit_nets.image(net))
    for pair in net.connections:
        values, _ = by_hand(trace, pair, by)
        found, told = engine.strongest(trace, 9, *pair, by=by)
        if not len(found):
            continue
        (share,) = engine.shares(trace, found, by=by)
        assert share.total == pytest.approx(np.abs(values).sum(), rel=1e-5)
        assert share.carried == pytest.approx(np.abs(told).sum(), rel=1e-5)


def test_the_gradient_of_a_weight_is_the_slope_of_the_lead_by_it():
    # By finite differences: the number a trainer would follow.
    net = edit_nets.nets()["dense"]
    image = edit_nets.image(net)
    trace = net.trace(image)
    found, told = engine.strongest(trace, 5, *net.connections[0], by="gradient")
    for source, target, value in zip(found.source, found.target, told, strict=True):
        ends = f"{address.write(net.graph, int(source))} -> {address.write(net.graph, int(target))}"
        step = 1e-6
        leads = [
            engine.lead(net.mutate(f"nudge {ends} {size}").trace(image), of=trace.prediction)
            for size in (step, -step)
        ]
        assert (leads[0] - leads[1]) / (2 * step) == pytest.approx(float(value), rel=1e-4)


def test_a_measure_that_there_is_not_is_told_with_those_there_are():
    net = engine.load(data.model_path("mlp"))
    trace = net.trace(np.zeros((28, 28), np.uint8))
    with pytest.raises(EngineError, match="known are evidence, contribution, signal, weight, gradient"):
        engine.strongest(trace, 3, by="size")
    with pytest.raises(EngineError, match="a weight is for no class"):
        engine.strongest(trace, 3, by="weight", of=3)
