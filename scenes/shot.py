"""Shot: a scene as somebody looks at it: from where, with what lit, and as it was before edits."""

from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from engine import EngineError, Net, Trace
from engine.graph.address import write as address_of
from guarding import in_a_line
from scenes.camera.orbit import Orbit
from scenes.camera.orbit_moves import framed
from scenes.camera.recording import Recording
from scenes.composing import compose
from scenes.errors import SceneError
from scenes.frame import Frame, Ghost
from scenes.lettering import captions
from scenes.lettering.edited.ghosts import ghosts, layer_frame
from scenes.lettering.edited.marks import Mark
from scenes.lettering.keys.strand_key import key_of_focus
from scenes.lettering.names.answer import answer_before
from scenes.lettering.words import Words
from scenes.light.focus import Focus, focus_on, focus_on_synapse
from scenes.look import Changes, Look, named
from scenes.motion.pace import once
from scenes.scene import Scene
from scenes.space.arrange import stands_alike
from scenes.space.page import Box, Page, page

_GHOST, _FRAME = 3.0, 3.6  # width of a ghost and of a layer's frame in the page's design, px

Camera = Orbit | Recording | None


@dataclass(frozen=True, eq=False)
class Shot:
    """A film from a camera of one's own. Plain arrays: it can be pickled to a worker process.

    Attributes:
        scene: what is shown.
        camera: a pose for the whole film, or a recording, which the film then follows in its own time; None
            for the film's own way.
        focus: the neuron whose synapses are lit, or the synapse that is, None for none.
        before: float32 (classes,), probabilities before the edits, for ghosts on the bars; None for none.
        layer: the name of one that has a frame, "" for none.
    """

    scene: Scene
    camera: Camera = None
    focus: Focus | None = None
    before: NDArray[np.float32] | None = None
    layer: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        return self.scene.size

    @property
    def seconds(self) -> float:
        """Length of the film."""
        return self.camera.seconds if isinstance(self.camera, Recording) else self.scene.seconds

    def dissolve(self, t: float) -> float:
        """Share of the last picture at time t, see Clip: from a camera of one's own what is seen is shown."""
        return self.scene.dissolve(t) if self.camera is None else 0.0

    def still(self) -> "Shot":
        """The same shot without its last picture at its beginning; see Clip."""
        return replace(self, scene=self.scene.still())

    def beats(self) -> list[tuple[float, str]]:
        """All that happens, in order; see Clip."""
        return self._in_its_time(self.scene.beats())

    def story(self) -> list[tuple[float, str]]:
        """What is said of it; see Clip."""
        return self._in_its_time(self.scene.story())

    def _in_its_time(self, told: list[tuple[float, str]]) -> list[tuple[float, str]]:
        """What is told at the seconds of a film, at those of a recording of it."""
        way = self.camera
        if not isinstance(way, Recording):
            return told
        # The film may have stood still while it was recorded, or gone back.
        parts = np.maximum(np.searchsorted([at for at, _ in told], way.film_at, side="right") - 1, 0)
        turns = np.flatnonzero(np.diff(parts, prepend=-1))
        return [(float(way.seconds_at[k]), told[int(parts[k])][1]) for k in turns]

    def frame(self, t: float) -> Frame:
        """What the picture shows at time t in seconds; of a recording, so long after it began."""
        scene, pose, at = self.scene, self.camera, t
        if isinstance(pose, Recording):
            at, pose = pose.at(t)
        moment = scene.moment(at)
        frame = scene.seen(moment, pose, focus=self.focus)
        sheet = page(scene.size, scene.layout.orientation.name == "portrait")
        over = (*self._frame_of_layer(frame, sheet), *self._ghosts(frame, sheet, moment.grown))
        return replace(frame, ghosts=(*frame.ghosts, *over))

    def _frame_of_layer(self, frame: Frame, sheet: Page) -> tuple[Ghost, ...]:
        if not self.layer:
            return ()
        scene, width = self.scene, max(_FRAME * sheet.unit, 1.0)
        return layer_frame(scene.layout, self.layer, frame.camera, scene.size, scene.theme, width=width)

    def _ghosts(self, frame: Frame, sheet: Page, grown: float) -> tuple[Ghost, ...]:
        """Where the bars ended before the edits, once they have grown."""
        scene = self.scene
        if self.before is None or not grown:
            return ()
        marks = ghosts(
            scene.layout,
            self.before,
            scene.probabilities,
            frame.camera,
            scene.size,
            scene.theme,
            width=max(_GHOST * sheet.unit, 1.0),
            alpha=grown,
            numbers=scene.numbers,
        )
        # What runs under the legend is veiled, and so is its ghost.
        return tuple(each for each in marks if max(each.start[1], each.end[1]) < sheet.legend_top)


