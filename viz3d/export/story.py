"""What happens in a film, as text: the beats for a program or a person, and subtitles."""

import json
from collections.abc import Sequence

Story = Sequence[tuple[float, str]]
"""The seconds from which on something happens, and a sentence; see Clip."""


def subtitles(story: Story, end: float) -> str:
    """A story as SubRip text (.srt), each sentence until the next begins and the last until `end` seconds."""
    stops = [*(at for at, _ in story[1:]), end]
    parts = [
        f"{number}\n{_clock(at)} --> {_clock(stop)}\n{text}\n"
        for number, ((at, text), stop) in enumerate(zip(story, stops, strict=True), 1)
    ]
    return "\n".join(parts)


def table(story: Story, end: float, last: str) -> str:
    """A story as lines: seconds and sentence, and the film's length with the words for its end."""
    return "\n".join(f"{at:7.2f} s  {text}" for at, text in (*story, (end, last)))


def as_json(story: Story, end: float) -> str:
    """A story as one JSON object: {"seconds": length, "beats": [{"at": seconds, "text": sentence}]}."""
    beats = [{"at": round(at, 3), "text": text} for at, text in story]
    return json.dumps({"seconds": round(end, 3), "beats": beats}, ensure_ascii=False)


def _clock(seconds: float) -> str:
    whole, milliseconds = divmod(round(1000 * seconds), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02},{milliseconds:03}"
