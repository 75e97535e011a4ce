"""The act that makes a network of one's own: an architecture as text, with new weights."""

import json
import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

import engine
from data import Dataset
from engine import Net
from viz3d.command.choice.models import check_reads_digits
from viz3d.command.choice.suiting import check_reads, readied
from viz3d.command.choice.wanted import DIGIT_SETS
from viz3d.command.errors import UserError
from viz3d.command.options import CUSTOM
from viz3d.session.acts.take import load_images, read_anew
from viz3d.session.images import Images
from viz3d.session.state import State


@dataclass(frozen=True)
class Design:
    """Go on with the untrained network of an architecture, see engine.text; seed: of its weights.

    Changes and the selection of the network before it are not carried over.
    """

    word: ClassVar[str] = "architecture"
    architecture: str
    seed: int = 0

    @classmethod
    def of(cls, text: str, seed: int = 0, images: Dataset | None = None) -> "Design":
        """The act that makes the network of a text with comments and line ends, in one line.

        images: what it is to read; None: digits. Raises ArchitectureError at the word that is wrong;
        UserError where it does not read them.
        """
        return cls(_build(text, seed, images).text, seed)

    @classmethod
    def read(cls, text: str) -> "Design":
        """The act that a script line asks for; text: the line after its first word."""
        match = re.fullmatch(r"seed\s+([0-9]{1,19})\s+(.+)", text)
        if not match:
            example = "architecture seed 0 input 28x28 | dense 100 relu | dense 10 softmax"
            raise UserError(f"architecture {text}: write it like {example}")
        return cls(match[2], int(match[1]))

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"architecture seed {self.seed} {self.architecture}"

    def python(self, data: str) -> tuple[str, ...]:
        """The act as lines of Python."""
        text = json.dumps(self.architecture, ensure_ascii=False)
        line = f'net = engine.build({text}, np.random.default_rng({self.seed}), name="{CUSTOM}")'
        if data in DIGIT_SETS:
            return (line,)
        suit = (
            "from viz3d.command.choice.suiting import readied",
            "net = readied(net, train)",
        )
        return line, load_images("train", data, "train"), *suit

    def load(self, data: str, images: Images) -> Net:
        """The network, suited to a data set; UserError or EngineError where it does not read that."""
        if data in DIGIT_SETS:
            return _build(self.architecture, self.seed)
        train = images.load(data, "train")
        return readied(_build(self.architecture, self.seed, train), train)

    def after(self, state: State, images: Images) -> State:
        """It reads the same digit, see `read_anew`."""
        traced = read_anew(self.load(state.data, images), state, images)
        return state.then(self, before=traced, traced=traced, selection="", standing=None, measured=None)


def _build(text: str, seed: int, images: Dataset | None = None) -> Net:
    net = engine.build(text, np.random.default_rng(seed), name=CUSTOM)
    if images is None:
        check_reads_digits(net, "architecture")
    else:
        check_reads(net, images, "architecture")
    return net
