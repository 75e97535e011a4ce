"""What was asked of the training command, done: a test, a comparison, a training, or one that goes on."""

import logging
from pathlib import Path
from typing import Any

from viz3d.command.checks import among
from viz3d.command.errors import UserError
from viz3d.command.options import CUSTOM, PRESET, THEMES
from viz3d.evaluate.command import EvaluationJob, run_evaluation
from viz3d.train.compare import compare_trainers
from viz3d.train.job import TrainingJob
from viz3d.train.options import Asked
from viz3d.train.run import resume_and_save, train_and_save


def dispatch(asked: Asked) -> None:
    """Do what was asked. Raises UserError, DataError or EngineError."""
    if asked.running.quiet:
        logging.getLogger("engine").setLevel(logging.ERROR)
    _check_theme(asked)
    if asked.testing.test:
        _test(asked)
        return
    _refuse_testing_options(asked)
    if asked.running.resume is not None:
        _resume(asked, asked.running.resume)
    elif asked.running.compare is not None:
        _compare(asked, asked.running.compare)
    else:
        _train(asked)


def _test(asked: Asked) -> None:
    running, testing = asked.running, asked.testing
    design = {name: value for name, value in _design(asked).items() if name != "tests"}
    given = {**_recipe(asked), **design, **_given(compare=running.compare, resume=running.resume)}
    if given:
        raise UserError(f"{_named(given)}: for training only: leave out, or leave out --test")
    run_evaluation(
        EvaluationJob(
            preset=asked.network.preset,
            model=asked.network.model,
            data=asked.images.data or "mnist",
            tests=asked.images.tests,
            out=running.out,
            json=testing.json,
            crops=1 if testing.crops is None else testing.crops,
            quiet=running.quiet,
            theme=testing.theme or "dark",
        )
    )


def _check_theme(asked: Asked) -> None:
    theme, out = asked.testing.theme, asked.running.out
    if theme is None:
        return
    among("--theme", theme, THEMES.split("|"))
    if asked.testing.test:
        drawn, fix = out is not None and out.suffix.lower() == ".png", "give --out FILE.png, or leave it out"
    else:
        drawn, fix = asked.testing.report or asked.running.compare is not None, "leave out it or --no-report"
    if not drawn:
        raise UserError(f"--theme {theme} is for a picture, and none is drawn: {fix}")


def _refuse_testing_options(asked: Asked) -> None:
    given = _given(model=asked.network.model, json=asked.testing.json or None, crops=asked.testing.crops)
    if given:
        further = "; to train a saved network further: --init" if "model" in given else ""
        raise UserError(f"{_named(given)}: for testing only: add --test, or leave out{further}")


def _resume(asked: Asked, checkpoint: Path) -> None:
    running = asked.running
    given = {**_given(preset=asked.network.preset, compare=running.compare), **_design(asked)}
    _refuse(given, "--resume goes on with what was given then")
    resume_and_save(
        checkpoint,
        out=running.out,
        data=asked.images.data,
        changes=_recipe(asked),
        quiet=running.quiet,
        report=asked.testing.report,
        theme=asked.testing.theme or "dark",
    )


def _compare(asked: Asked, trainers: str) -> None:
    job = _job(asked, "-trainers.png")
    given = _given(
        optimizer=asked.trainer.optimizer, patience=asked.stop.patience, half=asked.running.half or None
    )
    _refuse(given, "--compare names the trainers")
    compare_trainers(job, trainers)


def _train(asked: Asked) -> None:
    train_and_save(_job(asked, ".npz"))


def _job(asked: Asked, ending: str) -> TrainingJob:
    """What is to be trained; ending: of the file that is named after the network, where no --out is given."""
    network, running = asked.network, asked.running
    name = network.preset or (PRESET if network.architecture is None else CUSTOM)
    if network.init is not None:
        given = _given(preset=network.preset, architecture=network.architecture, compare=running.compare)
        _refuse(given, "--init goes on training the network of a file")
        # Not the file with which it begins, which is not written over unasked.
        name = f"{Path(network.init).stem}-trained"
    return TrainingJob(
        preset=network.preset,
        data=asked.images.data or "mnist",
        out=running.out or Path(name + ending),
        recipe=_recipe(asked),
        **_design(asked),
        quiet=running.quiet,
        report=asked.testing.report,
        theme=asked.testing.theme or "dark",
    )


def _recipe(asked: Asked) -> dict[str, Any]:
    """The fields of the recipe that were given."""
    return _given(**vars(asked.course), **vars(asked.trainer))


def _design(asked: Asked) -> dict[str, Any]:
    """What else tells one training from another, where it was given."""
    return _given(
        architecture=asked.network.architecture,
        init=asked.network.init,
        images=asked.images.images,
        tests=asked.images.tests,
        augment=asked.images.augment,
        validation=asked.images.validation,
        patience=asked.stop.patience,
        seed=asked.running.seed or None,
        half=asked.running.half or None,
    )


def _given(**options: Any) -> dict[str, Any]:
    """Those options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _named(options: dict[str, Any]) -> str:
    """Options as people type them."""
    return " and ".join(f"--{name.replace('_', '-')}" for name in options)


def _refuse(options: dict[str, Any], why: str) -> None:
    if options:
        raise UserError(f"{why}: leave out {_named(options)}")
