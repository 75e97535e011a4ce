"""`python -m viz3d statistics`: what a network's neurons usually do, gathered and kept in its file."""

from dataclasses import MISSING, dataclass
from pathlib import Path

from viz3d.command.errors import UserError
from viz3d.command.option import option, switch
from viz3d.command.options import DATA, IMAGES, NETWORK, QUIET, RUNNING
from viz3d.command.output import check_out
from viz3d.command.signature import command


@dataclass(frozen=True)
class Asked:
    """Whose statistics, of which images, and where they go."""

    # fmt: off
    model: Path = option("FILE.npz", "A network that `python -m viz3d.train` saved, or an imported one.",
        NETWORK, default=MISSING)
    data: str = option(DATA, IMAGES, default="mnist")
    out: Path | None = option("FILE.npz", "Where the network goes with them; its own file unless given.",
        short="-o")
    quiet: bool = switch(QUIET, RUNNING, short="-q")
    # fmt: on


@command
def statistics(asked: Asked) -> None:
    """Gather what a network's neurons usually do over training images, and keep it in its file.

    python -m viz3d statistics --model my.npz

    Films then sort the neurons of each dense layer by the class that they prefer. Training does this at its
    end: the command is for networks that were imported, changed, or trained by an earlier viz3d. One that has
    no names of its classes yet gets those of the data.
    """
    # Imported here so that help and wrong options answer at once.
    from viz3d.command.choice.digits import dataset  # noqa: PLC0415
    from viz3d.command.choice.models import choose_net, how_imported  # noqa: PLC0415
    from viz3d.command.choice.suiting import named  # noqa: PLC0415
    from viz3d.command.cli import say  # noqa: PLC0415
    from viz3d.evaluate.statistics import save_alike, with_statistics  # noqa: PLC0415

    out = asked.out or asked.model
    net = choose_net(None, asked.model)
    told = how_imported(net)
    if told and asked.out is None:
        raise UserError(
            f"--model {asked.model} is a network of another system, which stays: give --out net.npz"
        )
    for line in () if asked.quiet else told:
        say(line)
    check_out(out, ".npz", "a network")
    images = dataset(asked.data, "train", None if asked.quiet else say)
    net = named(with_statistics(net, images), images)
    save_alike(net, out)
    if not asked.quiet and (kept := net.statistics) is not None:
        known = ", ".join(kept.layers) or "no layer of neurons or tokens"
        print(f"{out}: {net.name}, statistics of {known} over {kept.source}")
