"""`python -m viz3d.export`."""

from viz3d.command.cli import run, single_command
from viz3d.export.command import export

if __name__ == "__main__":
    run(single_command(export), "python -m viz3d.export")
