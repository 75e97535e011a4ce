"""The style sheet of what Qt draws by itself: labels, buttons, menus, fields, tables."""

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from scenes.light.themes import theme
from viz3d.live.widgets.roles import tell_roles
from viz3d.live.widgets.style import TEXT, Look, font, look_beside, wear, with_alpha


def dress(app: QApplication, name: str) -> Look:
    """Give the application the look of the theme `name`, at the start or later; return it.

    Raises:
        SceneError: the theme is not known.
    """
    chosen = look_beside(theme(name))
    wear(chosen)
    tell_roles()
    app.setFont(font("regular", TEXT))
    # Qt polishes every widget of the application anew, even where the sheet is the one that they wear.
    if (worn := sheet(chosen)) != app.styleSheet():
        app.setStyleSheet(worn)
    return chosen


def sheet(look: Look) -> str:
    """The style sheet in a look's colours. Fonts are set on the widgets: figures of one width need it."""
    return _labels(look) + _buttons(look) + _fields(look) + _tables(look) + _dialogs(look)


def _css(colour: QColor) -> str:
    return f"rgba({colour.red()}, {colour.green()}, {colour.blue()}, {colour.alpha()})"


def _labels(look: Look) -> str:
    roles = {
        "soft": look.soft,
        "faint": look.faint,
        "section": look.soft,
        "answer": look.answer,
        "accent": look.accent,
        "wrong": look.wrong,
        "right": look.right,
    }
    rules = "".join(f'QLabel[role="{role}"] {{ color: {_css(colour)}; }}\n' for role, colour in roles.items())
    return f"""
QLabel {{ background: transparent; color: {_css(look.text)}; }}
{rules}
QToolTip {{ background: {_css(look.popup)}; color: {_css(look.text)};
            border: 1px solid {_css(look.line)}; padding: 4px; }}
"""


def _buttons(look: Look) -> str:
    accent, line = look.accent, look.line
    focus = f"border: 1px solid {_css(accent)};"
    return f"""
QPushButton {{ background: {_css(look.raised)}; border: 1px solid {_css(line)}; border-radius: 8px;
               padding: 0 8px; height: 30px; color: {_css(look.text)}; outline: 0; }}
QPushButton:hover {{ background: {_css(look.hover)}; }}
QPushButton:pressed {{ background: {_css(look.track)}; }}
QPushButton:checked {{ background: {_css(look.chosen)}; color: {_css(accent)};
                       border-color: {_css(with_alpha(accent, 0.55))}; }}
QPushButton:disabled {{ color: {_css(look.off)}; }}
QPushButton:focus {{ {focus} }}
QPushButton::menu-indicator {{ width: 0; image: none; }}
QPushButton[role="primary"] {{ background: {_css(accent)}; color: {_css(look.on_accent)};
                               border: 1px solid transparent; }}
QPushButton[role="primary"]:hover {{ background: {_css(with_alpha(accent, 0.86))}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {_css(look.text)}; }}
QPushButton[role="primary"]:disabled {{ background: {_css(look.raised)}; color: {_css(look.off)}; }}
QPushButton[role="quiet"] {{ background: transparent; border: 1px solid transparent; border-radius: 6px;
                             color: {_css(look.soft)}; padding: 0 7px; height: 24px; }}
QPushButton[role="quiet"]:hover {{ color: {_css(look.text)}; background: {_css(look.raised)}; }}
QPushButton[role="quiet"]:checked {{ color: {_css(look.text)}; background: {_css(look.track)}; }}
QPushButton[role="quiet"]:disabled {{ color: {_css(look.off)}; background: transparent; }}
QPushButton[role="quiet"]:focus {{ {focus} }}
QPushButton[role="row"] {{ background: transparent; border: 1px solid transparent; border-radius: 4px;
                           color: {_css(look.soft)}; padding: 0; height: 18px; text-align: left; }}
QPushButton[role="row"]:hover {{ background: {_css(look.hover)}; color: {_css(look.text)}; }}
QPushButton[role="row"]:checked {{ color: {_css(look.text)}; background: transparent; }}
QPushButton[role="row"]:focus {{ {focus} }}
"""


