"""Draw one tiny picture off-screen and print what drew it, as JSON: `python -m scenes.vtk.window.probe`.

Run it as a process of its own: where a driver is missing, the first picture ends the process, and
no `except` can catch that. Exit status 0 means that pictures can be drawn.
"""

import json
import sys
from pathlib import Path
from typing import Any

from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderer  # noqa: F401  -- registers the drawing classes

GRAPHICS = ("GL", "gallium", "_dri", "nvidia", "OSMesa", "swrast")


def probe() -> dict[str, Any]:
    """The window's class, the renderer's name and the driver files in use, after a true picture.

    Raises RuntimeError where the picture does not have the colour that was asked for.
    """
    window, renderer, pixels = vtkRenderWindow(), vtkRenderer(), vtkUnsignedCharArray()
    window.SetOffScreenRendering(1)
    window.SetSize(16, 16)
    renderer.SetBackground(1.0, 0.0, 0.2)
    window.AddRenderer(renderer)
    window.Render()
    window.GetPixelData(8, 8, 8, 8, 0, pixels, 0)
    colour = [pixels.GetValue(channel) for channel in range(3)]
    if colour != [255, 0, 51]:
        raise RuntimeError(f"asked for the colour [255, 0, 51], got {colour}")
    report = window.ReportCapabilities().splitlines()
    renderers = [line.split(":", 1)[1].strip() for line in report if "renderer string" in line]
    return {
        "window": window.GetClassName(),
        "renderer": renderers[0] if renderers else "",
        "files": _driver_files(),
    }


def _driver_files() -> list[str]:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return []
    names = {line.split(maxsplit=5)[5] for line in maps.read_text().splitlines() if "/" in line}
    return sorted(name for name in names if any(part in Path(name).name for part in GRAPHICS))


if __name__ == "__main__":
    try:
        print(json.dumps(probe()))
    except RuntimeError as error:
        sys.exit(str(error))
