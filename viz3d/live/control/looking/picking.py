"""What is looked at, a neuron, a synapse, a layer: picked in the scene, followed in a table, gone back to."""

from PySide6.QtCore import QObject, QTimer

from engine import EngineError, Layer, Net
from engine.graph import address
from viz3d.live.cards import card_of
from viz3d.live.control.desk import Desk
from viz3d.live.control.looking.walking import beside
from viz3d.live.view.pointing import NOTHING, Thing
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.live.widgets.spoken import speak
from viz3d.session.acts.change import Select


class PickingControl(QObject):
    """Joins scene and inspector: what is picked in either is selected, and a neuron's card is filled."""

    def __init__(self, desk: Desk, view: SceneView, inspector: Inspector) -> None:
        super().__init__()
        self._desk, self._view, self._inspector = desk, view, inspector
        self._drawn: tuple[Layer, ...] = ()
        self._heard = ""  # the selection that a screen reader was told of last
        self._trail: list[str] = [""]  # "" is the answer, with which all begins
        self._layers = desk.session.net.layers
        self._at = 0
        view.picked.connect(self.pick)
        view.synapse_picked.connect(self.pick_synapse)
        view.layer_picked.connect(self.pick_place)
        view.end_picked.connect(self._pick_end)
        view.walked.connect(self.step)
        view.chosen = inspector.aloud
        inspector.followed.connect(self._go_to)
        inspector.joined.connect(self._pick_row)
        inspector.hovered.connect(lambda neuron: view.point_out(Thing(neuron)))
        inspector.back.connect(lambda: self.walk(-1))
        inspector.forth.connect(lambda: self.walk(1))
        desk.showed.connect(self._show)
        desk.acted.connect(self._remember)
        self._remember()
        self._show()

    @property
    def thing(self) -> Thing:
        """What is selected."""
        where = self._desk.session.selection
        if not where:
            return NOTHING
        net = self._desk.session.net
        try:
            if "->" in where:
                return Thing(synapse=address.synapse(net.graph, where))
            if where in (layer.name for layer in net.layers):
                return Thing(layer=where)
            some = address.neurons(net.graph, where)
            return Thing(int(some[0])) if len(some) == 1 else Thing(group=where)
        except EngineError:
            return NOTHING

    @property
    def neuron(self) -> int | None:
        """The number of the neuron that is selected; None where none is, or something else."""
        neuron = self.thing.neuron
        return None if neuron < 0 else neuron

    def pick(self, neuron: int) -> None:
        """Select a neuron by its number, with -1 none."""
        self.pick_place("" if neuron < 0 else self._desk.session.traced.address(neuron))

    def pick_synapse(self, source: int, target: int) -> None:
        """Select a synapse by the numbers of its ends, whether it is there or not."""
        self.pick_place(" -> ".join(map(self._desk.session.traced.address, (source, target))))

    def pick_place(self, where: str) -> None:
        """Select what an address names, "" for nothing."""
        if where != self._desk.session.selection and self._desk.do(Select(where)):
            self._inspector.show_top()

    def go_to(self, where: str) -> None:
        """Select what an address names, and bring it into view, which may be far from it."""
        self.pick_place(where)
        self._follow()

    def pick_output(self, label: int) -> None:
        """Select the neuron that says how much speaks for a class."""
        net = self._desk.session.net
        self.pick(net.offset(net.layers[-1].name) + label)

    def step(self, layers: int, neurons: int) -> None:
        """Select what stands beside the selected, layers and neurons further; 2 neurons mean a line."""
        self.pick_place(beside(self._desk.session.net, self._desk.session.selection, layers, neurons))
        self._follow()

    def walk(self, by: int) -> None:
        """Go back (-1) or forth (1) among what was looked at."""
        at = self._at + by
        if 0 <= at < len(self._trail):
            where = self._trail[at]
            self._at = at
            self._inspector.show_top()
            if self._desk.session.selection == where or not self._desk.do(Select(where)):
                self._tell_trail()
            self._follow()

    def _go_to(self, neuron: int) -> None:
        """Select a neuron that stands in a table; it may be far from what is in view."""
        self.pick(neuron)
        self._follow()

    def _follow(self) -> None:
        """Bring what was selected without a look at the scene into view."""
        for neuron in self.thing.neurons[-1:]:
            self._view.follow(neuron)
        if self.thing.group:
            some = address.neurons(self._desk.session.net.graph, self.thing.group)
            self._view.follow(int(some[len(some) // 2]))

    def fly(self) -> None:
        """Bring the selected neuron near, or the end of a synapse, or all of a layer."""
        self._view.fly_to_thing(self.thing)

    def mark(self, net: Net) -> None:
        """A net's scene has come: mark in it what is selected."""
        self._drawn = net.layers
        self._view.set_behind(self._behind)
        self._view.mark(NOTHING if self._behind else self.thing)

    def _pick_end(self, neuron: int) -> None:
        """Select the synapse between the selected neuron and another; of a neuron alone, that."""
        first = self.neuron
        if first is None or first == neuron:
            self.pick(neuron)
        else:
            # The later of two neurons in a net is the one that hears.
            self.pick_synapse(*sorted((first, neuron)))

    def _pick_row(self, neuron: int, outgoing: bool) -> None:
        """Select the synapse of a row of the table: the neuron at its other end, and whether it leaves."""
        if self.neuron is not None:
            self.pick_synapse(*((self.neuron, neuron) if outgoing else (neuron, self.neuron)))

    def _remember(self) -> None:
        """Keep what is looked at; what was ahead on the trail is forgotten, as in a browser."""
        where, layers = self._desk.session.selection, self._desk.session.net.layers
        if layers != self._layers:
            self._trail, self._at, self._layers = [""], 0, layers
        if (self.thing or not where) and self._trail[self._at] != where:
            self._trail = [*self._trail[: self._at + 1], where]
            self._at = len(self._trail) - 1
        self._tell_trail()

    def _tell_trail(self) -> None:
        self._inspector.set_trail(self._at > 0, self._at + 1 < len(self._trail))

    def _show(self) -> None:
        shown, thing = self._desk.shown, self.thing
        # While it is compared with before it was grown, a neuron may be missing.
        if max(thing.neurons, default=0) >= shown.traced.net.neuron_count:
            thing = NOTHING
        before = shown.before or shown.traced
        self._inspector.set_card(None if thing.neuron < 0 else card_of(shown.traced, before, thing.neuron))
        # Until the scene of another net has come, the old one has no such neuron, and none to be picked.
        self._view.set_behind(self._behind)
        self._view.mark(NOTHING if self._behind else thing)
        if self._desk.session.selection != self._heard:
            self._heard = self._desk.session.selection
            # As soon as all parts of the card are filled.
            QTimer.singleShot(0, self, lambda: speak(self._inspector, self._inspector.aloud()))

    @property
    def _behind(self) -> bool:
        """Whether the scene is still that of the net before."""
        return self._desk.shown.traced.net.layers != self._drawn
