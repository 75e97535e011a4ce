"""`python -m viz3d.inspect`."""

from viz3d.command.cli import run, single_command
from viz3d.inspect.command import inspect

if __name__ == "__main__":
    run(single_command(inspect), "python -m viz3d.inspect")
