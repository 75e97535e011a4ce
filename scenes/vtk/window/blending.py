"""Blending that PyVista has no door to: light that adds up, ink that takes away, and smooth lines.

The picture's own alpha tells which pixels keep their colours: 1 where no
strand's light is to fall. Bodies cover it as they cover colours.
"""

from typing import Any

# OpenGL's own numbers (OpenGL 3.2 core specification).
_ZERO, _ONE = 0, 1
_SRC_ALPHA, _ONE_MINUS_SRC_ALPHA, _SRC_ALPHA_SATURATE = 0x0302, 0x0303, 0x0308
_FUNC_ADD, _FUNC_REVERSE_SUBTRACT = 0x8006, 0x800B
_LINE_SMOOTH = 0x0B20


class Blending:
    """How what is drawn in a render window mixes with what is there.

    A mapper tells when it starts to draw but not when it has drawn, so each sets the blending that it needs.

    Args:
        window: the render window.
    """

    def __init__(self, window: Any) -> None:
        self._state = window.GetState()

    def cover(self, drawn: Any, *, veil: bool = False) -> None:
        """Let what a mapper or a renderer draws cover what is behind it, by its opacity.

        veil: pixels that keep their colours are told through it still.
        """
        state, alpha = self._state, (_ZERO, _ONE) if veil else (_ZERO, _ONE_MINUS_SRC_ALPHA)

        def begin(*_: object) -> None:
            state.vtkglBlendFuncSeparate(_SRC_ALPHA, _ONE_MINUS_SRC_ALPHA, *alpha)
            state.vtkglBlendEquation(_FUNC_ADD)
            state.vtkglDisable(_LINE_SMOOTH)

        drawn.AddObserver("StartEvent", begin)

    def accumulate(self, mapper: Any, *, ink: bool, sparing: bool = False) -> None:
        """Let what `mapper` draws add its light to what is there, or with `ink` take its own colour away.

        Neither depends on the order of drawing. Lines are smoothed: that costs next to nothing in Mesa's
        software rasteriser, where multisampling costs five times the frame.

        sparing: leave pixels that keep their colours as they are.
        """
        state, share = self._state, _SRC_ALPHA_SATURATE if sparing else _SRC_ALPHA

        def begin(*_: object) -> None:
            # Saturated: by the smaller one of the light's own alpha and what the picture's leaves to 1.
            state.vtkglBlendFuncSeparate(share, _ONE, _ZERO, _ONE)
            state.vtkglBlendEquationSeparate(_FUNC_REVERSE_SUBTRACT if ink else _FUNC_ADD, _FUNC_ADD)
            state.vtkglEnable(_LINE_SMOOTH)

        mapper.AddObserver("StartEvent", begin)

    def mark(self, mapper: Any) -> None:
        """Let what `mapper` draws write the picture's alpha alone."""
        state = self._state

        def begin(*_: object) -> None:
            state.vtkglBlendFuncSeparate(_ZERO, _ONE, _ONE, _ZERO)
            state.vtkglBlendEquation(_FUNC_ADD)

        mapper.AddObserver("StartEvent", begin)
