"""The grammar of edits: values that read and write as text; the words stand in `engine.edits`."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

from engine.errors import EngineError
from engine.limits import STATEMENT, STATEMENTS, check_count, check_statement

NEURON = {
    "ablate": None,
    "clamp": "value",
    "scale": "factor",
    "shift": "amount",
    "function": "name",
    "freeze": None,
    "hold": None,
}
# Nearly all statements: words with one space in between, and arrows that stand alone.
_WORD = r"(?![,:])[^\s>→]*[^\s>→,:]"
_AS_IT_SHOULD = re.compile(rf"([^\s>→]+) ({_WORD}(?: -> {_WORD})?(?: {_WORD})?)")
SYNAPSE = {"cut": None, "set": "weight", "scale": "factor", "nudge": "amount", "add": "weight"}


@dataclass(frozen=True)
class Edit:
    """One edit: a verb, the address that it acts on, and its number or function where the verb has one.

    where: a neuron or a group of neurons, or "source -> target".
    """

    verb: str
    where: str
    value: float | None = None
    function: str | None = None

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        last = self.function or ""
        if self.value is not None:
            last = repr(self.value).removesuffix(".0")  # exactly the number again, and 2 as people write it
        return f"{self.verb} {self.where} {last}".rstrip()

    @property
    def synapse(self) -> bool:
        """Whether it acts on a synapse, not on neurons."""
        return "->" in self.where

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The layers that it names: one, or those of a synapse's source and target."""
        return tuple(end.partition(":")[0].strip() for end in self.where.split("->"))

    @property
    def layer(self) -> str:
        """The layer whose neurons change first: the last of `layers`."""
        return self.where.rpartition("->")[2].partition(":")[0].strip()


def statements(text: str) -> list[str]:
    """The single statements of a text, separated by semicolons or lines.

    EngineError where one, or their number, is larger than anybody means.
    """
    found = [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
    check_count(len(found), STATEMENTS, "statements")
    for each in found:
        check_statement(each)
    return found


def parse(text: str) -> tuple[Edit, ...]:
    """Edits from text, separated by semicolons or lines; EngineError points at the one that is wrong."""
    return tuple(parse_one(part) for part in statements(text))


@lru_cache(maxsize=256)
def single(text: str) -> Edit | None:
    """The edit that a text is, where it is one statement and well written; None of any other text."""
    alone = text.strip()
    if ";" in text or "\n" in text or len(text) > STATEMENT or not alone:
        return None
    try:
        return parse_one(alone)
    except EngineError:
        return None


def write(edits: Iterable[Edit]) -> str:
    """The text that `parse` reads."""
    return "; ".join(str(edit) for edit in edits)


@lru_cache(maxsize=256)
def words(text: str) -> tuple[str, str]:
    """A statement's verb and the rest, with spaces around arrows and none around commas and colons."""
    written = _AS_IT_SHOULD.fullmatch(text)
    if written is not None:
        return written[1], written[2]
    verb, rest = (*text.split(maxsplit=1), "", "")[:2]
    # Runs of spaces become one first: looking for them beside commas would go over a long one many times.
    rest = " ".join(rest.split())
    if " ," in rest or ", " in rest or " :" in rest or ": " in rest:
        rest = re.sub(r" ?([,:]) ?", r"\1", rest)
    return verb, " ".join(rest.replace("→", "->").replace("->", " -> ").split())


def meant(verb: str, known: Collection[str]) -> str:
    """A question after the known word that begins as an unknown one, or is nearest to it; "" for none."""
    begun = [each for each in known if len(verb) > 2 and each.startswith(verb.lower())]
    near = begun[:1] or get_close_matches(verb.lower(), known, 1)
    case = ", in small letters" if near == [verb.lower()] else ""
    return f"did you mean {near[0]}{case}? " if near else ""


def makes_edits(statement: str) -> bool:
    """Whether a statement of a mutation puts edits on top of a net, and does not change the net itself."""
    verb, rest = words(statement)
    return verb in NEURON or verb in SYNAPSE or (verb == "noise" and "->" in rest)


def form(verb: str, synapse: bool) -> str:
    """How a verb is written, such as "set SOURCE -> TARGET WEIGHT"."""
    needs = (SYNAPSE if synapse else NEURON)[verb]
    where = "SOURCE -> TARGET" if synapse else "ADDRESS"
    return f"{verb} {where} {(needs or '').upper()}".rstrip()


def parse_one(text: str) -> Edit:
    """One edit from a single statement; EngineError says what is wrong with it."""
    verb, rest = words(text)
    known = SYNAPSE if "->" in rest else NEURON
    if verb not in known:
        if verb in SYNAPSE:
            example = f"{verb} hidden1:3 -> hidden2:5{' 0.5' if SYNAPSE[verb] else ''}"
            raise EngineError(f"{text!r}: write {form(verb, synapse=True)}, such as {example}")
        what = "a synapse" if known is SYNAPSE else "neurons"
        raise EngineError(
            f"{text!r}: {verb!r} is nothing that can be done to {what}: known are {', '.join(known)}"
        )
    needs = known[verb]
    if not rest:
        place = "" if verb == "hold" else ":17"
        raise EngineError(f"{text!r} needs an address, such as {verb} hidden1{place}")
    if needs is None:
        return Edit(verb, rest)
    where, _, last = rest.rpartition(" ")
    if not where or where.endswith("->"):
        raise EngineError(f"{text!r} lacks its {needs}: write {verb} {rest} <{needs}>")
    if needs == "name":
        return Edit(verb, where, function=last)
    try:
        value = float(last)
    except ValueError:
        raise EngineError(f"{text!r}: the {needs} {last!r} is no number") from None
    if not math.isfinite(value):
        raise EngineError(f"{text!r}: the {needs} {last} is no finite number")
    return Edit(verb, where, value)
