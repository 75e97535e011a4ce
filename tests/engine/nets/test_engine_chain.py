"""What a net's edits and history are held in: equal to tuples, and thousands of nets share what they have."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest

import engine
from engine.chain import Chain

RNG = np.random.default_rng(0)


def grown():
    """Chains made of one another by chance, each with the tuple that it is to equal."""
    made = [(Chain(), ())]
    for _ in range(400):
        chain, same = made[RNG.integers(len(made))]
        more = tuple(RNG.integers(4, size=RNG.integers(3)).tolist())
        made.append((chain.then(more), same + more))
    return made


def test_a_chain_is_equal_in_use_to_a_tuple_of_the_same():
    for chain, same in grown():
        assert chain == same
        assert same == chain
        assert (len(chain), tuple(chain)) == (len(same), same)
        assert (hash(chain), repr(chain)) == (hash(same), repr(same))
        assert [chain[at] for at in range(-len(same), len(same))] == [*same, *same]
        for place in (slice(2, None), slice(None, 3), slice(-3, -1), slice(None, None, -1), slice(4, 1, -2)):
            assert chain[place] == same[place]
        assert pickle.loads(pickle.dumps(chain)) == copy.deepcopy(chain) == same
        with pytest.raises(IndexError, match=str(len(same))):
            chain[len(same)]


def test_two_chains_tell_with_how_much_both_begin():
    made = grown()
    for _ in range(3000):
        (one, mine), (other, theirs) = (made[RNG.integers(len(made))] for _ in range(2))
        same = next((k for k, both in enumerate(zip(mine, theirs, strict=False)) if both[0] != both[1]), None)
        assert one.common(other) == (min(len(mine), len(theirs)) if same is None else same)
        assert (one == other) == (mine == theirs)


def test_a_chain_of_a_hundred_thousand_can_be_kept_and_let_go():
    # Lost otherwise: the process ends where one object holds the next.
    chain = Chain()
    for number in range(100_000):
        chain = chain.then((number,))
    assert pickle.loads(pickle.dumps(chain))[-1] == 99_999
    del chain


def test_thousands_of_nets_edited_one_from_the_other_hold_each_edit_once():
    # Lost otherwise: undo of five thousand edits holds a quarter of a gigabyte.
    net = engine.preset("mlp", np.random.default_rng(0))
    past = [net]
    tracemalloc.start()
    for number in range(2000):
        net = net.mutate(f"scale hidden1:{number % 512} 1.5")
        net.overlay  # noqa: B018
        past[-1].forget()
        past.append(net)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2000 * 4000, f"each net holds {held / 2000:,.0f} bytes: 16,000 with tuples of its own"
    assert all(len(each.edits) == len(each.history) == k for k, each in enumerate(past))
    assert past[7].edits == net.edits[:7]
    assert past[7].history == tuple(map(str, past[7].edits))
