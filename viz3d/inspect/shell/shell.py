"""`python -m viz3d.inspect --shell`: a session in lines, and questions about what it shows."""

from collections.abc import Sequence

from viz3d.command.choice.models import how_imported
from viz3d.command.choice.seen import how_seen
from viz3d.command.cli import say
from viz3d.command.errors import UserError
from viz3d.command.output import check_out
from viz3d.evaluate.report import as_lines, examine
from viz3d.findings.deciders import Contest
from viz3d.findings.effect import Effect
from viz3d.findings.neuron import NeuronFacts
from viz3d.findings.overview import Overview
from viz3d.findings.paths import PathsFacts
from viz3d.findings.read_as import in_words, read_as
from viz3d.findings.studies.made_nets import EvolveFacts, PruneFacts
from viz3d.findings.studies.run import make_study
from viz3d.findings.studies.settings import Settings
from viz3d.findings.synapse import SynapseFacts
from viz3d.inspect.request import InspectRequest, parse_paths, parse_why
from viz3d.inspect.run import show, why_of
from viz3d.inspect.shell.words import CHANGES, COMMANDS, EDITS, TAKES, study_words, unknown
from viz3d.session.files.save import save, write_script
from viz3d.session.lines import read_file, read_script, words_of
from viz3d.session.state import Act
from viz3d.session.traced_digit import TracedDigit

CHANGED = 3  # neurons of each layer that are told after a change
_LONG = 60  # characters of an act that are told


