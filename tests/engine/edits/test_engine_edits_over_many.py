"""A few synapses edited after very many: laid over these, and still told, traced and learned as they are."""

import numpy as np
import pytest
from image_nets import stack

import engine
from engine import Dense, MaxPool
from engine.edits.synapses.incremental import FEW, IncrementalSynapses
from engine.edits.synapses.table import SynapseTable
from engine.edits.synapses.windows import windows_of
from engine.run import Machine
from engine.synapses import views

NET = stack((12, 12, 1), [Dense(60), Dense(8)], activation="tanh").astype(np.float32)
MANY = "cut input:0-5,* -> dense0; scale input:4-11,* -> dense0:0-49 2"
LATER = {
    "one set": "set input:7,3 -> dense0:11 0.5",
    "one that was cut added": "add input:1,1 -> dense0:55 0.75",
    "one of neither range": "nudge input:10,10 -> dense0:58 0.3",
    "one scaled, then cut": "scale input:7,3 -> dense0:11 -3; cut input:7,3 -> dense0:11",
    "a neuron with less": "; ".join(f"cut input:{row},* -> dense0:20" for row in range(6, 12))
    + "; add input:9,9 -> dense0:20 1.5",
    "more, and then all": (
        "nudge input:6-8,* -> dense0:0-9 0.1; scale input -> dense0 0.5; cut input:8,8 -> dense0:1"
    ),
}


@pytest.fixture
def few_are_laid_over(monkeypatch):
    return lambda on: monkeypatch.setattr("engine.edits.compile.MANY", 4096 if on else 10**9)


def _both(few_are_laid_over, text):
    """A net edited so, a few laid over many, and the same with one table of them all."""
    few_are_laid_over(False)
    plain = NET.mutate(MANY).mutate(text)
    few_are_laid_over(True)
    laid = NET.mutate(MANY).mutate(text)
    assert laid.overlay.incremental or "scale input -> dense0 " in text, "else both are one way"
    return laid, plain


@pytest.mark.parametrize("text", LATER.values(), ids=LATER)
def test_an_edit_after_very_many_comes_to_what_it_says(few_are_laid_over, text):
    laid, plain = _both(few_are_laid_over, text)
    x = np.random.default_rng(0).standard_normal((12, 12, 1)).astype(np.float32)
    base = NET.mutate(MANY).trace(x)
    whole = plain.astype(np.float64).trace(x)
    for found in (laid.trace(x), laid.trace(x, base=base), laid.astype(np.float64).trace(x)):
        np.testing.assert_allclose(found.pre["dense0"], whole.pre["dense0"], rtol=1e-4, atol=1e-4)
    assert laid.edge_count == plain.edge_count
    for mine, theirs in (
        (views.into(net, "dense0", index) for net in (laid, plain)) for index in (1, 11, 20, 55, 58)
    ):
        np.testing.assert_array_equal(np.sort(mine.weight), np.sort(theirs.weight))
        assert sorted(mine.source.tolist()) == sorted(theirs.source.tolist())


@pytest.mark.parametrize("text", LATER.values(), ids=LATER)
def test_training_feels_an_edit_after_very_many(few_are_laid_over, text):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((9, 12, 12, 1)).astype(np.float32)
    grad, found = rng.standard_normal((9, 3)).astype(np.float32), []
    for net in _both(few_are_laid_over, text):
        gradients = {name: np.full_like(array, np.nan) for name, array in net.parameters.items()}
        machine = Machine(net.layers, net.parameters, 9, gradients=gradients, fast=True, overlay=net.overlay)
        answer = machine.forward(x, rng).copy()
        machine.backward(grad)
        found.append((answer, gradients))
    (laid, by_laid), (plain, by_plain) = found
    np.testing.assert_allclose(laid, plain, rtol=1e-4, atol=1e-4)
    for name, felt in by_plain.items():
        np.testing.assert_allclose(by_laid[name], felt, rtol=1e-3, atol=1e-3, err_msg=name)


