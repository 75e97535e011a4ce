"""What browsers call buttons, keys and shapes of the pointer, and what Qt calls them."""

from PySide6.QtCore import QEvent, Qt

BUTTONS = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)  # in the order of browsers
HELD = {1: BUTTONS[0], 2: BUTTONS[2], 4: BUTTONS[1]}  # bits of `buttons` there
KEYS = {
    "Enter": Qt.Key.Key_Return,
    "Escape": Qt.Key.Key_Escape,
    "Tab": Qt.Key.Key_Tab,
    "Backspace": Qt.Key.Key_Backspace,
    "Delete": Qt.Key.Key_Delete,
    "Home": Qt.Key.Key_Home,
    "End": Qt.Key.Key_End,
    "PageUp": Qt.Key.Key_PageUp,
    "PageDown": Qt.Key.Key_PageDown,
    "ArrowLeft": Qt.Key.Key_Left,
    "ArrowRight": Qt.Key.Key_Right,
    "ArrowUp": Qt.Key.Key_Up,
    "ArrowDown": Qt.Key.Key_Down,
    "Shift": Qt.Key.Key_Shift,
    "Control": Qt.Key.Key_Control,
    "Alt": Qt.Key.Key_Alt,
    "F1": Qt.Key.Key_F1,
}
MODIFIERS = {
    "shift": Qt.KeyboardModifier.ShiftModifier,
    "ctrl": Qt.KeyboardModifier.ControlModifier,
    "alt": Qt.KeyboardModifier.AltModifier,
}
POINTER = {
    "down": QEvent.Type.MouseButtonPress,
    "double": QEvent.Type.MouseButtonDblClick,
    "up": QEvent.Type.MouseButtonRelease,
    "move": QEvent.Type.MouseMove,
}
CURSORS = {
    Qt.CursorShape.CrossCursor: "crosshair",
    Qt.CursorShape.PointingHandCursor: "pointer",
    Qt.CursorShape.IBeamCursor: "text",
    Qt.CursorShape.OpenHandCursor: "grab",
    Qt.CursorShape.ClosedHandCursor: "grabbing",
    Qt.CursorShape.SizeHorCursor: "ew-resize",
    Qt.CursorShape.SizeVerCursor: "ns-resize",
    Qt.CursorShape.SplitHCursor: "col-resize",
    Qt.CursorShape.SplitVCursor: "row-resize",
    Qt.CursorShape.SizeAllCursor: "move",
    Qt.CursorShape.WaitCursor: "wait",
    Qt.CursorShape.BusyCursor: "progress",
    Qt.CursorShape.ForbiddenCursor: "not-allowed",
    Qt.CursorShape.WhatsThisCursor: "help",
}
