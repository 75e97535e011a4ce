"""Many edited synapses, and what follows them: a step of training, a trace, one edit more.

    python benchmarks/editing/edit_many.py

Processor time on one thread, beside the net without edits, in turns within one run.
"""

# Imports come where they are needed: threads are set before NumPy starts them.
# ruff: noqa: PLC0415

from __future__ import annotations

import functools
import time
from typing import Any

from edit import ALIKE, Call, four, in_turns, ms, net_of, one_thread, parser_of

MANY = {
    "mlp": (
        "cut input -> hidden1",
        "scale input -> hidden1 2",
        "cut input:0-13,* -> hidden1:0-255",
        "nudge hidden1 -> hidden2 0.001",
        "cut hidden1:0-99 -> hidden2",
        "; ".join(f"cut input:{i // 28},{i % 28} -> hidden1" for i in range(193)),
        "cut input:0-13,* -> hidden1; scale input:14-27,* -> hidden1 2",
    ),
    "cnn-draw": (
        "cut input -> conv1",
        "scale input -> conv1 2",
        "cut conv1 -> pool1",
        "scale conv1 -> pool1 2",
        "cut pool1:map3 -> conv2",
        "nudge pool1 -> conv2 0.001",
        "scale pool1:map3-9 -> conv2 2",
        "cut pool2 -> hidden1",
        "cut pool1 -> conv2:map0-19",
        "cut pool1:5-8,* -> conv2",
        "cut input:0-13,* -> conv1",
        "cut conv1:map3 -> pool1; cut pool1:map3 -> conv2; cut conv2:map3 -> pool2",
    ),
    "vit-tiny": (
        "cut tokens -> block1.norm1",
        "cut block1.norm1 -> block1.key",
        "scale block1.norm2 -> block1.hidden 2",
        "cut block1.hidden -> block1.residual2",
        "cut block1.hidden:0-8,* -> block1.residual2",
        "cut block1.query -> block1.scores",
        "scale block1.value -> block1.attention 2",
        "cut block1.value:*,0-15 -> block1.attention",
        "cut tokens:0,* -> block1.norm1",
        "nudge block1.value -> block1.attention 0.1",
        "cut tokens:*,0-15 -> block1.norm1",
    ),
}
MORE = {
    "mlp": "input:20,20 -> hidden1:300",
    "cnn-draw": "pool1:5,5,3 -> conv2:4,4,7",
    "vit-tiny": "block1.norm1:3,5 -> block1.query:3,7",
}
BATCH = 128


def stepper(net: Any) -> Call:
    """A forward and a backward pass of a batch of digits, as training makes them."""
    import numpy as np

    import data
    from engine.run import Machine, as_inputs

    rng = np.random.default_rng(0)
    x = as_inputs(net, np.resize(data.load("digits").images, (BATCH, 28, 28)))
    felt = rng.standard_normal((BATCH, *net.layers[-1].shape)).astype(np.float32) / BATCH
    gradients = {name: np.zeros_like(array) for name, array in net.parameters.items()}
    overlay = net.overlay
    machine = Machine(
        net.layers, net.parameters, BATCH, gradients=gradients, fast=True, lean=True, overlay=overlay
    )

    def step() -> None:
        machine.forward(x, rng)
        machine.backward(felt)

    return step


def one_more(net: Any, where: str) -> str:
    """The edit of one synapse, or the one that adds it where it is gone."""
    gone = not len(net.draft.synapses(where)[2])
    return f"{'add' if gone else 'set'} {where} 0.5"


def main() -> None:
    parser = parser_of(__doc__, 11)
    rounds = parser.parse_args().rounds
    one_thread()
    print("| preset | edited | edit and trace ms | step | trace | one edit more and its trace |")
    print("|---|---|---|---|---|---|")
    for preset, texts in MANY.items():
        net, image = net_of(preset), four()
        for text in texts:
            edited = net.mutate(text)
            base, more = edited.trace(image), one_more(edited, MORE[preset])
            traces: list[Call] = [
                functools.partial(net.trace, image),
                lambda net=net, image=image, text=text: net.mutate(text).trace(image),
                functools.partial(edited.trace, image),
                lambda net=edited, image=image, text=more, base=base: net.mutate(text).trace(
                    image, base=base
                ),
            ]
            alike = [lambda call=call: [call() for _ in range(ALIKE)] for call in traces]
            step, slow = map(ms, in_turns(rounds, stepper(net), stepper(edited), clock=time.process_time))
            taken = in_turns(rounds, *alike, clock=time.process_time)
            plain, first, trace, one = (ms(seconds) / ALIKE for seconds in taken)
            told = text if len(text) < 70 else f"{text[:30]} ... ({text.count(';') + 1} edits)"
            figures = f"{first:.2f} | {slow / step:.1f} x | {trace / plain:.1f} x | {one / plain:.1f} x"
            print(f"| {preset} | `{told}` | {figures} |", flush=True)


if __name__ == "__main__":
    main()
