"""The options of the exporting command, each declared once: its field, and its words in the help."""

# An option in few lines, so that they can be read as a table.
# fmt: off

from dataclasses import dataclass
from pathlib import Path

from viz3d.command.choice.wanted import Wanted
from viz3d.command.completing import ending, one_of, presets
from viz3d.command.option import option, switch
from viz3d.command.options import DIGIT, FILM, NETWORK, QUIET, RUNNING, THEMES, Network
from viz3d.export.kinds import KINDS


@dataclass(frozen=True)
class Edits:
    """What is changed in the network, and whether the film shows both."""

    mutate: list[str] | None = option("EDITS", 'Change the network first, such as "ablate hidden1:17; prune '
        'hidden2 30%", or @FILE with an edit in each line; may be given several times.', NETWORK)
    beside: bool = switch("Show the network without its edits and with them, side by side and in step.", FILM)
    versus: str | None = option("NAME|FILE", "Show a second network beside it, which reads the same image in "
        "step: one by name, or in a file as for --model.", FILM, completed=presets)


@dataclass(frozen=True)
class Film:
    """What is drawn, and where it goes."""

    show_image: Path | None = option(
        "FILE.png", "Also save the 28x28 picture that the network sees, enlarged.", DIGIT)
    out: list[str] | None = option("FILE", "Ends in .mp4, .webm, .mov (ProRes, for editors), .gif or "
        ".png (one moment); a name without an ending is a folder of PNG frames. Without it: "
        "renders/NETWORK-DIGIT.mp4. Give it several times for several files of one run.", FILM, short="-o",
        completed=ending(*KINDS[:-1]))
    seconds: float | None = option("1..600", "Length of the film: 11.5 unless given.", FILM)
    pause: list[str] | None = option(
        "LAYER=SECONDS", "Stop so much longer at a layer, such as conv1=2, at digit, bars, answer or why, or "
        "at a moment, 4.5=2; a number alone stops at each layer. May be given several times.", FILM)
    hold: float | None = option("0..60", "Stay on the last picture so many seconds longer.", FILM)
    no_loop: bool = switch("Begin with the digit being written, not with the last picture, which makes a "
        "film loop and tells its end.", FILM)
    size: list[str] | None = option(
        "WxH", "Pixels, or a name: 720p, 1080p, 1440p, 4k, square, gif, or portrait for phones, where the "
        "words of a wide picture are too small. One for all outputs, or one for each in its turn.", FILM)
    fps: int | None = option("1..120", "Frames a second: 30, and 15 for a GIF, unless given.", FILM)
    at: float | None = option(
        "SECONDS", "Make a still of this moment, at 0 before the digit is written; a .png without it shows "
        "the end.", FILM)
    title: str | None = option("TEXT", "The headline, in place of the usual one.", FILM)
    caption: str | None = option(
        "TEXT", "A line under it, in place of the one that tells what happens.", FILM)
    no_text: bool = switch("The picture alone: no headline, legend, names or numbers.", FILM)
    transparent: bool = switch("Draw no ground, so that the picture can be laid over another one: .png, "
        "frames, .mov (ProRes 4444) and .webm can then be seen through.", FILM)
    language: str | None = option(
        "en|de|es", "What the picture, its subtitles and --beats speak: English unless given.", FILM)
    subtitles: bool = switch("Also write what happens as subtitles: OUT with the ending .srt.", FILM)
    beats: bool = switch("Print when what happens, in seconds, and draw nothing.", FILM)
    json: bool = switch("With --beats: print them as one JSON object.", FILM)
    theme: str | None = option(
        THEMES,
        "Dark unless given; light is for slides and paper, colour-blind parts nothing by red and green.",
        FILM,
    )
    show: str | None = option("WHAT", "What lights synapses once the answer stands: evidence (what speaks "
        "for it; unless given), contribution, weight or gradient.", FILM,
        completed=one_of("evidence", "contribution", "weight", "gradient"))
    of: str | None = option(
        "CLASS", "Show what speaks for this class, by its name or number, not for the answer.", FILM,
        spelled="for")
    against: str | None = option(
        "CLASS", "Show what speaks against this rival, not against all others.", FILM)
    select: str | None = option("ADDRESS", 'Light a neuron with its synapses, a synapse or a layer, such as '
        'hidden1:17, "hidden1:17 -> hidden2:5" or hidden1.', FILM)
    signs: str | None = option("both|positive|negative", "Draw synapses of one sign alone.", FILM)
    way: str | None = option("walk|static|orbit", "It walks along with the signal unless given, stands "
        "still, or turns slowly.", FILM, spelled="camera")
    synapses: int | None = option("N", "About how many of the strongest to draw.", FILM)
    supersample: int | None = option("1..4", "Draw each pixel as so many squared, for smoother edges: 2 for "
        "stills and small films, unless given.", FILM)


@dataclass(frozen=True)
class Running:
    """How the work is done."""

    workers: int | None = option("N", "Processes that draw; chosen by the machine unless given.", RUNNING)
    quiet: bool = switch(QUIET, RUNNING, short="-q")


@dataclass(frozen=True)
class Asked:
    """All that the exporting command can be asked."""

    network: Network
    edits: Edits
    wanted: Wanted
    film: Film
    running: Running
