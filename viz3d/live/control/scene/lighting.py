"""What lights the synapses once the answer stands: chosen from a menu in the scene's corner."""

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from scenes import SHOWN, Look
from viz3d.live.control.desk import Desk
from viz3d.live.control.scene.showing import ShowingControl
from viz3d.live.widgets.menu import MARK, Entries, menu_of
from viz3d.live.widgets.scene.view_corner import ViewCorner

_WORDS = {
    "evidence": "What speaks for the answer",
    "contribution": "Weight × activation",
    "weight": "Weights alone",
    "gradient": "Weights on which the answer depends",
}
_SIGNS = {0: "Both colours", 1: "Warm alone", -1: "Cool alone"}
_COUNTS = (300, 1000, Look.synapses, 10_000)
_OF_CLASS = ("evidence", "gradient")  # what is for one class


class LightingControl(QObject):
    """Joins the corner's lamp to the looks of the scene; see `scenes.Look`."""

    def __init__(self, desk: Desk, showing: ShowingControl, corner: ViewCorner, window: QWidget) -> None:
        super().__init__()
        self._desk, self._showing, self._corner, self._window = desk, showing, corner, window
        corner.light.clicked.connect(self.popup)
        # Another network may have other classes.
        self._classes = desk.session.net.classes
        desk.acted.connect(self._acted)

    def popup(self) -> None:
        """Open the menu above the lamp."""
        menu = menu_of(self._window, self.entries())
        place = self._corner.light.mapToGlobal(QPoint(0, 0))
        menu.popup_once(place - QPoint(0, menu.sizeHint().height()))

    def entries(self) -> Entries:
        """What can be chosen, with a mark at what is."""
        look = self._showing.look()
        shown = [self._entry(_WORDS[each], look.show == each, show=each) for each in SHOWN]
        signs = [self._entry(words, look.sign == sign, sign=sign) for sign, words in _SIGNS.items()]
        more: Entries = ()
        if look.show in _OF_CLASS:
            of = [self._entry("The answer", look.of is None, of=None)]
            of += [self._entry(name, look.of == k, of=k) for k, name in enumerate(self._classes)]
            against = [self._entry("All others", look.against is None, against=None)]
            against += [
                self._entry(name, look.against == k, against=k) for k, name in enumerate(self._classes)
            ]
            more = (None, ("For …", of), ("Against …", against))
        counts = [self._entry(f"{count:,}", look.synapses == count, synapses=count) for count in _COUNTS]
        return (
            ("What lights the synapses", None),
            *shown,
            None,
            *signs,
            *more,
            None,
            ("Of layer …", self._layers(look)),
            ("How many …", counts),
        )

    def _layers(self, look: Look) -> list[tuple[str, Any]]:
        """All layers together, or one with its own synapses alone."""
        each = [
            self._entry(layer.title, look.layer == layer.name, layer=layer.name)
            for layer in self._desk.shown.traced.net.layers
        ]
        return [self._entry("All of them", not look.layer, layer=""), *each]

    def _entry(self, words: str, on: bool, **choice: Any) -> tuple[str, Any]:
        return MARK * on + words, partial(self.choose, **choice)

    def choose(self, **choice: Any) -> None:
        """Light something else: fields of a look."""
        if choice.get("show", "evidence") not in _OF_CLASS:
            choice |= {"of": None, "against": None}
        self._desk.attempt(partial(self._showing.choose, **choice))

    def _acted(self) -> None:
        classes = self._desk.session.net.classes
        if classes != self._classes:
            self._classes = classes
            self._showing.choose(of=None, against=None)
