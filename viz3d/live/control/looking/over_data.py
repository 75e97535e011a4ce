"""A neuron over the data set, on request: worked out in a thread, broken off when it is no longer wanted."""

from collections import deque
from weakref import ref

from PySide6.QtCore import QObject

from data import Dataset
from engine import Net
from scenes.texts import ENGLISH
from viz3d.command.choice.digits import first, title
from viz3d.findings.neuron import NeuronStatistics, watch
from viz3d.live.control.desk import Desk
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.widgets.inspecting.over_data import OverData, OverDataPanel
from viz3d.live.widgets.pictures import pictured
from viz3d.live.work.finder import Studier
from viz3d.session.acts.take import TakeSample

IMAGES = 2000
"""Test images that are looked at, at most."""
_KEPT = 24  # neurons of which it stays known what was found, the last ones


class OverDataControl(QObject):
    """Joins the section of the inspector to the session's images; another neuron or network leaves it off.

    What was found is shown again to who comes back to the same neuron of the same network, as by undo.
    """

    def __init__(self, desk: Desk, picking: PickingControl, panel: OverDataPanel) -> None:
        super().__init__()
        self._desk, self._picking, self._panel = desk, picking, panel
        self._studier = Studier()
        self._asked: tuple[Net, int, Dataset] | None = None
        self._found = deque[tuple[ref[Net], int, str, OverData]](maxlen=_KEPT)
        self._amid: Net | None = None  # the session's network when that was asked: a run may be ahead of it
        panel.wanted.connect(lambda: desk.attempt(self._begin))
        panel.cancelled.connect(self._drop)
        panel.taken.connect(lambda at: desk.do(TakeSample(f"{self._images().name}:test:{at}")))
        self._studier.progressed.connect(self._progress)
        self._studier.found.connect(self._take)
        self._studier.failed.connect(self._fail)
        desk.acted.connect(self._check)

    def close(self) -> None:
        """End the thread; what is being worked out is left off."""
        self._studier.close()

    def _images(self) -> Dataset:
        return first(self._desk.session.images(), IMAGES)

    def _begin(self) -> None:
        # Amid a run, as it has the network by now.
        net, neuron, images = self._desk.standing.net, self._picking.neuron, self._images()
        if neuron is None:
            return
        self._asked = asked = net, neuron, images
        self._amid = self._desk.session.net
        self._panel.set_progress(0.0, title(images))
        self._studier.ask(lambda: watch(net, neuron, images), asked)

    def _check(self) -> None:
        """Another digit changes nothing of it; another neuron or network does."""
        if self._asked is not None:
            _, neuron, images = self._asked
            known = self._desk.session.net is self._amid and self._picking.neuron == neuron
            if not known or self._desk.session.images().name != images.name:
                self._drop()
        if self._asked is None:
            self._recall()

    def _recall(self) -> None:
        """Show what was found of the neuron before."""
        net, neuron = self._desk.standing.net, self._picking.neuron
        known = [each for each in self._found if each[0]() is net and each[1] == neuron]
        if not known or neuron is None:
            return
        images = self._images()
        for _, _, name, found in known:
            if name == images.name:
                self._asked, self._amid = (net, neuron, images), self._desk.session.net
                self._panel.set_found(found, asked=False)

    def _drop(self) -> None:
        self._asked = self._amid = None
        self._studier.cancel()
        self._panel.rest()

    def _progress(self, share: float, stamp: object) -> None:
        if self._asked is not None and stamp is self._asked:
            self._panel.set_progress(share, title(self._asked[2]))

    def _take(self, found: NeuronStatistics, stamp: object) -> None:
        if self._asked is not None and stamp is self._asked:
            net, neuron, images = self._asked
            shown = told(net, found)
            self._found.append((ref(net), neuron, images.name, shown))
            self._panel.set_found(shown)

    def _fail(self, words: str) -> None:
        self._drop()
        self._desk.said.emit(words)


def told(net: Net, found: NeuronStatistics) -> OverData:
    """What was found, as the panel shows it."""
    images, count = found.images, len(found.images.labels)
    lost = found.images_lost
    worth = "an output: without it nothing is read"
    if found.without is not None:
        fewer = f"{abs(lost):,} {'fewer' if lost > 0 else 'more'}" if lost else "as many"
        right, without = ENGLISH.percent(found.accuracy), ENGLISH.percent(found.without)
        worth = f"{right} right, {without} without it: {fewer} of {count:,}"
    return OverData(
        title(images),
        found.by_digit.astype("float32"),
        net.classes,
        [pictured(images.images[at], net) for at in found.brightest.tolist()],
        tuple(found.brightest.tolist()),
        f"fires on {ENGLISH.percent(found.fires)} of them, selectivity {found.selectivity:.2f}",
        worth,
    )
