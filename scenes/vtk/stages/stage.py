"""Stage: draws the frames of a scene off screen, and takes other scenes in its place."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scenes.camera.orbit import Orbit
from scenes.clip import ClipStage
from scenes.errors import SceneError
from scenes.frame import Frame
from scenes.scene import Scene
from scenes.space.page import page
from scenes.vtk.bloom import bloom
from scenes.vtk.draw_lettering import write_over
from scenes.vtk.ground import Veil, ground
from scenes.vtk.parts import Parts
from scenes.vtk.sheet import Sheet
from scenes.vtk.stages.dissolve import Dissolve, Finish
from scenes.vtk.window.offscreen import OffscreenWindow
from scenes.vtk.window.taken import Taken

Pixels = NDArray[np.uint8]
_KEYS = 3.2  # height of the lines on tiles over a legend, in its type


class Stage(ClipStage):
    """Draws the frames of one scene off screen. Use it as a context manager, in one thread.

    Args:
        scene: what to draw.
        supersample: draw this many times larger in both directions and average down: 2 for stills.
        compiled: whether compiled loops draw what shines; see `OffscreenWindow`.

    Attributes:
        window: where it draws.
    """

    def __init__(self, scene: Scene, supersample: int = 1, *, compiled: bool | None = None) -> None:
        _check(scene, Scene, "scene: give what scenes.compose makes, or draw all else with scenes.stage_of")
        self._supersample = supersample
        self._scale, self._share = float(supersample), 1.0
        self._parts: Parts | None = None
        self._dissolve = Dissolve()
        self.window = OffscreenWindow(self._size(scene), compiled)
        try:
            self._build(scene)
        except BaseException:
            self.close()
            raise

    @property
    def scene(self) -> Scene:
        """The scene that it draws."""
        return self.parts.scene

    @property
    def parts(self) -> Parts:
        """What its pictures are made of.

        Raises:
            SceneError: the stage is closed.
        """
        if self._parts is None:
            raise SceneError("this stage is closed and draws no more: make a new one")
        return self._parts

    @property
    def slow(self) -> bool:
        """Whether a stage made after `prepare_films` would draw faster, by loops in place of the driver."""
        return self.window.slow

    @property
    def ahead(self) -> bool:
        """Whether a graphics card draws: it can draw a picture while the one before is finished elsewhere."""
        return not (self.window.slow or self.window.light)

    def close(self) -> None:
        """Free the window and all that was built in it, at once. A closed stage stays closed."""
        # The window goes first: it frees the parts' buffers, which need it for that.
        self.window.close()
        self._parts = None

    def show(self, scene: Scene) -> None:
        """Take another scene. Its pictures are those of a stage made for it.

        One of the same geometry, such as another digit's in the same net and size, is taken in place: only
        arrays are rewritten. For any other the parts are built anew, in the same window.

        Raises:
            SceneError: the stage is closed.
        """
        if not self.parts.adopt(scene):
            self.window.clear()
            self._parts = None
            self._scale, self._share = float(self._supersample), 1.0
            self.window.resize(self._size(scene))
            self._build(scene)

    def _size(self, scene: Scene) -> tuple[int, int]:
        width, height = scene.size
        return max(1, round(width * self._scale)), max(1, round(height * self._scale))

    def _resize(self, scale: float, share: float = 1.0) -> None:
        """Draw so many times the scene's size in both directions; nothing is built anew for it."""
        if (scale, share) != (self._scale, self._share):
            self._scale, self._share = scale, share
            self.window.resize(self._size(self.scene))
            self.parts.scale(scale / self._supersample, share)

    def _build(self, scene: Scene) -> None:
        sheet = page(scene.size, scene.layout.orientation.name == "portrait", scene.painted)
        paper = ground(scene.size, scene.theme)
        # The lines on tiles stand over the legend; only a second line of decks runs as low on the way.
        keys = _KEYS * sheet.legend_sizes[0] if scene.layout.folded and not sheet.compact else 0.0
        self._veil = None if scene.bare else Veil(paper, sheet.legend_top - keys)
        self._parts = Parts(scene, self.window, paper, sheet.unit * self._supersample)

    def begin_at(self, t: float) -> Finish:
        """Begin to draw the film of the scene at time t in seconds: see `ClipStage`.

        Its first picture is its last, which dissolves.
        """
        return self._dissolve.begin(self.scene, t, lambda at: self.begin(self.scene.frame(at)))

    def begin(self, frame: Frame) -> Finish:
        """Begin to draw a frame: what the driver does; returns what finishes the picture, see `ClipStage`."""
        _check(frame, Frame, "frame: give what scene.frame(seconds) makes, or ask draw_at(seconds)")
        self.update(frame)
        take, strength, veil, sheet = self._rendered(), self.scene.theme.bloom, self._veil, self.parts.sheet

        def finish() -> Pixels:
            pixels = _shining(take(), strength, sheet, frame.camera)
            if veil is not None:
                veil.draw(pixels)
            write_over(pixels, frame)
            return pixels

        return finish

    def draw(self, frame: Frame) -> Pixels:
        """Draw a frame: uint8 (height, width, 3), RGB, top row first."""
        return self.begin(frame)()

    def lit(self, frame: Frame, scale: float = 1.0, share: float = 1.0) -> Pixels:
        """Draw a frame as `draw` does but for its text and what is laid under that, for a writer of its own.

        scale: draw so many times the scene's size in both directions, such as 0.6 while a hand moves and 2 on
            a fine screen; lines and glow keep their share of the picture.
        share: draw this share of the synapses only, the strongest of each connection.
        """
        return self.begin_lit(frame, scale, share)()

    def begin_lit(self, frame: Frame, scale: float = 1.0, share: float = 1.0) -> Finish:
        """Begin what `lit` does; returns what finishes the picture, see `ClipStage`."""
        self._resize(scale, share)
        self.update(frame)
        self.window.render()
        take, strength, sheet = self.window.take(), self.scene.theme.bloom, self.parts.sheet

        def finish() -> Pixels:
            return _shining(take(), strength, sheet, frame.camera)

        return finish

    def render(self, frame: Frame) -> Pixels:
        """Draw a frame's three dimensional part only: no bloom, no text."""
        self.update(frame)
        return self.picture()

    def update(self, frame: Frame) -> None:
        """Write a frame's values into the parts, in place, and aim. What did not change is not written."""
        self.parts.update(frame)
        self.aim(frame.camera)

    def aim(self, pose: Orbit) -> None:
        """Look from a pose at what was last written: only the camera moves."""
        self.parts.aim(pose)

    def picture(self) -> Pixels:
        """Draw what was last written: uint8 (height, width, 3), a new array; no bloom, no text."""
        return self._rendered()().pixels

    def _rendered(self) -> Callable[[], Taken]:
        """Let the driver draw what was last written; returns what makes the picture of it."""
        factor = self._supersample
        self._resize(float(factor))
        self.window.render()
        take = self.window.take()
        return take if factor == 1 else lambda: _reduced(take(), factor)


def _check(given: object, kind: type, told: str) -> None:
    """SceneError where something is given that cannot be drawn."""
    if not isinstance(given, kind):
        raise SceneError(f"{type(given).__name__} is no {told}")


def _shining(taken: Taken, strength: float, sheet: Sheet | None, pose: Orbit) -> Pixels:
    """A picture as seen from a pose with its bloom, of which a sheet is spared: it lies in place."""
    if not strength:
        return taken.pixels
    if sheet is None:
        return bloom(taken.pixels, strength)
    taken = sheet.bare(taken, pose)
    return bloom(taken.pixels, strength, taken.kept, taken.seen.box if taken.seen else None)


def _reduced(taken: Taken, factor: int) -> Taken:
    """A picture so many times smaller, each pixel the mean of those that it stands for."""
    pixels, kept = (np.array(Image.fromarray(each).reduce(factor)) for each in taken[:2])
    return Taken(pixels, kept)
