"""The options of the window's command, each declared once: its field, and its words in the help."""

# An option in few lines, so that they can be read as a table.
# fmt: off

from dataclasses import dataclass
from pathlib import Path

from viz3d.command.choice.wanted import Wanted
from viz3d.command.option import option, switch
from viz3d.command.options import NETWORK, THEMES, Network

WINDOW = "The window"


@dataclass(frozen=True)
class Change:
    """What is changed first."""

    mutate: list[str] | None = option("EDITS", 'Change the network first, such as "ablate hidden1:17; clamp '
        'hidden2:5 0.8", or @FILE with an edit in each line; may be given several times. Each can be undone.',
        NETWORK)


@dataclass(frozen=True)
class Opening:
    """How the window is opened."""

    session: Path | None = option("FILE", "Go on with a session that was saved.", WINDOW)
    theme: str | None = option(f"{THEMES}|system",
        "As it was last, and as the system is at first, unless given.", WINDOW)
    size: str | None = option("WxH", "Such as 1440x900; as it was last unless given.", WINDOW)
    web: bool = switch("Show it in a browser of this machine, on no screen: its address is printed.", WINDOW)
    port: int | None = option("1024..65535", "Where --web listens; any that is free unless given.", WINDOW)


@dataclass(frozen=True)
class Asked:
    """All that the window's command can be asked."""

    network: Network
    change: Change
    wanted: Wanted
    opening: Opening