class Shell:
    """A session whose acts are lines, with words that ask what it shows and do not change it."""

    def __init__(self, request: InspectRequest):
        self.request = request
        self.session = request.session(say)
        self.made: PruneFacts | EvolveFacts | None = None
        self._made_with = ""
        self._said: tuple[str, ...] = ()
        self._say_how()

    @property
    def traced(self) -> TracedDigit:
        """The network as it now is, with the digit."""
        return self.session.traced

    @property
    def edits(self) -> str:
        """All changes so far, as text."""
        return "; ".join(self.session.changes)

    @property
    def _read(self) -> str:
        """What it now reads."""
        return read_as(self.traced)[0]

    @property
    def prompt(self) -> str:
        """Which network, how many changes it has, and what it now reads."""
        count = len(self.session.changes)
        return f"{self.traced.net.name}{f' +{count}' if count else ''} reads {self._read}> "

    def run(self, line: str) -> bool:
        """Do what a line says; False where it says to leave. Raises UserError, DataError or EngineError."""
        word, rest = words_of(line)
        if rest and word in COMMANDS and not COMMANDS[word][0]:
            raise UserError(f"{word} {rest}: {word} stands alone: leave out {rest}")
        if word in ("quit", "exit"):
            return False
        if word in COMMANDS:
            rest = rest or (self.session.selection if word in ("neuron", "synapse") else "")
            if not rest and COMMANDS[word][0][:1] not in ("", "["):
                raise UserError(f"{word} needs more: {word} {COMMANDS[word][0]}")
        if word in TAKES or word in CHANGES or word in EDITS:
            self._do(word, line)
        elif word in COMMANDS:
            self._ask(word, rest)
        elif word:
            raise UserError(unknown(word))
        return True

    def _do(self, word: str, line: str) -> None:
        """An act, and what follows of it."""
        before, count = self.session.traced, len(self.session.changes)
        self.session.run(line)
        if word in TAKES:
            self._say_how()
            self._show("")
        else:
            text = "; ".join(self.session.changes[count:])
            show({"effect": Effect.between(before, self.traced, text, CHANGED)})

    def _say_how(self) -> None:
        """Say how the network was imported and sees its digit, as far as that was not said before."""
        net = self.session.before.net
        lines = (*how_imported(net), *how_seen(net, self.traced.digit.image.shape))
        for line in lines:
            if line not in self._said:
                say(line)
        self._said = lines

    def _ask(self, word: str, rest: str) -> None:
        try:
            getattr(self, f"_{word}")(rest)
        except UserError as error:
            # What is an option on the command line is a command here.
            told = str(error)
            raise UserError(told[2:] if told.startswith(f"--{word} ") else told) from error

    def _show(self, _: str) -> None:
        show({"layers": Overview.of(self.traced)})

    def _data(self, text: str) -> None:
        self.session.run(f"data {text}")
        print(f"digits and test images are those of {self.session.state.data}")

    def _select(self, text: str) -> None:
        self.session.run(f"select {text}")
        print(f"selected: {self.session.selection or 'none'}")

    def _neuron(self, text: str) -> None:
        where = f" {text}".removesuffix(" survey").strip()
        images = None if where == text else self.session.images()
        where = where or self.session.selection
        show({"neuron": NeuronFacts.of(self.traced, where, self.request.top, images)})

    def _synapse(self, text: str) -> None:
        show({"synapse": SynapseFacts.of(self.traced, text)})

    def _why(self, text: str) -> None:
        words = text.replace(":", " ").split()
        if not words:
            show({"why": Contest.leading(self.traced, self.request.top)})
            return
        layer = words.pop() if len(words) == 3 else None
        classes = parse_why(" ".join(words), self.session.net.classes)
        show({"why": why_of(self.traced, classes, layer, self.request.top)})

    def _paths(self, text: str) -> None:
        before = self.session.before if self.session.changes else None
        wanted = parse_paths(text or "10", self.session.net.classes)
        show({"paths": PathsFacts.of(self.traced, *wanted, before)})

    def _undo(self, _: str) -> None:
        self._tell(f"undone: {_short(self.session.undo())}")

    def _redo(self, _: str) -> None:
        self._tell(f"made again: {_short(self.session.redo())}")

    def _tell(self, words: str) -> None:
        print(f"{words}; it reads {in_words(self.traced)}")

    def _edits(self, _: str) -> None:
        print(self.edits or "none")

    def _effect(self, _: str) -> None:
        if not self.edits:
            raise UserError("nothing has been changed: ablate hidden1:17 is a change")
        show({"effect": Effect.between(self.session.before, self.traced, self.edits, CHANGED)})

    def _survey(self, _: str) -> None:
        images = self.session.images()
        if not self.edits:
            print("\n".join(as_lines(examine(self.traced.net, images))))
            return
        show({"effect": Effect.between(self.session.before, self.traced, self.edits, CHANGED, images)})

    def _study(self, text: str) -> None:
        name, layer = study_words(text, self.traced.net)
        asked = Settings(), self.session.images, self.request.top, self.request.quiet
        facts = make_study(name, self.traced, layer, *asked)
        show({"study": facts})
        if isinstance(facts, PruneFacts | EvolveFacts):
            self.made, self._made_with = facts, self.session.state.data
            print('\n"keep" goes on with this network.')

    def _keep(self, _: str) -> None:
        if self.made is None or self.made.traced.net is not self.traced.net:
            raise UserError("no study has made a network of this one: study prune and study evolve do")
        if self._made_with != self.session.state.data:
            # Its line would make another network of other images.
            raise UserError(f"the study read images of {self._made_with}: data {self._made_with} goes back")
        self.session.keep(self.made.text, self.made.net)
        self._tell(f"kept: {self.made.text}")

    def _save(self, text: str) -> None:
        if not self.edits:
            raise UserError("nothing has been changed that could be saved: ablate hidden1:17 is a change")
        path = read_file(text)
        check_out(path, ".npz", "a network", "save")
        save(self.session.before.net, self.traced.net, path)
        print(f"{path}: the mutated network")

    def _script(self, text: str) -> None:
        if not text:
            print("\n".join(self.session.script()))
            return
        path = read_file(text)
        write_script(self.session, path)
        how = "in Python" if path.suffix.lower() == ".py" else f"again: play {text}"
        print(f"{path}: what does all of it {how}")

    def _play(self, text: str) -> None:
        self.session.run_script(read_script(read_file(text)))
        self._show("")

    def _help(self, _: str) -> None:
        for word, (more, told) in COMMANDS.items():
            print(f"  {f'{word} {more}':<25} {told}")
        print(f"\n  Edits: {', '.join(EDITS)}")


def _short(acts: Sequence[Act]) -> str:
    """Acts in a few words: a drawing may be long."""
    text = "; ".join(act.text.removeprefix("mutate ") for act in acts)
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
