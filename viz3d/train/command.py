"""`python -m viz3d.train`: train a network and save it for --model, test one, or compare trainers."""

import logging
from pathlib import Path
from typing import Any

from viz3d.command import options
from viz3d.command.errors import UserError
from viz3d.command.options import CUSTOM, PRESET
from viz3d.train import options as given


def train(
    preset: given.Preset = None,
    architecture: given.Architecture = None,
    init: given.Init = None,
    model: given.Model = None,
    data: given.Data = None,
    augment: given.Augment = None,
    validation: given.Validation = None,
    epochs: given.Epochs = None,
    batch: given.Batch = None,
    loss: given.Loss = None,
    schedule: given.Schedule = None,
    warmup: given.Warmup = None,
    step_every: given.StepEvery = None,
    step_factor: given.StepFactor = None,
    patience: given.Patience = None,
    optimizer: given.Optimizer = None,
    lr: given.Lr = None,
    momentum: given.Momentum = None,
    l1: given.L1 = None,
    l2: given.L2 = None,
    average: given.Average = None,
    beta1: given.Beta1 = None,
    beta2: given.Beta2 = None,
    rho: given.Rho = None,
    eps: given.Eps = None,
    compare: given.Compare = None,
    seed: options.Seed = 0,
    out: given.Out = None,
    resume: given.Resume = None,
    half: given.Half = False,
    quiet: options.Quiet = False,
    test: given.Test = False,
    json: given.Json = False,
    crops: given.Crops = None,
    report: given.Report = True,
) -> None:
    """Train a network on handwritten digits, test it after each epoch, and save it; or test one.

    python -m viz3d.train --preset mlp --data mnist --epochs 10 --out my.npz

    python -m viz3d.train --architecture "input 28x28 | conv 8 5x5 relu | pool 2 | dense 10 softmax"

    python -m viz3d.train --init changed.npz --epochs 1 --out further.npz

    python -m viz3d.train --preset cnn-fast --compare adam,adadelta,sgd --out curves.png

    python -m viz3d.train --test --model my.npz --out report.png

    What is not given is the network's own recipe. Ctrl-C stops: the last whole epoch is kept, and a
    checkpoint with which --resume goes on as if nothing had happened.
    """
    # Imported here so that help and wrong options answer at once.
    from viz3d.evaluate.command import (  # noqa: PLC0415
        EvaluationJob,
        refuse_testing_options,
        refuse_training_options,
        run_evaluation,
    )
    from viz3d.train.compare import compare_trainers  # noqa: PLC0415
    from viz3d.train.job import TrainingJob  # noqa: PLC0415
    from viz3d.train.run import resume_and_save, train_and_save  # noqa: PLC0415

    if quiet:
        logging.getLogger("engine").setLevel(logging.ERROR)
    recipe = _given(
        epochs=epochs, batch=batch, loss=loss, schedule=schedule, warmup=warmup, step_every=step_every,
        step_factor=step_factor, optimizer=optimizer, lr=lr, momentum=momentum, l1=l1, l2=l2,
        average=average, beta1=beta1, beta2=beta2, rho=rho, eps=eps,
    )  # fmt: skip
    design = _given(
        architecture=architecture, init=init, augment=augment, validation=validation, patience=patience,
        seed=seed or None, half=half or None,
    )  # fmt: skip
    if test:
        refuse_training_options(_spelled({**recipe, **design, **_given(compare=compare, resume=resume)}))
        run_evaluation(
            EvaluationJob(preset, model, data or "mnist", out, json, 1 if crops is None else crops, quiet)
        )
        return
    refuse_testing_options({"model": model, "json": json or None, "crops": crops})
    if resume is not None:
        _refuse(
            {**_given(preset=preset, compare=compare), **design}, "--resume goes on with what was given then"
        )
        resume_and_save(resume, out, data, recipe, quiet, report)
        return
    if init is not None:
        _refuse(
            _given(preset=preset, architecture=architecture, compare=compare),
            "--init goes on training the network of a file",
        )
    name = preset or (PRESET if architecture is None else CUSTOM) if init is None else _further(init)
    job = TrainingJob(
        preset=preset,
        data=data or "mnist",
        out=out or Path(f"{name}.npz" if compare is None else f"{name}-trainers.png"),
        recipe=recipe,
        **design,
        quiet=quiet,
        report=report,
    )
    if compare is None:
        train_and_save(job)
        return
    _refuse(_given(optimizer=optimizer, patience=patience, half=half or None), "--compare names the trainers")
    compare_trainers(job, compare)


def _further(init: str) -> str:
    """A name beside that of the file with which a training begins, which is not written over unasked."""
    return f"{Path(init).stem}-trained"


def _given(**options: Any) -> dict[str, Any]:
    """Those options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def _spelled(options: dict[str, Any]) -> dict[str, Any]:
    """The same under the names that people type."""
    return {name.replace("_", "-"): value for name, value in options.items()}


def _refuse(options: dict[str, Any], why: str) -> None:
    if options:
        names = " and ".join(f"--{name}" for name in _spelled(options))
        raise UserError(f"{why}: leave out {names}")
