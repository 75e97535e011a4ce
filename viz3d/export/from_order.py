"""`python -m viz3d.export.from_order FOLDER`: makes a film or a still for a window that goes on meanwhile.

It tells on stdout, a JSON object a line: {"step": "drawing"}, {"done": 3, "of": 315}, at last
{"made": "a.mp4: 1.2 MB"} or {"error": "why not"}. It ends, and leaves nothing behind, as soon as its stdin
is closed: whoever holds that wants no more of it, or is no more.
"""

import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scenes import Clip
from viz3d.command.cli import explained
from viz3d.command.process.signals import end_in_order
from viz3d.export.film import Say, draw
from viz3d.export.order import Order

_NICE = 3  # behind the window, which is to answer while this draws
_LAST = 20  # seconds in which the end in order must be done


def make_order(folder: Path) -> None:
    """Make what the order in a folder asks for, and take the folder away."""
    order = Order.read(folder)
    shutil.rmtree(folder, ignore_errors=True)
    tell(made=draw(order.output, lambda _, step: _shot(order, step), _told))


def _shot(order: Order, step: Say) -> Clip:
    shot = order.shot()
    step("drawing")
    return shot


@contextmanager
def _told(of: int) -> Iterator[tuple[Say, Callable[[], None]]]:
    """Tell how far it is."""
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        tell(done=done, of=of)

    tell(done=0, of=of)
    yield lambda step: tell(step=step), advance


def tell(**words: object) -> None:
    """Tell whoever waits."""
    with suppress(BrokenPipeError):  # the watch ends us
        print(json.dumps(words), flush=True)


def _watch() -> None:
    """Wait until stdin is closed, then end this process: in order, and if need be at once."""
    while os.read(0, 64):
        pass
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGTERM)  # in the thread that works, so that it does not wait on
    else:
        signal.raise_signal(signal.SIGTERM)
    time.sleep(_LAST)
    os._exit(1)


def main() -> None:
    """Make what is ordered in the folder that the command line names."""
    end_in_order()
    folder = Path(sys.argv[1])
    try:
        threading.Thread(target=_watch, daemon=True).start()
        if hasattr(os, "nice"):
            os.nice(_NICE)
        make_order(folder)
    except KeyboardInterrupt:
        sys.exit(1)
    except Exception as error:
        # A fault of viz3d itself is told too: nobody sees this process's stderr.
        words = explained(error) or f"a fault of viz3d: {type(error).__name__}: {error}"
        tell(error=" ".join(words.split()))
        sys.exit(2)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # it was stopped ahead of reading, or cannot be read


if __name__ == "__main__":
    main()
