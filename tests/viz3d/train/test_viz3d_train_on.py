"""Training goes on after an edit, as an act that makes the very same network again."""

import numpy as np
import pytest
from sessions import small_session
from training_task import same

import data
import engine
from engine import ArchitectureError, EngineError
from viz3d.command.errors import UserError
from viz3d.session.acts.design import Design
from viz3d.session.session import Session

BEGUN = "train steps 12 images 300 seed 4 optimizer adam lr 0.01 batch 32 epochs 9"


@pytest.fixture
def session():
    return small_session()


def test_two_acts_of_one_training_lead_where_one_does(session):
    session.run(BEGUN.replace("steps 12", "steps 20"))
    whole = session.net
    session.undo()
    session.run(BEGUN)
    session.run("train steps 8 images 300 seed 4 state kept")
    assert same(session.net, whole)


def test_after_an_edit_the_optimizers_state_goes_on_and_the_script_makes_it_again(session):
    for line in (
        BEGUN,
        "ablate hidden1:17",
        "digit 4",
        "train steps 8 images 300 seed 4 state kept at 3 optimizer momentum at 5 lr 0.2",
    ):
        session.run(line)
    assert session.net.edits
    assert same(Session.play(session.script()).net, session.net)
    names = {}
    exec("\n".join(session.python()), names)
    assert same(names["net"], session.net)
    assert names["net"].history == session.net.history
    # Without the state it is another network.
    for _ in range(1):
        session.undo()
    session.run("train steps 8 images 300 seed 4 at 3 optimizer momentum at 5 lr 0.2")
    assert not same(Session.play(session.script()).net, names["net"])


@pytest.mark.parametrize(
    "line",
    ["remove hidden1:3", "net mlp-sigmoid", "data digits", "train steps 0 images 9 seed 1 weights new"],
)
def test_where_the_state_is_of_no_use_it_is_refused_and_nothing_is_changed(session, line):
    session.run(BEGUN)
    session.run(line)
    net = session.net
    with pytest.raises(UserError, match="train state kept: no training stands before it"):
        session.run("train steps 1 images 300 seed 4 state kept")
    assert session.net is net


def test_other_images_than_before_are_refused(session):
    session.run(BEGUN)
    with pytest.raises(UserError, match="train images 299 state kept: it stands at images 300: give that"):
        session.run("train steps 1 images 299 seed 4 state kept")
    with pytest.raises((UserError, EngineError), match="its epochs end after 78"):
        session.run("train steps 79 images 300 seed 4 state kept")


def test_new_weights_have_no_state(session):
    with pytest.raises(UserError, match="write it like train"):
        session.run("train steps 1 images 300 seed 4 weights new state kept")


def test_undo_brings_the_state_of_then_back(session):
    session.run(BEGUN)
    session.run("train steps 3 images 300 seed 4 state kept")
    session.undo()
    session.run("train steps 8 images 300 seed 4 state kept")
    images = data.load("digits", "train")
    pairs = images.images[:300], images.labels[:300]
    net = engine.load(data.model_path("mlp-sigmoid"))
    training = engine.fit(
        net, *pairs, rng=np.random.default_rng([4, 1]), optimizer="adam", lr=0.01, batch=32, epochs=9
    )
    for _ in range(20):
        next(training)
    assert same(session.net, training.snapshot())


def test_an_architecture_of_ones_own_is_an_act_that_makes_the_same_network_again(session):
    act = Design.of("input 28x28  # small\ndense 20 ReLU\ndense 10 softmax\n", 3)
    assert act.text == "architecture seed 3 input 28x28 | dense 20 relu | dense 10 softmax"
    session.run("ablate hidden1:3")
    session.do(act)
    assert (session.net.text, session.net.history, session.selection) == (act.architecture, (), "")
    session.run("train steps 4 images 200 seed 1")
    script = session.script()
    assert same(Session.play(script).net, session.net)
    assert same(Session.play(["data digits", *script[4:]]).net, session.net), "a script may begin with it"
    names = {}
    exec("\n".join(session.python()), names)
    assert same(names["net"], session.net)
    session.undo()
    session.undo()
    assert session.net.name == "mlp-sigmoid"


def test_what_is_wrong_in_an_architecture_has_its_place(session):
    with pytest.raises(ArchitectureError) as caught:
        Design.of("input 28x28\nconv 8 5x5 rellu\ndense 10 softmax")
    assert (caught.value.line, caught.value.column, caught.value.word) == (2, 12, "rellu")
    net = session.net
    for line, words in (
        ("architecture seed 0 input 28x28 | dense 5", "architecture: the last layer has 5 neurons"),
        ("architecture input 28x28 | dense 10", "write it like architecture seed 0 input"),
        ("architecture seed 0 input 28x28 | dens 10", "did you mean dense"),
    ):
        with pytest.raises((UserError, EngineError), match=words):
            session.run(line)
        assert session.net is net
