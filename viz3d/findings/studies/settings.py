"""What is asked of a study: its name and its settings, checked."""

from dataclasses import dataclass, fields

from viz3d.command.checks import among, within
from viz3d.command.completing import one_of
from viz3d.command.errors import UserError
from viz3d.command.option import option
from viz3d.command.options import WHOLE_SET

STUDIES = {
    "ablate": "what is lost without each neuron",
    "lesion": "what is lost without more and more of them",
    "prune": "how many weights can go",
    "evolve": "repair by random changes and selection",
}
"""The studies in words."""
_SETTINGS = {
    "ablate": ("each", "images"),
    "lesion": ("each", "images", "seed"),
    "prune": ("floor", "images"),
    "evolve": ("generations", "population", "images", "seed"),
}
CHANGING = ("prune", "evolve")
"""Those that make a network, which can be saved."""
EACH = ("neuron", "map", "token", "feature", "head", "query", "key", "row", "column")


@dataclass(frozen=True)
class Settings:
    """How a study is made; None is its default. `each` is one of EACH, `floor` text such as 0.98 or 98%."""

    # fmt: off
    each: str | None = option("WHAT", "What ablate and lesion silence at once: neuron, map, token, feature, "
        "head...; unless given neurons, but of a convolution whole maps, of tokens heads or "
        "features.", WHOLE_SET, completed=one_of(*EACH))
    floor: str | None = option("ACCURACY", "What prune has to hold, such as 98%: one percentage point less "
        "than now unless given.", WHOLE_SET)
    generations: int | None = option("N", "Of evolve; 30 unless given.", WHOLE_SET)
    population: int | None = option("N", "Children in each generation; 20 unless given.", WHOLE_SET)
    images: int | None = option("N", "How many images a study reads: evolve training images, 5000 unless "
        "given; the others the first test images, all unless given.", WHOLE_SET)
    seed: int | None = option("N", "Start of the random numbers of lesion and evolve.", WHOLE_SET)
    # fmt: on

    def check(self, study: str | None) -> None:
        """UserError where a setting is out of range or belongs to another study."""
        if study is not None:
            among("--study", study, STUDIES)
        for name in (field.name for field in fields(self) if getattr(self, field.name) is not None):
            owners = [f"--study {other}" for other, known in _SETTINGS.items() if name in known]
            if study is None or name not in _SETTINGS[study]:
                raise UserError(f"--{name} is for {' and '.join(owners)}: leave it out, or ask for that")
        if self.each is not None:
            among("--each", self.each, EACH)
        if self.floor is not None:
            parse_floor(self.floor)
        within("--generations", self.generations, 1, 100_000)
        within("--population", self.population, 1, 10_000)
        within("--images", self.images, 1, 10_000_000)
        within("--seed", self.seed, 0, 2**63 - 1)


def check_layer(study: str, layer: str | None) -> None:
    """UserError where several layers are named for a study that takes one."""
    if layer is not None and "," in layer and study not in CHANGING:
        first = layer.partition(",")[0].strip()
        raise UserError(f"study {study} takes one layer, {layer} are several: give one, such as {first}")


def parse_floor(text: str) -> float:
    """An accuracy 0..1 from "0.98" or "98%"."""
    words, scale = (text.strip().removesuffix("%"), 0.01) if text.strip().endswith("%") else (text, 1.0)
    try:
        floor = round(scale * float(words), 9)
    except ValueError:
        floor = -1.0
    if not 0 <= floor <= 1:
        raise UserError(f"--floor {text}: give an accuracy of 0 to 1, or of 0% to 100%, such as 0.98 or 98%")
    return floor
