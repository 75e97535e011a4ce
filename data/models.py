"""The trained models that come with viz3d: data/models/<preset>.npz, made by `python -m viz3d.train`."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from data.errors import DataError
from guarding import in_a_line

FOLDER = Path(__file__).with_name("models")


def bundled_models() -> tuple[str, ...]:
    """Names of the bundled trained models, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.npz")))


def model_path(preset: str) -> Path:
    """File of the bundled trained model of a preset; DataError lists those that there are."""
    if not isinstance(preset, str):
        raise DataError(f"a bundled model is named by text such as 'mlp', got {in_a_line(preset)}")
    names = bundled_models()
    if preset not in names:
        known = ", ".join(names) or "none yet"
        near = get_close_matches(preset, names, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise DataError(
            f'no bundled model "{preset:.60}": {hint}bundled are {known}; train one with viz3d.train'
        )
    return FOLDER / f"{preset}.npz"
