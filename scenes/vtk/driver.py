"""Who draws what shines: the graphics driver, or compiled loops where the driver is software."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # it brings Numba
    from scenes.kernels.light import Light

_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swr")


def is_software(window: Any) -> bool:
    """Whether the processor draws in a render window, by the name of its driver."""
    window.Initialize()
    report = window.ReportCapabilities().splitlines()
    names = [line.split(":", 1)[1].lower() for line in report if "renderer string" in line]
    return any(word in name for name in names for word in _SOFTWARE)


def compiled_light(window: Any, wanted: bool | None) -> "Light | None":
    """What draws light in a window by compiled loops; None where the driver does.

    wanted: None chooses: where the driver is software, and the loops need not be compiled first, which takes
        longer than a picture.
    """
    if wanted is False or (wanted is None and not is_software(window)):
        return None
    from scenes.kernels.light import Light, is_ready  # noqa: PLC0415 -- brings Numba

    return Light() if wanted or is_ready() else None
