"""The page of code, joined to the session's network and to the scene, where a line lights its layer."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from engine import Net
from viz3d.findings.code import NetworkCode, lines_or_why
from viz3d.live.control.desk import Desk
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.code.code_page import CodePage

_LETTERS = 76  # of a line that has its comment behind it: the page is narrow


class CodeControl(QObject):
    """Writes the network down anew whenever an act has changed its layers, and only while it is seen."""

    def __init__(self, desk: Desk, view: SceneView) -> None:
        super().__init__()
        self._desk = desk
        self.page = CodePage()
        self._written: Net | None = None
        self.page.hide()
        self.page.pointed.connect(view.light_layers)
        self.page.copied.connect(self._copy)
        desk.acted.connect(self._write)

    def show_page(self, on: bool) -> None:
        """Show the page or take it away."""
        self.page.setVisible(on)
        self._write()

    def _write(self) -> None:
        net = self._desk.session.net
        if self.page.isHidden() or net is self._written:
            return
        self._written = net
        code = NetworkCode(net, _LETTERS)
        self.page.set_code(lines_or_why(code, "text"), lines_or_why(code, "module"))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._desk.said.emit(f"copied: {len(text.splitlines())} lines")
