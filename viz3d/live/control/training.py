"""The page where the network is trained, joined to the session: the window shows it learn."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine import Net
from viz3d.live.control.desk import Desk
from viz3d.live.training_page import TrainingPage
from viz3d.session.change import UseData, UseNet


class TrainingControl(QObject):
    """Shows what a run makes of the network, and keeps a run as one act ahead of any other change.

    inspector: what stands where the page does while nothing is trained.
    """

    def __init__(self, desk: Desk, inspector: QWidget) -> None:
        super().__init__()
        self._desk, self._inspector = desk, inspector
        self.page = TrainingPage(lambda: desk.session.net, desk.session.images)
        self._newest: Net | None = None  # what the run that is open has made of the network
        self._chosen = self._choices()
        self.page.hide()
        self.page.net_changed.connect(self._show)
        self.page.run_ended.connect(lambda net, line: desk.keep(line, net))
        desk.changing.connect(self.settle)
        desk.acted.connect(self._acted)

    def turn_to(self, page: str) -> None:
        """Show "train" or "inspect"; neither of them for another page."""
        self.page.setVisible(page == "train")
        self._inspector.setVisible(page == "inspect")

    def settle(self) -> None:
        """End the run that is open, if there is one: it becomes an act."""
        self._newest = None
        self.page.settle()

    def close(self) -> bool:
        """Keep the run that is open, and end the thread; False where it still compiles."""
        self.settle()
        return self.page.close_trainer()

    def _show(self, net: Net, told: str) -> None:
        self._newest = net if self.page.open else None
        self.page.setToolTip(told)
        self._desk.try_out(self._desk.session.traced.read_by(net))

    def _acted(self) -> None:
        if self._choices() != self._chosen:
            self._chosen, self._newest = self._choices(), None
        self.page.refresh()
        # Another digit is read by the network as the run has it by now.
        if self._newest is not None and self.page.open:
            self._show(self._newest, self.page.toolTip())

    def _choices(self) -> tuple[object, ...]:
        """Which network and which images were chosen last."""
        return tuple(act for act in self._desk.session.acts if isinstance(act, UseNet | UseData))
