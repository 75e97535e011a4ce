"""Make the small files of PyTorch and NumPy in tests/foreign, with the answers that PyTorch and NumPy give.

    python tests/golden/make_foreign.py        # needs the "torch" extra and safetensors

The files of ConvNetJS are made by make_convnetjs.js. convnetjs-mnist.npz holds a network that ConvNetJS
trained on MNIST, as its JSON, with 20 test images and ConvNetJS's answers.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

FOLDER = Path(__file__).parents[1] / "foreign"
SIZES = (16, 6, 5, 3)


class Perceptron(torch.nn.Module):
    """Dense layers fc1, fc2, fc3 with ReLU, dropout and a log-softmax."""

    def __init__(self) -> None:
        super().__init__()
        for place in range(1, len(SIZES)):
            setattr(self, f"fc{place}", torch.nn.Linear(SIZES[place - 1], SIZES[place]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Log-probabilities (B, 3) of images (B, 4, 4)."""
        x = torch.flatten(x, 1)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return torch.log_softmax(self.fc3(x), 1)


def pytorch(images: np.ndarray) -> np.ndarray:
    """Write the files of PyTorch; return its probabilities for the images."""
    torch.manual_seed(20250604)
    net = Perceptron()
    torch.save(net.state_dict(), FOLDER / "state.pt")
    torch.save(net, FOLDER / "module.pt")
    torch.save(net.state_dict(), FOLDER / "old.pt", _use_new_zipfile_serialization=False)
    safetensors.torch.save_file(net.state_dict(), FOLDER / "state.safetensors")
    adam = torch.optim.Adam(net.parameters())
    torch.nn.functional.nll_loss(net(torch.from_numpy(images)), torch.tensor([0, 1, 2, 0])).backward()
    adam.step()
    adam.zero_grad()
    found = net(torch.from_numpy(images)).exp().detach().numpy()
    # As training programs keep it, with views into shared and turned storage.
    state = {key: value.double() for key, value in net.state_dict().items()}
    state["fc1.weight"] = state["fc1.weight"].T.contiguous().T
    both = torch.cat([state["fc2.bias"], state["fc3.bias"]])
    state["fc2.bias"], state["fc3.bias"] = both[:5], both[5:]
    whole = {"epoch": 3, "loss": 0.5, "model_state_dict": state, "optimizer": adam.state_dict()}
    torch.save(whole, FOLDER / "checkpoint.pt")
    return found


def objects(images: np.ndarray) -> np.ndarray:
    """Write the .npz of object arrays; return its outputs for the images."""
    rng = np.random.default_rng(20250605)
    sizes = list(pairwise(SIZES))
    weights = [rng.standard_normal((n_out, n_in)) / np.sqrt(n_in) for n_in, n_out in sizes]
    biases = [rng.standard_normal((n_out, 1)) for _, n_out in sizes]
    arrays = {"weights": np.array(weights, object), "biases": np.array(biases, object)}
    np.savez(FOLDER / "objects.npz", sizes=np.array(SIZES), **arrays)
    x = images.reshape(len(images), -1).T.astype(np.float64)
    for weight, bias in zip(weights, biases, strict=True):
        x = 1 / (1 + np.exp(-(weight @ x + bias)))
    return x.T


def main() -> None:
    """Write all files, and the images and answers to expected.npz."""
    images = np.random.default_rng(20250606).random((4, 4, 4), np.float32)
    torch.manual_seed(20250604)
    state = Perceptron()(torch.from_numpy(images)).exp().detach().numpy()
    answers = {"state": state, "checkpoint": pytorch(images), "objects": objects(images)}
    np.savez_compressed(FOLDER / "expected.npz", images=images, **answers)
    for path in sorted(FOLDER.iterdir()):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
