"""Make losses.npz: PyTorch's losses and gradients for made-up scores.

    python tests/golden/make_losses.py    # needs the "torch" extra

The tests take the same scores from the function below, which needs only NumPy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

# Ours -> the output activation that it is for.
HEADS = {
    "nll": "log-softmax",
    "cross-entropy": "softmax",
    "squared-error": "sigmoid",
    "binary-cross-entropy": "sigmoid",
    "hinge": "identity",
}


def scores() -> tuple[np.ndarray, np.ndarray]:
    """Float64 pre-activations (12, 10), two rows of them far beyond exp's float32 range, and labels (12,)."""
    rng = np.random.default_rng(20250604)
    found = rng.standard_normal((12, 10)) * 2
    found[10:] *= 100
    return found, rng.integers(0, 10, 12)


def answers() -> dict[str, np.ndarray]:
    """What PyTorch finds: "<loss>" the mean loss (1,), "<loss> gradient" by the scores (12, 10)."""
    import torch
    from torch.nn import functional

    found = {}
    pre, labels = scores()
    truth = torch.from_numpy(labels)
    onehot = functional.one_hot(truth, 10).double()
    for name in HEADS:
        z = torch.from_numpy(pre.copy()).requires_grad_()
        if name in ("nll", "cross-entropy"):
            loss = functional.cross_entropy(z, truth)
        elif name == "squared-error":
            loss = 0.5 * ((z.sigmoid() - onehot) ** 2).sum(dim=1).mean()
        elif name == "binary-cross-entropy":
            loss = functional.binary_cross_entropy_with_logits(z, onehot, reduction="sum") / len(labels)
        else:
            # PyTorch divides the sum over the classes by their number.
            loss = functional.multi_margin_loss(z, truth, margin=1.0) * 10
        loss.backward()
        found[name] = np.array([loss.item()])
        found[f"{name} gradient"] = z.grad.numpy()
    return found


if __name__ == "__main__":
    np.savez_compressed(Path(__file__).parent / "losses.npz", **answers())