@named
def shoot(
    trace: Trace,
    look: Look | None = None,
    *,
    camera: Camera = None,
    seen: tuple[tuple[int, int], Box] | None = None,
    selected: str = "",
    before: NDArray[np.float32] | None = None,
    **changes: Unpack[Changes],
) -> Shot:
    """Make a shot of one digit's way through a net.

    Args:
        trace: every neuron's value for the digit.
        look: all that can be chosen about the picture, see Look.
        camera: see Shot.
        seen: the size of the picture that the camera was chosen for, and the part of it that the net was to
            fill, in pixels: the poses are moved so that this part fills the film's own. None to take them as
            they are.
        selected: the address of a neuron, whose synapses are lit and which has a ring and its name; or of a
            synapse, "a -> b", which is lit with a ring at both ends; or the name of a layer, which has a
            frame; "" for none.
        before: float32 (classes,), probabilities before the edits; None for none.
        **changes: fields of the look by name, in place of its own.

    Raises:
        SceneError: a value cannot be drawn, or see check_shape.
        EngineError: there is no such neuron, synapse or layer.
    """
    if not isinstance(selected, str):
        raise SceneError(f"what is selected is text such as 'hidden1:17', got {in_a_line(selected)}")
    scene = compose(trace, look, **changes)
    if isinstance(camera, Recording) and scene.timeline.asked:
        raise SceneError("pause: a recorded camera has its own time: leave one of them out")
    if camera is not None and seen is not None:
        check_shape(trace.net, seen[0], scene.size)
        camera = _moved(scene, camera, *seen)
    focus, words = None, scene.words
    layer = selected if any(selected == each.name for each in trace.net.layers) else ""
    if selected and not layer:
        ends = _ends(trace.net, selected)
        lit = focus_on_synapse if len(ends) == 2 else focus_on
        focus = lit(trace, scene.layout, scene.theme, *ends)
        if len(ends) == 2 and not len(focus.source):
            raise EngineError(f"{selected}: there is no such synapse")
        words = _pointed(_named(words, scene, ends, selected), focus, selected)
    if before is not None:
        was = answer_before(before, scene.probabilities, words.classes, words.texts, scene.numbers)
        words = replace(words, was=was)
        scene = replace(scene, scale=np.concatenate([before, scene.probabilities]))
    if camera is not None or words is not scene.words:
        last = scene.path.end if camera is None else camera
        pose = last.poses[-1] if isinstance(last, Recording) else last
        words = captions.settle(words, scene.site.last_view(scene.theme, pose))
    reach = None if focus else scene.reach
    return Shot(replace(scene, words=words, reach=reach), camera, focus, before, layer)


def check_shape(net: Net, seen: tuple[int, int], size: tuple[int, int]) -> None:
    """SceneError where a camera was chosen for a picture (width, height) in which the net stands otherwise.

    seen: that picture's size in pixels; size: that of the picture to be made.
    """
    if not stands_alike(net, seen, size):
        raise SceneError(
            f"size {size[0]}x{size[1]} lays the net out anew: take the film's camera for it, or give a size "
            f"of the shape that this camera was chosen for, such as {seen[0]}x{seen[1]}"
        )


def _ends(net: Net, where: str) -> tuple[int, ...]:
    """The number of a neuron, or of both ends of a synapse; EngineError where there is none, or a group."""
    if "->" in where:
        synapse = net.synapse(where)
        return synapse.source, synapse.target
    numbers = net.neuron(where).numbers
    if len(numbers) != 1:
        one = address_of(net.graph, numbers[0])
        raise EngineError(
            f"{where} are {len(numbers):,} neurons: name one, such as {one}, a synapse, or a layer"
        )
    return numbers


def _moved(scene: Scene, camera: Orbit | Recording, size: tuple[int, int], box: Box) -> Orbit | Recording:
    """The camera for the film's size."""
    portrait = scene.layout.orientation.name == "portrait"
    into = page(scene.size, portrait, scene.words.paint is not None, bare=scene.bare).safe()
    if isinstance(camera, Orbit):
        return framed(camera, size, box, scene.size, into)
    poses = tuple(framed(pose, size, box, scene.size, into) for pose in camera.poses)
    return replace(camera, poses=poses)


def _named(words: Words, scene: Scene, ends: tuple[int, ...], address: str) -> Words:
    """The same words, and rings with a name for a neuron, or for both ends of a synapse, at its target.

    What an edit has touched has both already.
    """
    last, own = ends[-1], tuple((number,) for number in ends)
    if any(last in mark.at and (len(ends) == 1 or mark.ends == own) for mark in words.marks):
        return words
    panel = next(panel for panel in scene.layout.panels if panel.start <= last < panel.stop)
    mark = Mark(own, (last,), panel.layer, address)
    return replace(words, marks=(mark, *words.marks))


def _pointed(words: Words, focus: Focus, address: str) -> Words:
    """The same words, but of synapses they tell what is lit; a card, of other colours' meaning, goes."""
    texts = words.texts
    lit = texts.say("end.synapse" if focus.synapse else "end.neuron", where=address)
    return replace(
        words, key=key_of_focus(focus, texts), ends=(*words.ends[:2], once(lit, must=True)), exhibit=None
    )
