"""Site: all of a picture that does not depend on the image: places, beats and the camera's way."""

from dataclasses import dataclass

from engine import Layer, Net
from scenes.camera.camera_path import camera_path, lens, narrowness
from scenes.camera.orbit import Orbit
from scenes.camera.path import Path
from scenes.lettering.view import View
from scenes.light.neurons import Bodies, bodies
from scenes.light.theme import Theme
from scenes.look import Look
from scenes.motion.pauses import Moments, pairs_of
from scenes.motion.timeline import Timeline, plan, stops
from scenes.space.arrange import arrange, opens
from scenes.space.bands import order_key
from scenes.space.layout import Layout, orientation
from scenes.space.level_bars import level_bars
from scenes.space.page import Free, free_page, page


@dataclass(frozen=True, eq=False)
class Site:
    """What pictures of one net in one size have in common, worked out once; see `site_of`.

    Attributes:
        layers, connections: the structure that it was made for.
        order: the order_key of what its bands were made of.
        size: width and height of the picture in pixels.
        way: which way through the film the camera takes, one of WAYS.
        painted: whether the page keeps room for what the legend says of paint.
        bare: whether it has no text, and the net all of its room.
        layout, timeline, path: places, beats and camera.
        bodies: form and size of each neuron, and when its layer fires.
    """

    layers: tuple[Layer, ...]
    connections: tuple[tuple[str, str], ...]
    order: int
    size: tuple[int, int]
    painted: bool
    way: str
    bare: bool
    layout: Layout
    timeline: Timeline
    path: Path
    bodies: Bodies

    def view(
        self, theme: Theme, camera: Orbit, t: float, *, free: Free | None = None, roaming: bool = False
    ) -> View:
        """The picture at a moment.

        free: the room for labels, where headline, answer and legend are another's. roaming: whether the
        camera stands somewhere else than on the film's own way.
        """
        portrait = self.layout.orientation.name == "portrait"
        if free is None:
            sheet = page(self.size, portrait, self.painted, roaming)
        else:
            sheet = free_page(self.size, portrait, free.box)
        return View(self.layout, camera, sheet, theme, self.timeline, t)

    def last_view(self, theme: Theme, camera: Orbit | None = None) -> View:
        """The last picture of a film, of the film's own last pose where no other is given."""
        return self.view(theme, camera or self.path.end, self.timeline.seconds)


def site_of(net: Net, look: Look, base: Site | None = None) -> Site:
    """Work out the site of pictures of a net that look like this.

    base: a site made before, perhaps of another net or look. All of it that still holds is taken over, so
    that none need be told what an edit or a choice has changed; where all holds, it is returned itself.

    Raises:
        SceneError: a layer's shape has no drawing, or the net does not end in a layer of classes.
    """
    size, painted, bare, axes = look.size, look.paint is not None, not look.text, orientation(look.size)
    order = order_key(net)
    near = base if base is not None and (base.layers, base.order) == (net.layers, order) else None
    stands = near.layout if near and near.layout.orientation == axes else None
    opened = opens(net, axes, look.layer)
    layout = stands if stands and stands.opened == opened else arrange(net, axes, opened)
    layout = level_bars(layout, *lens(layout, size)[:2], narrowness(size))
    # Synapses that edits have added may join layers that had none: another timeline for the same places.
    links, asked = net.connections, (look.seconds, pairs_of(look.pause))
    was = (near.connections, (near.timeline.seconds, near.timeline.asked)) if near else None
    line = near.timeline if near and was == (links, asked) else plan(net, *asked)
    still = near if near and near.layout is layout and near.timeline is line else None
    if still and (still.size, still.painted, still.bare, still.way) == (size, painted, bare, look.way):
        return still
    return Site(
        layers=net.layers,
        connections=links,
        order=order,
        size=size,
        painted=painted,
        way=look.way,
        bare=bare,
        layout=layout,
        timeline=line,
        path=camera_path(layout, size, line, painted, look.way, bare=bare),
        bodies=still.bodies if still else bodies(layout, line),
    )


def stopping(look: Look, *nets: Net) -> Moments:
    """The pauses of a look as moments of the film, where they name layers of these nets, shown in step.

    SceneError where there is no such layer, beat or moment.
    """
    pause = pairs_of(look.pause)
    return stops([(net, plan(net, look.seconds)) for net in nets], pause) if pause else ()
