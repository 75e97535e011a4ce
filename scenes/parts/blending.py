"""Blending that PyVista has no door to: light that adds up, ink that takes away, and smooth lines."""

from typing import Any

# OpenGL's own numbers (OpenGL 3.2 core specification).
_ZERO_ONE = 1
_SRC_ALPHA, _ONE_MINUS_SRC_ALPHA = 0x0302, 0x0303
_FUNC_ADD, _FUNC_REVERSE_SUBTRACT = 0x8006, 0x800B
_LINE_SMOOTH = 0x0B20


def accumulate(mapper: Any, window: Any, *, ink: bool, smooth_lines: bool = False) -> None:
    """Let everything that `mapper` draws add its light to what is there, or with `ink` take its complement away.

    Both do not depend on the order of drawing. Line smoothing costs next to nothing in Mesa's software
    rasteriser, where multisampling costs five times the frame.
    """
    state = window.GetState()

    def begin(*_: object) -> None:
        state.vtkglBlendFuncSeparate(_SRC_ALPHA, _ZERO_ONE, _ZERO_ONE, _ZERO_ONE)
        if ink:
            state.vtkglBlendEquation(_FUNC_REVERSE_SUBTRACT)
        if smooth_lines:
            state.vtkglEnable(_LINE_SMOOTH)

    def end(*_: object) -> None:
        state.vtkglBlendFuncSeparate(_SRC_ALPHA, _ONE_MINUS_SRC_ALPHA, _ZERO_ONE, _ONE_MINUS_SRC_ALPHA)
        if ink:
            state.vtkglBlendEquation(_FUNC_ADD)
        if smooth_lines:
            state.vtkglDisable(_LINE_SMOOTH)

    mapper.AddObserver("StartEvent", begin)
    mapper.AddObserver("EndEvent", end)
