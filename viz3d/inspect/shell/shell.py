"""`python -m viz3d.inspect --shell`: the same questions one after another, with undo."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from data import Dataset
from engine.edits import statements
from viz3d.command.cli import say
from viz3d.command.digits import Digit, choose_digit, dataset
from viz3d.command.errors import UserError
from viz3d.command.models import choose_net
from viz3d.command.output import check_out
from viz3d.command.wanted import Wanted
from viz3d.command.wording import percent
from viz3d.evaluate.report import as_lines, examine
from viz3d.findings.effect import Effect, Why
from viz3d.findings.made_nets import EvolveFacts, PruneFacts
from viz3d.findings.neuron import NeuronFacts
from viz3d.findings.overview import Overview
from viz3d.findings.paths import PathsFacts
from viz3d.findings.studies import last_hidden, make_study
from viz3d.findings.study_settings import Settings
from viz3d.findings.synapse import SynapseFacts
from viz3d.inspect.request import InspectRequest, parse_paths, parse_why
from viz3d.inspect.run import show
from viz3d.inspect.shell.words import COMMANDS, EDITS, study_words, unknown
from viz3d.session.save import save
from viz3d.session.traced_digit import TracedDigit

CHANGED = 3  # neurons of each layer that are told after a change


class Shell:
    """A network, a digit, and the changes made so far; each is a network of its own, so undo is exact."""

    def __init__(self, request: InspectRequest):
        self.request = request
        net = choose_net(request.preset, request.model)
        self.steps = [("", TracedDigit.of(net, choose_digit(request.wanted, say)))]
        self.at = 0
        self._images: Dataset | None = None
        self.made: PruneFacts | EvolveFacts | None = None
        if request.mutate:
            self._add(request.mutate)

    @property
    def traced(self) -> TracedDigit:
        """The network as it now is, with the digit."""
        return self.steps[self.at][1]

    @property
    def images(self) -> Dataset:
        """The test images, found when first asked for."""
        if self._images is None:
            self._images = dataset(self.request.wanted.data, "test", say)
        return self._images

    @property
    def edits(self) -> str:
        """All changes so far, as text."""
        return "; ".join(text for text, _ in self.steps[1 : self.at + 1])

    @property
    def prompt(self) -> str:
        """Which network, what it now reads, and how many changes it has."""
        changes = f" +{self.at}" if self.at else ""
        return f"{self.traced.net.name}{changes} reads {self.traced.trace.prediction}> "

    def run(self, line: str) -> bool:
        """Do what a line says; False where it says to leave. Raises UserError, DataError or EngineError."""
        words = line.partition("#")[0].strip(" \t\r\n;").split(maxsplit=1)
        word, rest = (*words, "", "")[:2]
        if rest and word in COMMANDS and not COMMANDS[word][0]:
            raise UserError(f"{word} {rest}: {word} stands alone: leave out {rest}")
        if word in ("quit", "exit"):
            return False
        if word in EDITS:
            self._mutate(f"{word} {rest}")
        elif word in COMMANDS:
            known: dict[str, Callable[[str], None]] = {
                "digit": lambda text: self._take(digit=_digit(text)),
                "sample": lambda text: self._take(sample=text),
                "image": lambda text: self._take(image=Path(text)),
            }
            do = known.get(word) or getattr(self, f"_{word}")
            if not rest and COMMANDS[word][0][:1] not in ("", "["):
                raise UserError(f"{word} needs more: {word} {COMMANDS[word][0]}")
            try:
                do(rest)
            except UserError as error:
                # What is an option on the command line is a command here.
                told = str(error)
                raise UserError(told[2:] if told.startswith(f"--{word} ") else told) from error
        elif word:
            raise UserError(unknown(word))
        return True

    def _show(self, _: str) -> None:
        show({"layers": Overview.of(self.traced)})

    def _take(self, **chosen: object) -> None:
        wanted = replace(Wanted(data=self.request.wanted.data), **chosen)  # type: ignore[arg-type]
        digit = choose_digit(wanted, say)
        self.steps = [(text, _read(each, digit)) for text, each in self.steps]
        self._show("")

    def _neuron(self, text: str) -> None:
        where = text.removesuffix(" survey")
        images = None if where == text else self.images
        show({"neuron": NeuronFacts.of(self.traced, where.strip(), self.request.top, images)})

    def _synapse(self, text: str) -> None:
        show({"synapse": SynapseFacts.of(self.traced, text)})

    def _why(self, text: str) -> None:
        words = text.replace(":", " ").split()
        layer = words[2] if len(words) == 3 else last_hidden(self.traced.net)
        ahead, behind = parse_why(" ".join(words[:2] if len(words) == 3 else words))
        show({"why": Why.of(self.traced, ahead, behind, layer, self.request.top)})

    def _paths(self, text: str) -> None:
        before = self.steps[0][1] if self.at else None
        show({"paths": PathsFacts.of(self.traced, *parse_paths(text or "10"), before)})

    def _mutate(self, text: str) -> None:
        before = self.traced
        self._add(text)
        show({"effect": Effect.between(before, self.traced, text, CHANGED)})

    def _add(self, text: str) -> None:
        text = "; ".join(statements(text))
        self._step(text, self.traced.mutated(text))

    def _step(self, text: str, traced: TracedDigit) -> None:
        self.steps = [*self.steps[: self.at + 1], (text, traced)]
        self.at += 1

    def _undo(self, _: str) -> None:
        if not self.at:
            raise UserError("there is nothing to undo")
        self.at -= 1
        self._tell(f"undone: {self.steps[self.at + 1][0]}")

    def _redo(self, _: str) -> None:
        if self.at + 1 == len(self.steps):
            raise UserError("there is nothing to make again")
        self.at += 1
        self._tell(f"made again: {self.steps[self.at][0]}")

    def _tell(self, words: str) -> None:
        trace = self.traced.trace
        print(f"{words}; it reads {trace.prediction} ({percent(trace.confidence, 1)} sure)")

    def _edits(self, _: str) -> None:
        print(self.edits or "none")

    def _effect(self, _: str) -> None:
        if not self.at:
            raise UserError("nothing has been changed: ablate hidden1:17 is a change")
        show({"effect": Effect.between(self.steps[0][1], self.traced, self.edits, CHANGED)})

    def _survey(self, _: str) -> None:
        if not self.at:
            print("\n".join(as_lines(examine(self.traced.net, self.images))))
            return
        found = Effect.between(self.steps[0][1], self.traced, self.edits, CHANGED, self.images)
        show({"effect": found})

    def _study(self, text: str) -> None:
        name, layer = study_words(text, self.traced.net)
        asked = Settings(), self._images_of, self.request.top, self.request.quiet
        found = make_study(name, self.traced, layer, *asked)
        show({"study": found})
        if isinstance(found, PruneFacts | EvolveFacts):
            self.made = found
            print('\n"keep" goes on with this network.')

    def _images_of(self, split: str) -> Dataset:
        return self.images if split == "test" else dataset(self.request.wanted.data, split, lambda _: None)

    def _keep(self, _: str) -> None:
        if self.made is None or self.made.traced.net is not self.traced.net:
            raise UserError("no study has made a network of this one: study prune and study evolve do")
        self._step(self.made.text, TracedDigit.of(self.made.net, self.traced.digit))
        self._tell(f"kept: {self.made.text}")

    def _save(self, text: str) -> None:
        if not self.at:
            raise UserError("nothing has been changed that could be saved: ablate hidden1:17 is a change")
        path = Path(text)
        check_out(path, ".npz", "a network", "save")
        save(self.steps[0][1].net, self.traced.net, path)
        print(f"{path}: the mutated network")

    def _help(self, _: str) -> None:
        for word, (more, told) in COMMANDS.items():
            print(f"  {f'{word} {more}':<25} {told}")
        print(f"\n  Edits: {', '.join(EDITS)}")


def _read(before: TracedDigit, digit: Digit) -> TracedDigit:
    return TracedDigit.of(before.net, digit)


def _digit(text: str) -> int:
    if not (text.isdigit() and len(text) == 1):
        raise UserError(f"digit {text}: give 0 to 9")
    return int(text)
