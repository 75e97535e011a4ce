"""What `viz3d inspect` tells of the small data set, as numbers or as a page; and nets that it tells of."""

import json

import data
import engine
from viz3d.inspect.command import inspect

DIGITS = data.load("digits", "test")
NETS = {name: engine.load(data.model_path(name)) for name in ("mlp", "mlp-sigmoid", "cnn-draw", "vit-tiny")}
MISREAD = 111  # a four of the small data set that mlp reads as a nine


def asked(capsys, **given) -> dict:
    """What --json prints."""
    inspect(data="digits", json=True, **given)
    return json.loads(capsys.readouterr().out)


def printed(capsys, columns: int, monkeypatch, **given) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    inspect(**({"data": "digits"} | given))
    return capsys.readouterr().out
