"""Key colours: those that the legend explains, for a picture that has room for few."""

import numpy as np
from numpy.typing import NDArray

from scenes.light.theme import Theme, calm, meeting

_MARKS = ("text", "answer", "right", "wrong", "mark")
_RAMPS = {
    "heat": 12,
    "chill": 6,
    "excite": 5,
    "inhibit": 6,
    "signal": 3,
    "attend": 4,
    "face": 6,
    "face_ink": 6,
    "paint": 0,
    "meeting": 12,
}
_PAINTED = {
    "heat": 4,
    "chill": 0,
    "excite": 3,
    "inhibit": 3,
    "signal": 2,
    "attend": 2,
    "face": 2,
    "face_ink": 2,
    "paint": 24,
    "meeting": 2,
}
_FAINT = (0.25, 0.5, 0.75)  # of a ramp's own colour, the rest the ground's: strands hardly ever shine in full


def key_colours(theme: Theme, *, painted: bool = False) -> NDArray[np.uint8]:
    """The colours of a theme that mean something: uint8 (n, 3), about 80, with paint 65.

    painted: whether the picture shows paint, and all else steps back.
    """
    shown = calm(theme) if painted else theme
    ground = np.array(theme.background, dtype=np.float64)
    marks = np.array([getattr(shown, name) for name in _MARKS])
    # Thin type is half as bright as its colour.
    colours = [marks, ground + _FAINT[1] * (marks - ground)]
    for name, count in (_PAINTED if painted else _RAMPS).items():
        ramp = meeting(shown) if name == "meeting" else getattr(shown, name)
        colours.append(ramp[np.linspace(0, 255, count).round().astype(int)])
        if name in ("excite", "inhibit", "attend"):
            colours += [(ground + share * (ramp[128] - ground))[None] for share in _FAINT]
    return np.concatenate(colours).round().astype(np.uint8)
