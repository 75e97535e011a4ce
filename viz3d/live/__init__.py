"""The live window. Only here is Qt imported; the widgets know neither a session nor a net."""

import os

# pyqtgraph takes the first binding that it finds: it must be the one that the window is written for.
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
# Threads of compiled loops that wait for one another sleep, and do not spin: beside the threads that draw,
# training was slower in every run that spun, though on a busy machine. OpenMP reads it when loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
