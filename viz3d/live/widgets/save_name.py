"""The dialog that asks where something is saved."""

import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(window: QWidget | None, title: str, begin: str, kinds: str) -> str:
    """The name of a file to write, "" where the person gave it up.

    A name that is typed without an ending gets one before the dialog looks whether such a file is there.

    begin: the name that is offered. kinds: as Qt has them, such as "Networks (*.npz);;All files (*)".
    """
    dialog = QFileDialog(window, title, str(Path(begin).parent), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(begin)
    dialog.setDefaultSuffix(Path(begin).suffix)

    def chosen(kind: str) -> None:
        endings = re.findall(r"\*(\.\w+)", kind)
        if endings and f".{dialog.defaultSuffix()}" not in endings:
            dialog.setDefaultSuffix(endings[0])

    dialog.filterSelected.connect(chosen)
    try:
        return dialog.selectedFiles()[0] if dialog.exec() else ""
    finally:
        dialog.deleteLater()
