"""The folder of PyTorch's answers, and the script that makes them, for the inputs that it gave."""

import importlib.util
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
_spec = importlib.util.spec_from_file_location("make_golden", FOLDER / "make_golden.py")
golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden)
