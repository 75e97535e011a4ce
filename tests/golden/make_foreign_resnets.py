"""Make PyTorch's state_dicts of small ResNets with the names that most have, and their answers.

    python tests/golden/make_foreign_resnets.py   # needs torch

resnet-wide.pt: as torchvision writes them, 7x7 and a pool at the beginning, blocks of three convolutions.
resnet-small.pt: as for CIFAR's 32x32, saved from DataParallel. resnet-padded.pt: with shortcuts that have no
weights (option A). resnet-own.pt: resnet-small with names of its own. The weights are random; resnets.npz has
the images and answers.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from packed import packed
from torch import nn
from torch.nn import functional

FOLDER = Path(__file__).parents[1] / "foreign"


class Block(nn.Module):
    """A residual block of two convolutions, or of three."""

    def __init__(self, wide: int, maps: int, stride: int, beside: str, three: bool):
        super().__init__()
        sides = (1, 3, 1) if three else (3, 3)
        widths = (wide, *(maps // 2 if three else maps for _ in sides[1:]), maps)
        for i, side in enumerate(sides, 1):
            step = stride if i == (2 if three else 1) else 1
            setattr(self, f"conv{i}", nn.Conv2d(*widths[i - 1 : i + 1], side, step, side // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(widths[i]))
        self.count, self.beside, self.stride, self.extra = len(sides), beside, stride, maps - wide
        if beside and (stride > 1 or maps != wide):
            conv = nn.Conv2d(wide, maps, 1, stride, bias=False)
            setattr(self, beside, nn.Sequential(conv, nn.BatchNorm2d(maps)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made = x
        for i in range(1, self.count + 1):
            made = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(made))
            made = functional.relu(made) if i < self.count else made
        if hasattr(self, self.beside or "none"):
            x = getattr(self, self.beside)(x)
        elif self.extra:
            x = functional.pad(
                x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.extra // 2, self.extra // 2)
            )
        return functional.relu(made + x)


class ResNet(nn.Module):
    """Three stages of one or two blocks."""

    def __init__(self, wide: bool, beside: str, end: str):
        super().__init__()
        first = (7, 2, 3) if wide else (3, 1, 1)
        self.conv1, self.bn1, self.wide, self.end = (
            nn.Conv2d(1, 4, *first, bias=False),
            nn.BatchNorm2d(4),
            wide,
            end,
        )
        before = 4
        for stage, maps in enumerate((4, 6, 8), 1):
            stride = 2 if stage > 1 else 1
            blocks = [Block(before, maps, stride, beside, wide)]
            blocks += [Block(maps, maps, 1, beside, wide)] if stage == 1 else []
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
            before = maps
        setattr(self, end, nn.Linear(before, 10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu(self.bn1(self.conv1(x)))
        x = functional.max_pool2d(x, 3, 2, 1) if self.wide else x
        x = self.layer3(self.layer2(self.layer1(x)))
        return getattr(self, self.end)(x.mean((2, 3)))


OWN = {"module.": "", "layer": "stage", "conv": "c", "bn": "n", "shortcut": "down", "linear": "head"}


def _own(key: str) -> str:
    """A tensor's name with words of one's own."""
    for usual, own in OWN.items():
        key = key.replace(usual, own)
    return key


def main() -> None:
    """Write the three files, and the images and answers."""
    torch.manual_seed(20261127)
    images = (torch.rand(3, 1, 28, 28) * 4).round() / 4
    kept = {"images": images.numpy()}
    for name, net in {
        "resnet-wide": ResNet(wide=True, beside="downsample", end="fc"),
        "resnet-small": ResNet(wide=False, beside="shortcut", end="linear"),
        "resnet-padded": ResNet(wide=False, beside="", end="linear"),
    }.items():
        for key, array in net.state_dict().items():
            if "running" in key:
                array.copy_(torch.rand(array.shape) + 0.5)
        kept[name] = net.eval()(images).detach().numpy()
        before = "module." if name == "resnet-small" else ""
        state = {before + key: array for key, array in net.state_dict().items()}
        torch.save(state, FOLDER / f"{name}.pt")
        packed(FOLDER / f"{name}.pt")
        if name == "resnet-small":
            torch.save({_own(key): array for key, array in state.items()}, FOLDER / "resnet-own.pt")
            packed(FOLDER / "resnet-own.pt")
    np.savez_compressed(FOLDER / "resnets.npz", **kept)


if __name__ == "__main__":
    main()
