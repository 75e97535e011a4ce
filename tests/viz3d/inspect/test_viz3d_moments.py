"""The moments of a session: what can be done again after undo, acts left out, traces let go."""

import numpy as np
import pytest
from sessions import arrays, edits_held, same, small_session, told, traces_held

import engine
from engine.spill import Spill, SpilledArrays
from viz3d.command.errors import UserError
from viz3d.session import moments
from viz3d.session.files.stored import read_file, write_file
from viz3d.session.session import Session


@pytest.fixture
def session() -> Session:
    return small_session()


def test_after_undo_another_act_begins_another_branch(session):
    session.run("ablate hidden1:1")
    session.run("ablate hidden1:2")
    assert [act.text for act in session.undo()] == ["mutate ablate hidden1:2"]
    session.run("digit 3")
    with pytest.raises(UserError, match="nothing to make again"):
        session.redo()
    assert session.script()[3:] == ["mutate ablate hidden1:1", "digit 3"]


def test_who_looks_around_after_undo_can_still_do_it_again(session):
    for line in ("ablate hidden1:1", "select hidden1:2", "ablate hidden1:2", "digit 3"):
        session.run(line)
    last = arrays(session)
    for _ in range(3):
        session.undo()
    session.run("select hidden1:5")
    session.run("select none")
    assert [act.text for act in session.undone] == [
        "select hidden1:2",
        "mutate ablate hidden1:2",
        "digit 3",
    ]
    for _ in range(3):
        session.redo()
    assert all(np.array_equal(a, b) for a, b in zip(arrays(session), last, strict=True))
    assert session.script()[3:] == [
        "mutate ablate hidden1:1",
        "select hidden1:2",
        "mutate ablate hidden1:2",
        "digit 3",
    ]


@pytest.mark.parametrize("steps", [1, 3])
def test_a_long_session_holds_what_few_edits_come_to_and_works_the_others_out_again(
    session, monkeypatch, steps
):
    # Lost otherwise: two hundred prunings of a small network hold a hundred megabytes.
    monkeypatch.setattr(moments, "_DRAFTED", 3)
    kept = [arrays(session)]
    lines = ("prune hidden1 4%", "scale hidden1:7 2", "cut hidden1:3 -> hidden2:5", "digit 3")
    for k in range(12):
        session.run(lines[k % 4].replace(":3", f":{k}"))
        kept.append(arrays(session))
        assert edits_held(session) <= 5  # the first and the last, and three between
    for at in range(12 - steps, -1, -steps):
        with session.passing():
            for _ in range(steps):
                session.undo()
                assert arrays(session)
        assert all(map(np.array_equal, arrays(session), kept[at]))
        assert edits_held(session) <= 5  # the first and the last, and three between
    for at in range(1, 13):
        session.redo()
        assert all(map(np.array_equal, arrays(session), kept[at]))
        assert edits_held(session) <= 5  # the first and the last, and three between


@pytest.mark.parametrize("bound", ["_TRACED", "_ROOM"])
def test_a_long_session_holds_few_traces_and_undo_works_the_others_out_again(session, monkeypatch, bound):
    # Lost otherwise: a hundred changes of a transformer hold a hundred megabytes.
    monkeypatch.setattr(
        f"viz3d.session.moments.{bound}", 3 if bound == "_TRACED" else 2 * session.traced.held
    )
    kept = [arrays(session)]
    for k in range(9):
        session.run(f"scale hidden1:{k} 2" if k % 3 else f"digit {k}")
        session.run(f"select hidden1:{k}")
        kept.append(arrays(session))
    most = 6  # the moments of three states, and those that share their traces
    assert traces_held(session) <= most
    near = session.moments.states[-3].traced  # of the digit or the edit before this one
    assert "trace" in near.__dict__, "undo has to work out anew what was just there"
    for values in reversed(kept[:-1]):
        session.undo()
        session.undo()
        assert all(np.array_equal(a, b) for a, b in zip(arrays(session), values, strict=True))
    # As many are kept on either side of where undo and redo lead.
    assert traces_held(session) <= most, "undo holds each trace that it has worked out again"
    for _ in range(9):
        session.redo()
        assert arrays(session)
    assert traces_held(session) <= 2 * most, "redo holds each trace that it has worked out again"


def test_a_failed_act_forgets_nothing_that_was_undone(session):
    session.run("ablate hidden1:3")
    session.run("undo")
    with pytest.raises(engine.EngineError):
        session.run("ablate hidden9:3")
    session.run("redo")
    assert session.changes == ("ablate hidden1:3",)


def test_what_was_done_and_undone_can_be_listed(session):
    for line in ("ablate hidden1:3", "select hidden1:4", "clamp hidden1:4 0.5"):
        session.run(line)
    session.undo()
    session.undo()
    assert [act.text for act in session.done] == ["mutate ablate hidden1:3"]
    assert [act.text for act in session.undone] == ["select hidden1:4", "mutate clamp hidden1:4 0.5"]


