"""What is worked out once and kept: no net, language, size, theme or camera gets what is another's."""

import dataclasses
import gc
import weakref

import numpy as np
import pytest
from scene_fixtures import trace

import engine
from scenes import Frame, Look, Scene, compose
from scenes.lettering.in_space import bar_labels, card_places
from scenes.lettering.names import naming
from scenes.light import level, neurons, pulse
from scenes.space import page

KEPT = (
    naming._kept_cards,
    bar_labels._points,
    card_places._points,
    card_places._seen,
    card_places.edges,
    level._usual,
    neurons._away,
    neurons._fog,
    pulse._ends,
    page.page,
    page.free_page,
)


def forget() -> None:
    """Begin as a process does that has drawn nothing yet."""
    for kept in KEPT:
        kept.cache_clear()


def shown(made: engine.Trace, look: Look) -> tuple[Scene, Frame]:
    scene = compose(made, look)
    return scene, scene.frame(scene.seconds)


def variants(preset: str) -> list[tuple[engine.Trace, Look]]:
    """Pictures that differ from each other in one thing each."""
    made, look = trace(preset), Look(size=(640, 360))
    net = made.net
    bare = dataclasses.replace(net, statistics=None)
    edited = net.mutate(f"ablate {net.layers[-2].name}:0")
    image = made.activation[net.layers[0].name]
    looks = [
        look,
        look.changed(size=(900, 500)),
        look.changed(size=(360, 640)),
        look.changed(theme="light"),
        look.changed(language="de"),
        look.changed(text=False),
    ]
    return [*((made, each) for each in looks), *((each.trace(image), look) for each in (bare, edited))]


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_picture_is_the_same_whatever_was_drawn_before_it(preset) -> None:
    alone = []
    for made, look in variants(preset):
        forget()
        alone.append(shown(made, look))
    forget()
    for _ in range(2):  # the second time all of it is kept
        for (made, look), (scene, frame) in zip(variants(preset), alone, strict=True):
            again, seen = shown(made, look)
            assert again.words.cards == scene.words.cards
            assert seen.captions == frame.captions
            for name in ("level", "neuron_rgb", "neuron_size", "halo_rgba", "synapse_rgba"):
                assert np.array_equal(getattr(seen, name), getattr(frame, name)), name


@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_a_frame_is_that_of_its_moment_whatever_was_seen_before(preset) -> None:
    # Lost otherwise: a legend, strands or faces left over from another beat, or from another side.
    walked = compose(trace(preset), Look(size=(640, 360)))
    times = np.array([0.1, 0.3, 0.63, 0.7, 0.8, 1.0]) * walked.seconds
    aside = dataclasses.replace(walked.path.end, azimuth=70.0)
    for t in (*times, *times[:4]):
        for pose in (None, None, aside):
            forget()
            alone = dataclasses.replace(walked, words=dataclasses.replace(walked.words))
            seen, frame = walked.frame(t, pose), alone.frame(t, pose)
            assert seen.captions == frame.captions
            assert [(each.box, each.alpha) for each in seen.swatches] == [
                (each.box, each.alpha) for each in frame.swatches
            ]
            for name in ("neuron_rgb", "halo_rgba", "synapse_rgba", "signal_rgba"):
                assert np.array_equal(getattr(seen, name), getattr(frame, name)), name
            assert all(map(np.array_equal, seen.faces, frame.faces))


def test_fog_follows_the_camera() -> None:
    scene = compose(trace("mlp"), size=(640, 360))
    near = scene.path.at(scene.seconds)
    far = dataclasses.replace(near, azimuth=near.azimuth + 60)
    fogs = [neurons.fog(scene.neurons, scene.layout, pose) for pose in (near, far, near)]
    assert not np.array_equal(fogs[0], fogs[1])
    assert np.array_equal(fogs[0], fogs[2])


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (160, 90)])
def test_a_scene_that_is_let_go_of_is_freed_at_once(size) -> None:
    # Lost otherwise: memory, for each edit in the window makes a scene.
    scene = compose(trace("mlp"), size=size)
    scene.frame(scene.seconds)
    held = weakref.ref(scene), weakref.ref(scene.words)
    gc.disable()
    try:
        del scene
        assert [each() for each in held] == [None, None]
    finally:
        gc.enable()
