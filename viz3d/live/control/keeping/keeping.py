"""Nothing is lost: the session is kept after each act, and offered at the next start."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from viz3d.live.control.desk import OF_THE_DIGIT, Desk
from viz3d.live.control.working import LongWork
from viz3d.live.training.page import TrainingPage
from viz3d.live.widgets.asking.question import Question
from viz3d.live.work.keeper import Keeper
from viz3d.live.work.session_folders import LockedFolder
from viz3d.session.acts.change import UseData, UseNet
from viz3d.session.acts.registry import read_act
from viz3d.session.files.stored import reading_folder
from viz3d.session.moments import Moments
from viz3d.session.session import Session
from viz3d.session.state import Act, LongAct

_EVERY = 10_000  # ms between what is kept of a run that is open
_LIGHT = (*OF_THE_DIGIT, UseNet, UseData)  # acts that make nothing which would be missed


class KeepingControl(QObject):
    """Keeps a window's session in the window's own folder.

    place: that folder; None keeps nothing and asks nothing. shown: takes up a session in place of this one.
    work: reads one meanwhile.
    """

    def __init__(
        self,
        desk: Desk,
        page: TrainingPage,
        question: Question,
        place: LockedFolder | None,
        shown: Callable[[Session], object],
        work: LongWork,
    ) -> None:
        super().__init__()
        self._desk, self._page, self._question, self._shown = desk, page, question, shown
        self._place, self._work = place, work
        self._keeper = None if place is None else Keeper(place.folder)
        self._offered: LockedFolder | None = None
        # What the session had when it was begun or saved last: to lose that is no loss.
        self._safe: tuple[Act, ...] = desk.session.acts
        self._ending = ""
        self._soon = QTimer(self, singleShot=True, interval=_EVERY)
        self._soon.timeout.connect(self.keep)
        for gone_on in (page.net_changed, page.panel.scrubbed):
            gone_on.connect(lambda *_: self._train())
        desk.acted.connect(self.keep)
        if self._keeper is not None:
            self._keeper.failed.connect(self._told)
        self.keep()

    @property
    def unsaved(self) -> bool:
        """Whether there is work that closing would lose: what took long counts though it was taken back."""
        session = self._desk.session
        long = (act for act in session.undone if isinstance(act, LongAct))
        return self._page.open or self._made((*session.done, *long))

    def _made(self, acts: Iterable[Act]) -> bool:
        """Whether among acts there are changes that are in no file that the person chose."""
        safe = {id(act) for act in self._safe}
        return any(id(act) not in safe for act in acts if not isinstance(act, _LIGHT))

    def saved(self, whole: bool) -> None:
        """All that was done up to now is in a file that the person chose; whole: what was undone, too."""
        session = self._desk.session
        self._safe = (*session.acts, *session.undone) if whole else session.acts

    def keep(self) -> None:
        """Keep the session as it now is, and of a run that is open what it has made."""
        self._soon.stop()
        moments = self._moments()
        if self._keeper is not None and (len(moments.states) > 1 or self._keeper.folder.exists()):
            self._keeper.keep(moments)

    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether the window may close now; else it asks what is to become of the work. close: closes it."""
        if self._ending or self._keeper is None or not (self.unsaved or self._desk.at_stake):
            return True

        def end(way: str) -> None:
            self._page.hurry()
            if way == "keep" and not self._checkpoint():
                self._page.hurry(False)
                return  # why is told, and nothing is lost
            self._ending = way
            close()

        run = "A run of training is open" if self._page.open else "The network was changed"
        lost, kept = f"{run}, and not saved.", "all of it"
        if self._desk.at_stake:
            lost, kept = (
                f"{self._desk.at_stake} is under way, and would be given up.",
                "what was done before it",
            )
        self._question.ask(
            lost,
            f"A checkpoint keeps {kept}, with every step to undo, and is offered at the next start.",
            (
                ("Save checkpoint and close", "Keep the session for the next start", lambda: end("keep")),
                ("Close", "Close, and lose what was not saved", lambda: end("lose")),
                ("Go on", "Stay here (Esc)", lambda: None),
            ),
        )
        self._question.buttons[0].setFocus()
        return False

    def give_way(self, to: Callable[[], object], otherwise: Callable[[], object] = lambda: None) -> None:
        """Let another session take this one's place; where work would be lost, ask first.

        otherwise: done where the answer is to stay here.
        """
        if not self.unsaved:
            to()
            return
        self._question.ask(
            "Open another session?",
            "The network was changed, and not saved: that would be lost.",
            (("Open it", "Lose what was not saved", to), ("Go on", "Stay here (Esc)", otherwise)),
        )
        self._question.buttons[-1].setFocus()

    def _checkpoint(self) -> bool:
        """Write the session, with a run that is open as an act; return whether that was done."""
        keeper = self._keeper
        assert keeper is not None
        self._desk.make_way()
        return self._desk.attempt(lambda: keeper.write(self._desk.session.moments))

    def end_at_once(self) -> None:
        """Close without a question from now on, and leave a checkpoint of work that was not saved."""
        self._page.hurry()
        self._ending = self._ending or "leave"

    def close(self) -> None:
        """Keep the session for the next start, or keep nothing, as was answered."""
        self._soon.stop()
        if self._offered is not None:
            self._offered.let_go()
        if self._keeper is None or self._place is None:
            return
        # What was promised is kept, though a run that is gone back to its start leaves steps to redo alone.
        session = self._desk.session
        left = self._ending == "leave" and self._made((*session.done, *session.undone))
        if self._ending == "keep" or left:
            if left:
                self._keeper.keep(self._moments())  # a checkpoint that was asked for is written by now
            self._desk.attempt(self._keeper.finish)
            self._place.let_go()
        else:
            self._keeper.close()
            self._place.remove()

    def offer(self, left: LockedFolder) -> None:
        """Offer what a window left behind."""
        self._offered = left
        self._question.ask(
            "Restore the last session?",
            ". ".join(each for each in (f"{left.told}: kept as its window ended", left.remark) if each) + ".",
            (
                (
                    "Restore",
                    "Go on where that session was",
                    lambda: self.give_way(self._restore, self._put_off),
                ),
                ("Remove it", "It is then lost", self._remove),
                ("Later", "Ask again at the next start (Esc)", self._put_off),
            ),
        )

    def _restore(self) -> None:
        left = self._offered
        assert left is not None
        remarks = [left.remark] if left.remark else []
        self._desk.attempt(
            lambda: self._work.begin(
                "restoring the session",
                reading_folder(left.folder, remarks.append),
                lambda session: self._take_up(session, left, remarks),
                self._put_off,
                stopped="it is offered at the next start",
                changes=False,
            )
        )

    def _take_up(self, session: Session, left: LockedFolder, remarks: Sequence[str]) -> None:
        if self._desk.attempt(lambda: self._shown(session)):
            self._offered = None
            self._go_on_in(left)
            self.keep()
            if remarks:
                self._desk.said.emit("; ".join(remarks))
        else:
            self._put_off()

    def _go_on_in(self, left: LockedFolder) -> None:
        """Keep the session in the folder that it came from: so it is in one at every moment."""
        if self._keeper is not None and self._place is not None:
            self._keeper.forget()
            self._place.remove()
        self._place, self._keeper = left, Keeper(left.folder)
        self._keeper.failed.connect(self._told)
        self._safe = ()

    def _put_off(self) -> None:
        if self._offered is not None:
            self._offered.let_go()
        self._offered = None

    def _remove(self) -> None:
        if self._offered is not None:
            self._offered.remove()
        self._offered = None

    def _moments(self) -> Moments:
        """The session's, and of an open run its newest net, though a past one of it may be on screen."""
        made, state = self._page.so_far(), self._desk.session.state
        moments = self._desk.session.moments
        for part in made.parts:
            state = state.made(part.made, read_act(part.line))
            moments = moments.then(state)
        return replace(moments, back=made.shown)

    def _train(self) -> None:
        if self._page.open and not self._soon.isActive():
            self._soon.start()

    def _told(self, why: str) -> None:
        self._desk.said.emit(f"the session could not be kept: {why}")