def test_acts_are_left_out_and_those_after_them_stay(session):
    lines = ("ablate hidden1:3", "digit 4", "clamp hidden1:4 0.5", "ablate hidden1:3")
    for line in lines:
        session.run(line)
    unwanted = [session.done[0], session.done[3]]
    session.leave_out(unwanted)
    assert [act.text for act in session.done] == ["digit 4", "mutate clamp hidden1:4 0.5"]
    other = small_session()
    for line in lines[1:3]:
        other.run(line)
    assert same(session, other)


def test_what_needs_an_act_that_is_left_out_keeps_all_as_it_was(session):
    session.run("grow hidden1 1 seed 0")
    session.run("ablate hidden1:128")
    before = told(session)
    with pytest.raises(engine.EngineError, match="hidden1 has neurons"):
        session.leave_out(session.done[:1])
    assert told(session) == before
    assert [act.text for act in session.done] == ["mutate grow hidden1 1 seed 0", "mutate ablate hidden1:128"]


@pytest.mark.parametrize(
    "then", [["ablate hidden1:5"], ["select hidden1:5"], ["select hidden1:5", "ablate hidden1:5"]]
)
def test_what_was_undone_is_gone_once_an_edit_is_done_again_and_stays_where_one_only_looked(session, then):
    # Lost otherwise: redo brings back a network that has no part in what is now there.
    for line in ("ablate hidden1:3", *then, "digit 3"):
        session.run(line)
    session.undo()
    session.leave_out(session.done[:1])
    assert len(session.done) == len(then)
    assert len(session.undone) == (0 if "ablate hidden1:5" in then else 3)


def in_memory(session: Session) -> int:
    """Bytes of what was learned in a session's moments, as far as they are in memory."""
    learned = {id(each): each for state in session.moments.states for each in moments._learned(state)}
    away = [each for each in learned.values() if isinstance(each.arrays, SpilledArrays)]
    return sum(each.nbytes for each in learned.values()) - sum(
        each.nbytes for each in away if not each.arrays.in_memory
    )


def test_a_session_of_many_trainings_holds_few_of_them_and_comes_back_to_each_to_the_bit(
    session, monkeypatch, tmp_path
):
    # Lost otherwise: each run holds its weights and the optimizer's state for ever, a hundred of them 1 GB.
    session.run("train steps 2 images 64 seed 0 average 0.9")
    of_one = session.state.standing.nbytes + 2 * session.net.weights.nbytes
    monkeypatch.setattr(moments, "_LEARNED", 2 * of_one)
    kept = []
    for k in range(8):
        session.run(f"train steps 2 images 64 seed {k} {'state kept' if k % 3 else 'average 0.9'}")
        session.run(f"noise hidden1 0.{k + 1}" if k % 2 else f"scale hidden1:{k} 2")
        kept.append((arrays(session), {**session.state.standing.arrays}))
        assert in_memory(session) < 4 * of_one
    write_file(session.moments, tmp_path / "kept.viz3d")
    script = session.script()
    for values, standing in reversed(kept):
        assert all(map(np.array_equal, arrays(session), values))
        assert same_arrays(session.state.standing.arrays, standing)
        session.undo()
        session.undo()
        assert in_memory(session) < 4 * of_one
    for _ in range(16):
        session.redo()
    assert all(map(np.array_equal, arrays(session), kept[-1][0]))
    opened = read_file(tmp_path / "kept.viz3d")
    assert all(map(np.array_equal, arrays(opened), kept[-1][0]))
    # One that goes on where a training stands that was put away, and all runs after it again.
    session.leave_out([session.done[2]])
    assert session.script() == [*script[:5], *script[6:]]
    again = Session.play(session.script())
    assert all(map(np.array_equal, arrays(session), arrays(again)))


def test_a_moment_that_cannot_be_read_back_is_refused_in_one_line_and_all_stays(session, monkeypatch):
    # Lost otherwise: undo ends in a moment without a network, in which nothing can be shown or done.
    spill = Spill()
    monkeypatch.setattr(moments, "_SPILL", spill)
    monkeypatch.setattr(moments, "_LEARNED", 0)
    for k in range(3):
        session.run(f"train steps 1 images 64 seed {k}")
    held, acts, now = session.moments.states, session.acts, arrays(session)
    spill._file.truncate(0)
    refused = pytest.raises(
        UserError, match=r"cannot be gone to: what was kept in a temporary file .*cut short"
    )
    with refused:
        session.undo()
    with refused, session.passing():
        for _ in range(2):
            session.undo()
    with refused:
        session.leave_out([session.done[1]])
    assert session.moments.states == held
    assert session.acts == acts
    assert not session.undone
    session.run("ablate hidden1:3")
    session.undo()
    assert all(map(np.array_equal, arrays(session), now))
    with refused:
        session.undo()
    session.redo()
    assert session.changes[-1] == "ablate hidden1:3"


def same_arrays(found, wanted):
    """Whether arrays are the same to the bit."""
    return found.keys() == wanted.keys() and all(np.array_equal(found[name], wanted[name]) for name in found)
