"""What cannot be inspected is refused in one line, and leaves nothing behind."""

import pytest
from project import ROOT
from run_viz3d import viz3d, viz3d_here

FILE = str(ROOT / "LICENSE")


@pytest.mark.parametrize("more", [[], ["--shell"]])
def test_a_wrong_edit_in_a_file_is_told_with_its_line(tmp_path, more):
    path = tmp_path / "edits.txt"
    path.write_text("ablate hidden1:17  # the loud one\n\nfreeze hidden1:2; ablate hidden9:3\n")
    words = ["--mutate", "ablate hidden1:1; ablate hidden1:2", "--mutate", f"@{path}", *more]
    done = viz3d("viz3d.inspect", "--data", "digits", *words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {path}, line 3: mlp has no layer 'hidden9': did you mean hidden")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--neuron", "hidden1:512"], "hidden1 has neurons 0..511"),
        (["--neuron", "hidden1"], "name one, such as hidden1:0"),
        (["--synapse", "hidden1:3"], "write source -> target"),
        (["--synapse", "input:0,0 -> hidden2:3"], "no synapse input:0,0 -> hidden2:3: --mutate"),
        (["--mutate", "ablate hidden1:17; bogus hidden1:3", "--save", "new.npz"], "'bogus' is nothing"),
        (["--mutate", "cut hidden1:3 -> hidden1:4", "--save", "new.npz"], "hidden1"),
        (["--mutate", "clamp hidden1:2 nan", "--save", "new.npz"], "the value nan is no finite number"),
        (["--mutate", "scale hidden1 1e20; scale hidden2 1e20", "--save", "new.npz"], "grow beyond float32"),
        (["--mutate", " ; "], "--mutate names no edit"),
        (["--mutate", "@nowhere.txt"], "--mutate @nowhere.txt: there is no such file"),
        (["--mutate", "ablate hidden1:2", "--save", "new.txt"], "--save new.txt: a network is saved as"),
        (["--save", "new.npz"], "--save new.npz keeps what --mutate changed"),
        (["--why", "9"], "--why 9: give two digits"),
        (["--why", "9:4", "--layer", "output"], "take a layer before it"),
        (["--study", "graft"], "--study graft is not known: give one of ablate, lesion, prune, evolve"),
        (["--study", "ablate", "--layer", "input"], "take a hidden one"),
        (["--model", "/"], "--model / is a folder: give a network's file"),
        (["--layer", "hidden2"], "--layer hidden2 is for --why"),
        (["--survey"], "give --neuron or --mutate"),
        (["--top", "0"], "--top 0 is out of range"),
        (["--out", "new.pdf"], "end its name in .png, .json or .csv"),
        (["--out", "new.png"], "a picture is made of --neuron or --study"),
        (["--study", "ablate", "--out", "a.png", "--scene", "a.png"], "--scene a.png is --out's file too"),
        (["--image", "a.png", "--mutate", "ablate hidden1:2", "--film", "./a.png"], "is --image's file too"),
        # Lost otherwise: what a study of minutes found, as its folder of frames is a file.
        (["--study", "ablate", "--scene", FILE], "it is a file: name a new folder for the frames"),
        (["--mutate", "ablate hidden1:2", "--film", FILE], "it is a file: name a new folder for the frames"),
        (["--study", "ablate", "--scene", "no/a.png"], "make it, or choose another --scene"),
    ],
)
def test_a_wrong_option_is_one_line_and_leaves_nothing(tmp_path, words, says):
    done = viz3d_here("viz3d.inspect", "--data", "digits", *words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
