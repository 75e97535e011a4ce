"""How well a network reads a set of images, and which it misreads: as numbers, as JSON, as lines."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import engine
from data import Dataset
from engine import Evaluation, Net
from viz3d.command.choice.digits import many, origin_of, title
from viz3d.command.choice.models import called, history
from viz3d.command.choice.suiting import aligned
from viz3d.command.wording import duration, percent, short_name

MISTAKES = 100  # so many are listed in the JSON
BINS = 10
LISTED, WORST = 26, 12
"""So many classes are told one by one; of more the worst."""


@dataclass(frozen=True, eq=False)
class Report:
    """What a network did with a set of images, in `seconds`; each image was seen in `crops` views.

    step: of the run of training that the network is from, while that is open; None for any other network.
    """

    net: Net
    images: Dataset
    result: Evaluation
    seconds: float
    crops: int = 1
    step: int | None = None

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.result.confusion)

    @property
    def names(self) -> tuple[str, ...]:
        """What the classes are called."""
        return self.net.classes

    @property
    def noun(self) -> str:
        """What one of the images is, such as "digit"."""
        return self.images.noun

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of each answer, float (N,)."""
        probabilities = self.result.probabilities[np.arange(self.result.total), self.result.answers]
        return np.array(probabilities)

    @cached_property
    def right(self) -> np.ndarray:
        """Whether each answer is right, bool (N,)."""
        return np.equal(self.result.answers, self.images.labels)

    @cached_property
    def mistakes(self) -> np.ndarray:
        """Places of the misread images, the most confident first, int (M,)."""
        wrong = np.flatnonzero(~self.right)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")]

    def of_cell(self, truth: int, answer: int) -> np.ndarray:
        """Places of the images of a class that were read as a class, int (M,): those worth a look first.

        Of misread ones the most confident, of right ones the least.
        """
        places = np.flatnonzero((self.images.labels == truth) & (self.result.answers == answer))
        sure = self.confidence[places]
        return places[np.argsort(sure if truth == answer else -sure, kind="stable")]

    @cached_property
    def recall(self) -> np.ndarray:
        """Of each class's images, the share that was read right; NaN where there is none; (classes,)."""
        return _share(self.result.confusion, axis=1)

    @cached_property
    def precision(self) -> np.ndarray:
        """Of the answers with each class, the share that was right; NaN where there is none; (classes,)."""
        return _share(self.result.confusion, axis=0)

    @cached_property
    def calibration(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Answers by confidence, in BINS equal steps of 0..1: how many, mean confidence, share right.

        Means are NaN where there is no answer.
        """
        place = np.minimum((self.confidence * BINS).astype(int), BINS - 1)
        count = np.bincount(place, minlength=BINS)
        sums = [np.bincount(place, values, BINS) for values in (self.confidence, self.right)]
        with np.errstate(invalid="ignore"):
            return count, sums[0] / count, sums[1] / count

    @property
    def calibration_error(self) -> float:
        """Mean distance of confidence and share right, 0..1 (Guo et al. 2017, section 2)."""
        count, confidence, right = self.calibration
        return float(np.nansum(count * np.abs(confidence - right)) / self.result.total)

    @property
    def who(self) -> str:
        """The network in words, such as "mlp" or "mlp, mutated: ablate hidden1:17,"; see `called`."""
        return called(self.net)

    @property
    def where(self) -> str:
        """The images in words, such as "the 10,000 test images of MNIST"."""
        return title(self.images)


def examine(net: Net, images: Dataset, crops: int = 1) -> Report:
    """Have a network read all images; UserError or EngineError where it does not take them."""
    images = aligned(net, images, net.name)
    begun = time.perf_counter()
    result = engine.evaluate(net, images.images, images.labels, crops=crops)
    return Report(net, images, result, time.perf_counter() - begun, crops)


def label_of(report: Report, place: int) -> tuple[str, bool]:
    """The answer to an image, with the truth in parentheses where it is another; and whether it is right."""
    answer, truth = int(report.result.answers[place]), int(report.images.labels[place])
    names = [short_name(name, 12) for name in (report.names[answer], report.names[truth])]
    return (names[0], True) if answer == truth else (f"{names[0]} ({names[1]})", False)


def likeliest(report: Report, place: int) -> list[tuple[int, float]]:
    """The three likeliest classes of an image, and their probabilities, the likeliest first."""
    shares = report.result.probabilities[place]
    return [(int(digit), float(shares[digit])) for digit in np.argsort(-shares, kind="stable")[:3]]


def as_json(report: Report) -> dict[str, Any]:
    """A report as JSON values; what cannot be computed is null."""
    result, mistakes = report.result, report.mistakes
    mean = {"all": report.confidence, "right": report.confidence[report.right]}
    mean["wrong"] = report.confidence[mistakes]
    return {
        "network": report.net.name,
        "title": report.net.title,
        "edits": [str(edit) for edit in report.net.edits],
        "mutated": history(report.net),
        "data": report.images.name,
        "split": report.images.split,
        "accuracy": result.accuracy,
        "correct": result.correct,
        "total": result.total,
        "seconds": round(report.seconds, 4),
        "crops": report.crops,
        "loss": result.loss,
        "confidence": {name: _mean(values) for name, values in mean.items()},
        "calibration_error": report.calibration_error,
        "digits" if report.noun == "digit" else "classes": [
            _class_as_json(report, label) for label in range(report.classes)
        ],
        "confusion": result.confusion.tolist(),
        "mistakes": [
            {
                "image": int(place),
                "truth": int(report.images.labels[place]),
                "answer": int(result.answers[place]),
                "confidence": float(report.confidence[place]),
            }
            for place in mistakes[:MISTAKES]
        ],
    }


def _class_as_json(report: Report, label: int) -> dict[str, Any]:
    confusion = report.result.confusion
    named = {"digit": label} if report.noun == "digit" else {"class": label, "name": report.names[label]}
    return {
        **named,
        "images": int(confusion[label].sum()),
        "correct": int(confusion[label, label]),
        "precision": _number(report.precision[label]),
        "recall": _number(report.recall[label]),
    }


def as_lines(report: Report) -> list[str]:
    """A report in a few lines of text."""
    result = report.result
    seen = f", each in {report.crops} crops" if report.crops > 1 else ""
    lines = [
        f"{report.who} reads {result.correct:,} of {report.where} right ({percent(result.accuracy)}) "
        f"in {duration(report.seconds)}{seen}"
    ]
    listed = np.arange(report.classes)
    if report.classes > LISTED:
        listed = np.argsort(np.nan_to_num(report.recall, nan=2.0), kind="stable")[:WORST]
        lines.append(f"the {WORST} of {report.classes:,} classes that were read worst:")
    for name, shares in (("recall", report.recall), ("precision", report.precision)):
        cells = (f"{report.names[each]} {_short(shares[each])}" for each in listed)
        lines.append(f"{name + ':':<10} {'   '.join(cells)}")
    one = "a " if report.noun == "digit" else ""
    names, word = report.names, "image" if report.images.pictures else report.noun
    for place in report.mistakes[:5].tolist():
        where = origin_of(report.images, place)
        lines.append(
            f"{word} {place:,}{where}: {one}{names[report.images.labels[place]]} read as "
            f"{names[result.answers[place]]} ({percent(report.confidence[place], 0)} sure)"
        )
    if len(report.mistakes) > 5:
        lines.append(f"and {len(report.mistakes) - 5:,} more misread {many(report.images)}")
    return lines


def _share(confusion: np.ndarray, axis: int) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.diag(confusion) / confusion.sum(axis=axis))


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean(dtype=np.float64)) if len(values) else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _short(share: float) -> str:
    return "-" if np.isnan(share) else f"{percent(share, 1)}"
