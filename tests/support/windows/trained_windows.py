"""A live window that trains."""

from live_windows import PATIENCE


def trained(window, qtbot, least: int = 3) -> None:
    """Train until a few steps are done, pause, and wait until what came of the last one is shown."""
    page = window.training.page
    page.toggle()
    go_on_until(window, qtbot, least)
    page.toggle()
    rested(window, qtbot)


def rested(window, qtbot) -> None:
    """Wait until a run that was paused has ended the step that was under way, and that one is shown."""
    page, run = window.training.page, window.training.page.trainer.run

    def shown() -> bool:
        kept = run.snapshots
        return kept.steps()[-1] == run.step and page._sent is kept.net_at(run.step)

    qtbot.waitUntil(lambda: not page.trainer.running and shown(), timeout=PATIENCE)


def go_on_until(window, qtbot, least: int) -> None:
    """Train on and do not pause."""
    trainer = window.training.page.trainer
    qtbot.waitUntil(lambda: bool(trainer.run is not None and trainer.run.step >= least), timeout=PATIENCE)
