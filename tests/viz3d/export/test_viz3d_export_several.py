"""Several outputs of one run: a user waits for each file anew, or loses one to another, where this fails."""

import numpy as np
import pytest
from PIL import Image
from run_viz3d import viz3d_here
from scene_fixtures import trace

import data
import engine
import viz3d
from scenes import Look
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.export import film
from viz3d.export.config import Config
from viz3d.export.order import Order, ShotOutput

SMALL = ("--sample", "digits:17", "--seconds", "2", "--fps", "4", "--workers", "1")


def export(folder, *words):
    return viz3d_here("viz3d.export", *words, folder=folder, VIZ3D_DATA="")


def config(out, **changes) -> Config:
    plain = {
        "out": str(out),
        "look": Look(size=(160, 90), seconds=2),
        "fps": 4,
        "supersample": 1,
        "wanted": Wanted(sample="digits:17"),
        "quiet": True,
    }
    return Config(**(plain | changes))


def pictures(folder) -> list[np.ndarray]:
    return [np.asarray(Image.open(path)) for path in sorted(folder.iterdir())]


@pytest.mark.usefixtures("screen")
def test_one_run_makes_several_files_each_of_its_own_size(tmp_path):
    outs = ("--out", "a.mp4", "--size", "320x180", "-o", "a.gif", "--size", "160x90", "-o", "a.png")
    done = export(tmp_path, *SMALL, *outs, "--size", "200x120")
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["a.mp4", "a.gif", "a.png"]
    assert Image.open(tmp_path / "a.gif").size == (160, 90)
    assert Image.open(tmp_path / "a.png").size == (200, 120)
    assert (tmp_path / "a.mp4").stat().st_size > 1000


@pytest.mark.usefixtures("screen")
def test_several_files_are_those_that_a_run_for_each_makes(tmp_path):
    names = ("slow/", "fast/", "end.png")
    for place in ("together", "alone"):
        (tmp_path / place).mkdir()
    options = [{"fps": 2, "hold": 1.0}, {}, {"at": 1.5}]

    def wanted(place):
        paths = (f"{tmp_path}/{place}/{name}" for name in names)
        return [config(path, **each) for path, each in zip(paths, options, strict=True)]

    film.make(*wanted("together"))
    for each in wanted("alone"):
        film.make(each)
    assert len(pictures(tmp_path / "together" / "slow")) == 4 + 2
    for name in ("slow", "fast"):
        pairs = zip(pictures(tmp_path / "together" / name), pictures(tmp_path / "alone" / name), strict=True)
        assert all(np.array_equal(*pair) for pair in pairs)
    ends = [np.asarray(Image.open(tmp_path / place / "end.png")) for place in ("together", "alone")]
    np.testing.assert_array_equal(*ends)


