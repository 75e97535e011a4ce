"""The words of the shell of `inspect`: its commands, their help, and what may come next in a line."""

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from data import bundled_models
from engine import Net
from engine.edits import NEURON, SYNAPSE, meant
from engine.graph import address
from viz3d.command.errors import UserError
from viz3d.command.wanted import SPLITS
from viz3d.command.wording import short
from viz3d.findings.study_settings import CHANGING, STUDIES, check_layer
from viz3d.session.traced_digit import TracedDigit

COMMANDS = {
    "show": ("", "the digit, the answer and every layer"),
    "digit": ("0..9", "take a test image of a digit, one that is worth watching"),
    "sample": ("SET:SPLIT:NUMBER", "take one image of a data set, such as mnist:test:1166"),
    "image": ("FILE [label D]", "take a photo or drawing; in quotes, where its name has any"),
    "drawing": ("PICTURE [label D]", "take a picture that is written out, as script does"),
    "label": ("0..9", "what the digit is meant as; none: nobody knows"),
    "data": ("NAME", "where digits and test images come from: mnist, digits, or a folder"),
    "net": ("PRESET", "another network, such as cnn-draw, without the changes of this one"),
    "model": ("FILE", "another network, from a file"),
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
    "save": ("FILE.npz", "save the changed network"),
    "script": ("[FILE]", "the lines that lead here, also into a FILE; FILE.py: in Python"),
    "play": ("FILE", "do the lines of a script, all or none"),
    "help": ("", "these words"),
    "quit": ("", "leave"),
}
# After the first all layers are shown, after the second what has changed.
TAKES = ("digit", "sample", "image", "drawing", "label", "net", "model")
CHANGES = ("mutate", "evolve")
ON_NEURONS = (*NEURON, "remove")
ON_SYNAPSES = tuple(verb for verb in SYNAPSE if verb not in NEURON)
ON_LAYERS = ("prune", "noise", "grow")
ON_WEIGHTS = ("weight",)
ON_FILES = ("crossover",)
EDITS = (*ON_NEURONS, *ON_SYNAPSES, *ON_LAYERS, *ON_WEIGHTS, *ON_FILES)


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
    line = line.rpartition(";")[2].lstrip()
    *before, last = line.split(" ")
    if not before:
        choices = [(word, told) for word, (_, told) in COMMANDS.items()]
        choices += [(word, "change the network") for word in EDITS]
        return [(word, told) for word, told in choices if word.startswith(last)]
    if before[0] == "mutate":
        before = before[1:]
        if not before:
            return [(word, "") for word in EDITS if word.startswith(last)]
    return [(word, told) for word, told in _arguments(before, last, traced) if word.startswith(last)]


def _arguments(before: list[str], last: str, traced: TracedDigit) -> Iterator[tuple[str, str]]:
    verb, net = before[0], traced.net
    yield from ((word, "") for word in _choices(verb, len(before)))
    if verb == "study":
        if len(before) == 1:
            yield from STUDIES.items()
        if len(before) == 1 or (len(before) == 2 and before[1] in STUDIES):
            yield from _layers(net)
    elif verb in ON_LAYERS or (verb == "why" and len(before) == 3):
        if verb == "why" or len(before) == 1:
            yield from _layers(net)
    elif verb in ("neuron", "synapse", "select", *ON_NEURONS, *ON_SYNAPSES):
        if len(before) == 1 or before[-1] == "->":
            yield from _neurons(last, traced)
        elif verb in ("synapse", "select", *ON_SYNAPSES) and len(before) == 2:
            yield "->", ""
        elif verb == "neuron":
            yield "survey", "over the data set too"
    elif verb in (*ON_FILES, "model") and len(before) == 1:
        yield from ((path.name, "") for path in sorted(Path().glob("*.npz")))
    elif verb in ON_WEIGHTS and len(before) == 1:
        yield from ((f"{name}:", "") for name in net.parameters)


def _choices(verb: str, place: int) -> Collection[str]:
    """What may stand as a line's word at a place, where that is one of a few."""
    digits = [str(label) for label in range(10)]
    match verb, place:
        case ("digit", 1) | ("paths", 2):
            return digits
        case ("label", 1):
            return [*digits, "none"]
        case ("net", 1):
            return bundled_models()
        case ("data", 1):
            return SPLITS
    return ()


def _layers(net: Net) -> Iterator[tuple[str, str]]:
    for layer in net.layers[1:-1]:
        yield layer.name, f"{layer.size:,} neurons"


def _neurons(word: str, traced: TracedDigit) -> Iterator[tuple[str, str]]:
    """Layers; behind a layer's colon its heads and brightest neurons; behind an axis' name its numbers."""
    net = traced.net
    name, colon, place = word.partition(":")
    if not colon:
        yield from ((f"{layer.name}:", f"{layer.size:,} neurons") for layer in net.layers)
    elif name in {layer.name for layer in net.layers}:
        yield from _axes(net, name, place)
        values = traced.trace.display(name)
        for i in np.argsort(-values, kind="stable")[:200].tolist():
            yield traced.address(net.offset(name) + i), short(float(values[i]))


def _axes(net: Net, name: str, place: str) -> Iterator[tuple[str, str]]:
    """Groups of a layer's neurons by name, such as one head, and then one of its tokens."""
    layer = net.layer(name)
    *given, begun = place.split(",")
    taken = {part.rstrip("0123456789-*") for part in given}
    known = address.lengths(net.graph, layer, split="head" in taken)
    if address.heads(net.graph, layer) and not taken & {"head", "feature"}:
        known = {"head": address.heads(net.graph, layer), **known}
    named = [axis for axis in known if axis not in taken and (place or axis == "head")]
    for axis in named:
        if axis.startswith(begun.rstrip("0123456789")):
            for i in range(known[axis]):
                yield f"{name}:{''.join(f'{part},' for part in given)}{axis}{i}", f"of {known[axis]:,}"
