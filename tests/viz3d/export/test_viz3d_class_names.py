"""A class is named as its data names it, wherever an option asks for one."""

import io
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import own_data
import pytest
from PIL import Image, ImageDraw
from run_viz3d import viz3d_here

import data
import engine
from data import Dataset, load_own, place_of_class
from viz3d.command.choice.classes import class_of
from viz3d.command.choice.digits import choose_digit, pick_digit
from viz3d.command.choice.suiting import aligned, named
from viz3d.command.choice.wanted import PIPE, Wanted
from viz3d.command.errors import UserError
from viz3d.inspect.request import InspectRequest
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import take
from viz3d.session.files.save import save
from viz3d.session.session import Session

KINDS = ("setosa", "versicolor", "virginica")


@pytest.fixture
def flowers(tmp_path):
    own_data.flowers(tmp_path / "f.csv")
    words = ("--architecture", "input 4 | dense 6 relu | dense 3 softmax", "--out", "net.npz")
    done = viz3d_here("viz3d.train", "--data", "f.csv", "--epochs", "9", "-q", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.mark.usefixtures("screen")
def test_a_picture_shows_what_speaks_for_one_named_class_against_another(flowers):
    # Lost otherwise: who asks for the rival by name is told to count classes.
    words = (
        "--model",
        "net.npz",
        "--data",
        "f.csv",
        "--sample",
        "3",
        "--size",
        "320x180",
        "--supersample",
        "1",
    )
    for name, asked in (("names", KINDS[:0:-1]), ("numbers", ("2", "1")), ("turned", KINDS[1:])):
        rivals = ("--for", asked[0], "--against", asked[1], "--out", f"{name}.png")
        done = viz3d_here("viz3d.export", *words, *rivals, folder=flowers)
        assert done.returncode == 0, done.stderr
    named, numbered, turned = (
        np.array(Image.open(flowers / f"{n}.png")) for n in ("names", "numbers", "turned")
    )
    assert np.array_equal(named, numbered)
    assert not np.array_equal(named, turned)
    done = viz3d_here("viz3d.export", *words, "--for", "rose", "--out", "no.png", folder=flowers)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--for rose" in done.stderr
    assert "setosa, versicolor, virginica" in done.stderr


def test_why_asks_for_two_named_classes(flowers):
    words = ("viz3d.inspect", "--model", "net.npz", "--data", "f.csv", "--sample", "3", "--json", "--why")
    named, numbered = (viz3d_here(*words, pair, folder=flowers) for pair in ("versicolor:virginica", "1:2"))
    assert named.returncode == 0, named.stderr
    assert named.stdout == numbered.stdout


def test_the_truth_of_a_picture_is_told_by_name_and_its_script_tells_it_again(tmp_path):
    # Lost otherwise: a session on pictures of cats that cannot be played again, for its line names no digit.
    own_data.pictures(tmp_path / "pets", ("tabby cat", "dog"))
    done = viz3d_here(
        "viz3d.train", "--data", "pets", "--epochs", "1", "-q", "--out", "net.npz", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    net, image = UseNet(None, tmp_path / "net.npz"), tmp_path / "pets" / "tabby cat" / "000.png"
    known = engine.load(tmp_path / "net.npz").classes
    session = Session(net, take(Wanted(image=image, label="tabby cat")), str(tmp_path / "pets"))
    assert session.label == known.index("tabby cat")
    assert Session.play(session.script()).label == session.label
    names: dict = {}
    exec("\n".join(session.python()), names)
    assert names["label"] == session.label
    assert np.array_equal(names["image"], session.digit.image)
    with pytest.raises(UserError, match=r"--label cow: .* give one of"):
        Session(net, take(Wanted(image=image, label="cow")), str(tmp_path / "pets"))


@pytest.mark.parametrize(
    "module", ["viz3d.train --test", "viz3d.inspect", "viz3d.export", "viz3d statistics"]
)
def test_a_network_of_other_data_says_what_to_name(flowers, module):
    # Lost otherwise: who forgot --data is told to build another network.
    done = viz3d_here(*module.split(), "--model", "net.npz", folder=flowers)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "it learned from f, 4 numbers each: name such data with --data" in done.stderr


def shirts(classes=10, size=28):
    pixels, labels = np.zeros((classes, size, size), np.uint8), np.arange(classes)
    letters = tuple("abcdefghijklmnopqrstuvwxyz"[:classes])
    return Dataset("shirts", "test", pixels, labels, classes=letters, noun="letter")


def test_a_network_of_letters_reads_what_to_one_of_digits_is_crossed_out_or_none(tmp_path):
    x, net = Image.new("L", (200, 200), 255), engine.load(data.model_path("cnn-fast"))
    for ends in ([60, 50, 140, 150], [140, 50, 60, 150]):
        ImageDraw.Draw(x).line(ends, fill=0, width=10)
    x.save(tmp_path / "x.png")
    with pytest.raises(UserError, match="seems crossed out: --pick 1 reads it"):
        pick_digit(Wanted(image=tmp_path / "x.png"), data.load, net)
    page = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(page).rectangle([50, 90, 150, 160], outline=0, width=6)
    ImageDraw.Draw(page).rectangle([90, 120, 112, 160], outline=0, width=6)
    ImageDraw.Draw(page).line([40, 95, 100, 35, 160, 95], fill=0, width=6)
    page.save(tmp_path / "house.png")
    with pytest.raises(UserError, match="what is seen in it looks like no digit: --pick 1 reads it"):
        pick_digit(Wanted(image=tmp_path / "house.png"), data.load, net)
    letters = named(net.replace(provenance={}), shirts())
    for name in ("x.png", "house.png"):
        assert pick_digit(Wanted(image=tmp_path / name), data.load, letters).image.any()


@pytest.mark.parametrize(("classes", "size"), [(10, 28), (26, 28), (10, 20), (3, 40)])
def test_a_network_of_digits_is_not_taken_for_one_of_other_things(tmp_path, classes, size):
    # Lost otherwise: a film in which the digits' network reads a shirt as a sandal, and is quite sure.
    others, net = shirts(classes, size), engine.load(data.model_path("cnn-fast"))
    save(net, net.mutate("scale conv1 2"), tmp_path / "changed.npz")
    told = "cnn-fast learned the digits of mnist, not shirts, whose classes are a, b, c( ...)?: train one"
    for each in (net, engine.load(tmp_path / "changed.npz")):
        with pytest.raises(UserError, match=told):
            named(each, others)
    unknown = net.replace(provenance={})
    trained_in_a_session = unknown.noted("train steps 100 images 60000 seed 0")
    with pytest.raises(UserError, match="cnn-fast learned the digits of MNIST or the like, not shirts"):
        named(trained_in_a_session, others)
    unknown = named(unknown.noted("ablate hidden1:1"), others)  # nobody knows what it learned
    assert (unknown.task is not None) == ((classes, size) == (10, 28))
    assert unknown.task is None or unknown.classes == others.classes


def test_nor_is_it_in_a_session_that_goes_on_to_other_data(tmp_path):
    others = shirts()
    told = {"x_train": others.images, "x_test": others.images}
    names = np.array(others.classes)
    np.savez(tmp_path / "shirts.npz", **told, y_train=names, y_test=names)
    session = Session(UseNet("mlp"), take(Wanted(digit=4, data="digits")), "digits")
    session.run(f"data {tmp_path / 'shirts.npz'}")
    for line in ("sample test:0", "class b", "net cnn-fast"):
        with pytest.raises(UserError, match="learned the digits of mnist, not shirts"):
            session.run(line)


def test_some_digits_alone_are_read_as_digits_and_those_of_another_size_are_told():
    # Lost otherwise: who wrote threes and sevens is told that a network of digits does not know them.
    every, net = data.load("digits", "test"), engine.load(data.model_path("cnn-fast"))
    kept = np.isin(every.labels, (3, 7))
    own = Dataset(
        "mine", "test", every.images[kept], every.labels[kept] // 7, classes=("3", "7"), noun="image"
    )
    known = named(net, own)
    assert np.array_equal(aligned(known, own, "cnn-fast").labels, every.labels[kept])
    assert known.task.data == "mnist"
    taken = pick_digit(Wanted(of_class="7", data="mine"), lambda *_: own, net)
    assert taken.label == 7
    # One that learned them when its classes were called in words, in the order of words.
    words = replace(net, task=engine.Task("digit", "old", ("seven", "three", *"abcdefgh")))
    assert np.array_equal(aligned(words, own, "words").labels, every.labels[kept] == 3)
    small = Dataset("usps", "test", every.images[:, 6:22, 6:22], every.labels)
    with pytest.raises(UserError, match="it learned from mnist, 28x28 pixels each"):
        aligned(named(engine.load(data.model_path("cnn-fast")), small), small, "cnn-fast")


def test_a_session_has_the_classes_of_its_network_whatever_order_the_data_has(tmp_path):
    # Lost otherwise: a study of a network counts the right answers of a class as wrong.
    net = engine.build("input 4 | dense 3 softmax", np.random.default_rng(0))
    engine.save(replace(net, task=engine.Task("flower", "f", KINDS[::-1])), tmp_path / "net.npz")
    table = own_data.flowers(tmp_path / "f.csv")
    images = Session(UseNet(None, tmp_path / "net.npz"), take(Wanted(of_class="setosa")), str(table)).images()
    own = load_own(table, "test")
    assert images.classes == KINDS[::-1]
    assert [images.classes[k] for k in images.labels] == [own.classes[k] for k in own.labels]


def test_a_class_of_26_is_told_by_its_number(tmp_path):
    assert place_of_class("25", tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == 25
    assert place_of_class("1", ("1", "2")) == 0  # a name first
    assert place_of_class("26", tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) is None
    assert place_of_class("cow", ("cat", "None")) is None
    with pytest.raises(UserError, match="--label 10: give 0 to 9"):
        class_of("--label", "10")


def test_a_trained_network_opens_on_an_example_that_it_reads_right(flowers):
    # Lost otherwise: who films a class of a network of their own sees it fail, though it reads most of them.
    net = engine.load(flowers / "net.npz")
    tests = load_own(flowers / "f.csv", "test")
    answers = engine.evaluate(net, tests.images, tests.labels).probabilities.argmax(axis=1)
    ((name, chosen),) = net.watch.items()
    assert name == "f:test"
    for kind, place in enumerate(chosen):
        right = (tests.labels == kind) & (answers == kind)
        assert (place >= 0) == right.any()
        assert place < 0 or right[place]
        if place >= 0:
            wanted = Wanted(of_class=net.classes[kind], data=str(flowers / "f.csv"))
            assert np.array_equal(choose_digit(wanted, print, None, net).image, tests.images[place])


def test_what_comes_through_a_pipe_is_read_as_its_file_is(tmp_path, monkeypatch):
    # Lost otherwise: of a photo for a network of colours "a page of some 572 letters" is seen.
    photo = np.random.default_rng(1).integers(0, 256, (12, 19, 3), np.uint8)
    Image.fromarray(photo).save(tmp_path / "photo.png")
    content = io.BytesIO((tmp_path / "photo.png").read_bytes())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False, buffer=content))
    net = engine.build("input 6x5x3 | dense 3 softmax", np.random.default_rng(0))
    engine.save(net, tmp_path / "net.npz")
    asked = InspectRequest(Wanted(image=PIPE), model=tmp_path / "net.npz")
    known = data.read_picture(tmp_path / "photo.png", (6, 5), colour=True)
    assert np.array_equal(asked.session(lambda said: None).digit.image, known)
