"""The figures of a run: accuracy, loss, times, and how many examples."""

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from viz3d.live.widgets.parts import label
from viz3d.live.widgets.style import font

_FACTS = (
    "validation accuracy",
    "decay loss",
    "forward, an example",
    "backward, an example",
    "examples a second",
    "examples seen",
)


@dataclass(frozen=True)
class TrainingFacts:
    """Figures of a run at a step; None where a figure is not known yet.

    Attributes:
        epoch, step, steps: where it stands; epochs are counted from 1.
        validation_accuracy: 0..1.
        decay_loss: what weight decay adds to the loss.
        forward_ms, backward_ms: milliseconds for one example.
        speed, seen: examples a second, and all of them.
    """

    epoch: int
    step: int
    steps: int
    validation_accuracy: float | None = None
    decay_loss: float | None = None
    forward_ms: float | None = None
    backward_ms: float | None = None
    speed: float | None = None
    seen: int | None = None


class RunFigures(QWidget):
    """Each figure over its name; a dash where it is not known yet."""

    def __init__(self) -> None:
        super().__init__()
        grid, self._facts = QGridLayout(self), {name: label("", "name") for name in _FACTS}
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for k, (name, figure) in enumerate(self._facts.items()):
            figure.setFont(font("display", 16))
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(figure)
            cell.addWidget(label(name, "faint"))
            grid.addLayout(cell, k // 2, k % 2)
            grid.setColumnStretch(k % 2, 1)
        self.clear()

    def set_facts(self, facts: TrainingFacts) -> None:
        """Show figures; those that are None stay as they are."""
        texts = (
            (facts.validation_accuracy, "{:.2%}"),
            (facts.decay_loss, "{:.4f}"),
            (facts.forward_ms, _three(facts.forward_ms)),
            (facts.backward_ms, _three(facts.backward_ms)),
            (facts.speed, "{:,.0f}"),
            (facts.seen, "{:,}"),
        )
        for name, (value, form) in zip(_FACTS, texts, strict=True):
            if value is not None:
                self._show(name, form.format(value))

    def clear(self) -> None:
        """Show that none is known."""
        for name in self._facts:
            self._show(name, "–")

    def _show(self, name: str, figure: str) -> None:
        """Write a figure; a screen reader comes to it ahead of its name."""
        self._facts[name].setText(figure)
        self._facts[name].setAccessibleName(f"{name}: {'not known yet' if figure == '–' else figure}")


def _three(milliseconds: float | None) -> str:
    """The form of a time: three figures, and no more than three behind the point."""
    if not milliseconds or milliseconds < 1:
        return "{:.3f} ms"
    return "{:.3g} ms" if milliseconds < 999.5 else "{:,.0f} ms"
