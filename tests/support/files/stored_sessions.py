"""Sessions that are kept: one with a past, and what is the same of two."""

import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

import engine
from viz3d.command.choice.digits import dataset
from viz3d.session.acts.change import Mutate, UseNet
from viz3d.session.acts.take import TakeDigit, TakeImage
from viz3d.session.acts.train import Train
from viz3d.session.curves import Curves
from viz3d.session.session import Session
from viz3d.session.state import made


def session_with_a_past(folder: Path) -> Session:
    """Small net of a file, edits, a picture's file, a run of training, and one act that was undone."""
    file, picture = folder / "mine.npz", folder / "four.png"
    engine.save(engine.preset("mlp-sigmoid", np.random.default_rng(0)), file)
    Image.fromarray(np.kron(dataset("digits", "test").images[4], np.ones((5, 5), np.uint8))).save(picture)
    session = Session(UseNet(None, file), TakeDigit(4), "digits")
    session.do(Mutate("ablate hidden1:17"))
    session.do(TakeImage(picture, 4))
    run = Train(3, 100, 0, recipe=(("lr", 0.01), ("batch", 20)))
    curves = Curves(np.arange(15.0).reshape(5, 3), np.full((3, 1), 0.1), np.zeros((2, 0)))
    session.keep(run.text, made(session.making(run)).net, measured=curves)
    session.do(Mutate("scale hidden2:5 2"))
    session.run("select hidden1:3")
    session.run("digit 3")
    session.undo()
    return session


def measured(session: Session) -> tuple:
    """What the last run measured: not seen again otherwise, though its charts are what one trained for."""
    known = session.state.measured
    return () if known is None else (known.curve, known.validation, known.rolling)


def same(one: Session, other: Session) -> None:
    """Fail unless two sessions are alike: their words, and their numbers to the last bit."""
    assert one.script() == other.script()
    assert one.selection == other.selection
    assert one.digit.source == other.digit.source
    assert one.label == other.label
    assert one.changes == other.changes
    for a, b in zip(*(measured(each) for each in (one, other)), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in ((one.trace, other.trace), (one.before.trace, other.before.trace)):
        assert all(np.array_equal(a.activation[name], b.activation[name]) for name in a.activation)


def zipped(path: Path, entries: dict[str, str | bytes], kind: int = zipfile.ZIP_STORED) -> None:
    """Write an archive of these entries."""
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
