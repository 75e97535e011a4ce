"""Statements of a mutation, made one after the other; the words stand in `engine.mutate`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine import limits
from engine.chain import Chain
from engine.edits import grammar as edits
from engine.errors import EngineError
from engine.limits import whole_number
from engine.mutate import resize, surgery
from engine.net import Net


def mutate(net: Net, text: str) -> Net:
    """A new net, mutated by statements separated by semicolons or lines; see above and `engine.edits`."""
    edit = edits.single(text)
    if edit is not None:
        try:
            return net.with_edits((edit,))
        except EngineError:
            pass  # told below, with the place of the statement
    statements = list(edits.statements(text))
    # Ahead of the first, and again as the net grows.
    _check_work(net, sum(_work(net, each) for each in statements))
    limits.check_count(sum(map(_grown, statements)), resize.MOST_NEW, "new neurons in one mutation")
    work = 0
    for number, statement in enumerate(statements):
        try:
            work += _work(net, statement)
            _check_work(net, work)
            net = _mutated(net, statement)
        except EngineError as error:
            told = _surplus(statement)
            problem = error if told is None else EngineError(told)
            problem.statement = number
            raise problem from None
    return net


def _work(net: Net, statement: str) -> int:
    """How many parameters a statement makes anew: none for an edit, which lies over them."""
    verb = statement.split(maxsplit=1)[0]
    return net.parameter_count if verb in SURGERY and verb != "weight" else 0


def _grown(statement: str) -> int:
    """How many neurons a statement adds; 0 where it tells none, or more than it may, which is said later."""
    words = statement.split()
    count = whole_number(words[2]) if words[0] == "grow" and len(words) > 2 else None
    return count if count is not None and count <= resize.MOST_NEW else 0


def _check_work(net: Net, work: int) -> None:
    if work > max(limits.WORK, 4 * net.parameter_count):
        raise EngineError(
            f"these statements would make {work:,} parameters anew, at most {limits.WORK:,} are: save the "
            "network in between, and go on with that"
        )


def _mutated(net: Net, statement: str) -> Net:
    verb, rest = edits.words(statement)
    if verb not in VERBS:
        known = f"{edits.meant(verb, VERBS)}known are {', '.join(VERBS)}"
        raise EngineError(f"{statement!r}: {verb!r} is nothing that can be done to a net: {known}")
    if verb not in SURGERY:
        return net.with_edits((edits.parse_one(statement),))
    if "->" in rest and verb not in ("noise", "crossover"):
        known = ", ".join((*edits.SYNAPSE, "noise"))
        raise EngineError(
            f"{statement!r}: {verb!r} is nothing that can be done to a synapse: known are {known}; "
            f"write {SURGERY[verb].example}"
        )
    made = SURGERY[verb].make(net, statement, rest.split())
    history = Chain.of(net.history).then((statement,))
    return made if made.history == history else dataclasses.replace(made, history=history)


def _surplus(text: str) -> str | None:
    """What to say of a statement that has more words than its verb takes."""
    verb, rest = edits.words(text)
    arrows = rest.count("->")
    known: dict[str, str | None] = edits.SYNAPSE if arrows else edits.NEURON
    known = {**known, **{name: each.needs for name, each in SURGERY.items() if not arrows or name == "noise"}}
    if verb not in known or verb == "crossover":
        return None
    plain = re.sub(r" seed \S+$", "", rest) if verb in ("noise", "grow") else rest
    more = len(plain.split()) - (3 if arrows else 1) - (known[verb] is not None)
    apart = re.sub(rf"[\s,]+(?=({'|'.join(VERBS)})\s)", "; ", text)
    if more > 0 and apart != text:
        return f"{text!r}: put a semicolon between one statement and the next: {apart}"
    if more < 1 or arrows > 1:
        return None
    form = SURGERY[verb].example if verb in SURGERY else edits.form(verb, synapse=bool(arrows))
    count = f"{more} word" if more == 1 else f"{more} words"
    return f"{text!r} has {count} too many: write {form}, and a semicolon between two edits"


def _weight(net: Net, text: str, words: list[str]) -> Net:
    where, value = _split(text, words)
    return surgery.set_weight(net, where, _number(text, value))


def _noise(net: Net, text: str, words: list[str]) -> Net:
    words, rng = _seeded(text, words)
    where, spread = _split(text, words)
    strength = _number(text, spread)
    if "->" in where:
        return net.with_edits(surgery.noise_synapses(net, where, strength, rng), text)
    return surgery.noise(net, where, strength, rng)


def _prune(net: Net, text: str, words: list[str]) -> Net:
    layer, typed = _split(text, words)
    percent = typed.endswith("%")
    share = _number(text, typed.removesuffix("%")) * (0.01 if percent else 1.0)
    if not 0 <= share <= 1:
        meant = not percent and 1 < share <= 100
        fix = f"did you mean {typed}%?" if meant else f"such as {SURGERY['prune'].example}"
        raise EngineError(f"{text!r}: the share must be in 0..1, or 0%..100%: {fix}")
    return surgery.prune(net, layer, share)


def _remove(net: Net, text: str, words: list[str]) -> Net:
    if not words:
        raise EngineError(f"{text!r} names no neuron: write {SURGERY['remove'].example}")
    return resize.remove(net, "".join(words))


def _grow(net: Net, text: str, words: list[str]) -> Net:
    words, rng = _seeded(text, words)
    layer, count = _split(text, words)
    number = whole_number(count)
    if number is None:
        raise EngineError(f"{text!r}: {count!r} is no number of neurons")
    return resize.grow(net, layer, number, rng)


def _crossover(net: Net, text: str, words: list[str]) -> Net:
    words, rng = _seeded(text, words)
    if not words:
        raise EngineError(f"{text!r} names no file: write {SURGERY['crossover'].example}")
    # As it was written: a file's name may hold spaces, more than one too.
    name = text.split(maxsplit=1)[1]
    if len(words) < len(name.split()):
        name = re.sub(r"\s+seed\s+\d+$", "", name)
    other = _load(text, name)
    try:
        return surgery.crossover(net, other, rng)
    except EngineError as error:
        raise EngineError(
            f"{text!r}: {error}: name a net with the same layers, and cross ahead of remove and grow"
        ) from None


@dataclass(frozen=True)
class Surgery:
    """What a verb of surgery does with a net, the statement and its words; what it needs; an example."""

    make: Callable[[Net, str, list[str]], Net]
    needs: str | None
    example: str


SURGERY = {
    "remove": Surgery(_remove, None, "remove hidden1:3"),
    "prune": Surgery(_prune, "share", "prune hidden1 30%"),
    "noise": Surgery(_noise, "spread", "noise hidden1 0.1"),
    "grow": Surgery(_grow, "count", "grow hidden1 8"),
    "weight": Surgery(_weight, "value", "weight conv1.kernel:1,2,0,7 0.5"),
    "crossover": Surgery(_crossover, None, "crossover other.npz"),
}
VERBS = tuple(dict.fromkeys((*edits.NEURON, *edits.SYNAPSE, *SURGERY)))


def _split(text: str, words: list[str]) -> tuple[str, str]:
    if len(words) < 2:
        raise EngineError(
            f"{text!r} is not whole: write it like {SURGERY[text.split(maxsplit=1)[0]].example}"
        )
    return " ".join(words[:-1]), words[-1]


def _seeded(text: str, words: list[str]) -> tuple[list[str], np.random.Generator]:
    """The words ahead of "seed N", and its random numbers; seed 0 where none is given."""
    if "seed" not in words:
        return words, np.random.default_rng(0)
    at = words.index("seed")
    seed = whole_number(words[-1])
    if len(words) != at + 2 or seed is None:
        raise EngineError(f"{text!r}: write the seed last, like seed 3")
    return words[:at], np.random.default_rng(seed)


def _load(text: str, name: str) -> Net:
    from engine.files.nets import load  # noqa: PLC0415  # files hold nets, and nets can be mutated

    try:
        path = Path(name).expanduser()
        there = path.is_file()
    except (OSError, RuntimeError):
        there = False
    if not there:
        raise EngineError(f"{text!r}: there is no file {name}: name that of a saved net, such as other.npz")
    return load(path)


def _number(text: str, word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise EngineError(f"{text!r}: {word!r} is no number") from None
