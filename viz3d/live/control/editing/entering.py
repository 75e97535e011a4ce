"""Lines that are typed: any act, and an address to look for; what takes long runs beside the window."""

from functools import partial

from PySide6.QtCore import QObject

from data import DataError
from engine import EngineError
from viz3d.command.errors import UserError
from viz3d.live.control.desk import Desk
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.widgets.command_box import CommandBox
from viz3d.live.widgets.inspecting.search import SearchLine
from viz3d.live.work.maker import Maker
from viz3d.session import completion, lines
from viz3d.session.acts import READERS, REDO, UNDO, read_act
from viz3d.session.state import LongAct, Made

_WRONG = (UserError, EngineError, DataError)
_WORDS = dict.fromkeys((*READERS, UNDO, REDO), "")


class EnteringControl(QObject):
    """Joins the line for any act, and the field that finds by address, to the session."""

    def __init__(self, desk: Desk, picking: PickingControl, box: CommandBox, search: SearchLine) -> None:
        super().__init__()
        self._desk, self._picking, self._box, self._search = desk, picking, box, search
        self.maker = Maker()
        self._act: LongAct | None = None  # what is under way
        box.line.set_offers(self._offers)
        search.set_offers(lambda text: self._offers(f"select {text}"))
        box.entered.connect(self._enter)
        box.stop.connect(self.stop)
        search.entered.connect(self._find)
        self.maker.progressed.connect(lambda share: box.show_work(self._told(), share))
        self.maker.made.connect(self._made)
        self.maker.refused.connect(self._end)
        self.maker.stopped.connect(lambda: self._end(f"{self._told()} was stopped: the network is as it was"))

    def stop(self) -> bool:
        """Stop what is under way; False where nothing is."""
        if self._act is not None:
            self.maker.stop()
        return self._act is not None

    def close(self) -> None:
        """End the thread."""
        self.maker.close()

    def _offers(self, text: str) -> list[str]:
        return [word for word, _ in completion.completions(text, self._desk.session.traced, _WORDS)]

    def _enter(self, line: str) -> None:
        try:
            if not self._begin(line):
                self._desk.enter(line)
        except _WRONG as error:
            self._box.show_error(" ".join(str(error).split()))
        else:
            self._box.accept()

    def _begin(self, line: str) -> bool:
        """Begin what may take long; False where the line is no such act."""
        word, _ = lines.words_of(line)
        act = read_act(line) if word in READERS else None
        if not isinstance(act, LongAct):
            return False
        self._desk.check_free()
        self._desk.changing.emit()
        self._act = act
        self._desk.set_busy(self._told())
        self._box.show_work(self._told(), 0.0)
        self.maker.make(self._desk.session.making(act))
        return True

    def _told(self) -> str:
        return "" if self._act is None else " ".join(self._act.text.split()[:3])

    def _made(self, made: Made) -> None:
        act = self._act
        self._end()
        if act is not None:
            self._desk.attempt(partial(self._desk.keep, act.text, made.net, made.standing))

    def _end(self, words: str = "") -> None:
        self._act = None
        self._box.show_work("", 0.0)
        self._desk.set_busy("")
        if words:
            self._desk.said.emit(words)

    def _find(self, where: str) -> None:
        try:
            net, where = self._desk.session.net, where.removesuffix(":")
            (net.synapse if "->" in where else net.neuron)(where)
        except EngineError as error:
            self._search.refuse(str(error))
            self._desk.said.emit(" ".join(str(error).split()))
        else:
            self._picking.pick_place(where)
            self._search.accept()
