"""`python -m viz3d.inspect`: look into a network that reads a digit, change a neuron, see what follows."""

from pathlib import Path
from typing import Annotated

import typer

from viz3d.command import options
from viz3d.command.wanted import Wanted

_LOOK, _CHANGE, _MANY = "What to look at", "What to change", "Over a whole data set"


def inspect(
    preset: options.Preset = None,
    model: options.Model = None,
    digit: options.Digit = None,
    sample: options.Sample = None,
    image: options.Image = None,
    label: options.Label = None,
    data: options.Data = "mnist",
    neuron: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="One neuron, such as hidden1:17, conv1:3,4,12 (row, column, map) or "
            "block2.attention:head1,token5,feature3.",
            rich_help_panel=_LOOK,
        ),
    ] = None,
    synapse: Annotated[
        str | None,
        typer.Option(
            metavar='"A -> B"',
            help='One synapse, such as "hidden1:17 -> hidden2:3".',
            rich_help_panel=_LOOK,
        ),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option(
            metavar="A:B",
            help="Which neurons of --layer make it read A and not B, each silenced by itself.",
            rich_help_panel=_LOOK,
        ),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The layer of --why and --study: the last before the output unless given. For prune and "
            "evolve also several, such as hidden3,output; all that have weights unless given.",
            rich_help_panel=_LOOK,
        ),
    ] = None,
    paths: Annotated[
        str | None,
        typer.Option(
            metavar="N[:D]",
            help="The N strongest paths from pixels to the score of what is read, or of the digit D.",
            rich_help_panel=_LOOK,
        ),
    ] = None,
    top: Annotated[
        int, typer.Option(metavar="N", help="How many neurons and synapses to list.", rich_help_panel=_LOOK)
    ] = 8,
    mutate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EDITS",
            help='Change the network first, such as "ablate hidden1:17; clamp hidden2:5 0.8", or @FILE '
            "with an edit in each line; may be given several times.",
            rich_help_panel=_CHANGE,
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.npz",
            help="Save the network that --mutate, --study prune or --study evolve made.",
            rich_help_panel=_CHANGE,
        ),
    ] = None,
    film: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Film the digit before and after the edits, side by side: .mp4, .webm, .gif or .png. "
            "`python -m viz3d.export --beside` has all options.",
            rich_help_panel=_CHANGE,
        ),
    ] = None,
    survey: Annotated[
        bool,
        typer.Option(
            "--survey",
            help="Look at the neuron, or at what the edits do, over all test images of --data too.",
            rich_help_panel=_MANY,
        ),
    ] = False,
    study: Annotated[
        str | None,
        typer.Option(
            metavar="ablate|lesion|prune|evolve",
            help="ablate: what is lost without each neuron of --layer; lesion: without more and more of "
            "them; prune: how many weights can go; evolve: repair by random changes and selection.",
            rich_help_panel=_MANY,
        ),
    ] = None,
    scene: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw the network in 3D with the study as its neurons' colours: .png, .mp4, .webm or .gif.",
            rich_help_panel=_MANY,
        ),
    ] = None,
    each: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="What ablate and lesion silence at once: neuron, map, token, feature, head...; unless given "
            "neurons, but of a convolution whole maps, of tokens heads or features.",
            rich_help_panel=_MANY,
        ),
    ] = None,
    floor: Annotated[
        str | None,
        typer.Option(
            metavar="ACCURACY",
            help="What prune has to hold, such as 98%: one percentage point less than now unless given.",
            rich_help_panel=_MANY,
        ),
    ] = None,
    generations: Annotated[
        int | None, typer.Option(metavar="N", help="Of evolve; 30 unless given.", rich_help_panel=_MANY)
    ] = None,
    population: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Children in each generation; 20 unless given.", rich_help_panel=_MANY
        ),
    ] = None,
    images: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="How many images a study reads: evolve training images, 5000 unless given; the others the "
            "first test images, all unless given.",
            rich_help_panel=_MANY,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Start of the random numbers of lesion and evolve.", rich_help_panel=_MANY
        ),
    ] = None,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object alone.", rich_help_panel=options.RUNNING),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Also write what was found: .json; .png of --neuron or --study; .csv of --study, "
            "--why or --paths.",
            rich_help_panel=options.RUNNING,
        ),
    ] = None,
    shell: Annotated[
        bool,
        typer.Option(
            "--shell",
            help="Ask one question after another, with undo; from a pipe too, a line each.",
            rich_help_panel=options.RUNNING,
        ),
    ] = False,
    quiet: options.Quiet = False,
) -> None:
    """Look into a network that reads a digit: its layers, a neuron, a synapse; change some, see what follows.

    python -m viz3d.inspect --preset mlp --digit 7

    python -m viz3d.inspect --digit 7 --neuron hidden1:17 --survey

    python -m viz3d.inspect --digit 4 --why 4:9 --layer hidden2

    python -m viz3d.inspect --digit 4 --paths 10

    python -m viz3d.inspect --digit 4 --mutate "ablate hidden2:112" --save edited.npz

    python -m viz3d.inspect --study prune --floor 98% --save pruned.npz

    Edits: ablate, clamp, scale, shift, function, freeze, hold, remove a neuron; cut, set, scale, nudge, add a
    synapse; weight (of a kernel); prune, noise, grow a layer; crossover with another network's file.
    """
    # Imported here so that help and wrong options answer at once.
    from viz3d.command.edit_files import join_edits, places_told, read_edits  # noqa: PLC0415
    from viz3d.findings.study_settings import Settings  # noqa: PLC0415
    from viz3d.inspect.request import InspectRequest  # noqa: PLC0415

    edits = read_edits(mutate or [])
    request = InspectRequest(
        wanted=Wanted(digit, sample, image, label, data),
        preset=preset,
        model=model,
        neuron=neuron,
        synapse=synapse,
        mutate=join_edits(edits),
        why=why,
        paths=paths,
        layer=layer,
        study=study,
        settings=Settings(each, floor, generations, population, images, seed),
        survey=survey,
        save=save,
        film=film,
        scene=scene,
        out=out,
        json=json,
        top=top,
        shell=shell,
        quiet=quiet,
    )
    if shell:
        from viz3d.inspect.shell.lines import run_shell  # noqa: PLC0415

        with places_told(edits):
            raise typer.Exit(run_shell(request))
    from viz3d.inspect.run import inspect_digit  # noqa: PLC0415

    with places_told(edits):
        inspect_digit(request)
