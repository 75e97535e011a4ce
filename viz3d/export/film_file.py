"""A film's file as Python gets it: a path, which a notebook shows playing."""

import sys
from base64 import b64encode

# Before Python 3.12 a Path of no system cannot be subclassed.
if sys.platform == "win32":
    from pathlib import WindowsPath as _Path
else:
    from pathlib import PosixPath as _Path

_MOST = 1 << 25
"""Bytes of a film that a notebook keeps in itself; of a longer one it shows the path."""

_SHOWN = {
    ".mp4": '<video controls loop autoplay muted src="data:video/mp4;base64,{}"></video>',
    ".webm": '<video controls loop autoplay muted src="data:video/webm;base64,{}"></video>',
    ".gif": '<img src="data:image/gif;base64,{}">',
    ".png": '<img src="data:image/png;base64,{}">',
}


class FilmFile(_Path):
    """Where a film, a GIF or a still is; a folder of frames is such a path too, and is shown as one."""

    def _repr_html_(self) -> str | None:
        """The film itself, for a notebook; None where it is none, is gone, or is longer than 32 MiB."""
        frame = _SHOWN.get(self.suffix.lower())
        if frame is None or not self.is_file() or self.stat().st_size > _MOST:
            return None
        return frame.format(b64encode(self.read_bytes()).decode("ascii"))
