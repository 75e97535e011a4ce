"""What a command does ahead of everything else, as its imports take a second: little may be imported here."""

import _signal  # type: ignore[import-not-found]  # `signal` takes longer than all of this
import sys

# `python -m viz3d...` while Python looks for it, and the script that is installed.
_PROGRAM = ("-m", "/viz3d", "\\viz3d.exe")
_NEEDED = ("numpy", "typer")


def begin() -> None:
    """Have Ctrl-C end the process quietly, and end it where this Python has not what viz3d needs.

    Nothing of it in another's program that only imports viz3d. `command.cli.run` has Ctrl-C end in order.
    """
    if not (sys.argv and sys.argv[0].endswith(_PROGRAM)):
        return
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from importlib.util import find_spec  # noqa: PLC0415

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        advice = _advice(missing[0])
        print(f"error: this Python ({sys.executable}) has no {missing[0]}{advice}", file=sys.stderr)
        sys.exit(2)


def _advice(missing: str) -> str:
    """What to do then: mostly, this is not the Python that viz3d was installed in."""
    from pathlib import Path  # noqa: PLC0415

    root = Path(__file__).resolve().parents[2]
    own = root / ".venv"
    for activate in (own / "bin" / "activate", own / "Scripts" / "activate"):
        if activate.is_file() and Path(sys.prefix).resolve() != own:
            return f"; viz3d's own has: run `. {activate}` first"
    demo = root / "scripts" / "demo"
    if not demo.is_file():  # an installed copy, whose environment lacks something
        return f", which viz3d needs: run `{sys.executable} -m pip install {missing}`"
    return f", which viz3d needs: run `{demo}`, which makes {own} with all of it"
