"""The lines of the shell of `inspect`, from a person or a pipe, one after another, errors and all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import harmless, shortened
from viz3d.command.cli import BAD_INPUT, explained, say
from viz3d.inspect.request import InspectRequest
from viz3d.inspect.shell.shell import Shell

_LONGEST = 3_000  # characters of a line of a pipe that are shown


def run_shell(request: InspectRequest) -> int:
    """Read lines and do what they say, from a person or a pipe; 2 where a line of a pipe was wrong."""
    shell = Shell(request)
    person = sys.stdin.isatty() and sys.stdout.isatty()
    status = 0
    if person:
        shell.run("show")
        print('\n"help" tells what can be asked, Tab completes, Ctrl-D leaves.')
    for line in _typed(shell) if person else sys.stdin:
        if not person and line.strip():
            print(f"> {shortened(harmless(line.strip()), _LONGEST)}")
        with _told_errors(person) as failed:
            if not shell.run(line):
                break
        status = BAD_INPUT if failed else status
    return 0 if person else status


@contextmanager
def _told_errors(person: bool) -> Iterator[list[str]]:
    """Tell an error and go on; the list then holds it. A person may stop what takes too long."""
    failed: list[str] = []
    try:
        yield failed
    except BrokenPipeError:
        raise
    except Exception as error:  # no line ends a session with all that was done in it
        fault = (
            f"{type(error).__name__}: {error} (this is a fault of viz3d: what was done before is as it was)"
        )
        failed.append(explained(error) or fault)
        say(f"error: {failed[0]}")
    except KeyboardInterrupt:
        if not person:
            raise
        say("stopped")


def _typed(shell: Shell) -> Iterator[str]:
    """The lines that a person types, with completion and history."""
    from viz3d.inspect.shell.prompt import prompt  # noqa: PLC0415

    ask = prompt(lambda: shell.traced)
    while True:
        try:
            yield ask(shell.prompt)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
