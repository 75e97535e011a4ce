"""The live window. Only here is Qt imported; the widgets know neither a session nor a net."""

import os

# pyqtgraph takes the first binding that it finds: it must be the one that the window is written for.
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
