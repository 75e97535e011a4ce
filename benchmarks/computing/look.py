"""Looking into a net: a digit's full trace and its strongest synapses, beside PyTorch's forward with hooks.

    python benchmarks/computing/look.py             # needs the "torch" extra

"trace" keeps every neuron's pre-activation and activation of one digit. PyTorch's side runs the twin of the
same structure with a hook on every module that keeps its answer, in the same process and in turns, on one
thread each. "strongest" are the 5,000 synapses of largest contribution in the whole net, exactly.
"""

# PyTorch takes seconds to import: after the help.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits
from twins import twin

import engine


def hooked(preset: str) -> Callable[[np.ndarray], int]:
    """PyTorch's forward of one digit (28, 28) uint8; the answer is how many modules' answers were kept."""
    import torch

    module, (height, width, _) = twin(preset, fused_attention=False)
    module.eval()
    kept: dict[str, Any] = {}

    def keep(name: str) -> Callable[..., None]:
        return lambda _module, _inputs, output: kept.update({name: output})

    for name, part in module.named_modules():
        if not list(part.children()):
            part.register_forward_hook(keep(name))
    cut = (28 - height) // 2

    def run(image: np.ndarray) -> int:
        kept.clear()
        inside = image[cut : cut + height, cut : cut + width]
        with torch.inference_mode():
            module(torch.from_numpy(inside.astype(np.float32)[None, None] / 255))
        return len(kept)

    return run


def milliseconds(parts: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Medians of the parts' times, taken in turns."""
    took: dict[str, list[float]] = {name: [] for name in parts}
    for number in range(rounds + 5):
        for name, part in parts.items():
            begun = time.perf_counter()
            part()
            if number >= 5:
                took[name].append((time.perf_counter() - begun) * 1e3)
    return {name: statistics.median(values) for name, values in took.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200, help="turns of each side (default 200)")
    parser.add_argument("--preset", nargs="*", default=list(engine.presets()))
    options = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    image = (rng.integers(1, 256, (28, 28)) * (rng.random((28, 28)) < 0.19)).astype(np.uint8)
    print("milliseconds, medians over turns\n")
    print("| preset | synapses | trace | PyTorch with hooks | x | strongest 5,000 | of them learned only |")
    print("|---|---|---|---|---|---|---|")
    for preset in options.preset:
        net = engine.preset(preset, rng)
        trace, run = net.trace(image), hooked(preset)
        sides: dict[str, Callable[[], Any]] = {
            "trace": lambda net=net: net.trace(image),
            "torch": lambda run=run: run(image),
            "all": lambda trace=trace: engine.strongest(trace, 5000),
            "learned": lambda trace=trace: engine.strongest(trace, 5000, kinds=[engine.Kind.LEARNED]),
        }
        with threadpool_limits(1):
            found = milliseconds(sides, options.rounds)
        ratio = found["torch"] / found["trace"]
        print(
            f"| {preset} | {net.edge_count:,} | {found['trace']:.2f} | {found['torch']:.2f} | {ratio:.2f} | "
            f"{found['all']:.1f} | {found['learned']:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
