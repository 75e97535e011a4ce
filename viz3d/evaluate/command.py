"""`python -m viz3d.train --test`: a test from what is asked to its words and files."""

import json
from dataclasses import dataclass
from pathlib import Path

from viz3d.command.checks import within
from viz3d.command.choice.digits import check_first, dataset, first_of
from viz3d.command.choice.letters import how_written
from viz3d.command.choice.models import choose_net, how_imported
from viz3d.command.choice.seen import how_seen
from viz3d.command.choice.suiting import named
from viz3d.command.cli import say
from viz3d.evaluate.files import check_report, write_report
from viz3d.evaluate.report import as_json, as_lines, examine


@dataclass(frozen=True)
class EvaluationJob:
    """What one test is asked to do.

    tests: how many of the first images are read, None: all. out: a .png or .json for the report. theme: of
    the .png.
    """

    preset: str | None
    model: Path | None
    data: str
    tests: int | None = None
    out: Path | None = None
    json: bool = False
    crops: int = 1
    quiet: bool = False
    theme: str = "dark"


def run_evaluation(job: EvaluationJob) -> None:
    """Test a network, print what was found, write the report where it is asked for.

    Raises UserError, DataError or EngineError.
    """
    within("--crops", job.crops, 1, 25)
    check_first("--tests", job.tests)
    if job.out is not None:
        check_report(job.out)
    net = choose_net(job.preset, job.model)
    for line in () if job.quiet or job.json else how_imported(net):
        say(line)
    images = first_of("--tests", dataset(job.data, "test", None if job.quiet else say), job.tests)
    net = named(net, images)
    for line in () if job.quiet or job.json else how_seen(net, images.images.shape[1:]):
        say(line)
    if job.out is not None and job.out.suffix.lower() == ".png" and not (job.quiet or job.json):
        for line in how_written(net):
            say(line)
    report = examine(net, images, job.crops)
    if job.out is not None:
        write_report(report, job.out, job.theme)
    if job.json:
        print(json.dumps(as_json(report), allow_nan=False))
    elif not job.quiet:
        print("\n".join(as_lines(report)))
        if job.out is not None:
            print(f"{job.out}: the report")
