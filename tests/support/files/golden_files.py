"""The folder of PyTorch's answers, and the script that makes them, for the inputs that it gave."""

import importlib.util

from project import GOLDEN

_spec = importlib.util.spec_from_file_location("make_golden", GOLDEN / "make_golden.py")
golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden)
