"""Small PyTorch networks, one for each thing that exporters write in a way of their own."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812


class Convolutions(nn.Module):
    """Stride, dilation, groups, batch norms before and after a ReLU, uneven padding, a log-softmax."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, groups=4, padding=(1, 2))
        self.norm2 = nn.BatchNorm2d(4)
        self.conv3 = nn.Conv2d(4, 5, 2, stride=2, dilation=2)
        self.head = nn.Linear(10, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Log-probabilities of images."""
        x = F.relu(self.norm1(self.conv1(x)))
        x = self.norm2(F.relu(self.conv2(x)))
        x = F.max_pool2d(F.leaky_relu(self.conv3(x), 0.01), 2)
        return F.log_softmax(self.head(x.flatten(1)), 1)


class Branches(nn.Module):
    """A residual sum, maps side by side, a mean over maps, a row beside it, sums at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(1, 2, 5, padding=2)
        self.deep, self.skip = nn.Conv2d(5, 4, 3, padding=1), nn.Conv2d(5, 4, 1)
        self.row, self.head = nn.Linear(64, 6), nn.Linear(10, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Sums (logits) of images."""
        y = torch.cat([F.relu(self.left(x)), torch.tanh(self.right(x))], 1)
        y = F.relu(self.deep(y) + self.skip(y))
        y = F.adaptive_avg_pool2d(y, 1).flatten(1)
        row = F.gelu(self.row(((x - 0.13) / 0.3).flatten(1)))
        return self.head(torch.cat([y, row], 1))


class Transformer(nn.Module):
    """Patches, a class token, positions, and PyTorch's own encoder layers."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = nn.Conv2d(1, 8, 4, 4)
        self.cls_token, self.pos_embed = (
            nn.Parameter(torch.randn(1, 1, 8)),
            nn.Parameter(torch.randn(1, 5, 8)),
        )
        layer = nn.TransformerEncoderLayer(8, 2, 12, 0.1, "gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(8), nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Probabilities of images."""
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.encoder(x))[:, 0]).softmax(1)


class Packed(nn.Module):
    """Patches cut by reshaping, queries, keys and values as one layer, the mean of all tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.patch, self.norm1, self.qkv, self.out = (
            nn.Linear(16, 8), nn.LayerNorm(8), nn.Linear(8, 24), nn.Linear(8, 8)
        )  # fmt: skip
        self.norm2, self.fc1, self.fc2, self.head = (
            nn.LayerNorm(8), nn.Linear(8, 12), nn.Linear(12, 8), nn.Linear(8, 3)
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Sums (logits) of images."""
        n = x.shape[0]
        x = self.patch(x.reshape(n, 2, 4, 2, 4).permute(0, 1, 3, 2, 4).reshape(n, 4, 16))
        q, k, v = self.qkv(self.norm1(x)).reshape(n, 4, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        seen = (q @ k.transpose(-2, -1) * 4**-0.5).softmax(-1) @ v
        x = x + self.out(seen.transpose(1, 2).reshape(n, 4, 8))
        x = x + self.fc2(F.gelu(self.fc1(self.norm2(x)), approximate="tanh"))
        return self.head(x.mean(1))


class Script(nn.Module):
    """A convolution, a pool and a dense layer, as people save them whole."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.fc = nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Linear(27, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Log-probabilities of images."""
        return F.log_softmax(self.fc(torch.flatten(F.max_pool2d(F.relu(self.norm(self.conv(x))), 2), 1)), 1)


class Fused(nn.Module):
    """Attention as one operator, and sizes that are asked of the image, as most people write transformers."""

    def __init__(self) -> None:
        super().__init__()
        self.patch, self.norm1, self.norm2 = nn.Conv2d(1, 8, 4, 4), nn.LayerNorm(8), nn.LayerNorm(8)
        self.qkv, self.out, self.head = nn.Linear(8, 24), nn.Linear(8, 8), nn.Linear(8, 3)
        self.fc1, self.fc2 = nn.Linear(8, 12), nn.Linear(12, 8)
        self.places = nn.Parameter(torch.randn(1, 4, 8))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Sums (logits) of images."""
        x = self.patch(x).flatten(2).transpose(1, 2) + self.places
        batch, tokens, width = x.shape
        parts = self.qkv(self.norm1(x)).reshape(batch, tokens, 3, 2, width // 2).permute(2, 0, 3, 1, 4)
        q, k, v = parts.unbind(0)
        seen = F.scaled_dot_product_attention(q, k, v)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, tokens, width))
        x = x + self.fc2(F.silu(self.fc1(self.norm2(x))))
        return self.head(x.mean(1).view(batch, -1))
