"""Make tests/foreign/layers.tar.xz: one small network for each setting of a layer, with PyTorch's answers.

    python tests/golden/make_foreign_layers.py   # needs torch and onnx

The weights are random, the images 7x6 of two channels, above and below zero: what is padded, rounded up or
turned wrongly gives other answers. Each is an ONNX model and a file of torch.export; layers.npz has the
images, channels first, and the answers, by name.
"""

from __future__ import annotations

import io
import logging
import warnings
from pathlib import Path

import numpy as np
import torch
from packed import SHAPE, bundled, packed, unpacked
from torch import nn
from torch.nn import functional

FOLDER = Path(__file__).parents[1] / "foreign"
CLASSES = 3


class _Of(nn.Module):
    """What a function makes of an image, as a layer."""

    def __init__(self, function: object):
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Do it."""
        return self.function(x)


def _torch() -> dict[str, nn.Module]:
    conv = lambda **more: nn.Conv2d(2, 4, 3, **more)  # noqa: E731
    tokens = _Of(lambda x: x.flatten(2).transpose(1, 2))
    parts: dict[str, list[nn.Module]] = {
        "average-padded": [nn.AvgPool2d(3, 2, 1)],
        "average-not-counted": [nn.AvgPool2d(3, 2, 1, count_include_pad=False)],
        "average-ceil": [nn.AvgPool2d(2, 2, ceil_mode=True)],
        "average-ceil-no-gain": [nn.AvgPool2d((1, 2), 2, ceil_mode=True)],
        "max-ceil": [nn.MaxPool2d(2, 2, ceil_mode=True)],
        "max-ceil-relu": [conv(), nn.ReLU(), nn.MaxPool2d(2, 2, ceil_mode=True)],
        "max-padded": [nn.MaxPool2d(3, 2, 1)],
        "max-turned": [_Of(lambda x: -2 * x + 0.5), nn.MaxPool2d(2)],
        "padded-average": [nn.ZeroPad2d((1, 0, 2, 1)), nn.AvgPool2d(2)],
        "strided": [conv(stride=(2, 1), padding=(0, 1)), nn.ReLU()],
        "dilated": [conv(dilation=(2, 1)), nn.ReLU()],
        "grouped": [conv(groups=2), nn.ReLU()],
        "same": [nn.Conv2d(2, 4, (2, 3), padding="same"), nn.ReLU()],
        "adaptive": [conv(padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d((7, 3))],
        "adaptive-max": [conv(padding=1), nn.AdaptiveMaxPool2d((1, 2))],
        "batch-norm": [conv(), nn.BatchNorm2d(4, eps=0.2), nn.ReLU()],
        "layer-norm": [nn.Conv2d(2, 8, (7, 2), (7, 2)), tokens, nn.LayerNorm(8, eps=0.2), nn.Linear(8, 4)],
        "layer-norm-plain": [
            nn.Conv2d(2, 8, (7, 2), (7, 2)), tokens, nn.LayerNorm(8, elementwise_affine=False),
            nn.Linear(8, 4), nn.Tanh(),
        ],
        "leaky": [conv(), nn.LeakyReLU(0.15)],
        "elu": [conv(), nn.ELU()],
        "relu-six": [conv(), _Of(lambda x: 8 * x), nn.ReLU6()],
        "hard-swish": [conv(), nn.Hardswish()],
        "hard-sigmoid": [conv(), nn.Hardsigmoid()],
        "mish": [conv(), nn.Mish()],
        "gelu-tanh": [conv(), nn.GELU(approximate="tanh")],
        "softplus": [conv(), nn.Softplus()],
        "softsign": [conv(), nn.Softsign()],
        "own-silu": [conv(), _Of(lambda x: x * torch.sigmoid(x))],
        "scaled-sigmoid": [conv(), _Of(lambda x: 3 * torch.sigmoid(x) - 1), nn.Conv2d(4, 2, 2)],
        "sum-of-maps": [conv(), nn.ReLU(), _Of(lambda x: x.mean((2, 3)))],
        "largest": [conv(), nn.ReLU(), _Of(lambda x: x.amax((2, 3)))],
        "turned": [_Of(lambda x: x.transpose(2, 3)), conv()],
        "clamped": [conv(), _Of(lambda x: functional.hardtanh(4 * x, 0.0, 6.0))],
    }  # fmt: skip
    made = {}
    for name, some in parts.items():
        body = nn.Sequential(*some, nn.Flatten())
        count = body.eval()(torch.zeros(1, *SHAPE)).shape[1]
        made[name] = nn.Sequential(body, nn.Linear(count, CLASSES)).eval()
    return made


def in_pytorch(images: torch.Tensor) -> tuple[dict[str, bytes], dict[str, np.ndarray]]:
    """The files of PyTorch's modules, and their answers."""
    files, answers = {}, {}
    for name, net in _torch().items():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.05, 0.5)
            if isinstance(module, nn.BatchNorm2d | nn.LayerNorm) and module.weight is not None:
                module.weight.data.normal_(1, 0.5)
                module.bias.data.normal_(0, 0.3)
        answers[name] = net(images).detach().numpy()
        exported, onnx = io.BytesIO(), io.BytesIO()
        made = torch.export.export(net, (images[:1],))
        for node in made.graph.nodes:
            node.meta.pop("stack_trace", None)
        torch.export.save(made, exported)
        torch.onnx.export(net, (images[:1],), onnx, dynamo=False, opset_version=17)
        files |= {f"{name}.pt2": unpacked(exported.getvalue()), f"{name}.onnx": onnx.getvalue()}
    return files, answers


def of_no_size() -> None:
    """Write a TorchScript file, which tells no size of its images, of 12x12, and its answers."""
    torch.manual_seed(20261130)
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 3)
    )
    torch.jit.save(torch.jit.script(net.eval()), FOLDER / "of-no-size.pt")
    packed(FOLDER / "of-no-size.pt")
    images = torch.rand(3, 1, 12, 12)
    np.savez(FOLDER / "of-no-size.npz", images=images.numpy(), answers=net(images).detach().numpy())


def main() -> None:
    """Write all files."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    torch.manual_seed(20261129)
    images = np.random.default_rng(20261129).normal(0, 1, (3, *SHAPE)).astype(np.float32)
    files, answers = in_pytorch(torch.from_numpy(images))
    bundled(FOLDER / "layers.tar.xz", files)
    np.savez_compressed(FOLDER / "layers.npz", images=images, **answers)
    of_no_size()


if __name__ == "__main__":
    main()
