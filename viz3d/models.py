"""Which network: one that comes with viz3d, or a file."""

from pathlib import Path

import data
import engine
from engine import Net
from viz3d.config import PRESET
from viz3d.errors import UserError


def choose_net(preset: str | None = None, model: Path | None = None) -> Net:
    """Return the trained net of `preset`, or the one saved in the file `model`.

    With both, the file must hold a net of that preset. Raises UserError, DataError or EngineError.
    """
    if model is None:
        return engine.load(data.model_path(preset or PRESET))
    if not model.is_file():
        raise UserError(f"--model {model}: there is no such file")
    net = engine.load(model)
    if preset is not None and net.name != preset:
        raise UserError(f"--model {model} holds a net of preset {net.name}, not {preset}: leave out --preset")
    return net
