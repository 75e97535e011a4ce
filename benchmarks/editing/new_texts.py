"""How fast a net is edited and traced anew where each edit's text and place is another one.

    python benchmarks/editing/new_texts.py

Processor time on one thread, in turns with a plain trace within one run.
"""

# Imports come where they are needed: threads are set before NumPy starts them.
# ruff: noqa: PLC0415

from __future__ import annotations

import contextlib
import functools
import itertools
from typing import Any

from edit import ALIKE, EVERY, NEURONS, SYNAPSES, four, net_of, of_new_texts, one_thread, parser_of


def any_end(layer: Any, how: str, rng: Any) -> str:
    """Neurons of a layer by chance: one, a range on each axis, or all."""
    if how == "all":
        return str(layer.name)
    shape = layer.shape[:-1] if len(layer.shape) == 3 and layer.shape[-1] == 1 else layer.shape
    sides = [sorted(rng.integers(length, size=2).tolist()) for length in shape]
    return f"{layer.name}:{','.join(str(low) if how == 'one' else f'{low}-{high}' for low, high in sides)}"


def new_text(net: Any, kind: str, layers: tuple[str, ...], hows: tuple[str, ...], rng: Any) -> str:
    """An edit of a kind whose text has hardly been met before: places and its number are drawn by chance."""
    ends = (any_end(net.layer(layer), how, rng) for layer, how in zip(layers, hows, strict=True))
    verb, _, last = kind.partition(" {}")
    number = f" {rng.uniform(0.1, 3):.6f}"
    return f"{verb} {' -> '.join(ends)}{last if verb == 'function' else number if last else ''}"


def new_texts(net: Any, kind: str, layers: tuple[str, ...], hows: tuple[str, ...], count: int) -> list[str]:
    """Different texts of a kind that can all be done; none where hardly any can."""
    import numpy as np

    import engine

    rng, found = np.random.default_rng(0), dict[str, None]()
    for _ in range(20 * count):
        text = new_text(net, kind, layers, hows, rng)
        with contextlib.suppress(engine.EngineError):
            net.mutate(text)
            found[text] = None
        if len(found) == count:
            return list(found)
    return []


def forget(net: Any) -> None:
    """Have nothing remembered of the texts, which were tried out."""
    from engine.edits import grammar

    grammar.single.cache_clear()
    grammar.words.cache_clear()
    net.graph.named.clear()


def main() -> None:
    parser = parser_of(__doc__, 15)
    rounds = parser.parse_args().rounds
    one_thread()
    print("Processor time of an edit whose text is new and its new trace over that of a plain trace:\n")
    print("| preset | edit | plain trace ms | edit and new trace ms | x plain |\n|---|---|---|---|---|")
    for preset in EVERY:
        net, image = net_of(preset), four()
        base = net.trace(image)
        neurons = [((n.name,), NEURONS, ("one", "range", "all")) for n in net.layers[:-1]]
        synapses = [(pair, SYNAPSES, ("one", "range", "all")) for pair in net.connections]
        for layers, kinds_of, ways in (*neurons, *synapses):
            for kind, hows in itertools.product(kinds_of, itertools.product(ways, repeat=len(layers))):
                texts = new_texts(net, kind, layers, hows, (rounds + 1) * ALIKE)
                if texts:
                    forget(net)
                    turns = iter(texts)
                    mine = functools.partial(itertools.islice, turns, ALIKE)
                    plain, ours = of_new_texts(rounds, net, image, base, mine)
                    name = f"{kind.split()[0]} {' -> '.join(layers)}, {' to '.join(hows)}"
                    print(
                        f"| {preset} | {name} | {plain:.2f} | {ours:.2f} | {ours / plain:.2f} |", flush=True
                    )


if __name__ == "__main__":
    main()
