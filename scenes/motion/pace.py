"""Pace: of what could be said in a film as much as can be read while it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LETTERS = 24.0
"""Letters a second: what stands for less time is not read to its end."""
_FULL, _BRIEF, _AGAIN = 1.3, 1.0, 0.1  # what it is worth to say all of it, the least, that it was said before
_LATE = 0.6  # of that, what it is worth to explain a deed only where it is done again
_SILENT = -0.35  # that nothing is said of what is new, while something else stands
_KNOWN = 6  # deeds of which it is kept whether they were explained: each doubles the ways to be weighed
_HURRIED = -100.0  # what must be said is said, even where there is no time to read it


class Form(NamedTuple):
    """One way to say something; where: "first" for where it is not explained yet, "again" for where it is."""

    text: str
    worth: float
    where: str = ""


@dataclass(frozen=True)
class Said:
    """What can be said of one beat.

    Attributes:
        text: the whole sentence, where there is time for all.
        forms: the ways to say it, the longest first.
        deed: what it explains; others may explain the same. "" for what nothing else does.
        must: whether it is never left out.
    """

    text: str
    forms: tuple[Form, ...]
    deed: str = ""
    must: bool = False


def once(text: str, *briefer: str, must: bool = False) -> Said:
    """What is said in one place alone, and shorter."""
    return Said(text, _graded((text, *briefer)), must=must)


def explained(deed: str, text: str, *briefer: str) -> Said:
    """What explains a deed that later layers repeat."""
    return Said(text, _graded((text, *briefer), "first"), deed)


def repeated(deed: str, text: str, *briefer: str) -> Said:
    """What refers to an explanation; briefer: to explain it here, where there was no time for it before."""
    late = tuple(each._replace(worth=_LATE * each.worth) for each in _graded(briefer, "first"))
    return Said(text, (*late, Form(text, _AGAIN, "again")), deed)


def closing(said: Said, outcome: str) -> Said:
    """What is said of the last layer: all that it does, or what comes out of it; see `result`."""
    worth = _FULL if said.forms[0].text == said.text else _AGAIN
    return Said(said.text, (Form(said.text, worth), Form(outcome, _BRIEF, "first")), outcome)


def result(text: str, outcome: str) -> Said:
    """What is said of what comes out, where the last layer has not said it in a word."""
    return Said(text, (Form(text, _FULL, "first"),), outcome)


def _graded(texts: Sequence[str], where: str = "") -> tuple[Form, ...]:
    """Texts, the longest first, with what each is worth."""
    step = (_FULL - _BRIEF) / max(len(texts) - 1, 1)
    return tuple(Form(text, _FULL - k * step, where) for k, text in enumerate(texts))


@lru_cache(maxsize=32)
def readable(
    starts: tuple[float, ...], beats: tuple[Said, ...], end: float
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The beats of which something is said, by number, and what: a text, and shorter ones that would do too.

    What is said stands until something else is. Of all ways to say what there is time to read, at `LETTERS` a
    second, it is the one that says the most.

    starts: seconds at which each beat begins; end: that at which the last one ends.
    """
    is_new = [all(beat.deed != other.deed for other in beats[:k]) for k, beat in enumerate(beats)]
    # Of very many the last ones; others are explained wherever there is time for it.
    repeats = [beat.deed for beat, new in zip(beats, is_new, strict=True) if beat.deed and not new]
    again = set(list(dict.fromkeys(repeats[::-1]))[:_KNOWN])
    plans: dict[tuple[int, frozenset[str]], tuple[float, tuple[tuple[int, int], ...]]] = {}

    def best(k: int, known: frozenset[str]) -> tuple[float, tuple[tuple[int, int], ...]]:
        """The most worth from beat k on, which is said, and the forms that it takes."""
        if (k, known) in plans:
            return plans[k, known]
        beat, most = beats[k], (-1e9, tuple[tuple[int, int], ...]())
        for form, (text, worth, where) in enumerate(beat.forms):
            if where and (where == "again") != (beat.deed in known):
                continue
            after = known | {beat.deed} if where == "first" and beat.deed in again else known
            missed = 0.0
            for following in range(k + 1, len(beats) + 1):
                until = starts[following] if following < len(beats) else end
                hurried = len(text) > LETTERS * (until - starts[k])
                if not hurried or (beat.must and form == len(beat.forms) - 1):
                    rest, said = best(following, after) if following < len(beats) else (0.0, ())
                    total = worth + rest + missed + (_HURRIED if hurried else 0.0)
                    most = max(most, (total, ((k, form), *said)), key=lambda plan: plan[0])
                if following < len(beats) and beats[following].must:
                    break
                missed += _SILENT if following < len(beats) and is_new[following] else 0.0
        plans[k, known] = most
        return most

    first = next((k for k, beat in enumerate(beats) if beat.must), len(beats) - 1)
    _, said = max((best(k, frozenset()) for k in range(first + 1)), key=lambda plan: plan[0])
    return tuple((k, tuple(each.text for each in _shorter(beats[k], form))) for k, form in said)


def _shorter(beat: Said, form: int) -> list[Form]:
    """A form of a beat, and those after it that say the same in fewer letters."""
    where = beat.forms[form].where
    return [each for each in beat.forms[form:] if each.where == where]
