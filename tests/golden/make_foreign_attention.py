"""Make PyTorch's files of a transformer whose attention is one operator, with its answers.

    python tests/golden/make_foreign_attention.py   # needs torch

The weights are random, the images 8x8. fused.npz has the images and the answers of the network that is traced
(fused-trace.pt), scripted (fused-script.pt) and exported (fused.pt2). encoder-script.pt is
PyTorch's own encoder, scripted, which is refused with the way round.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import torch
from packed import packed
from torch_graphs import Fused

FOLDER = Path(__file__).parents[1] / "foreign"


def main() -> None:
    """Write the three files, and the images and answers."""
    warnings.simplefilter("ignore")
    torch.manual_seed(20261126)
    net = Fused().eval()
    images = torch.rand(3, 1, 8, 8)
    torch.jit.trace(net, images[:1]).save(FOLDER / "fused-trace.pt")
    torch.jit.script(net).save(FOLDER / "fused-script.pt")
    made = torch.export.export(net, (images[:1],))
    for node in made.graph.nodes:
        node.meta.pop("stack_trace", None)
    torch.export.save(made, FOLDER / "fused.pt2")
    layer = torch.nn.TransformerEncoderLayer(4, 2, 4, batch_first=True)
    encoder = torch.nn.Sequential(torch.nn.Linear(28, 4), torch.nn.TransformerEncoder(layer, 1).eval())
    torch.jit.script(encoder).save(FOLDER / "encoder-script.pt")
    for name in ("fused-trace.pt", "fused-script.pt", "fused.pt2", "encoder-script.pt"):
        packed(FOLDER / name)
        print(f"{name}: {(FOLDER / name).stat().st_size:,} bytes")
    answers = net(images).detach().numpy()
    np.savez_compressed(FOLDER / "fused.npz", images=images.numpy(), answers=answers)


if __name__ == "__main__":
    main()
