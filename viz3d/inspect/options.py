"""The options of the inspecting command, each declared once: its field, and its words in the help."""

# An option in few lines, so that they can be read as a table.
# fmt: off

from dataclasses import dataclass
from pathlib import Path

from viz3d.command.choice.wanted import Wanted
from viz3d.command.option import option, switch
from viz3d.command.options import QUIET, RUNNING, THEMES, WHOLE_SET, Network
from viz3d.findings.studies.settings import Settings

LOOK = "What to look at"
CHANGE = "What to change"


@dataclass(frozen=True)
class Look:
    """What is looked at."""

    neuron: str | None = option("ADDRESS", "One neuron, such as hidden1:17, conv1:3,4,12 (row, column, map) "
        "or block2.attention:head1,token5,feature3.", LOOK)
    synapse: str | None = option('"A -> B"', 'One synapse, such as "hidden1:17 -> hidden2:3".', LOOK)
    layers: bool = switch("All layers: how each is made, its values and the gradients; as pictures with "
        "--out FILE.png.", LOOK)
    why: str | None = option(
        "A:B", "Which neurons make it read A and not B, each silenced by itself: those of all layers that "
        "have most evidence, or all of --layer.", LOOK)
    layer: str | None = option("NAME", "The layer of --why, all unless given, and of --study, the last "
        "before the output unless given. For prune and evolve also several, such as hidden3,output; all that "
        "have weights unless given.", LOOK)
    paths: str | None = option(
        "N[:D]", "The N strongest paths from pixels to the score of what is read, or of the digit D.", LOOK)
    top: int = option("N", "How many neurons and synapses to list.", LOOK, default=8)


@dataclass(frozen=True)
class Change:
    """What is changed first, and where that goes."""

    mutate: list[str] | None = option("EDITS", 'Change the network first, such as "ablate hidden1:17; clamp '
        'hidden2:5 0.8", or @FILE with an edit in each line; may be given several times.', CHANGE)
    save: Path | None = option(
        "FILE.npz", "Save the network that --mutate, --study prune or --study evolve made.", CHANGE)
    film: Path | None = option("FILE", "Film the digit before and after the edits, side by side: .mp4, "
        ".webm, .gif or .png. `python -m viz3d.export --beside` has all options.", CHANGE)


@dataclass(frozen=True)
class WholeSet:
    """What is found out over many images."""

    survey: bool = switch(
        "Look at the neuron, or at what the edits do, over all test images of --data too.", WHOLE_SET)
    study: str | None = option("ablate|lesion|prune|evolve", "ablate: what is lost without each neuron of "
        "--layer; lesion: without more and more of them; prune: how many weights can go; evolve: repair by "
        "random changes and selection.", WHOLE_SET)
    scene: Path | None = option("FILE", "Draw the network in 3D with the study as its neurons' colours: "
        ".png, .mp4, .webm or .gif.", WHOLE_SET)
    language: str | None = option(
        "en|de|es", "What the pictures of --scene and --film speak: English unless given.", WHOLE_SET)


@dataclass(frozen=True)
class Answer:
    """How the answer is given."""

    json: bool = switch("Print one JSON object alone.", RUNNING)
    out: Path | None = option("FILE", "Also write what was found: .json; .png of --layers, --neuron or "
        "--study; .csv of --study, --why or --paths.", RUNNING, short="-o")
    theme: str | None = option(
        THEMES, "How the pictures of --out, --scene and --film look: dark unless given; light is for slides "
        "and paper.", RUNNING)
    shell: bool = switch("Ask one question after another, with undo; from a pipe too, a line each.", RUNNING)
    quiet: bool = switch(QUIET, RUNNING, short="-q")


@dataclass(frozen=True)
class Asked:
    """All that the inspecting command can be asked."""

    network: Network
    wanted: Wanted
    look: Look
    change: Change
    whole_set: WholeSet
    settings: Settings
    answer: Answer
