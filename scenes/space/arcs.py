"""Arcs: which panels the strands of skip connections pass over, and how high. All lengths are scene units."""

from collections.abc import Mapping, Sequence

from engine.graph.graph import Graph
from scenes.space.panel import Panel

_FAR = 3  # stations ahead from which on a connection is a skip connection to the eye
_CLEAR = 4.0  # between a panel's top and the strands that pass over it
# From the top of a panel to that of the strands that pass over it, which keep some of their neurons' heights:
# of a deck, over which most are lower; and of others, over which one from the top of a panel is so high.
_DECKS, _OTHERS = 6.0, 7.0


def height_over(graph: Graph, places: Mapping[str, Panel], first: str, last: str) -> float | None:
    """How high strands from one layer to another run, from the middle of the last; None for no skip."""
    passed = _passed(graph, first, last)
    return _top(places, passed, places[last]) + _CLEAR if passed else None


def rises(graph: Graph, panels: Sequence[Panel], *, decks: bool) -> tuple[float, ...]:
    """How far above the top of each panel strands pass over it, 0 where none do.

    decks: whether the panels are decks, over each of which strands may pass.
    """
    places, found = {panel.layer: panel for panel in panels}, dict.fromkeys((p.layer for p in panels), 0.0)
    if decks:
        return (_DECKS,) * len(panels)
    links = ((source, layer.name) for layer in graph.layers for source in layer.sources)
    for first, last in links:
        passed, end = _passed(graph, first, last), places[last]
        for name in passed:
            higher = _top(places, passed, end) - _top(places, [name], end) + _OTHERS
            found[name] = max(found[name], higher)
    return tuple(found.values())


def _passed(graph: Graph, first: str, last: str) -> list[str]:
    depth = graph.depths
    if depth[last] - depth[first] < _FAR:
        return []
    return [name for name, d in depth.items() if depth[first] < d < depth[last]]


def _top(places: Mapping[str, Panel], names: Sequence[str], end: Panel) -> float:
    """The highest top of some panels, from the middle of another one."""
    return max(0.5 * places[n].raster.height + float((places[n].centre - end.centre) @ end.up) for n in names)
