"""What is held over the window is told to be taken, ahead of letting go of it."""

from live_windows import drop
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QImage
from PySide6.QtWidgets import QApplication

from viz3d.live.widgets.asking.drop_frame import told
from viz3d.live.widgets.style import look


def held(window, brought):
    """Hold something over the window."""
    how = Qt.DropAction.CopyAction, brought, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(300, 300), *how))


def test_what_is_held_over_the_window_is_told_to_be_taken_until_it_leaves(window, tmp_path):
    # Lost otherwise: nothing tells that a file may be let go of here, nor what would come of it.
    frame, files, picture, text = window._dropping, QMimeData(), QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(tmp_path / "four.png"))])
    picture.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    text.setText("ablate hidden1:3")
    plain = window.grab().toImage()
    held(window, files)
    assert frame.geometry() == window.root.rect()
    shown = window.grab().toImage()
    assert shown.pixelColor(200, 6).name() == look().accent.name(), "all around"
    assert shown.pixelColor(200, shown.height() - 7).name() == look().accent.name()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert window.grab().toImage() == plain
    held(window, text)
    assert not frame.isVisible(), "of text it is told what it is not"
    drop(window, brought=picture)
    assert not frame.isVisible()
    assert told(files) == "Let go to open four.png"
    files.setUrls(2 * files.urls())
    assert told(files) == "Let go to open 2 files"
    assert told(picture) == "Let go to have the picture read"
