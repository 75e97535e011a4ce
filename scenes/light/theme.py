"""Theme: every colour of a picture, dark for screens and light for slides and paper."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Ramp = NDArray[np.uint8]
"""A colour ramp: uint8 (256, 3), from value 0 to value 1."""
# Times the light of one strand of each sign that is seen where both meet: the few and faint, and the most.
_MET = 0.25, 1.5


def rgb(code: str) -> Colour:
    """Read a colour such as `#ff5f14` as three numbers 0..255."""
    code = code.removeprefix("#")
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def ramp(stops: dict[float, str]) -> Ramp:
    """Interpolate colour stops {value 0..1: "#rrggbb"} to a ramp, linear in sRGB."""
    xs = np.array(list(stops), dtype=np.float64)
    colours = np.array([rgb(code) for code in stops.values()], dtype=np.float64)
    x = np.linspace(0.0, 1.0, 256)
    return np.stack([np.interp(x, xs, colours[:, k]) for k in range(3)], axis=1).round().astype(np.uint8)


def sample(colours: Ramp, value: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colours (..., 3) for values 0..1 of any shape; values outside are held at the ends."""
    return colours[shade(value)]


def shade(value: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Places in a ramp, 0..255, of values 0..1 of any shape; values outside are held at the ends."""
    place: NDArray[np.uint8] = (np.clip(value, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    return place


@dataclass(frozen=True, eq=False)
class Theme:
    """Colours of a picture. `ink` is True where strands darken paper instead of adding light."""

    name: str
    ink: bool
    background: Colour
    background_light: tuple[float, float, float]  # added at the centre of the frame, 0..1
    vignette: float
    heat: Ramp  # activation
    chill: Ramp  # activation below rest
    grey: Ramp  # activation beside paint
    excite: Ramp  # what speaks for the answer, or adds to its target
    inhibit: Ramp  # what speaks against it, or takes away
    signal: Ramp  # what runs forward, of either sign
    attend: Ramp  # attention, of either sign
    face: Ramp  # the ground that attention is drawn on, from none to the most
    face_ink: Ramp  # and the digit there
    paint: Ramp  # results of a study, from the lowest through nothing to the highest
    strand: float  # opacity of the strongest strand
    inhibit_alpha: float  # blue looks stronger or weaker than red at the same alpha
    signal_alpha: float  # and white than red
    idle_pixel: Colour
    panel_fill: Colour  # behind opaque pixels
    panel_tint: tuple[int, int, int, int]  # behind neurons
    panel_frame: tuple[int, int, int, int]
    floor: tuple[int, int, int, int]
    bar_track: tuple[int, int, int, int]
    bar: tuple[Colour, Colour]
    bar_winner: tuple[Colour, Colour]
    bar_calm: tuple[Colour, Colour]  # the winner's beside paint
    text: Colour
    text_soft: Colour
    text_faint: Colour
    mark: Colour  # around what was edited
    answer: Colour
    answer_soft: Colour
    right: Colour
    wrong: Colour
    fog: float  # share of colour lost at the far end
    halo: float  # alpha of neuron halos
    bloom: float  # strength of the glow added after rendering


DARK = Theme(
    name="dark",
    ink=False,
    background=rgb("#04060d"),
    background_light=(0.022, 0.034, 0.085),
    vignette=0.85,
    heat=ramp(
        {
            0: "#222d55",
            0.06: "#312a55",
            0.18: "#5a1634",
            0.38: "#b81e1e",
            0.60: "#f4511e",
            0.80: "#ffa43a",
            1: "#fff1c4",
        }
    ),
    chill=ramp(
        {
            0: "#222d55",
            0.06: "#2a2b5e",
            0.18: "#3b2673",
            0.38: "#5c33b4",
            0.60: "#8a5ae6",
            0.80: "#b99aff",
            1: "#efe8ff",
        }
    ),
    grey=ramp({0: "#1f2848", 0.3: "#333d60", 0.6: "#626d94", 1: "#a3aed2"}),
    # So chosen that warm and cool light together is neutral, not magenta.
    excite=ramp({0: "#ff4410", 0.5: "#ff7a1c", 1: "#ffc866"}),
    inhibit=ramp({0: "#0b6cff", 0.5: "#1f97ff", 1: "#7fd8ff"}),
    signal=ramp({0: "#747c92", 0.5: "#b0b9cf", 1: "#e8eefa"}),
    attend=ramp({0: "#00795e", 0.5: "#10c592", 1: "#9dffdd"}),
    face=ramp({0: "#0d1328", 1: "#0a8064"}),
    face_ink=ramp({0: "#343e62", 1: "#d6fff0"}),
    paint=ramp(
        {
            0: "#86dcff",
            0.125: "#43a4ff",
            0.25: "#2f74f0",
            0.375: "#27409c",
            0.5: "#3a3c44",
            0.625: "#93301d",
            0.75: "#ea511b",
            0.875: "#ff8f2e",
            1: "#ffd267",
        }
    ),
    strand=0.52,
    inhibit_alpha=0.50,
    signal_alpha=0.77,
    idle_pixel=rgb("#1a2547"),
    panel_fill=(6, 9, 20),
    panel_tint=(64, 96, 190, 13),
    panel_frame=(107, 135, 217, 97),
    floor=(70, 110, 220, 46),
    bar_track=(84, 112, 205, 38),
    bar=(rgb("#44528a"), rgb("#7f90d0")),
    bar_winner=(rgb("#ff2f12"), rgb("#ffbe5c")),
    bar_calm=(rgb("#414b70"), rgb("#a3aed2")),
    text=rgb("#f3f5ff"),
    text_soft=rgb("#96a3ce"),
    text_faint=rgb("#7c89b6"),
    mark=rgb("#6ff0ff"),
    answer=rgb("#ffb457"),
    answer_soft=rgb("#fff1d6"),
    right=rgb("#7fe0a8"),
    wrong=rgb("#ff8f8f"),
    fog=0.5,
    halo=0.47,
    bloom=1.0,
)

LIGHT = Theme(
    name="light",
    ink=True,
    background=rgb("#f6f7fb"),
    background_light=(0.035, 0.03, 0.02),
    vignette=0.0,
    heat=ramp(
        {
            0: "#c6cee2",
            0.06: "#d3c6d2",
            0.18: "#f0a98a",
            0.38: "#f4763a",
            0.60: "#dc3a12",
            0.80: "#9c110d",
            1: "#45030e",
        }
    ),
    chill=ramp(
        {
            0: "#c6cee2",
            0.06: "#c3c5e4",
            0.18: "#b8ace6",
            0.38: "#9a7bdc",
            0.60: "#6c3cc0",
            0.80: "#46148c",
            1: "#200544",
        }
    ),
    grey=ramp({0: "#dde1ec", 0.3: "#bfc6d8", 0.6: "#8f98b4", 1: "#4a5270"}),
    excite=ramp({0: "#ff9a5c", 0.5: "#f4641e", 1: "#c23a08"}),
    inhibit=ramp({0: "#7fb6ff", 0.5: "#2f86ff", 1: "#0a50d0"}),
    signal=ramp({0: "#aab3cc", 0.5: "#747f9f", 1: "#3a4566"}),
    attend=ramp({0: "#4bc4a2", 0.5: "#0e9b74", 1: "#00664b"}),
    face=ramp({0: "#ecf0f7", 1: "#7ed6bb"}),
    face_ink=ramp({0: "#b0b8cd", 1: "#004a38"}),
    paint=ramp(
        {
            0: "#0b2690",
            0.125: "#1a50dc",
            0.25: "#3f7bff",
            0.375: "#a4c1ff",
            0.5: "#e1e2e7",
            0.625: "#ffb795",
            0.75: "#f4622c",
            0.875: "#d0330f",
            1: "#8c1409",
        }
    ),
    strand=0.62,
    inhibit_alpha=0.75,
    signal_alpha=0.70,
    idle_pixel=rgb("#dfe4f1"),
    panel_fill=(250, 251, 254),
    panel_tint=(90, 110, 180, 20),
    panel_frame=(80, 96, 150, 150),
    floor=(120, 140, 200, 60),
    bar_track=(90, 110, 180, 40),
    bar=(rgb("#9aa6cf"), rgb("#6f7fb8")),
    bar_winner=(rgb("#ff7a3c"), rgb("#c81e0a")),
    bar_calm=(rgb("#aeb6cc"), rgb("#4a5270")),
    text=rgb("#141a33"),
    text_soft=rgb("#4b5780"),
    text_faint=rgb("#66719a"),
    mark=rgb("#0077a3"),
    answer=rgb("#c81e0a"),
    answer_soft=rgb("#7c1206"),
    right=rgb("#0d7a45"),
    wrong=rgb("#b3123c"),
    fog=0.25,
    halo=0.42,
    bloom=0.0,
)


def meeting(theme: Theme) -> Ramp:
    """What warm and cool strands look like where they run over each other, from faint to bright."""
    warm, cool = theme.excite.astype(np.float64), theme.inhibit.astype(np.float64)
    if theme.ink:
        warm, cool = 255.0 - warm, 255.0 - cool
    light = np.linspace(*_MET, len(warm))[:, None] * (warm + theme.inhibit_alpha * cool)
    ground = np.array(theme.background, dtype=np.float64)
    lit = ground + np.array(theme.background_light) * (255.0 - ground)  # as the ground is painted
    return np.clip(lit - light if theme.ink else lit + light, 0.0, 255.0).round().astype(np.uint8)


def calm(theme: Theme) -> Theme:
    """The theme in which all but paint steps back, so that a warm neuron means one thing in the picture.

    Activation turns grey, synapses grow faint, and the answer is told by its size.
    """
    return replace(
        theme,
        heat=theme.grey,
        chill=theme.grey,
        excite=_faded(theme.excite),
        inhibit=_faded(theme.inhibit),
        signal=_faded(theme.signal),
        attend=_faded(theme.attend),
        face=_faded(theme.face),
        face_ink=_faded(theme.face_ink),
        strand=0.42 * theme.strand,
        halo=0.6 * theme.halo,
        bar=(theme.bar_calm[0], theme.bar_calm[0]),
        bar_winner=theme.bar_calm,
        answer=theme.text,
        answer_soft=theme.text,
    )


def _faded(colours: Ramp) -> Ramp:
    """The ramp with part of its colour taken away."""
    grey = colours.mean(axis=1, keepdims=True)
    faded: Ramp = (grey + 0.6 * (colours - grey)).round().astype(np.uint8)
    return faded
