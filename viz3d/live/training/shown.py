"""What the training panel shows: of news, of a recipe, of a test, and of what a run begins with."""

import numpy as np

from data import Dataset
from engine import Checkpoint, Recipe
from viz3d.command.choice.digits import many
from viz3d.command.wording import counted, percent
from viz3d.evaluate.report import Report
from viz3d.live.widgets.training.run_figures import TrainingFacts
from viz3d.live.widgets.training.training_panel import Rates, TrainingPanel
from viz3d.live.work.training.news import TrainingNews
from viz3d.session.curves import Curves

_POINTS = 4000  # of a curve: more than its chart has pixels
_MOMENTUM = {
    "sgd": "momentum",
    "momentum": "momentum",
    "nesterov": "momentum",
    "adam": "beta1",
    "adamw": "beta1",
}


def show_figures(panel: TrainingPanel, news: TrainingNews, shown: int | None) -> None:
    """Show where a run stands; shown: the past step that is on screen, None for the newest."""
    points = news.validation
    panel.set_running(news.running, begun=not news.run.over)
    panel.set_facts(
        TrainingFacts(
            news.epoch,
            news.step,
            news.steps,
            validation_accuracy=float(points[1, -1]) if points.size else None,
            decay_loss=news.decay_loss,
            forward_ms=news.forward_ms,
            backward_ms=news.backward_ms,
            speed=news.speed or None,
            seen=news.seen,
        )
    )
    panel.charts.set_numbers(news.smooth_loss, news.smooth_accuracy)
    panel.progress.set_past(news.run.snapshots.steps(), shown)


def show_curves(panel: TrainingPanel, measured: TrainingNews | Curves, first: int = 0) -> None:
    """Draw what a run has measured; first: the step after which the curves begin."""
    points, rolling, last = measured.validation, measured.rolling, measured.curve.shape[1]
    every = -(-max(last - first, 1) // _POINTS)
    # Evenly, and the last one among them.
    curve = measured.curve[:, first + (last - first - 1) % every :: every]
    panel.charts.set_run(curve[0], (curve[1], curve[2]), (curve[3], curve[4]))
    panel.charts.set_validation(*points[:, points[0] > first])
    panel.charts.set_rolling(*rolling[:, rolling[0] > first])
    panel.charts.settle()


def show_past(panel: TrainingPanel, measured: Curves | None, first: int = 0) -> None:
    """Draw what a run has measured that is over, its last numbers too; None: empty charts."""
    panel.charts.clear()
    if measured is not None and measured.curve.size:
        show_curves(panel, measured, first)
        panel.charts.set_numbers(*(float(measured.curve[row, -1]) for row in (2, 4)))


def show_standing(
    panel: TrainingPanel, standing: Checkpoint | None, recipe: Recipe, measured: Curves | None
) -> None:
    """Show where a training stands that the next run goes on with, else how long the last one was."""
    if standing is None:
        if measured is not None and (steps := measured.curve.shape[1]):
            panel.set_stands(f"the last run: {counted(steps, 'step')}", 0.0)
        return
    at = standing.progress
    share = (at.epoch + at.cursor / max(standing.notes["images"], 1)) / max(recipe.epochs, 1)
    panel.set_stands(f"stands at step {at.step:,}", share)


def field_of(key: str, recipe: Recipe) -> str:
    """The field of a recipe that a slider of the panel turns."""
    return {"decay": "l2", "momentum": _MOMENTUM.get(recipe.optimizer, "momentum")}.get(key, key)


def rates_of(recipe: Recipe) -> Rates:
    """What the panel's sliders stand at."""
    name = _MOMENTUM.get(recipe.optimizer)
    momentum = None if name is None else getattr(recipe, name)
    return Rates(recipe.lr, recipe.batch, recipe.l2, momentum, recipe.optimizer)


def source(
    train: Dataset | None, count: int, fresh: int | None, some: str, tests: int = 0
) -> tuple[str, ...]:
    """What a run begins with, such as "MNIST, 60,000 images, new weights, seed 3"; the same in fewer words.

    train: what it learns from, None where that is not looked for yet: then count tells, 0 for all, and some
    what they are called, such as "images". tests: so many of the others test it; 0: all, which is not told.
    """
    weights = "these weights" if fresh is None else f"new weights, seed {fresh}"
    number = count if train is None else len(train.labels)
    some = some if train is None else many(train)
    images = counted(number, some.removesuffix("s")) if number else f"all {some}"
    known = (train.title,) if train is not None else ()
    tested = (counted(tests, "test"),) if tests else ()
    ways = ((*known, images, *tested), (images, *tested), (images,))
    return tuple(", ".join((*way, weights)) for way in dict.fromkeys(ways))


def verdict(report: Report) -> str:
    """How a test went, and which class was most often taken for which, or of which step of a run it is."""
    result = report.result
    right = f"{percent(result.accuracy)} of {result.total:,} right"
    if report.step is not None:  # there is no room for both
        return f"step {report.step:,}: {right}"
    wrong = result.confusion - np.diag(np.diag(result.confusion))
    truth, answer = np.unravel_index(int(wrong.argmax()), wrong.shape)
    taken = f"{report.names[truth]} read as {report.names[answer]}"
    worst = f"  ·  {taken}: {wrong.max():,}" if wrong.any() else ""
    return f"{right}{worst}"
