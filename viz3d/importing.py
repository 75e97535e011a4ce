"""`python -m viz3d import`: a network of another system becomes a file for --model, and back."""

from pathlib import Path
from typing import Annotated

import typer

from viz3d.command import options


def import_network(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            # Written out, so that help need not wait for the engine: a test holds it to the engine's formats.
            help="A PyTorch state_dict of dense layers (.pt, .pth, .safetensors), an .npz of weights and "
            "biases as object arrays, a ConvNetJS network (.json), or a network of viz3d (.npz).",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="net.npz: a file for --model. net.safetensors: a PyTorch state_dict, fc1.weight and so on.",
            show_default=False,
        ),
    ],
    mean: Annotated[
        float, typer.Option(metavar="M", help="What the network's training took from each pixel (0..1).")
    ] = 0.0,
    std: Annotated[
        float,
        typer.Option(metavar="S", help="What it then divided by; MNIST's usual pair is 0.1307, 0.3081."),
    ] = 1.0,
    quiet: options.Quiet = False,
) -> None:
    """Turn a network of another system into one of viz3d, or one of viz3d into a PyTorch state_dict.

    python -m viz3d import mnist.pt --out my.npz

    What the file is, is told by its content. No code in it is run: its pickles are read as data.
    """
    # Imported here so that help and wrong options answer at once.
    import engine  # noqa: PLC0415
    from engine.foreign import writers  # noqa: PLC0415
    from viz3d.command.errors import UserError  # noqa: PLC0415
    from viz3d.command.output import check_place  # noqa: PLC0415

    check_place(out)
    systems = {".npz": "viz3d", **{ending: each.system for ending, each in writers().items()}}
    if out.suffix not in systems:
        known = " or ".join(f"{ending} ({system})" for ending, system in systems.items())
        raise UserError(f"--out {out}: end its name in {known}")
    if out.suffix == ".npz":
        found = engine.import_net(file)
        net = engine.rescaled(found.net, mean, std)
        engine.save(net.replace(provenance={"imported": found.kind, "file": file.name}), out)
        lines = [f"{file}: {found.kind}", *(f"note: {note}" for note in found.notes)]
    else:
        if (mean, std) != (0, 1):
            raise UserError(f"--out {out}: viz3d's pixels are 0..1: leave out --mean and --std")
        net = engine.load(file)
        engine.export_net(net, out)
        functions = ", ".join(layer.activation for layer in net.layers[1:])
        lines = [f"note: the functions after the layers are {functions}; pixels are 0..1"]
    if not quiet:
        print("\n".join([*lines, f"{out}: {net.name}, {net.parameter_count:,} parameters: {net.text}"]))
