"""Paragraphs, lists and links of a document, in the window's colours."""

import html
import re

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtWidgets import QLabel

from viz3d.live.widgets.style import TEXT, font, look

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STRONG, _EMPHASIS, _CODE = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"\*(.+?)\*"), re.compile(r"`(.+?)`")


class Prose(QLabel):
    """A text in Markdown: paragraphs, lists, strong and stressed words, links, which open in the browser."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.markdown = markdown
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self.setWordWrap(True)
        self.setFont(font("regular", TEXT))
        self.setProperty("role", "soft")
        self.linkActivated.connect(lambda url: QDesktopServices.openUrl(QUrl(url)))
        self.linkHovered.connect(self.setToolTip)
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._write()

    def _write(self) -> None:
        words = rich(self.markdown, look().accent, look().text)
        if words != self.text():
            self.setText(words)


def rich(markdown: str, link: QColor, strong: QColor) -> str:
    """Markdown as the HTML that Qt knows; link, strong: colours of links and of strong words."""
    blocks = []
    for block in re.split(r"\n\s*\n", markdown.strip()):
        if block.startswith("- "):
            items = re.split(r"^- ", block, flags=re.MULTILINE)[1:]
            rows = "".join(
                f'<li style="margin-bottom: 4px">{_words(item, link, strong)}</li>' for item in items
            )
            blocks.append(f'<ul style="margin: 0 0 8px -26px">{rows}</ul>')
        else:
            blocks.append(f'<p style="margin: 0 0 8px 0">{_words(block, link, strong)}</p>')
    return "".join(blocks)


def _words(text: str, link: QColor, strong: QColor) -> str:
    text = html.escape(" ".join(text.split()), quote=False)
    text = _LINK.sub(rf'<a href="\2" style="color: {link.name()}; text-decoration: none">\1</a>', text)
    # A weight of its own, in a font of its own: Qt would thicken the letters of the lighter one.
    heavy = f"color: {strong.name()}; font-family: '{font('semibold', TEXT).family()}'; font-weight: 600"
    text = _STRONG.sub(rf'<span style="{heavy}">\1</span>', text)
    return _CODE.sub(r"<code>\1</code>", _EMPHASIS.sub(r"<i>\1</i>", text))
