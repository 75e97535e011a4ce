"""What is chosen by evidence decides: without it the answer is another, without what is loud it is not."""

import numpy as np
import pytest

import data
import engine
from engine import Edit, Net, Trace, strongest
from engine.graph import address

# How many synapses each connection loses: a thousand or so, more where a layer is larger.
COUNTS = {"mlp": (400, 300, 200, 100), "cnn-draw": (400, 300, 300, 100, 200, 100)}


def cut(trace: Trace, by: str, counts: tuple[int, ...]) -> Net:
    """The net without the synapses of each connection that have most of it above 0."""
    net, edits = trace.net, []
    for pair, count in zip(net.connections, counts, strict=True):
        found, values = strongest(trace, 10 * count, *pair, by=by)
        warm = np.flatnonzero(values > 0)[:count]
        for ends in zip(found.source[warm].tolist(), found.target[warm].tolist(), strict=True):
            source, target = (address.write(net.graph, number) for number in ends)
            edits.append(Edit("cut", f"{source} -> {target}"))
    return net.with_edits(tuple(edits))


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.slow
def test_cutting_what_speaks_for_a_sure_answer_changes_it_and_cutting_what_excites_does_not(name):
    net = engine.load(data.model_path(name))
    traces = [net.trace(image) for image in data.load("digits").images[:40]]
    sure = [trace for trace in traces if trace.confidence > 0.99][:8]
    assert len(sure) == 8
    kept = {"contribution": 0, "evidence": 0}
    for trace in sure:
        for by in kept:
            without = cut(trace, by, COUNTS[name])
            after = without.trace(trace.activation["input"], base=trace)
            kept[by] += after.prediction == trace.prediction
            if by == "evidence":
                assert engine.lead(after, trace.prediction) < 0.2 * engine.lead(trace)
    assert kept["evidence"] == 0
    assert kept["contribution"] >= 6