def _fields(look: Look) -> str:
    return f"""
QLineEdit {{ background: {_css(look.raised)}; border: 1px solid {_css(look.line)}; border-radius: 8px;
             padding: 0 10px; height: 30px; color: {_css(look.text)};
             placeholder-text-color: {_css(look.faint)};
             selection-background-color: {_css(look.accent)}; selection-color: {_css(look.on_accent)}; }}
QPlainTextEdit {{ background: {_css(look.raised)}; border: 1px solid {_css(look.line)}; border-radius: 8px;
                  padding: 6px; color: {_css(look.text)}; selection-background-color: {_css(look.accent)};
                  selection-color: {_css(look.on_accent)}; }}
QPlainTextEdit:focus {{ border-color: {_css(look.accent)}; }}
QLineEdit[role="small"] {{ height: 22px; padding: 0 8px; border-radius: 6px; }}
QLineEdit:disabled {{ color: {_css(look.off)}; placeholder-text-color: {_css(look.off)}; }}
QLineEdit:focus {{ border-color: {_css(look.accent)}; }}
QLineEdit[wrong="true"] {{ border-color: {_css(look.wrong)}; }}
QMenu, QListView#completions {{ background: {_css(look.popup)}; color: {_css(look.text)};
                                border: 1px solid {_css(look.line)}; border-radius: 8px;
                                padding: 4px; outline: 0; }}
QMenu::item {{ padding: 5px 20px 5px 12px; border-radius: 4px; }}
QMenu::item:selected, QListView#completions::item:selected {{ background: {_css(look.hover)};
                                                              color: {_css(look.text)}; }}
QMenu::indicator {{ width: 6px; height: 6px; left: 8px; border-radius: 3px; background: transparent; }}
QMenu::indicator:checked {{ background: {_css(look.accent)}; }}
QMenu::item:disabled {{ color: {_css(look.faint)}; }}
QMenu::separator {{ height: 1px; background: {_css(look.line)}; margin: 4px 8px; }}
QListView#completions::item {{ padding: 3px 6px; }}
"""


def _tables(look: Look) -> str:
    return f"""
QTableView {{ background: transparent; border: none; outline: 0; color: {_css(look.text)};
              selection-background-color: {_css(look.hover)}; selection-color: {_css(look.text)}; }}
QListWidget {{ background: transparent; border: none; outline: 0; color: {_css(look.soft)}; }}
QPlainTextEdit {{ background: transparent; border: none; padding: 6px 0; color: {_css(look.text)};
                  selection-background-color: {_css(look.accent)}; selection-color: {_css(look.on_accent)}; }}
QListWidget::item {{ border-radius: 4px; padding: 1px 0; }}
QListWidget::item:hover, QListWidget::item:selected {{ background: {_css(look.hover)};
                                                       color: {_css(look.text)}; }}
QTableView:focus, QListWidget:focus {{ border: 1px solid {_css(look.accent)}; border-radius: 6px; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{ background: transparent; border: none; padding: 0; margin: 0;
                        color: {_css(look.faint)}; }}
QScrollArea, QScrollArea > QWidget > QWidget#page {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {_css(look.track)}; border-radius: 3px; min-height: 24px;
                               margin: 0 1px; }}
QTableView QScrollBar:vertical {{ width: 12px; }}
QTableView QScrollBar::handle:vertical {{ margin: 0 1px 0 5px; }}
QScrollBar::handle:vertical:hover {{ background: {_css(look.off)}; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {_css(look.track)}; border-radius: 3px; min-width: 24px;
                                 margin: 1px 0; }}
QScrollBar::handle:horizontal:hover {{ background: {_css(look.off)}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _dialogs(look: Look) -> str:
    """Of Qt's own dialog for files, where the system brings none."""
    box = f"border: 1px solid {_css(look.line)}; border-radius: 6px; color: {_css(look.text)};"
    return f"""
QDialog {{ background: {_css(look.popup)}; }}
QDialog QListView, QDialog QTreeView, QDialog QComboBox, QDialog QComboBox QAbstractItemView {{
    background: {_css(look.raised)}; {box} selection-background-color: {_css(look.hover)};
    selection-color: {_css(look.text)}; }}
QDialog QComboBox {{ padding: 2px 8px; }}
QDialog QToolButton {{ background: {_css(look.soft)}; border: none; border-radius: 4px; padding: 3px; }}
QDialog QToolButton:disabled {{ background: {_css(look.off)}; }}
"""
