"""View: what texts are laid out in."""

from dataclasses import dataclass, replace

from scenes.camera.orbit import Orbit
from scenes.light.theme import Theme
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout
from scenes.space.page import Page


@dataclass(frozen=True)
class View:
    """A picture at a moment: a net's layout as a camera sees it, on a page.

    Attributes:
        layout: where the net stands.
        camera: from where it is seen.
        sheet: the page.
        theme: the picture's colours.
        line: when what happens.
        t: the moment, seconds.
    """

    layout: Layout
    camera: Orbit
    sheet: Page
    theme: Theme
    line: Timeline
    t: float

    @property
    def size(self) -> tuple[int, int]:
        """The picture's width and height, pixels."""
        return self.sheet.width, self.sheet.height

    def at_end(self) -> "View":
        """The view of the last picture."""
        return replace(self, t=self.line.seconds)
