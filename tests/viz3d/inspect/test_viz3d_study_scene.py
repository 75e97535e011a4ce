"""A study as a picture in space: neurons have the colours of what was found, of the digit asked for."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from run_viz3d import viz3d_here

import data
import engine
from scenes import compose
from scenes.texts import catalogue
from viz3d.command.choice.digits import Digit
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.findings.studies.run import make_study
from viz3d.findings.studies.settings import Settings
from viz3d.findings.studies.silencing import AblateFacts
from viz3d.inspect.command import inspect
from viz3d.inspect.request import InspectRequest
from viz3d.session.traced_digit import TracedDigit

DIGITS = data.load("digits", "test")
NET = engine.load(data.model_path("mlp-sigmoid"))


def test_the_neuron_that_costs_most_images_is_the_warmest():
    # Lost otherwise: the picture would praise a neuron that the table does not.
    traced = TracedDigit.of(NET, Digit(DIGITS.images[4], int(DIGITS.labels[4]), "a test"))
    facts = make_study("ablate", traced, "hidden2", Settings(), lambda _: DIGITS, 8, quiet=True)
    lost = facts.ablation.lost_by_class.sum(axis=1)
    assert lost.min() < 0 < lost.max()
    np.testing.assert_allclose(facts.paint().values["hidden2"], lost / np.abs(lost).max(), rtol=1e-6)
    scene = compose(traced.trace, paint=facts.paint(), title=facts.headline())
    (panel,) = [panel for panel in scene.layout.panels if panel.layer == "hidden2"]
    frame = scene.frame(scene.seconds)
    rgb = frame.neuron_rgb[panel.start : panel.stop].astype(int)
    warmest, coolest = np.argmax(lost), np.argmin(lost)
    assert rgb[warmest, 0] > rgb[warmest, 2]
    assert rgb[coolest, 2] > rgb[coolest, 0]
    assert frame.level[panel.start + warmest] >= frame.level[panel.start + coolest]
    said = [caption.text for caption in frame.captions]
    most = np.abs(lost).max()
    assert "Hidden 2 without each of its neurons" in said
    assert f"Hidden 2: images read right without each neuron, of {len(DIGITS.labels):,}" in said
    assert {f"{most} more: better without", f"{most} fewer: needed"} <= set(said)


@pytest.mark.parametrize("language", ["de", "es"])
def test_a_study_speaks_the_language_of_its_picture(language):
    # Lost otherwise: a German picture whose headline and legend are English.
    traced = TracedDigit.of(NET, Digit(DIGITS.images[4], int(DIGITS.labels[4]), "a test"))
    facts = make_study("ablate", traced, "hidden2", Settings(), lambda _: DIGITS, 8, quiet=True)
    said = {}
    for code in ("en", language):
        texts = catalogue(code)
        scene = compose(traced.trace, paint=facts.paint(texts), title=facts.headline(texts), language=code)
        said[code] = {caption.text for caption in scene.frame(scene.seconds).captions}
    words = {text for text in said["en"] & said[language] if re.search(r"[a-z]{3}", text)}
    assert not any("neuron" in text or "without" in text or "needed" in text for text in words)
    assert facts.headline(catalogue(language)) in said[language]
    assert facts.headline(catalogue(language)) != facts.headline()
    np.testing.assert_array_equal(
        facts.paint().values["hidden2"], facts.paint(catalogue(language)).values["hidden2"]
    )


def test_a_language_without_a_picture_is_one_line():
    says = "--language de is for the pictures of --film and --scene: give one of them"
    with pytest.raises(UserError, match=says):
        InspectRequest(wanted=Wanted(), language="de")
    with pytest.raises(UserError, match="--language xx is not known: give one of de, en, es"):
        InspectRequest(wanted=Wanted(), language="xx")


def test_the_layer_of_a_transformer_is_named_with_its_block():
    net = engine.load(data.model_path("vit-tiny"))
    traced = TracedDigit.of(net, Digit(DIGITS.images[4], int(DIGITS.labels[4]), "a test"))
    lost = np.array([[0, 2], [0, 0], [-1, 0]])
    few = engine.Ablation("block2.hidden", np.arange(3), 1.0, np.ones(3), lost, np.ones(3))
    facts = AblateFacts(traced, DIGITS, few, 8)
    assert facts.headline() == "Block 2 hidden without each of its neurons"
    (values,) = facts.paint().values.values()
    np.testing.assert_array_equal(values[:4], [1, 0, -0.5, 0])
    assert len(values) == 17 * 128


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_a_study_of_an_edited_network_is_drawn_beside_its_table(capsys, tmp_path):
    picture, table = tmp_path / "worth.png", tmp_path / "worth.csv"
    inspect(
        data="digits",
        sample="digits:4",
        preset="mlp-sigmoid",
        study="ablate",
        layer="hidden2",
        mutate=["ablate hidden2:3"],
        scene=picture,
        theme="light",
        out=table,
        json=True,
    )
    told = json.loads(capsys.readouterr().out)
    assert told["effect"]["mutate"] == "ablate hidden2:3"
    assert table.is_file()
    pixels = np.asarray(Image.open(picture)).astype(int)
    assert pixels.shape == (1080, 1920, 3)
    assert pixels[0, 0].min() > 200, "its ground is paper"
    # Above the legend colour is the study's alone: warm and cool neurons, and the ring of the edit.
    warm = pixels[200:850, :, 0] - pixels[200:850, :, 2]
    columns = np.flatnonzero((warm > 150).any(axis=0))  # strands are fainter
    assert len(columns) > 20
    assert columns.min() > 900, "what stands before the layer is not"
    assert columns.max() < 1200, "nor what stands behind it"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--scene", "new.png"], "--scene new.png shows what a study found: give --study ablate"),
        (["--study", "ablate", "--scene", "new.bmp"], "the endings are .mp4"),
        (["--study", "ablate", "--scene", "none/new.png"], "none"),
        (["--shell", "--scene", "new.png"], "--scene: with --shell"),
    ],
)
def test_a_scene_that_cannot_be_is_told_before_the_study_is_made(tmp_path, words, says):
    done = viz3d_here("viz3d.inspect", "--data", "digits", *words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
