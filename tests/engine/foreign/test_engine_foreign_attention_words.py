"""Attention in TorchScript's words: in sums, in one operator and in steps it is the same network."""

import numpy as np
import pytest
from archive_texts import rewritten
from foreign_nets import as_shares, outputs
from project import FOREIGN

SEEN = b"torch.scaled_dot_product_attention(q, k, v)"


BY_SUMS = b"""torch.einsum("b i h d, b h j d -> b h i j", [torch.transpose(q, 1, 2), k])
    shares = torch.softmax(torch.div(products, torch.pow(torch.floordiv(width, 2), 0.5)), -1)
    seen = torch.einsum("bhij,bhjd->bhid", [shares, v])"""


def test_attention_in_sums_over_named_axes_is_attention(tmp_path):
    images = np.load(FOREIGN / "fused.npz")
    net = rewritten(tmp_path / "sums", (b"seen = " + SEEN, b"products = " + BY_SUMS))
    assert np.abs(outputs(net, images["images"]) - as_shares(images["answers"])).max() < 1e-6


ATTENTION = b"x1 = torch.add(x0, (out).forward(_4, ))"


PACKED = b"width, 2, qkv.weight, qkv.bias, out.weight, out.bias"


ONE_OPERATOR = b"""n1 = (norm1).forward(x0, )
    seen1, shares, = torch._native_multi_head_attention(n1, n1, n1, PACKED)
    x1 = torch.add(x0, seen1)""".replace(b"PACKED", PACKED)


LAST = b"x2 = torch.add(x1, (fc2).forward(_6, ))"


OTHERS = b", ".join(b"%s.weight, %s.bias" % (each, each) for each in (b"norm1", b"norm2", b"fc1", b"fc2"))


ONE_BLOCK = b"x2 = torch._transformer_encoder_layer_fwd(x0, %s, False, FIRST, 1e-05, %s)" % (PACKED, OTHERS)


RELU = (b"__torch__.torch.nn.functional.silu(_5, False, )", b"torch.relu(_5)")


NORMS_LAST = (
    (b"(qkv).forward((norm1).forward(x0, ), )", b"(qkv).forward(x0, )"),
    (ATTENTION, b"x1 = (norm1).forward(torch.add(x0, (out).forward(_4, )), )"),
    (b"(fc1).forward((norm2).forward(x1, ), )", b"(fc1).forward(x1, )"),
    (LAST, b"x2 = (norm2).forward(torch.add(x1, (fc2).forward(_6, )), )"),
)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ((), ((ATTENTION, ONE_OPERATOR),)),
        ((RELU,), ((LAST, ONE_BLOCK.replace(b"FIRST", b"True")),)),
        ((RELU, *NORMS_LAST), ((LAST, ONE_BLOCK.replace(b"FIRST", b"False")),)),
    ],
    ids=["attention", "norms ahead", "norms behind"],
)
def test_a_block_in_one_operator_is_the_block_in_its_steps(tmp_path, long, short):
    """As traces of nn.MultiheadAttention and nn.TransformerEncoderLayer have it."""
    images = np.load(FOREIGN / "fused.npz")["images"]
    ways = [rewritten(tmp_path / name, *pairs) for name, pairs in (("long", long), ("short", short))]
    answers = [outputs(net, images) for net in ways]
    assert np.abs(answers[0] - answers[1]).max() < 1e-6
