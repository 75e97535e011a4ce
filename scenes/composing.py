"""Composing: all that a film needs is worked out of a trace and a look, and put together as a Scene."""

from collections.abc import Sequence
from math import ceil
from typing import Unpack

import numpy as np

from engine import Net, Trace
from engine.kernels.threads import one_blas_thread
from scenes.errors import SceneError
from scenes.lettering import captions
from scenes.lettering.card.exhibit import Exhibit, exhibit
from scenes.lettering.keys.neuron_key import neuron_key
from scenes.lettering.keys.paint_key import paint_key
from scenes.lettering.keys.strand_key import strand_key
from scenes.light import attended, neurons, pulse
from scenes.light.drawn_synapses import DrawnSynapses, none_of, select
from scenes.light.paint import coat
from scenes.light.see_through import without_ground
from scenes.light.theme import Theme, calm
from scenes.light.themes import theme
from scenes.look import Changes, Look, named
from scenes.scene import Scene
from scenes.site import Site, site_of
from scenes.space.layout import Layout
from scenes.space.reach import looks_at_pixels, reach
from scenes.texts import catalogue_for

_CLEAR = 900  # synapses of one layer that are told apart where layers stand in decks: a haze from there on
_DECKED = 0.2  # of more, the part that is drawn


@named
@one_blas_thread()  # once, and not for each connection
def compose(
    trace: Trace,
    look: Look | None = None,
    *,
    site: Site | None = None,
    since: Sequence[str] = (),
    ended: bool = False,
    card: bool = True,
    **changes: Unpack[Changes],
) -> Scene:
    """Make a scene of one digit's way through a net: `compose(trace, size=(1280, 720))`.

    Args:
        trace: every neuron's value for the digit.
        look: all that can be chosen about the picture, see Look.
        site: that of a scene before, such as of another digit, so that it need not be worked out again. What
            does not hold of it, in another net or size, is worked out: the scene is the same as without it.
        since: mutations that the picture need not tell; of all others it tells the net's history.
        ended: work out the last picture alone, for a hand that changes the digit: no signal runs in it, and
            its legend does not tell what share the synapses carry. It is ready sooner.
        card: whether one stands in the foot of a picture of evidence; a window that writes headline, answer
            and legend itself has no room for it.
        changes: fields of the look by name, in place of its own.

    Raises:
        SceneError: a look has no field of that name, a value cannot be drawn, or the net has no such layer.
        EngineError: the paint is for a layer that the net does not have.
    """
    check_trace(trace)
    look = _fitting(given(look).changed(**changes), trace.net)
    paint, net = look.paint, trace.net
    texts = catalogue_for(look.language, net.noun)
    site = site_of(net, look, site)
    layout, line = site.layout, site.timeline
    colours = theme(look.theme) if paint is None else calm(theme(look.theme))
    colours = without_ground(colours) if look.transparent else colours
    layers = None if paint is None else coat(paint, net, look.seconds)
    drawn, signal = _strands(trace, layout, look, ended)
    balls = neurons.prepare(trace, layout, site.bodies, signal, line, colours, layers)
    painted = None if layers is None else layers.neurons
    sight = None if ended else np.stack(site.path.end.axes()[:2]).astype(np.float32)
    shown = _exhibited(trace, look, colours, card=card)
    words = captions.write(
        trace,
        look,
        scale=neuron_key(trace, balls, texts),
        key=strand_key(trace, look, drawn, signal, shares=not ended),
        since=since,
        exhibit=shown if card else None,
        paint=None if paint is None else paint_key(paint, net, colours, texts),
    )
    return Scene(
        site=site,
        theme=colours,
        drawn=drawn,
        light=pulse.prepare(drawn, colours, line, painted, sight),
        signal=signal,
        signal_light=pulse.prepare(signal, colours, line, painted, sight),
        neurons=balls,
        attended=tuple(attended.shares(trace, face) for face in layout.faces),
        probabilities=trace.probabilities.astype(np.float32),
        numbers=trace.net.gives_numbers,
        words=_settled(words, site, colours, card=card),
        ended=ended,
        reach=reach(net, layout, shown.neuron) if shown is not None and shown.neuron is not None else None,
    )


def check_trace(given: object) -> None:
    """SceneError where something else is given than a trace, such as a net or an image."""
    if not isinstance(given, Trace):
        raise SceneError(f"{type(given).__name__} is no trace: give what net.trace(image) makes of an image")


def given(look: Look | None) -> Look:
    """A look that is given, or else the usual one. SceneError where something else is given."""
    if not isinstance(look, Look | None):
        raise SceneError(f"{type(look).__name__} is no look: give a scenes.Look, or its fields by name")
    return look or Look()


def _fitting(look: Look, net: Net) -> Look:
    """The look as this net can have it. SceneError where it names a layer that the net does not have."""
    names = [layer.name for layer in net.layers]
    if look.layer and look.layer not in names:
        raise SceneError(f"layer {look.layer} is not in {net.name}: give one of {', '.join(names)}")
    if net.layers[-1].size < 2:  # one score leads over nothing
        return look.changed(show="contribution", of=None, against=None)
    return look


def _settled(words: captions.Words, site: Site, colours: Theme, *, card: bool) -> captions.Words:
    """The words, as there is room for them in the last picture."""
    # A window, which has no card, lets names that touch give way to each other: that is quicker.
    if card:
        return captions.settle(words, site.last_view(colours))
    return captions.settle_marks(words, site.last_view(colours)) if words.marks else words


def _strands(trace: Trace, layout: Layout, look: Look, ended: bool) -> tuple[DrawnSynapses, DrawnSynapses]:
    """The synapses that are lit once the answer stands, and those in which the signal runs."""
    # Those of a layer in a deck have a short way, on which more of them would be a haze.
    decked = bool(look.layer) and layout.decks
    total = min(look.synapses, max(_CLEAR, ceil(_DECKED * look.synapses))) if decked else look.synapses
    drawn = select(trace, layout, total, look.show, look.of, look.against, look.sign, look.layer)
    # Of weights and gradients some of the signal stays, see pulse.stays.
    runs = not ended or look.show in ("weight", "gradient")
    if not runs:
        return drawn, none_of(trace.net, look.synapses, "signal")
    return drawn, select(trace, layout, look.synapses, "signal")


def _exhibited(trace: Trace, look: Look, colours: Theme, *, card: bool) -> Exhibit | None:
    """What the card shows; without one only the neuron that looks at pixels is wanted of it."""
    wanted = look.text and (card or looks_at_pixels(trace.net) is not None)
    return exhibit(trace, look, colours) if wanted else None
