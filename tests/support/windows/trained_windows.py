"""A live window that trains."""

from live_windows import PATIENCE


def trained(window, qtbot, least: int = 3) -> None:
    """Train until a few steps are done, and pause."""
    page = window.training.page
    page.toggle()
    go_on_until(window, qtbot, least)
    page.toggle()
    qtbot.waitUntil(lambda: not page.trainer.running, timeout=PATIENCE)


def go_on_until(window, qtbot, least: int) -> None:
    """Train on and do not pause."""
    trainer = window.training.page.trainer
    qtbot.waitUntil(lambda: bool(trainer.run is not None and trainer.run.step >= least), timeout=PATIENCE)
