"""What walk.py can tell by itself: words cut, parts that overlap or run out, text too faint, empty charts."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

_FAINT = 4.0  # least contrast of text as it was drawn: smoothing takes some of the 4.5 of its colours
_FLAT = 3.0  # standard deviation of 255 below which a chart shows nothing
_ROOMY = 1440  # px of a window in which the page of code has its full width
_SLACK = 1  # px that two parts may overlap, and a label may lack


def faults(window: Any, picture: Any) -> list[str]:
    """What is wrong with a window; picture: its grab, a QImage."""
    pixels = _pixels(picture)
    return [
        *cut_words(window),
        *overlaps(window),
        *scene_overlaps(window),
        *beyond(window),
        *hidden_lines(window),
        *faint_words(window, pixels, picture.devicePixelRatio()),
        *empty_charts(window, pixels, picture.devicePixelRatio()),
    ]


def cut_words(window: Any) -> list[str]:
    """Labels and buttons that have less room than their words need."""
    from PySide6.QtGui import QFontMetricsF
    from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

    from viz3d.live.widgets.icons import MenuButton
    from viz3d.live.widgets.parts import Figure

    found = []
    for part in window.findChildren(QWidget):
        if not part.isVisible() or not isinstance(part, QLabel | QAbstractButton) or not part.text():
            continue
        room, wide = part.width() + _SLACK, QFontMetricsF(part.font()).horizontalAdvance(part.text())
        if isinstance(part, QLabel) and part.wordWrap():
            cut = part.heightForWidth(part.width()) > part.height() + _SLACK
        elif isinstance(part, QLabel):
            cut = not isinstance(part, Figure) and wide > room
        else:
            cut = not isinstance(part, MenuButton) and part.sizeHint().width() > room
        if cut:
            found.append(f"cut: {part.text()!r}")
    return found


def overlaps(window: Any) -> list[str]:
    """Parts of one parent that lie over one another, and panels that lie over panels."""
    from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QLabel, QLineEdit, QWidget

    found = []
    for parent in window.findChildren(QWidget):
        parts = [
            each
            for each in parent.children()
            if isinstance(each, QLabel | QAbstractButton | QAbstractSlider | QLineEdit)
            and each.isVisible()
            and (not isinstance(each, QLabel) or each.text())
        ]
        for one, other in combinations(parts, 2):
            both = one.geometry().intersected(other.geometry())
            if min(both.width(), both.height()) > _SLACK:
                found.append(f"overlap: {_told(one)} and {_told(other)}")
    panels = window.drawing, window.timeline, window.inspector, window.top
    for one, other in combinations([each for each in panels if each.isVisible()], 2):
        if one.geometry().intersects(other.geometry()):
            found.append(f"overlap: {_told(one)} and {_told(other)}")
    return found


def scene_overlaps(window: Any) -> list[str]:
    """Words of the scene that lie over one another or under a panel, and bars under the answer."""
    from PySide6.QtCore import QRectF

    from viz3d.live.view.overlay.lettering import written

    view = window.view
    seen, shown = view.seen(), view._shown
    if seen is None or shown is None or view._sheets:
        return []
    answered = seen.frame.winner > 0
    names = ["headline", "legend", "answer"] if answered else ["headline", "legend"]
    edges = shown.edges
    boxes = list(zip(names, edges.taken(seen.frame.t, answered), strict=True))
    for caption in seen.frame.captions:
        if caption.alpha > 0.1:
            boxes.append((caption.text, written(caption)))
    found = [
        f"scene: {one!r} over {other!r}"
        for (one, first), (other, second) in combinations(boxes, 2)
        if _deep(first, second) and not (one in names and other in names)
    ]
    panels = (window.drawing, window.timeline, window.inspector, window.viewing.corner)
    for name, box in boxes:
        for panel in panels:
            if panel.isVisible() and _deep(box, QRectF(panel.geometry())):
                found.append(f"scene: {name!r} under {_told(panel)}")
        hint = window.helping.hint
        if hint.isVisible() and _deep(box, QRectF(hint.geometry().adjusted(9, 9, -9, -9))):
            found.append(f"scene: {name!r} under {_told(hint)}")
        if not QRectF(view.rect()).contains(box):
            found.append(f"scene: {name!r} beyond the window")
    if answered:
        found += _bars_under(seen, boxes[2][1])
    return found


def _bars_under(seen: Any, answer: Any) -> list[str]:
    from PySide6.QtCore import QRectF

    bars = seen.scene.layout.bars
    quads = bars.quads(np.ones(len(bars.base), dtype=np.float32))
    found = []
    for row, corners in enumerate(quads):
        at = seen.frame.camera.project(corners, seen.scene.size)
        (left, top), (right, bottom) = at.min(axis=0), at.max(axis=0)
        if _deep(QRectF(left, top, right - left, bottom - top), answer):
            found.append(f"scene: bar {row} under the answer")
    return found


def hidden_lines(window: Any) -> list[str]:
    """Lines of an architecture that lie under the words about what is wrong in it."""
    from PySide6.QtGui import QTextCursor

    field, found = window.training_sheets.layers.field, []
    cursor = QTextCursor(field.document())
    while field.words.isVisible():
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        end = field.cursorRect(cursor)
        words = field.words.geometry()
        if end.left() > words.left() + _SLACK and words.top() < end.center().y() < words.bottom():
            found.append(f"hidden: {cursor.block().text()!r}")
        if not cursor.movePosition(QTextCursor.MoveOperation.NextBlock):
            break
    return found


def faint_words(window: Any, pixels: np.ndarray, ratio: float) -> list[str]:
    """Words whose pixels stand out too little from what they stand on."""
    from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

    found = []
    if QApplication.activePopupWidget() is not None or window.keys.isVisible():
        return found  # they lie over words
    for part in (*window.findChildren(QLabel), *window.findChildren(QAbstractButton)):
        if part.text().strip(" –-") and part.isEnabled() and _whole(window, part):
            box = _box(window, part, pixels, ratio)
            light = np.sort(_luminance(box.reshape(-1, 3).astype(float)))
            if len(light) < 20:
                continue
            ground = np.median(light)
            strong = max(_contrast(light[0], ground), _contrast(light[-1], ground))
            if strong < _FAINT:
                found.append(f"faint: {part.text()!r} {strong:.1f}")
    return found


def beyond(window: Any) -> list[str]:
    """Menus that run past the window, and code that is wider than its page where that has its full width."""
    from PySide6.QtWidgets import QApplication, QMenu

    from viz3d.live.widgets.code.code_view import CodeView

    found = []
    over = QApplication.activePopupWidget()
    if isinstance(over, QMenu) and over.mapToGlobal(over.rect().bottomLeft()).y() > (
        window.mapToGlobal(window.rect().bottomLeft()).y()
    ):
        found.append(f"beyond: the menu of {over.actions()[0].text()!r}")
    for view in window.findChildren(CodeView):
        if view.isVisible() and window.width() >= _ROOMY and view.horizontalScrollBar().maximum():
            found.append("beyond: lines of code")
    return found


def empty_charts(window: Any, pixels: np.ndarray, ratio: float) -> list[str]:
    """Charts and pictures that are one flat colour."""
    from viz3d.live.widgets.parts import Card, Painted

    found = []
    blank = window.drawing.seen if window.drawing.pad.empty else None  # nothing is seen of nothing
    for part in window.findChildren(Painted):
        if (
            part is blank
            or isinstance(part, Card)
            or part.width() * part.height() < 1200
            or not _whole(window, part)
        ):
            continue
        box = _box(window, part, pixels, ratio)
        if box.size and box.reshape(-1, 3).std(axis=0).max() < _FLAT:
            found.append(f"empty: {_told(part)}")
    return found


def _deep(one: Any, other: Any) -> bool:
    both = one.intersected(other)
    return both.width() > 2 and both.height() > 2


def _told(part: Any) -> str:
    words = getattr(part, "text", str)()
    return f"{type(part).__name__} {part.accessibleName() or words or ''}".strip()


def _whole(window: Any, part: Any) -> bool:
    """Whether all of a part is seen: not hidden, not scrolled away, under no other panel."""
    from PySide6.QtCore import QPoint

    if not part.isVisible() or part.visibleRegion().boundingRect().size() != part.size():
        return False
    at = part.mapTo(window, QPoint(part.width() // 2, part.height() // 2))
    top = window.childAt(at)
    return top is not None and (top is part or part.isAncestorOf(top))


def _box(window: Any, part: Any, pixels: np.ndarray, ratio: float) -> np.ndarray:
    from PySide6.QtCore import QPoint

    at = part.mapTo(window, QPoint(0, 0))
    left, top = round(at.x() * ratio), round(at.y() * ratio)
    return pixels[top : top + round(part.height() * ratio), left : left + round(part.width() * ratio)]


def _pixels(picture: Any) -> np.ndarray:
    from PySide6.QtGui import QImage

    plain = picture.convertToFormat(QImage.Format.Format_RGBX8888)
    array = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return array[:, : plain.width(), :3].copy()


def _luminance(colour: np.ndarray) -> np.ndarray:
    share = colour / 255
    linear = np.where(share <= 0.03928, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _contrast(one: float, other: float) -> float:
    """The ratio of WCAG 2.1, 1.4.3."""
    dark, light = sorted((one, other))
    return (light + 0.05) / (dark + 0.05)
