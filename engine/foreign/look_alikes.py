"""Files that begin as those of a known format do, and are none: JSON of other systems, and Core ML."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.foreign.formats import ForeignFile, Unread

TREES = "it holds decision trees ({}), no network of neurons: train one, python -m viz3d train --data ..."
PARTS = "only the plan of a network or another system's parts ({}): give the network as ONNX"


def _json(*keys: bytes) -> Callable[[ForeignFile], bool]:
    """Whether a file is a JSON object with all these words."""
    return lambda file: file.content[:1] == b"{" and all(b'"%s"' % key in file.content for key in keys)


OTHER_JSON: tuple[Unread, ...] = (
    Unread(
        _json(b"trainOpts", b"layers"),
        "it is a network of brain.js: save its layers' weights and biases from Python, "
        "numpy.savez('net.npz', W1=..., b1=..., W2=..., b2=...), and tell --activation sigmoid",
    ),
    Unread(_json(b"learner", b"gradient_booster"), TREES.format("XGBoost")),
    Unread(
        lambda file: file.content.startswith(b"{L") and b"learner" in file.content[:40],
        TREES.format("XGBoost"),
    ),
    Unread(_json(b"tree_info", b"max_feature_idx"), TREES.format("LightGBM")),
    Unread(_json(b"nodes", b"arg_nodes", b"heads"), f"it is {PARTS.format('MXNet')}"),
    Unread(
        _json(b"architectures", b"model_type"),
        "it is the configuration of a Hugging Face model, without weights: give model.safetensors beside it",
    ),
)
"""Objects of JSON that are no network of ConvNetJS."""
CORE_ML = Unread(
    lambda file: re.match(rb"\x08[\x01-\x1f]\x12[\x80-\xff]{0,4}[\x00-\x7f]\n", file.content) is not None,
    "it is a Core ML model: give the network that it was made of, or that as ONNX",
)
"""It begins as an ONNX model does, but its second field is a list, no name (Model.proto of coremltools)."""
