"""What is asked of a study: its name and its settings, checked."""

from dataclasses import dataclass, fields

from viz3d.command.checks import among, within
from viz3d.command.errors import UserError

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
    """How a study is made; None is its default.

    Attributes:
        each: what is silenced at once, one of EACH; the last axis of the layer: a neuron, map or feature.
        floor: the accuracy to hold, as text such as 0.98 or 98%.
        generations, population: of an evolution.
        images: how many are read: of an evolution training images, else the first of the test images.
        seed: of the random numbers.
    """

    each: str | None = None
    floor: str | None = None
    generations: int | None = None
    population: int | None = None
    images: int | None = None
    seed: int | None = None

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
