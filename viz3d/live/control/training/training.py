"""The page where the network is trained, joined to the session: the window shows it learn."""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from engine import Net
from viz3d.live.control.desk import OF_THE_DIGIT, Desk
from viz3d.live.training.page import TrainingPage
from viz3d.live.view.scene_view import SceneView
from viz3d.session.acts.change import Evolve, Mutate, UseData, UseNet
from viz3d.session.acts.design import Design
from viz3d.session.acts.train import Train
from viz3d.session.state import State


class TrainingControl(QObject):
    """Shows what a run makes of the network, and keeps a run as one act ahead of any other change.

    What was going on while the network was edited then goes on with the edited one. inspector: what stands
    where the page does while nothing is trained. view: shows the scenes.
    """

    def __init__(self, desk: Desk, inspector: QWidget, view: SceneView) -> None:
        super().__init__()
        self._desk, self._inspector = desk, inspector
        self.page = TrainingPage(
            lambda: desk.session.net,
            desk.session.images,
            lambda: desk.session.state,
            lambda: view.between,
        )
        self._newest: Net | None = None  # what the run that is open has made of the network
        self._later = False  # whether to go on with what a thread now makes of the network
        self._first: State | None = None  # of the session whose run was ended last: with another none goes on
        self._chosen = self._choices()
        self.page.hide()
        self.page.net_changed.connect(self._show)
        self.page.run_ended.connect(desk.keep)
        self.page.left_behind.connect(desk.keep_undone)
        self.page.said.connect(desk.said)
        desk.changing.connect(self.settle)
        desk.acted.connect(self._acted)
        desk.busy.connect(self._wait)

    def turn_to(self, page: str) -> None:
        """Show "train" or "inspect"; neither of them for another page."""
        if page != "train":
            self.page.away.emit()
        self.page.setVisible(page == "train")
        self._inspector.setVisible(page == "inspect")

    def toggle(self) -> None:
        """Start, pause or go on, by a key; a run on a network that a thread changes would be lost."""
        if self._desk.attempt(self._desk.check_free):
            self.page.toggle()

    def settle(self) -> None:
        """End the run that is open, if there is one: it becomes an act."""
        self._newest = None
        going = self.page.trainer.running
        self.page.settle()
        if going:
            self._first = self._desk.session.moments.states[0]
            # As soon as that is done for which it was ended.
            QTimer.singleShot(0, self._go_on)

    def close(self) -> bool:
        """Keep the run that is open, and end the thread; False where it is still at a step, or compiles."""
        self.page.hurry()
        self.page.settle()
        return self.page.close_trainer()

    def _go_on(self) -> None:
        """Go on training after an edit, or where nothing came of it.

        Not after undo, with another net, or in another session: nobody has asked to change that one.
        """
        self._later = bool(self._desk.at)
        if self._later:
            return
        session = self._desk.session
        last = next((act for act in reversed(session.acts) if not isinstance(act, OF_THE_DIGIT)), None)
        same = session.moments.states[0] is self._first and not session.undone
        if same and isinstance(last, Mutate | Evolve | Train) and self.page.trainer.run is None:
            self.page.follow()

    def _wait(self, words: str) -> None:
        if self._later and not words:
            QTimer.singleShot(0, self._go_on)  # what was made is taken first

    def _show(self, net: Net, told: str) -> None:
        self._newest = net if self.page.open else None
        self.page.setToolTip(told)
        self._desk.learn(net, self.page.doing)

    def _acted(self) -> None:
        if self._choices() != self._chosen:
            self._chosen, self._newest = self._choices(), None
        self.page.refresh()
        # Another digit is read by the network as the run has it by now.
        if self._newest is not None and self.page.open:
            self._show(self._newest, self.page.toolTip())

    def _choices(self) -> tuple[object, ...]:
        """Which network and which images were chosen last."""
        return tuple(act for act in self._desk.session.acts if isinstance(act, UseNet | UseData | Design))
