"""`python -m viz3d.live`."""

from viz3d.command.cli import run, single_command
from viz3d.live.command import live

if __name__ == "__main__":
    run(single_command(live), "python -m viz3d.live")
