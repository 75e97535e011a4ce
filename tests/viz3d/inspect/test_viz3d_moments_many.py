"""A session of many acts: each act, undo and jump costs what few of them cost, in time and in memory."""

import numpy as np
import pytest
from sessions import arrays, edits_held, small_session, traces_held

from engine.edits.compile import Draft
from viz3d.session import moments
from viz3d.session.files import replayed
from viz3d.session.files.stored import read_file, write_file
from viz3d.session.moments import Moments
from viz3d.session.session import Session


@pytest.fixture
def session() -> Session:
    return small_session()


def test_a_step_of_a_long_session_looks_at_the_moments_near_it_alone(session, monkeypatch):
    # Lost otherwise: after five thousand edits each takes 30 ms more, however small it is.
    monkeypatch.setattr(moments, "_TRACED", 3)
    for number in range(30):
        session.run(f"select hidden1:{number}")
    seen = []
    past = moments._past
    monkeypatch.setattr(moments, "_past", lambda state: (seen.append(each) or each for each in past(state)))
    for line in ("ablate hidden1:3", "undo", "redo", "select hidden1:7"):
        seen.clear()
        session.run(line)
        assert 0 < len(seen) <= 8, line


def test_a_jump_lets_go_of_what_was_held_where_it_began(session, monkeypatch):
    monkeypatch.setattr(moments, "_TRACED", 3)
    monkeypatch.setattr(moments, "_DRAFTED", 2)
    for number in range(20):
        session.run(f"ablate hidden1:{number}")
        assert arrays(session)
    with session.passing():
        for _ in range(15):
            session.undo()
    assert arrays(session)
    assert traces_held(session) <= 4
    assert edits_held(session) <= 4


def test_undo_after_many_edits_works_few_of_them_out_again(session, monkeypatch):
    # Lost otherwise: after five thousand edits each undo beyond the twentieth takes two seconds.
    for bound, most in (("_STEPPING_STONE", 8), ("_DRAFTED", 2), ("_TRACED", 3)):
        monkeypatch.setattr(moments, bound, most)
    kept = [arrays(session)]
    for number in range(40):
        session.run(f"scale hidden1:{number} 2" if number % 4 else f"cut hidden1:{number} -> hidden2:5")
        kept.append(arrays(session))
    worked, known = [], Draft._edit_neurons
    monkeypatch.setattr(
        Draft, "_edit_neurons", lambda self, edit: (worked.append(edit), known(self, edit))[1]
    )
    for values in reversed(kept[:-1]):
        worked.clear()
        session.undo()
        assert all(map(np.array_equal, arrays(session), values))
        assert len(worked) <= 8, "all edits are worked out again from the first on"
    for values in kept[1:]:
        worked.clear()
        session.redo()
        assert all(map(np.array_equal, arrays(session), values))
        assert len(worked) <= 8


def test_undo_after_acts_of_several_edits_each_works_few_of_them_out_again(session, monkeypatch):
    # Lost otherwise: stepping stones are missed where each act goes over them.
    for bound, most in (("_STEPPING_STONE", 8), ("_DRAFTED", 2), ("_TRACED", 3)):
        monkeypatch.setattr(moments, bound, most)
    session.run("ablate hidden1:0")
    for number in range(20):
        session.run("mutate " + "; ".join(f"scale hidden1:{number} {factor}" for factor in (2, 3, 4, 5)))
    worked, known = [], Draft._edit_neurons
    monkeypatch.setattr(
        Draft, "_edit_neurons", lambda self, edit: (worked.append(edit), known(self, edit))[1]
    )
    for _ in range(20):
        worked.clear()
        session.undo()
        assert arrays(session)
        assert len(worked) <= 16, "all edits are worked out again from the first on"


def test_what_large_edits_come_to_is_let_go_behind_them(session, monkeypatch):
    for bound, most in (("_STEPPING_STONE", 2), ("_DRAFTED", 2), ("_TRACED", 3), ("_LARGEST_STONE", 20)):
        monkeypatch.setattr(moments, bound, most)
    for number in range(40):
        session.run(f"scale hidden1:{number} 2" if number % 2 else f"cut hidden1:{number} -> hidden2:5")
        assert arrays(session)
    assert edits_held(session) <= 20, "each stone holds more than the one before"


def test_a_session_that_is_read_holds_no_more_than_one_that_was_worked_in(session, tmp_path, monkeypatch):
    # Lost otherwise: to read three thousand edits takes 650 MB.
    for bound, most in (("_DRAFTED", 2), ("_TRACED", 3)):
        monkeypatch.setattr(moments, bound, most)
    for number in range(40):
        session.run(f"scale hidden1:{number} 2")
    kept = arrays(session)
    write_file(session.moments, tmp_path / "many.viz3d")
    held, after = [], replayed._after

    def watched(state, *told):
        held.append(sum("trace" in each.traced.__dict__ for each in Moments.of(state, ()).states))
        return after(state, *told)

    monkeypatch.setattr(replayed, "_after", watched)
    again = read_file(tmp_path / "many.viz3d")
    assert len(held) == 40
    assert max(held) <= 5
    assert all(map(np.array_equal, arrays(again), kept))
    again.undo()
    assert len(again.net.edits) == 39


def test_a_few_small_acts_look_for_nothing_to_let_go(session, monkeypatch):
    # Lost otherwise: after many edits each takes twice as long, for what the next one would let go of.
    looked, forget = [], moments._forget_traces
    monkeypatch.setattr(moments, "_forget_traces", lambda *told: (looked.append(told), forget(*told)))
    for number in range(30):
        session.run(f"scale hidden1:{number} 2")
    assert 2 <= len(looked) <= 10
    looked.clear()
    session.undo()
    assert looked, "undo brings traces back"