@pytest.mark.usefixtures("screen")
def test_the_digit_is_read_once_and_what_looks_alike_is_drawn_once(tmp_path, monkeypatch):
    traced, drawn = [], []
    render, choose = film.render, film.choose_digit

    def counted(clip, times, **settings):
        drawn.append(len(times))
        return render(clip, times, **settings)

    monkeypatch.setattr(film, "render", counted)
    monkeypatch.setattr(film, "choose_digit", lambda *words: traced.append(1) or choose(*words))
    small = Look(size=(160, 100), seconds=2)
    film.make(
        config(tmp_path / "a.mp4"),
        config(f"{tmp_path}/half/", fps=2),
        config(tmp_path / "b.gif", look=small),
        config(tmp_path / "end.png"),
    )
    assert traced == [1]
    assert drawn == [8, 8, 1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--out", "a.mp4", "--out", "./a.mp4"), "--out a.mp4 is given twice"),
        (("--out", "a.mp4", "--out", "a.gif", "--out", "a.png", "--size", "gif", "--size", "720p"),
         "--size is given 2 times and --out 3"),
        (("--out", "a.mp4", "--out", "a.gif", "--at", "1"), "--at makes a still, and a.mp4 is none"),
        (("--out", "a.png", "--out", "b.png", "--hold", "1"), "--hold is for films, and a.png is a still"),
        (("--out", "a.mp4", "--out", " "), "--out is empty"),
        (("--out", "a.mp4", "--out", "missing/a.gif"), "cannot write missing/a.gif: there is no folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_together_is_one_line_before_any_work(tmp_path, words, says):
    done = export(tmp_path, *SMALL, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("screen")
def test_stills_and_films_of_one_run_each_take_the_options_that_are_theirs(tmp_path):
    outs = ("--out", "a.mp4", "--out", "a.png", "--at", "1", "--hold", "1", "--subtitles", "--size", "160x90")
    done = export(tmp_path, *SMALL, *outs)
    assert done.returncode == 0, done.stderr
    assert "a.mp4" in done.stdout
    assert "12 frames" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.png", "a.srt"]


@pytest.mark.usefixtures("screen")
def test_what_is_finished_stays_where_a_later_output_fails(tmp_path, monkeypatch, capsys):
    render = film.render

    def failing(clip, times, **settings):
        if clip.size == (160, 100):
            raise KeyboardInterrupt
        return render(clip, times, **settings)

    monkeypatch.setattr(film, "render", failing)
    (tmp_path / "b.gif").write_text("yesterday's")
    first = config(tmp_path / "a.mp4", quiet=False)
    with pytest.raises(KeyboardInterrupt):
        film.make(first, config(tmp_path / "b.gif", look=Look(size=(160, 100), seconds=2), quiet=False))
    assert (tmp_path / "b.gif").read_text() == "yesterday's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.gif"]
    assert "a.mp4" in capsys.readouterr().out


@pytest.mark.usefixtures("screen")
def test_a_film_that_need_not_loop_does_not_tell_its_end(tmp_path):
    film.make(config(f"{tmp_path}/round/"), config(f"{tmp_path}/once/", loop=False))
    looped, once = (pictures(tmp_path / name) for name in ("round", "once"))

    def apart(a, b):
        return np.abs(a.astype(int) - b.astype(int)).mean()

    # The last of eight pictures comes a quarter of a second before the end, with which the film begins.
    assert 2 * apart(looped[0], looped[-1]) < apart(once[0], once[-1])
    np.testing.assert_array_equal(looped[-1], once[-1])


def test_a_second_network_reads_the_same_digit_beside_the_first(tmp_path):
    german = Look(size=(160, 90), seconds=2, language="de")
    asked = config(tmp_path / "two.png", versus="mlp-sigmoid", preset="mlp", look=german)
    clip = film._clip(asked, print, lambda _: None)
    halves = clip.left.words, clip.right.words
    assert [words.title for words in halves] == ["Mehrlagiges Perzeptron", "Sigmoid-Perzeptron"]
    assert halves[1].facts[0] == "784 – 128 – 64 – 10", "the headline is not said again"
    for half, name in ((clip.left, "mlp"), (clip.right, "mlp-sigmoid")):
        alone = film._clip(config(tmp_path / "one.png", preset=name), print, lambda _: None)
        np.testing.assert_array_equal(half.probabilities, alone.probabilities)
    # Two files of one kind are told apart by their names.
    engine.save(engine.load(data.model_path("mlp")), tmp_path / "mine.npz")
    asked = config(tmp_path / "two.png", versus=str(tmp_path / "mine.npz"))
    clip = film._clip(asked, print, lambda _: None)
    assert [half.words.title for half in (clip.left, clip.right)] == ["mlp", "mine"]
    rng = np.random.default_rng(0)
    engine.save(engine.build("input 28x28 | dense 10 softmax", rng, name="custom"), tmp_path / "other.npz")
    clip = film._clip(config(tmp_path / "two.png", versus=str(tmp_path / "other.npz")), print, lambda _: None)
    assert [half.words.title for half in (clip.left, clip.right)] == ["Multilayer perceptron", "other"]
    engine.save(engine.build("input 28x28 | dense 3 softmax", rng), tmp_path / "other.npz")
    said = r"other.npz answers with 3 classes \(0, 1, 2\), the first network with 10 classes"
    with pytest.raises(UserError, match=said):
        film._clip(config(tmp_path / "two.png", versus=str(tmp_path / "other.npz")), print, lambda _: None)
    engine.save(engine.build("input 4 | dense 10 softmax", rng), tmp_path / "other.npz")
    with pytest.raises(UserError, match=r"--versus .*other.npz cannot read it: "):
        film._clip(config(tmp_path / "two.png", versus=str(tmp_path / "other.npz")), print, lambda _: None)


@pytest.mark.usefixtures("screen")
def test_a_film_that_stops_has_each_picture_of_the_film_without_and_draws_that_of_the_stop_once(
    tmp_path, monkeypatch
):
    # Lost otherwise: a film of another length, a stop that trembles, or minutes for pictures that are alike.
    plain, asked = Look(size=(160, 90), seconds=2, text=False), {"hidden2": 2.0}
    times, told = [], film.render
    monkeypatch.setattr(
        film, "render", lambda clip, at, **how: (times.append(list(at)), told(clip, at, **how))[1]
    )
    film.make(config(f"{tmp_path}/plain/", look=plain, fps=10))
    stops = config(f"{tmp_path}/stops/", look=plain.changed(pause=asked), fps=10, hold=0.3)
    film.make(stops)
    (line,) = film.stopping_in([stops], film.Nets(stops))
    (stop,) = line.pauses.stops
    assert len(times[0]) == 20
    assert len(times[1]) < 40 - 10 * (stop.last - stop.first) + 2
    before, after = (pictures(tmp_path / name) for name in ("plain", "stops"))
    assert len(after) == 43, "two seconds and the held end more"
    for number, picture in enumerate(after[:40]):
        t = number / 10
        if t < stop.first - stop.ease:
            assert (picture == before[number]).all()
        elif t > stop.last + stop.ease:
            assert (picture == before[number - 20]).all()
    still = [picture for number, picture in enumerate(after[:40]) if stop.first <= number / 10 <= stop.last]
    assert len(still) > 10
    assert all((picture == still[0]).all() for picture in still)
    assert all((picture == before[-1]).all() for picture in after[-3:])


def test_a_moment_of_a_film_that_stops_may_be_in_its_longer_end():
    look = Look(size=(160, 90), seconds=2, pause={1.0: 3})
    assert config("a.png", look=look, at=4.9).times == [4.9]
    with pytest.raises(UserError, match="--at 6 is out of range: give 0 to 5 seconds"):
        config("a.png", look=look, at=6)
    named = config("a.png", look=look.changed(pause={"hidden1": 3}), at=6)
    with pytest.raises(UserError, match="--at 6 is out of range: give 0 to 5 seconds"):
        film.stopping_in([named], film.Nets(named))


def test_an_order_for_another_process_keeps_where_its_film_stops(tmp_path):
    # Lost otherwise: a film made beside a window runs on, or its file ends before its story does.
    net = engine.load(data.model_path("mlp-sigmoid"))
    for pause in ({"hidden1": 2.5}, {4.5: 2.5}):
        look = Look(size=(160, 90), pause=pause)
        output = ShotOutput(out="a.mp4", look=look, fps=10, supersample=1)
        Order(output=output, net=net, image=np.zeros((28, 28), np.uint8)).write(tmp_path)
        read = Order.read(tmp_path)
        assert read.output.seconds == read.shot().seconds == 14.0
        assert read.output.pauses == read.shot().scene.timeline.pauses


@pytest.mark.usefixtures("screen")
def test_a_stopped_film_gives_back_what_it_freed(tmp_path, monkeypatch):
    # Lost otherwise: a notebook in which films are stopped, cell after cell, grows by tens of MB with each.
    given, drawn = list[bool](), list[int]()

    def stop(self, frame):
        drawn.append(frame.size)
        if len(drawn) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("viz3d.export.writing.encoder.Encoder.write", stop)
    monkeypatch.setattr("viz3d.export.from_python.give_back", lambda: given.append(len(drawn) == 2))
    with pytest.raises(KeyboardInterrupt):
        viz3d.film(trace(), tmp_path / "seven.mp4", size=(160, 90), fps=2)
    assert given == [True]
    assert not list(tmp_path.iterdir())
