"""Steps: what is said of each layer as the signal runs through a net."""

from engine import AveragePool, Conv, Layer, LocalNorm, Maxout, MaxPool, Net, PatchEmbedding
from scenes.lettering.names.naming import block
from scenes.motion.pace import Said, closing, explained, once, repeated, result
from scenes.texts import ENGLISH, Texts

_FUNCTIONS = ("relu", "sigmoid", "tanh")  # whose effect is told


def _first_step(net: Net, texts: Texts) -> Said:
    """What happens at the input."""
    first = net.layers[0]
    kind = "input" if net.noun == "digit" or first.shape[2:] == (1,) else "numbers"
    kind = "colours" if first.shape[2:] == (3,) else kind
    return once(texts.say(f"step.{kind}", n=first.size), texts.say(f"brief.{kind}", n=first.size))


def steps(net: Net, texts: Texts = ENGLISH) -> tuple[tuple[str, Said], ...]:
    """(layer's name, what is said): what happens from the moment when that layer fires, in order.

    The first is the input's and starts the film: its name is empty. Layers that fire together share
    a sentence, the first of them speaks; so do the layers of a block. Of what does as another did before it
    that alone is said. How much of it a film has time for, `scenes.motion.pace` tells.
    """
    depth = net.graph.depths
    sentences = [("", _first_step(net, texts))]
    told, firsts = set[str | int](), dict[tuple[str, str], str]()
    for layer in net.layers[1:]:
        here = block(layer) or depth[layer.name]
        if here not in told:
            told.add(here)
            before = next(other.name for other in net.layers if depth[other.name] == depth[layer.name] - 1)
            said = _step(layer, texts, firsts)
            brief, _ = _outcome(layer, texts, net.gives_numbers)
            sentences.append((before, closing(said, brief) if layer is net.layers[-1] else said))
    return tuple(sentences)


def bars(output: Layer, texts: Texts, numbers: bool = False) -> Said:
    """What is said as the bars grow; numbers: whether they show numbers, and no shares."""
    brief, whole = _outcome(output, texts, numbers)
    return result(whole, brief)


def _outcome(output: Layer, texts: Texts, numbers: bool) -> tuple[str, str]:
    """What becomes of the last layer's sums, in a word and in a sentence."""
    kind = "softmax" if "softmax" in output.activation else "scaled"
    kind = "numbers-out" if numbers and output.size > 1 else kind
    return texts.say(f"brief.{kind}", n=output.size), texts.say(f"end.{kind}", n=output.size)


def _step(layer: Layer, texts: Texts, firsts: dict[tuple[str, str], str]) -> Said:
    """What a layer or a block does; firsts: the names of those that did it first, by deed and function."""
    whole = block(layer)
    name = texts.name(whole or layer.title)
    # However many neurons do it, it is the same.
    deed = ("block", "") if whole else (_deed(layer, 2, texts), layer.activation)
    brief = _briefly(layer, texts)
    first = firsts.setdefault(deed, name)
    if first != name:
        return repeated(" ".join(deed), texts.say("step.again", layer=name, first=first), *brief)
    if whole:
        return explained(" ".join(deed), texts.say("step.block", block=name), *brief)
    text = texts.say("step.layer", layer=name, deed=_deed(layer, layer.size, texts))
    return explained(" ".join(deed), text, *brief)


def _briefly(layer: Layer, texts: Texts) -> tuple[str, ...]:
    """What a layer or a block does in fewer words, the most of them first."""
    if block(layer):
        return texts.say("brief.block"), texts.say("brief.ask")
    match layer.block:
        case Conv(height=height, width=width):
            kept = ("brief.seen-positive",) if layer.activation == "relu" else ()
            told = (*kept, "brief.conv", "brief.windows")
            return tuple(texts.say(key, height=height, width=width) for key in told)
        case MaxPool() | AveragePool():
            return (texts.say("brief.max" if isinstance(layer.block, MaxPool) else "brief.mean"),)
        case PatchEmbedding(size=size):
            return texts.say("brief.patches", size=size), texts.say("brief.tokens")
        case Maxout() | LocalNorm():
            return ()
    positive = [texts.say("brief.positive")] if layer.activation == "relu" else []
    return (*positive, texts.say("brief.dense"))


def _deed(layer: Layer, n: int, texts: Texts) -> str:
    """What so many neurons of a layer do."""
    then = texts.say(f"then.{layer.activation if layer.activation in _FUNCTIONS else 'bias'}", n=n)
    match layer.block:
        case Conv(height=height, width=width):
            deed = texts.say("deed.conv", n=n, height=height, width=width, then=then)
        case MaxPool(sides=(height, width)):
            deed = texts.say("deed.max", height=height, width=width)
        case AveragePool(sides=(height, width)):
            deed = texts.say("deed.mean", height=height, width=width)
        case Maxout(pieces=pieces):
            deed = texts.say("deed.maxout", n=pieces)
        case LocalNorm(n=maps):
            deed = texts.say("deed.lrn", n=maps)
        case PatchEmbedding(size=size):
            deed = texts.say("deed.patches", n=layer.shape[1], size=size)
        case _:
            deed = texts.say("deed.dense", n=n, then=then)
    return deed
