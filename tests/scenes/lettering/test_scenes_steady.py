"""Names do not blink: over a film each one appears, stays, and comes back after a while at the soonest."""

from itertools import groupby, pairwise, product

import numpy as np
import pytest
from scene_fixtures import label, trace
from slow_cases import slow_but

import data
from scenes import compose

STEP = 0.1
FEW = [("vit-tiny", (720, 720)), ("vit-tiny", (400, 400)), ("cnn-draw", (1080, 1080)), ("mlp", (1024, 768))]
SIZES = (
    *((1920, 1080), (1280, 720), (960, 540), (640, 360), (320, 180), (1080, 1080), (720, 720), (400, 400)),
    *((720, 1280), (270, 480), (300, 1200), (1024, 768), (960, 1080)),
)
ALL = [*FEW, *(each for each in product(sorted(data.bundled_models()), SIZES) if each not in FEW)]


def seen(scene) -> dict[tuple[str, ...], list[bool]]:
    """When names in space are seen until the answer stands, by text and anchor; a detail by its name too."""
    times = np.arange(scene.timeline.digit[0], scene.timeline.answer[1] + 0.5, STEP)
    names = {card.name for card in scene.words.cards}
    details = {text for card in scene.words.cards for text in (card.detail, card.line)}
    found: dict[tuple[str, ...], list[bool]] = {}
    for number, t in enumerate(times):
        name, shown = "", 0.0
        for caption in scene.frame(t).captions:
            key = caption.text, caption.anchor
            if caption.text in names:
                name, shown = caption.text, caption.alpha
            elif caption.text in details:
                # Of twins, such as "4 heads", each belongs to the name before it.
                assert caption.alpha <= shown, f"{caption.text} without its name, {t:.1f} s"
                key = name, *key
            elif caption.text not in scene.words.classes or caption.anchor != "mm":
                continue
            found.setdefault(key, [False] * len(times))[number] |= caption.alpha > 0.2
    return found


@pytest.mark.parametrize("drawn", slow_but(FEW, ALL), ids=str)
def test_no_name_comes_for_a_moment_or_goes_for_one(drawn) -> None:
    # Lost otherwise: in a square film "Block 2" and two of the digits flash up, go, and come again.
    preset, size = drawn
    scene = compose(trace(preset), size=size, label=label())
    for key, shown in seen(scene).items():
        runs = [(there, STEP * len(list(group))) for there, group in groupby(shown)]
        for number, ((there, lasts), _) in enumerate(pairwise(runs)):
            # Before it comes for the first time a name may be away for as short as it likes.
            assert lasts >= (1.2 if there else 0.6) or (not there and number == 0), f"{key}: {runs}"


def test_every_name_is_there_at_the_end_all_the_same() -> None:
    scene = compose(trace("vit-tiny"), size=(720, 720), label=label())
    said = {caption.text for caption in scene.frame(scene.seconds).captions if caption.alpha == 1}
    assert {card.name for card in scene.words.cards if not card.minor} <= said


def test_a_name_that_the_camera_brings_in_comes_softly() -> None:
    # Lost otherwise: twenty names of a film are there from one picture to the next, as it turns to them.
    scene = compose(trace(), size=(1080, 1080), label=label())
    names, before = {card.name for card in scene.words.cards}, dict[tuple[str, str], float]()
    bars, came = set(scene.words.classes), set[tuple[str, str]]()
    for t in np.arange(scene.timeline.digit[1], scene.timeline.bars[0], 1 / 30):
        now = {
            (each.text, each.anchor): each.alpha
            for each in scene.frame(t).captions
            if each.text in names or (each.text in bars and each.anchor == "mm")
        }
        for key, alpha in now.items() if before else ():
            assert alpha - before.get(key, 0.0) <= 0.5, f"{key} at {t:.2f} s"
        came |= set(now) - set(before) if before else set()
        before = now
    assert len(came) > 5
