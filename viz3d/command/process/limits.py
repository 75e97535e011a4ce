"""What the system lets this process have, where libraries crash, or wait without end, for want of it."""

import os
import sys
import tempfile
from pathlib import Path
from threading import Event, Thread

import platformdirs

from viz3d.command.errors import UserError

DRAWING_BYTES = 1_500_000_000
"""Of addresses: VTK, the driver and the compiled loops; most of it is never touched."""
_SHADER_BYTES = 2 << 20
_DRIVER_THREADS, _OTHER_THREADS = 16, 4  # Mesa starts one for each processor, up to so many


def address_limit() -> int | None:
    """The bytes of addresses that this process may have, as `ulimit -v` sets it; None without a limit."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 -- not on Windows

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit == resource.RLIM_INFINITY else limit


def short_of_addresses() -> str:
    """What to say where memory runs short under a limit; "" without one."""
    limit = address_limit()
    if limit is None:
        return ""
    return f"this shell allows {limit / 1e9:.1f} GB of it (ulimit -v): raise that with `ulimit -v unlimited`"


def check_drawing() -> None:
    """UserError where a picture cannot be drawn: VTK would crash, and Mesa would wait for its threads."""
    limit = address_limit()
    if limit is not None and limit < DRAWING_BYTES:
        raise UserError(f"drawing takes {DRAWING_BYTES / 1e9:.1f} GB of memory, and {short_of_addresses()}")
    wanted = min(os.cpu_count() or 1, _DRIVER_THREADS) + _OTHER_THREADS
    if not _may_start(wanted):
        raise UserError(
            f"drawing takes {wanted} threads, and the system allows this user fewer (ulimit -u, or the limit "
            "of a container): end other programs, or raise it"
        )


def spare_shader_cache() -> None:
    """Have Mesa keep no compiled shaders where their folder has no room: a full disk would end the process.

    It maps a file of 1.3 MB that it has not filled, and writes to it: SIGBUS. Call before a driver is loaded.
    """
    if sys.platform != "linux":
        return
    folder = Path(os.environ.get("MESA_SHADER_CACHE_DIR") or platformdirs.user_cache_path())
    while not folder.is_dir():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            os.posix_fallocate(probe.fileno(), 0, _SHADER_BYTES)
    except OSError:
        os.environ["MESA_SHADER_CACHE_DISABLE"] = "true"


def _may_start(count: int) -> bool:
    """Whether so many threads can be started now."""
    done, started = Event(), []
    try:
        for _ in range(count):
            thread = Thread(target=done.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:  # Python's, of the system's "Resource temporarily unavailable"
        return False
    finally:
        done.set()
        for thread in started:
            thread.join()
    return True
