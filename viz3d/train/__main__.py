"""`python -m viz3d.train`."""

from viz3d.command.cli import run, single_command
from viz3d.train.command import train

if __name__ == "__main__":
    run(single_command(train), "python -m viz3d.train")
