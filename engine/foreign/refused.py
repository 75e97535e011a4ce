"""What no layer here stands for, and what to do instead: one line a kind, whichever system names it."""

from __future__ import annotations

import re

_KINDS = (
    (
        r"lstm|\bgru\b|gru(_|cell)|rnn|bidirectional|weight_[ih]h",
        "recurrent layers are not taken: known are networks that read their image at once",
    ),
    (
        r"\dd_?transpose|transpose\dd|convtranspose|conv_transpose|upsampl|resiz|interpolate|col2im|grid_?sample",
        "nothing here makes maps larger: give the part of the network that reads (classifier, encoder)",
    ),
    (
        r"groupnorm|group_norm|instancenorm|instance_norm",
        "a norm over maps of each image is not taken: train it with batch normalisation",
    ),
    (
        r"quanti|qlinear|qconv|qgemm|qattention|integer$|qint|qtensor|packed_params",
        "it is quantised: give the network as it was before that, in float32",
    ),
    (
        r"complex",
        "complex numbers are not taken: known are networks of real ones",
    ),
    (
        r"mkldnn",
        "it was rewritten for one processor (optimize_for_inference): give the network as it was before that",
    ),
    (r"conv3d|pool(ing)?3d", "volumes are not taken: known are images and rows"),
    (r"embedding", "words and numbers of things are not taken: known are images and rows of measurements"),
    (
        r"^(multiply|mul|dot)$",
        "products of two of its own results (gates, squeeze and excitation) are not taken: train it without",
    ),
    (
        r"^(maximum|minimum)$",
        "the larger or smaller of two of its own results (maxout) is not taken: train it with a sum (Add)",
    ),
    (r"^(loop|if|scan)$", "loops and choices are not taken: export it for one size of image"),
    (r"nonmaxsuppression|roialign|topk", "it finds things in pictures: known are networks that tell classes"),
)


def way_round(name: str) -> str:
    """Why an operation or layer of this name is not taken and what to do; "" where nothing is known of it."""
    return next((told for pattern, told in _KINDS if re.search(pattern, name[:200].lower())), "")
