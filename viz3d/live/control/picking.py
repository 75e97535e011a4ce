"""Which neuron is looked at: picked in the scene, followed in a table, gone back to."""

from PySide6.QtCore import QObject

from engine import EngineError, Layer, Net
from engine.graph import address
from viz3d.live.cards import card_of
from viz3d.live.control.desk import Desk
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.session.change import Select


class PickingControl(QObject):
    """Joins scene and inspector: a neuron that is picked in either is selected, and its card is filled."""

    def __init__(self, desk: Desk, view: SceneView, inspector: Inspector) -> None:
        super().__init__()
        self._desk, self._view, self._inspector = desk, view, inspector
        self._drawn: tuple[Layer, ...] = ()
        self._trail: list[str] = []
        self._layers = desk.session.net.layers
        self._at = -1
        view.picked.connect(self.pick)
        view.opened.connect(self.pick)
        inspector.followed.connect(self.pick)
        inspector.back.connect(lambda: self.walk(-1))
        inspector.forth.connect(lambda: self.walk(1))
        desk.showed.connect(self._show)
        desk.acted.connect(self._remember)
        self._remember()
        self._show()

    @property
    def neuron(self) -> int | None:
        """The number of the neuron that is selected; None where none is, or a group or a synapse."""
        where, net = self._desk.session.selection, self._desk.session.net
        if not where or "->" in where:
            return None
        try:
            return address.neuron(net.graph, where)
        except EngineError:
            return None

    def pick(self, neuron: int) -> None:
        """Select a neuron by its number, with -1 none."""
        where = "" if neuron < 0 else self._desk.session.traced.address(neuron)
        if where != self._desk.session.selection:
            self._desk.do(Select(where))

    def pick_output(self, label: int) -> None:
        """Select the neuron that says how much speaks for a class."""
        net = self._desk.session.net
        self.pick(net.offset(net.layers[-1].name) + label)

    def walk(self, by: int) -> None:
        """Go back (-1) or forth (1) among the neurons that were looked at."""
        at = self._at + by
        if 0 <= at < len(self._trail):
            where = self._trail[at]
            self._at = at
            if self._desk.session.selection == where or not self._desk.do(Select(where)):
                self._tell_trail()

    def fly(self) -> None:
        """Bring the selected neuron near."""
        if self.neuron is not None:
            self._view.fly_to(self.neuron)

    def mark(self, net: Net) -> None:
        """A net's scene has come: put the ring at the selected neuron."""
        self._drawn = net.layers
        self._view.select(self.neuron)

    def _remember(self) -> None:
        """Keep what is looked at; what was ahead on the trail is forgotten, as in a browser."""
        where, layers = self._desk.session.selection, self._desk.session.net.layers
        if layers != self._layers:
            self._trail, self._at, self._layers = [], -1, layers
        if self.neuron is not None and (self._at < 0 or self._trail[self._at] != where):
            self._trail = [*self._trail[: self._at + 1], where]
            self._at = len(self._trail) - 1
        self._tell_trail()

    def _tell_trail(self) -> None:
        self._inspector.set_trail(self._at > 0, self._at + 1 < len(self._trail))

    def _show(self) -> None:
        shown, neuron = self._desk.shown, self.neuron
        if neuron is not None and neuron >= shown.traced.net.neuron_count:
            neuron = None  # while it is compared with before it was grown
        before = shown.before or shown.traced
        self._inspector.set_card(None if neuron is None else card_of(shown.traced, before, neuron))
        # Until the scene of another net has come, the old one has no such neuron.
        self._view.select(neuron if shown.traced.net.layers == self._drawn else None)
