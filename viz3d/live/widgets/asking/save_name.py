"""The dialog that asks where something is saved."""

import re
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask_where(window: QWidget | None, title: str, begin: str, kinds: str) -> str:
    """The name of a file to write, "" where the person gave it up.

    A name that is typed without an ending gets that of its kind, and what stands there is written over only
    when the person has agreed.

    begin: the name that is offered. kinds: as Qt has them, such as "Networks (*.npz);;All files (*)".
    """
    dialog = QFileDialog(window, title, str(Path(begin).parent), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    # The dialogs of some desktops ask about the name as it was typed, ahead of its ending.
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.selectFile(begin)
    dialog.setDefaultSuffix(Path(begin).suffix)

    def chosen(kind: str) -> None:
        endings = re.findall(r"\*(\.\w+)", kind)
        if f".{dialog.defaultSuffix()}" not in endings:
            dialog.setDefaultSuffix(endings[0] if endings else "")  # of all files a name is what was typed

    dialog.filterSelected.connect(chosen)
    try:
        while dialog.exec():
            name = dialog.selectedFiles()[0]
            if not Path(name).is_file() or _agreed(window, title, name):
                return name
        return ""
    finally:
        dialog.deleteLater()


def _agreed(window: QWidget | None, title: str, name: str) -> bool:
    """Whether the person agrees that a file is written over."""
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    asked = f"{Path(name).name} is there already. Write over it?"
    return QMessageBox.warning(window, title, asked, yes | no, no) == yes
