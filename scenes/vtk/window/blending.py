"""Blending that PyVista has no door to: light that adds up, ink that takes away, and smooth lines."""

from typing import Any

# OpenGL's own numbers (OpenGL 3.2 core specification).
_ONE = 1
_SRC_ALPHA, _ONE_MINUS_SRC_ALPHA = 0x0302, 0x0303
_FUNC_ADD, _FUNC_REVERSE_SUBTRACT = 0x8006, 0x800B
_LINE_SMOOTH = 0x0B20


def _cover(state: Any) -> None:
    state.vtkglBlendFuncSeparate(_SRC_ALPHA, _ONE_MINUS_SRC_ALPHA, _ONE, _ONE_MINUS_SRC_ALPHA)
    state.vtkglBlendEquation(_FUNC_ADD)
    state.vtkglDisable(_LINE_SMOOTH)


def cover(mapper: Any, window: Any) -> None:
    """Let what `mapper` draws cover what is behind it, by its opacity.

    A mapper tells when it starts to draw but not when it has drawn, so each sets the blending that it needs.
    """
    state = window.GetState()
    mapper.AddObserver("StartEvent", lambda *_: _cover(state))


def cover_after(renderer: Any, window: Any) -> None:
    """Leave plain blending behind after each picture, for what VTK draws itself."""
    state = window.GetState()
    renderer.AddObserver("EndEvent", lambda *_: _cover(state))


def accumulate(mapper: Any, window: Any, *, ink: bool) -> None:
    """Let what `mapper` draws add its light to what is there, or with `ink` take its own colour away.

    Neither depends on the order of drawing. Lines are smoothed: that costs next to nothing in Mesa's software
    rasteriser, where multisampling costs five times the frame.
    """
    state = window.GetState()

    def begin(*_: object) -> None:
        state.vtkglBlendFuncSeparate(_SRC_ALPHA, _ONE, _ONE, _ONE)
        state.vtkglBlendEquationSeparate(_FUNC_REVERSE_SUBTRACT if ink else _FUNC_ADD, _FUNC_ADD)
        state.vtkglEnable(_LINE_SMOOTH)

    mapper.AddObserver("StartEvent", begin)
