"""What the training panel shows: of news, of a recipe, of a test, and of what a run begins with."""

import numpy as np

from data import Dataset
from engine import Recipe
from viz3d.command.choice.digits import many
from viz3d.command.wording import counted, percent
from viz3d.evaluate.report import Report
from viz3d.live.widgets.training.run_figures import TrainingFacts
from viz3d.live.widgets.training.training_panel import Rates, TrainingPanel
from viz3d.live.work.training.news import TrainingNews

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


def show_curves(panel: TrainingPanel, news: TrainingNews, first: int = 0) -> None:
    """Draw what a run has measured; first: the step after which the curves begin."""
    points = news.validation
    every = -(-max(news.step - first, 1) // _POINTS)
    # Evenly, and the last one among them.
    curve = news.curve[:, first + (news.step - first - 1) % every :: every]
    panel.charts.set_run(curve[0], (curve[1], curve[2]), (curve[3], curve[4]))
    panel.charts.set_validation(*points[:, points[0] > first])
    panel.charts.set_rolling(*news.rolling[:, news.rolling[0] > first])
    panel.charts.settle()


def field_of(key: str, recipe: Recipe) -> str:
    """The field of a recipe that a slider of the panel turns."""
    return {"decay": "l2", "momentum": _MOMENTUM.get(recipe.optimizer, "momentum")}.get(key, key)


def rates_of(recipe: Recipe) -> Rates:
    """What the panel's sliders stand at."""
    name = _MOMENTUM.get(recipe.optimizer)
    momentum = None if name is None else getattr(recipe, name)
    return Rates(recipe.lr, recipe.batch, recipe.l2, momentum, recipe.optimizer)


def source(train: Dataset | None, count: int, fresh: int | None, some: str) -> tuple[str, ...]:
    """What a run begins with, such as "MNIST, 60,000 images, new weights, seed 3"; the same in fewer words.

    train: what it learns from, None where that is not looked for yet: then count tells, 0 for all, and some
    what they are called, such as "images".
    """
    weights = "these weights" if fresh is None else f"new weights, seed {fresh}"
    number = count if train is None else len(train.labels)
    some = some if train is None else many(train)
    told = f"{counted(number, some.removesuffix('s')) if number else f'all {some}'}, {weights}"
    return (told,) if train is None else (f"{train.title}, {told}", told)


def verdict(report: Report) -> str:
    """How a test went, and which class was most often taken for which."""
    result = report.result
    wrong = result.confusion - np.diag(np.diag(result.confusion))
    truth, answer = np.unravel_index(int(wrong.argmax()), wrong.shape)
    taken = f"{report.names[truth]} read as {report.names[answer]}"
    worst = f"  ·  {taken}: {wrong.max():,}" if wrong.any() else ""
    return f"{percent(result.accuracy)} of {result.total:,} right{worst}"