def test_one_edit_more_does_not_write_the_others_anew(monkeypatch):
    # Lost otherwise: after two crossing ranges each edit of one synapse took as long as 60 traces.
    edited = NET.mutate(MANY)
    edited.overlay  # noqa: B018, the arrays of the many are made
    written, plain = [], SynapseTable.taken
    monkeypatch.setattr(
        SynapseTable, "taken", lambda table, chosen: written.append(len(made := plain(table, chosen))) or made
    )
    told = []
    monkeypatch.setattr(
        "engine.edits.synapses.incremental.links_of", lambda *given: told.append(len(given[-1])) or 1 / 0
    )
    more = edited.mutate("set input:7,3 -> dense0:11 0.5")
    with pytest.raises(ZeroDivisionError):
        more.overlay  # noqa: B018
    assert max(written) == 1 == max(told)


def test_many_edits_later_are_no_longer_laid_over():
    # Lost otherwise: hundreds of edits that follow each cost what all of them do.
    net = NET.mutate(MANY)
    changing = net.mutate("set input:7,3 -> dense0:11 0.5").draft._links["input", "dense0"]
    assert isinstance(changing, IncrementalSynapses)
    count = len(changing.many.table) // FEW
    assert changing.with_more(changing.many.table.taken(np.arange(count))) is None
    text = "; ".join(f"nudge input:7,{column} -> dense0 0.1" for column in range(12))
    last = net.mutate(text).draft._links["input", "dense0"]
    assert FEW * len(last.since) <= len(last.many.table) > len(changing.many.table)


def test_a_net_that_is_saved_with_a_few_after_many_is_the_same_to_the_bit(tmp_path):
    laid = NET.mutate(MANY).mutate(LATER["one set"])
    engine.save(laid, tmp_path / "net.npz")
    again = engine.load(tmp_path / "net.npz")
    x = np.random.default_rng(0).standard_normal((12, 12, 1)).astype(np.float32)
    assert again.trace(x).pre["dense0"].tobytes() == laid.trace(x).pre["dense0"].tobytes()


POOLED = stack((24, 24, 2), [MaxPool(3)]).astype(np.float32)
CUT = "; ".join(
    f"cut input:{i % 24},{i * 5 % 23},{i % 2} -> max-pool0:{i % 24 // 3},{i * 5 % 23 // 3},{i % 2}"
    for i in range(40)
)
CUT += "; scale input:2,2,0 -> max-pool0:0,0,0 3"


@pytest.mark.parametrize(
    "later",
    [
        "nudge input:11,11,1 -> max-pool0:3,3,1 0.5",  # a window that was whole
        "add input:0,0,0 -> max-pool0:0,0,0 2; set input:1,1,0 -> max-pool0:0,0,0 3",
        "; ".join(f"cut input:{21 + i // 3},{21 + i % 3},1 -> max-pool0:7,7,1" for i in range(9)),
        "nudge input:3,3,1 -> max-pool0:1,1,1 0.5; cut input -> max-pool0:map1; "
        "nudge input:11,11,0 -> max-pool0:3,3,0 0.5",
        "nudge input:3,3,1 -> max-pool0:1,1,1 0.5; "
        + "; ".join(f"cut input:{i // 3},{i % 3},0 -> max-pool0:0,0,0" for i in range(1, 8)),  # told as one
    ],
)
def test_windows_edited_after_many_others_come_to_what_all_at_once_do(monkeypatch, later):
    # Lost otherwise: after 2,000 cuts one edit more took as long as 21 traces.
    many, told = POOLED.mutate(CUT), []
    x = np.random.default_rng(0).standard_normal((24, 24, 2)).astype(np.float32)
    base = many.trace(x)
    monkeypatch.setattr(
        "engine.edits.compile.windows_of",
        lambda *given: told.append(windows_of(*given)) or told[-1],
    )
    last, once = many, POOLED.mutate(f"{CUT}; {later}")
    for each in later.split("; "):
        last = last.mutate(each)
        last.trace(x, base=base)
    windows, mine = once.overlay.windows["max-pool0"], once.trace(x).pre["max-pool0"]
    for found in (last, many.mutate(later)):
        for given in (None, base):
            assert found.trace(x, base=given).pre["max-pool0"].tobytes() == mine.tobytes()
        assert sorted(found.overlay.windows["max-pool0"].gone) == sorted(windows.gone)
    most = max(len(made.target) for made in told[: later.count(";") + 1])
    assert "map1" in later or most <= 1, "all are made anew"
