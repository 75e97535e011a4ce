"""Which option was meant by a name that a command does not have."""

from collections.abc import Collection
from difflib import get_close_matches

_ELSEWHERE = {
    "duration": "seconds",
    "length": "seconds",
    "time": "at",
    "resolution": "size",
    "width": "size",
    "height": "size",
    "vertical": "size",
    "portrait": "size",
    "square": "size",
    "output": "out",
    "format": "out",
    "file": "out",
    "mp4": "out",
    "gif": "out",
    "png": "out",
    "alpha": "transparent",
    "background": "transparent",
    "speed": "seconds",
    "orbit": "camera",
    "light": "theme",
    "dark": "theme",
    "srt": "subtitles",
    "framerate": "fps",
    "frame-rate": "fps",
    "network": "preset",
    "checkpoint": "model",
    "weights": "model",
    "picture": "image",
    "learning-rate": "lr",
    "epoch": "epochs",
    "batch-size": "batch",
}
"""What other programs call options of ours."""
_ALIKE = 0.65  # of two names; below it, what is alike is chance


def option_meant(name: str, known: Collection[str]) -> str:
    """A question after the option that is meant by a name, both with their dashes; "" where none is."""
    bare, ours = name.lstrip("-").lower(), {each.lstrip("-"): each for each in known if each.startswith("--")}
    said = _ELSEWHERE.get(bare, "")
    near = [said] if said in ours else get_close_matches(bare, ours, 1, _ALIKE)
    return f": did you mean {ours[near[0]]}?" if near else ""
