"""`python -m viz3d import`: a network of another system becomes a file for --model, and back."""

from dataclasses import MISSING, dataclass
from pathlib import Path

from viz3d.command.errors import UserError
from viz3d.command.option import argument, option, switch
from viz3d.command.options import QUIET, RUNNING
from viz3d.command.output import check_place
from viz3d.command.signature import command


@dataclass(frozen=True)
class Asked:
    """Which file is read, how its network sees pixels, and where it goes."""

    # fmt: off
    file: Path = argument("FILE", "A PyTorch state_dict of dense layers (.pt, .pth, .safetensors), an .npz "
        "of weights and biases as object arrays, a ConvNetJS network (.json), or a network of viz3d (.npz).")
    out: Path = option("FILE", "net.npz: a file for --model. net.safetensors: a PyTorch state_dict, "
        "fc1.weight and so on.", default=MISSING, short="-o")
    mean: float = option("M", "What the network's training took from each pixel (0..1).", default=0.0)
    std: float = option("S", "What it then divided by; MNIST's usual pair is 0.1307, 0.3081.", default=1.0)
    quiet: bool = switch(QUIET, RUNNING, short="-q")
    # fmt: on


@command
def import_network(asked: Asked) -> None:
    """Turn a network of another system into one of viz3d, or one of viz3d into a PyTorch state_dict.

    python -m viz3d import mnist.pt --out my.npz

    What the file is, is told by its content. No code in it is run: its pickles are read as data.
    """
    # Imported here so that help and wrong options answer at once.
    import engine  # noqa: PLC0415
    from engine.foreign import writers  # noqa: PLC0415

    file, out = asked.file, asked.out
    check_place(out)
    if out.resolve() == file.resolve():
        raise UserError(f"--out {out} is the file that is read: give another name")
    systems = {".npz": "viz3d", **{ending: each.system for ending, each in writers().items()}}
    if out.suffix not in systems:
        known = " or ".join(f"{ending} ({system})" for ending, system in systems.items())
        raise UserError(f"--out {out}: end its name in {known}")
    if out.suffix == ".npz":
        imported = engine.import_net(file)
        net = engine.rescaled(imported.net, asked.mean, asked.std)
        engine.save(net.replace(provenance={"imported": imported.kind, "file": file.name}), out)
        lines = [f"{file}: {imported.kind}", *(f"note: {note}" for note in imported.notes)]
    else:
        if (asked.mean, asked.std) != (0, 1):
            raise UserError(f"--out {out}: viz3d's pixels are 0..1: leave out --mean and --std")
        net = engine.load(file)
        engine.export_net(net, out)
        functions = ", ".join(layer.activation for layer in net.layers[1:])
        lines = [f"note: the functions after the layers are {functions}; pixels are 0..1"]
    if not asked.quiet:
        print("\n".join([*lines, f"{out}: {net.name}, {net.parameter_count:,} parameters: {net.text}"]))
