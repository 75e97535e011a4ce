"""What one inspection is asked: the command line, checked and completed, as one frozen value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from data import DIGITS, place_of_class
from scenes.texts import LANGUAGES
from viz3d.command.checks import among, within
from viz3d.command.choice.wanted import PIPE, Wanted
from viz3d.command.errors import UserError
from viz3d.command.options import THEMES
from viz3d.command.output import check_apart, check_out, check_place
from viz3d.export.kinds import FOLDER, kind_of
from viz3d.findings.studies.settings import CHANGING, STUDIES, Settings, check_layer
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.take import take
from viz3d.session.images import Notify
from viz3d.session.session import Session

_MOST_PATHS = 10_000


@dataclass(frozen=True)
class InspectRequest:
    """One inspection.

    Attributes:
        wanted, preset, model: which digit and which network.
        neuron, synapse: addresses to look at. layers: whether to look at all layers.
        mutate: edits as text, applied first.
        paths: how many of the strongest paths, "10", or to which class too, "10:4".
        why: two classes "9:4"; layer: of which layer's neurons to ask that, or to make a study of.
        study: a study's name; settings: how it is made.
        survey: whether to look at the whole data set too.
        save: where the mutated network goes; film: where a film of both goes, side by side; scene: where the
            network goes with the study as its colours; out: the file of the report.
        language: code of the language that the pictures of film and scene speak; None for English.
        theme: name of the theme of whatever is drawn; None for the dark one.
        shell: whether to ask in lines instead.
        top: how many terms, neurons and rows are listed.
    """

    wanted: Wanted
    preset: str | None = None
    model: Path | None = None
    neuron: str | None = None
    synapse: str | None = None
    layers: bool = False
    mutate: str = ""
    why: str | None = None
    paths: str | None = None
    layer: str | None = None
    study: str | None = None
    settings: Settings = field(default_factory=Settings)
    survey: bool = False
    save: Path | None = None
    film: Path | None = None
    scene: Path | None = None
    language: str | None = None
    theme: str | None = None
    out: Path | None = None
    json: bool = False
    top: int = 8
    shell: bool = False
    quiet: bool = False

    def __post_init__(self) -> None:
        within("--top", self.top, 1, 1_000_000)
        self.settings.check(self.study)
        if self.wanted.of_digits and self.model is None:
            # A network of one's own may name its classes: what it has is known when it is read.
            if self.why is not None:
                parse_why(self.why)
            if self.paths is not None:
                parse_paths(self.paths)
        if self.shell:
            asked = ("neuron", "synapse", "layers", "why", "paths", "layer", "study", "survey")
            named = (*asked, "save", "film", "scene", "language", "theme", "out", "json")
            given = [f"--{name}" for name in named if getattr(self, name)]
            if given:
                raise UserError(f"{' and '.join(given)}: with --shell, ask that in its lines: leave it out")
        if self.layer is not None and not (self.why or self.study):
            raise UserError(f"--layer {self.layer} is for --why 9:4 or a --study: give one of them")
        if self.study is not None:
            check_layer(self.study, self.layer)
        if self.survey and not (self.neuron or self.mutate):
            raise UserError("--survey looks at one neuron or at edits: give --neuron or --mutate")
        self._check_pictures()
        if self.save is not None and not self.mutate and self.study not in CHANGING:
            made = " or ".join(f"--study {name}" for name in CHANGING)
            raise UserError(
                f"--save {self.save} keeps what --mutate changed or {made} made: give one of them"
            )

    def _check_pictures(self) -> None:
        """UserError where what is to be drawn is not there."""
        if self.scene is not None and self.study is None:
            raise UserError(
                f"--scene {self.scene} shows what a study found: give --study {' or '.join(STUDIES)}"
            )
        if self.film is not None and not self.mutate:
            raise UserError(f"--film {self.film} shows what --mutate changed: give edits, or leave it out")
        if self.theme is not None:
            among("--theme", self.theme, THEMES.split("|"))
            if not self.draws:
                fix = "give --out FILE.png, --film or --scene, or leave it out"
                raise UserError(f"--theme {self.theme} is for a picture, and none is drawn: {fix}")
        if self.language is not None:
            among("--language", self.language, LANGUAGES)
            if self.film is None and self.scene is None:
                raise UserError(
                    f"--language {self.language} is for the pictures of --film and --scene: give one of them"
                )

    @property
    def about_digit(self) -> bool:
        """Whether to tell what the edits do to one image: not with a study where none was named."""
        return self.study is None or self.survey or self.wanted.chosen

    @property
    def draws(self) -> bool:
        """Whether a picture is asked for."""
        pictured = self.out is not None and self.out.suffix.lower() == ".png"
        return pictured or self.film is not None or self.scene is not None

    def session(self, notify: Notify) -> Session:
        """The session that it begins with: its network, its digit, its edits; see `Session`."""
        net, wanted = UseNet.of(self.preset, self.model), self.wanted
        if wanted.image == PIPE:
            net = replace(net, loaded=net.load())
        return Session(net, take(wanted, net.loaded), wanted.data, self.mutate, notify)

    def check_places(self) -> None:
        """UserError where what is asked for could not be written."""
        if self.save is not None:
            check_out(self.save, ".npz", "a network", "--save")
        for option, film in (("--film", self.film), ("--scene", self.scene)):
            if film is not None:
                check_place(film, folder=kind_of(str(film)) == FOLDER, option=option)
        check_apart(image=self.wanted.image, out=self.out, save=self.save, film=self.film, scene=self.scene)
        if self.out is None:
            return
        check_place(self.out)
        kind = self.out.suffix.lower()
        if kind not in (".json", ".png", ".csv"):
            raise UserError(f"--out {self.out}: end its name in .png, .json or .csv")
        if kind == ".csv" and not (self.study or self.why or self.paths):
            raise UserError(
                f"--out {self.out}: a table is made of --study, --why or --paths; else take .json"
            )
        pictured = sum(map(bool, (self.study, self.neuron, self.layers)))
        if kind == ".png" and not pictured:
            raise UserError(
                f"--out {self.out}: a picture is made of --neuron or --study, or of --layers; else take .json"
            )
        if kind == ".png" and pictured > 1:
            raise UserError(
                f"--out {self.out}: a picture shows --neuron or --study, or --layers: give one of them"
            )
        if kind == ".csv" and sum(map(bool, (self.study, self.why, self.paths))) > 1:
            raise UserError(f"--out {self.out}: a table holds --study, --why or --paths: give one of them")


def parse_why(text: str, classes: Sequence[str] = DIGITS) -> tuple[int, int]:
    """Two classes from "9:4" (or "9 4"): the one that is read, and the one that is not; by name or number.

    A name that holds spaces wants the colon.
    """
    parts = r"\s*:\s*" if ":" in text else r"\s*,\s*|\s+"
    words = [each for each in re.split(parts, text.strip()) if each]
    places = [place_of_class(word, classes) for word in words]
    if len(places) != 2 or places[0] == places[1] or None in places:
        what = "two digits" if tuple(classes) == DIGITS else "two of its classes"
        raise UserError(f"--why {text}: give {what}, the one that is read first, such as 9:4")
    return int(places[0] or 0), int(places[1] or 0)


def parse_paths(text: str, classes: Sequence[str] = DIGITS) -> tuple[int, int | None]:
    """How many paths, and to which class where one is named, from "10" or "10:4" (or "10 4")."""
    match = re.fullmatch(r"(\d{1,9})(?:[\s:,]+(\S.*))?", text.strip())
    place = None if match is None or match[2] is None else place_of_class(match[2], classes)
    if match is None or (match[2] is not None and place is None):
        what = "digit" if tuple(classes) == DIGITS else "class"
        raise UserError(f"--paths {text}: give how many, and which {what} they lead to, such as 10 or 10:4")
    within("--paths", int(match[1]), 1, _MOST_PATHS)
    return int(match[1]), place
