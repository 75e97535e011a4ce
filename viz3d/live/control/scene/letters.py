"""LettersControl: says which letters of a network's names the scene cannot write, and how it sees digits."""

from PySide6.QtCore import QObject, QTimer

from viz3d.command.choice.letters import how_written
from viz3d.command.choice.seen import how_seen
from viz3d.live.control.desk import Desk


class LettersControl(QObject):
    """Says it once of each network: when the window has opened, and when one with other names or
    another size of input has come.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._told: tuple[str, ...] = ()
        self._seen: tuple[str, ...] = ()
        desk.acted.connect(self._tell)
        # Once the window stands.
        QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        net = self._desk.session.net
        names = (*net.classes, net.task.data if net.task is not None else "")
        if names != self._told:
            self._told = names
            for line in how_written(net):
                self._desk.said.emit(line)
        seen = how_seen(net, self._desk.session.digit.image.shape)
        if seen != self._seen:
            self._seen = seen
            for line in seen:
                self._desk.said.emit(line)
