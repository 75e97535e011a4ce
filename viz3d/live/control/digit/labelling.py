"""What the digit is meant as, and the digits that are kept for training."""

import numpy as np
from PySide6.QtCore import QObject

import data
from viz3d.command.errors import UserError
from viz3d.command.wording import counted
from viz3d.live.control.desk import Desk
from viz3d.live.widgets.drawing.meant import Meant
from viz3d.session.acts.label import SetLabel
from viz3d.session.acts.registry import read_act


class LabellingControl(QObject):
    """Joins what is meant, and the button that keeps a digit, to the session."""

    def __init__(self, desk: Desk, meant: Meant) -> None:
        super().__init__()
        self._desk, self._meant = desk, meant
        self._offered: tuple[tuple[str, ...], bool] | None = None
        meant.chosen.connect(lambda number: desk.do(SetLabel(self._told(number))))
        meant.keep_wanted.connect(self.keep)
        desk.acted.connect(self._offer)
        desk.showed.connect(self._show)
        self._offer()
        self._show()

    def keep(self) -> None:
        """Keep the digit with its label in the folder of samples."""
        self._desk.attempt(self._keep)

    def _keep(self) -> None:
        net, digit = self._desk.session.net, self._desk.session.digit
        if digit.label is None:
            raise UserError("a sample needs its label: say which one is meant, then keep it")
        meant = net.classes[digit.label]
        # Of a class such as "blank" an empty picture may be the very sample.
        if not np.ptp(digit.image) and len(meant) == 1:
            raise UserError(f"nothing is drawn: an empty picture is no sample of a {meant}")
        usual = net.noun == "digit" and digit.image.shape == (28, 28)
        classes = () if usual else net.classes
        kept = data.keep_sample(digit.image, digit.label, classes=classes)
        named, was = ((str(each) if not classes else classes[each]) for each in (digit.label, kept.was or 0))
        held = f"{counted(kept.train, net.noun)} to train with, {kept.test:,} to test"
        what = f"kept as a {named}" if kept.new else f"this {named} was kept before"
        if kept.was is not None:
            what = f"kept as a {named} from now on, no longer as a {was}"
        self._desk.said.emit(f"{what}: {held}, for train --data {kept.folder}")

    def _told(self, number: int) -> int | str | None:
        """A class as the line of a script has it: by its name, where that is read as one again."""
        net = self._desk.session.net
        if number < 0 or net.noun == "digit":
            return None if number < 0 else number
        act = SetLabel(net.classes[number])
        again = read_act(act.text)
        return act.label if isinstance(again, SetLabel) and str(again.label) == act.label else number

    def _offer(self) -> None:
        net, image = self._desk.session.net, self._desk.session.digit.image
        self._meant.setVisible(not net.gives_numbers)  # no class is meant where none is chosen
        names = () if net.noun == "digit" else net.classes
        offered = names, image.dtype == np.uint8 and image.ndim in (2, 3)
        if offered != self._offered:
            self._offered = offered
            self._meant.offer(names, kept=offered[1])

    def _show(self) -> None:
        # Of what is shown: a stroke under way is not meant as the digit before it was.
        self._meant.set_label(self._desk.shown.traced.digit.label)
