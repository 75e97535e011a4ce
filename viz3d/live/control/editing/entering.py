"""Lines that are typed: any act, and an address to look for; what takes long runs beside the window."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from data import DataError
from engine import EngineError
from viz3d.command.errors import UserError
from viz3d.live.control.desk import Desk
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.control.working import LongWork
from viz3d.live.widgets.asking.command_box import CommandBox
from viz3d.live.widgets.inspecting.search import SearchLine
from viz3d.session import completion, lines
from viz3d.session.acts.registry import READERS, REDO, UNDO, read_act
from viz3d.session.session import Session
from viz3d.session.state import Act, LongAct, Made

_WRONG = (UserError, EngineError, DataError)
_WORDS = dict.fromkeys((*READERS, UNDO, REDO), "")


class EnteringControl(QObject):
    """Joins the line for any act, and the field that finds by address, to the session."""

    def __init__(self, desk: Desk, picking: PickingControl, box: CommandBox, search: SearchLine) -> None:
        super().__init__()
        self._desk, self._picking, self._box, self._search = desk, picking, box, search
        self.work = LongWork(desk, box)
        box.line.set_offers(self._offers)
        search.set_offers(lambda text: self._offers(f"select {text}"))
        box.entered.connect(self._enter)
        desk.acted.connect(lambda: box.show_error(""))  # it is of the network before
        desk.remaking.connect(self._leave_out)
        search.entered.connect(self._find)

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
        self._desk.make_way()

        def keep(made: Made) -> None:
            self._desk.keep(act.text, made)

        told = " ".join(act.text.split()[:3])
        making, stopped = self._desk.session.making(act), "the network is as it was"
        self.work.begin(told, making, keep, stopped=stopped, changes=True)
        return True

    def _leave_out(self, acts: Sequence[Act]) -> None:
        """Do all acts but these again, with what was done to the digit meanwhile."""
        desk, known = self._desk, len(self._desk.session.done)

        def use(other: Session) -> None:
            for act in desk.session.done[known:]:
                desk.attempt(partial(other.do, act))
            desk.become(other)

        work = desk.session.leaving_out(acts)
        self.work.begin(f"again without {acts[0].text}", work, use, stopped="all is as it was", changes=True)

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
            self._search.window().setFocus()  # arrows walk on from there
