"""Themes by name: dark and light, and those for eyes that need more."""

from dataclasses import replace
from types import MappingProxyType

from guarding import in_a_line
from scenes.errors import SceneError
from scenes.light.theme import DARK, LIGHT, Theme, ramp, rgb

# Black ground, text of at least 7 to 1 against it (WCAG 2.2, 1.4.6), little fog, and lines that stand out.
HIGH_CONTRAST = replace(
    DARK,
    name="high-contrast",
    background=(0, 0, 0),
    background_light=(0.0, 0.0, 0.0),
    vignette=0.0,
    heat=ramp(
        {0: "#2c3866", 0.18: "#7d1d3a", 0.38: "#dd2a1e", 0.60: "#ff6a2a", 0.80: "#ffc04a", 1: "#ffffff"}
    ),
    chill=ramp(
        {0: "#2c3866", 0.18: "#4a3090", 0.38: "#7a48e0", 0.60: "#a67cff", 0.80: "#cdb6ff", 1: "#ffffff"}
    ),
    excite=ramp({0: "#ff5a20", 0.5: "#ff9030", 1: "#ffe08a"}),
    inhibit=ramp({0: "#2a82ff", 0.5: "#4ab0ff", 1: "#a6e6ff"}),
    signal=ramp({0: "#9aa2b8", 0.5: "#d0d6e6", 1: "#ffffff"}),
    strand=0.66,
    idle_pixel=rgb("#1a2650"),
    panel_fill=(0, 0, 0),
    panel_frame=(190, 205, 255, 200),
    bar_track=(150, 170, 240, 80),
    bar=(rgb("#8090d8"), rgb("#c2ccff")),
    text=rgb("#ffffff"),
    text_soft=rgb("#dfe5ff"),
    text_faint=rgb("#c4cdf0"),
    answer=rgb("#ffc660"),
    right=rgb("#8dffb8"),
    wrong=rgb("#ffb0b0"),
    fog=0.25,
)

# For eyes that do not part red from green: warm is orange to yellow, cool is blue, and of one level what lies
# below its usual value is darker than what lies above.
COLOUR_BLIND = replace(
    DARK,
    name="colour-blind",
    heat=ramp(
        {0: "#222d55", 0.18: "#5a4420", 0.38: "#a86a10", 0.60: "#e8981c", 0.80: "#ffca50", 1: "#fff6c8"}
    ),
    chill=ramp(
        {0: "#222d55", 0.18: "#1f3a80", 0.38: "#2452b8", 0.60: "#3272ec", 0.80: "#5a98ff", 1: "#8cbcff"}
    ),
    excite=ramp({0: "#ff9416", 0.5: "#ffb02e", 1: "#ffe08a"}),
    inhibit=ramp({0: "#0b5cff", 0.5: "#1f88ff", 1: "#6cc4ff"}),
    paint=ramp(
        {
            0: "#86dcff",
            0.125: "#43a4ff",
            0.25: "#2f74f0",
            0.375: "#27409c",
            0.5: "#3a3c44",
            0.625: "#7c5516",
            0.75: "#c4841c",
            0.875: "#f2b03a",
            1: "#ffd04e",
        }
    ),
    bar_winner=(rgb("#d67a0c"), rgb("#ffd860")),
    answer=rgb("#ffc24a"),
    right=rgb("#8cc8ff"),
    wrong=rgb("#ffb03a"),
)

THEMES = MappingProxyType({theme.name: theme for theme in (DARK, LIGHT, HIGH_CONTRAST, COLOUR_BLIND)})


def theme(name: str) -> Theme:
    """The theme of this name.

    Raises:
        SceneError: the name is not known.
    """
    if not isinstance(name, str) or name not in THEMES:
        told = name if isinstance(name, str) else in_a_line(name)
        raise SceneError(f"theme {told} is not known: give one of {', '.join(THEMES)}")
    return THEMES[name]
