"""The words of the shell of `inspect`: its commands, their help, and what may come next in a line."""

from collections.abc import Iterator

from engine import Net
from engine.edits import meant
from viz3d.command.errors import UserError
from viz3d.findings.studies.settings import CHANGING, STUDIES, check_layer
from viz3d.session import completion
from viz3d.session.completion import EDITS
from viz3d.session.traced_digit import TracedDigit

__all__ = ["CHANGES", "COMMANDS", "EDITS", "TAKES", "completions", "study_words", "unknown"]

COMMANDS = {
    "show": ("", "the digit, the answer and every layer"),
    "digit": ("0..9", "take a test image of a digit, one that is worth watching"),
    "class": ("NAME", "take a test image of a class, by its name or number"),
    "sample": ("SET:SPLIT:NUMBER", "take one image of a data set, such as mnist:test:1166"),
    "image": ("FILE [pick N] [label D]", "take a photo or drawing; in quotes, where its name has any"),
    "drawing": ("PICTURE [label D]", "take a picture that is written out, as script does"),
    "number": ("COLUMN = VALUE", "change one of the numbers of a row, such as number petal width = 0.2"),
    "label": ("0..9", "what the digit is meant as; none: nobody knows"),
    "data": ("NAME", "where test images come from: mnist, digits, another set, a folder or a file"),
    "net": ("PRESET", "another network, such as cnn-draw, without the changes of this one"),
    "model": ("FILE", "another network, from a file"),
    "architecture": ("seed N LAYERS", "an untrained network of these layers, as script writes it"),
    "select": ("ADDRESS", "what neuron and synapse look at without an address; none: nothing"),
    "neuron": ("ADDRESS [survey]", "look at a neuron, such as hidden1:17; survey: over the data set too"),
    "synapse": ("A -> B", "look at a synapse"),
    "why": ("[A B [LAYER]]", "which neurons make it read A and not B; the two that lead unless given"),
    "paths": ("[N [D]]", "the strongest paths from pixels to what is read, or to the digit D"),
    "mutate": ("EDITS", "change the network, such as ablate hidden1:17; the word mutate may be left out"),
    "undo": ("", "take the last line back that changed anything, another digit too; without limit"),
    "redo": ("", "do it again"),
    "edits": ("", "all changes so far"),
    "effect": ("", "all changes so far, before and after"),
    "survey": ("", "how all test images are read, before and after the changes"),
    "study": ("[WHAT] [LAYER]", f"over the test images: {', '.join(STUDIES)}; a LAYER alone is ablated"),
    "keep": ("", "go on with the network that study prune or study evolve made"),
    "evolve": ("LAYERS ...", "make that network of study evolve again, as script writes it"),
    "train": ("steps N images N seed N ...", "train the network, as script writes it"),
    "save": ("FILE.npz", "save the changed network"),
    "script": ("[FILE]", "the lines that lead here, also into a FILE; FILE.py: in Python"),
    "play": ("FILE", "do the lines of a script, all or none"),
    "help": ("", "these words"),
    "quit": ("", "leave"),
}
# After the first all layers are shown, after the second what has changed.
TAKES = ("digit", "class", "sample", "image", "drawing", "number", "label", "net", "model", "architecture")
CHANGES = ("mutate", "evolve", "train")


def unknown(word: str) -> str:
    """What to say of a line's first word that is neither a command nor an edit."""
    hint = meant(word, [*COMMANDS, *EDITS])
    return f"{word} is no command: {hint}known are {', '.join(COMMANDS)}, and the edits {', '.join(EDITS)}"


def study_words(text: str, net: Net) -> tuple[str, str | None]:
    """The study and the layers that "study ..." asks for, None for its own; a layer alone is ablated."""
    words, known = text.split(), [layer.name for layer in net.layers]
    name = words.pop(0) if words and words[0] in STUDIES else ""
    wrong = [layer for layer in (words[0].split(",") if words else ()) if layer not in known]
    if wrong and not name:
        raise UserError(
            f"study {text}: {words[0]} is no study: give one of {', '.join(STUDIES)}, or a layer to ablate"
        )
    if len(words) > 1:
        raise UserError(f"study {text}: give a study and a layer, such as study prune {known[1]}")
    if wrong:
        fit = ", ".join(known[1:] if name in CHANGING else known[1:-1])
        raise UserError(f"study {text}: {wrong[0]} is no layer: what follows {name} is one, of {fit}")
    check_layer(name or "ablate", words[0] if words else None)
    return name or "ablate", words[0] if words else None


def completions(line: str, traced: TracedDigit) -> list[tuple[str, str]]:
    """What the last word of a line may become, each with a remark."""
    first = {word: told for word, (_, told) in COMMANDS.items()}
    return completion.completions(line, traced, first, _arguments)


def _arguments(before: list[str], last: str, traced: TracedDigit) -> Iterator[tuple[str, str]]:
    """What may follow the words that the shell alone has."""
    verb, net, place = before[0], traced.net, len(before)
    if verb == "study":
        if place == 1:
            yield from STUDIES.items()
        if place == 1 or (place == 2 and before[1] in STUDIES):
            yield from completion.layers(net)
    elif verb == "why" and place == 3:
        yield from completion.layers(net)
    elif verb == "paths" and place == 2:
        yield from completion.DIGITS
    elif verb in ("neuron", "synapse"):
        if place == 1 or before[-1] == "->":
            yield from completion.neurons(last, traced)
        elif verb == "neuron":
            yield "survey", "over the data set too"
        elif place == 2:
            yield "->", ""
