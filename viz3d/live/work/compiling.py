"""Compiling: loops that draw faster are compiled by a process of their own, once on a machine."""

import subprocess
import sys
from contextlib import suppress

# As low as it gets: whoever looks at the window comes first.
_CODE = "import os, scenes; hasattr(os, 'nice') and os.nice(19); scenes.prepare_films(software={light})"


class Compiling:
    """Started at most once. It would take the window's breath for seconds where that compiled them itself."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = False

    @property
    def begun(self) -> bool:
        """Whether it was started."""
        return self._begun

    def start(self, *, light: bool) -> None:
        """Begin, where it was not begun before. Where no process starts, pictures are drawn as they were.

        light: all loops; else those alone that finish a picture.
        """
        if not self._begun:
            self._begun = True
            quiet = subprocess.DEVNULL
            with suppress(OSError):
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-c", _CODE.format(light=light)],
                    stdin=quiet,
                    stdout=quiet,
                    stderr=quiet,
                )

    def ended(self) -> bool:
        """Whether it has ended since this was last asked."""
        if self._process is None or self._process.poll() is None:
            return False
        self._process = None
        return True

    def close(self) -> None:
        """End it, if it is still at work."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait()
