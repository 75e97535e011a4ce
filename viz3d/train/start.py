"""What a training begins with: the network and the images that a job asks for."""

from dataclasses import replace

import numpy as np

from data import Dataset
from engine import Net
from viz3d.command.choice.digits import dataset, first_of
from viz3d.command.choice.models import design, to_train_further
from viz3d.command.choice.suiting import aligned, digits_alone, patient, suited
from viz3d.command.cli import say
from viz3d.train.job import TrainingJob


def network(job: TrainingJob, images: Dataset | None = None) -> Net:
    """The network that a job begins with; images: what it is to read, None for handwritten digits."""
    if job.init is not None:
        return to_train_further(job.init, images)
    return design(job.preset, job.architecture, np.random.default_rng(job.seed), images, say)


def network_and_data(job: TrainingJob) -> tuple[Net, Dataset, Dataset]:
    """The network that a job begins with, suited to its data, the training images and the test images.

    Of data that is no handwritten digits: its sizes and classes decide of the network.
    """
    images, tests = datasets(job)
    net = network(job, images)
    if job.init is not None:
        images, tests = (aligned(net, each, f"--init {job.init}") for each in (images, tests))
    net = suited(net, images)
    if job.init is None and not job.recipe.keys() & {"epochs", "batch"} and not digits_alone(images):
        net = _patient(net, images, job)
    return net, images, tests


def _patient(net: Net, images: Dataset, job: TrainingJob) -> Net:
    """The network with the epochs that so few examples need, which is said."""
    usual = net.recipe.epochs
    count = len(images) - job.validation
    net = replace(net, recipe=patient(net.recipe, count, images.pictures))
    if net.recipe.epochs != usual and not job.quiet:
        say(
            f"{count:,} examples are few: they are learned from {net.recipe.epochs} times, not {usual}; "
            "--epochs N sets how often"
        )
    return net


def datasets(job: TrainingJob) -> tuple[Dataset, Dataset]:
    """The training and the test images, with a notice where others stand in for them."""
    told: set[str] = set()

    def tell(text: str) -> None:
        # Each only once, though the training and the test images may both cause it.
        if not job.quiet and text not in told:
            told.add(text)
            say(text)

    return (
        first_of("--images", dataset(job.data, "train", tell), job.images),
        first_of("--tests", dataset(job.data, "test", tell), job.tests),
    )
