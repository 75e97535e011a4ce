"""A line from a person, with completion while typing and a history that lasts."""

from collections.abc import Callable, Iterator
from typing import Any

import pooch
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from viz3d.inspect.shell.words import completions
from viz3d.session.traced_digit import TracedDigit


class _Words(Completer):
    """Completes the last word of a line by what the network holds."""

    def __init__(self, traced: Callable[[], TracedDigit]):
        self.traced = traced

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
        line = document.text_before_cursor
        last = line.rpartition(" ")[2]
        for word, told in completions(line, self.traced()):
            yield Completion(word, start_position=-len(last), display_meta=told)


def prompt(traced: Callable[[], TracedDigit]) -> Callable[[str], str]:
    """What asks for a line under a prompt; KeyboardInterrupt for Ctrl-C, EOFError for Ctrl-D."""
    session: PromptSession[Any] = PromptSession(
        history=_history(), completer=_Words(traced), auto_suggest=AutoSuggestFromHistory()
    )
    return lambda words: str(session.prompt(words))


def _history() -> History:
    """What was typed before, where there is a place to keep it."""
    try:
        folder = pooch.os_cache("viz3d")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "inspect-history"
        path.touch()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))
