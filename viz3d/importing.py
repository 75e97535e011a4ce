"""`python -m viz3d import`: a network of another system becomes a file for --model, and back."""

import os
from dataclasses import MISSING, dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from viz3d.command.checks import check_finite, no_address
from viz3d.command.completing import ending as names_ending
from viz3d.command.completing import one_of
from viz3d.command.errors import UserError
from viz3d.command.option import argument, option, switch
from viz3d.command.options import QUIET, RUNNING
from viz3d.command.output import check_place
from viz3d.command.signature import command
from viz3d.command.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine import Layer

_LONGEST = 600  # characters of an architecture that are printed, about


@dataclass(frozen=True)
class Asked:
    """Which file is read, what it leaves open, and where the network goes."""

    # fmt: off
    file: Path = argument("FILE", "An ONNX model (.onnx), a Keras model (.keras, .h5, .hdf5) or Keras file "
        "of weights (.weights.h5), a TensorFlow.js model (model.json), a PyTorch state_dict (.pt, .pth, "
        ".safetensors), a TorchScript file (.pt) or a model of torch.export (.pt2), an .npz of weights and "
        "biases, a ConvNetJS network or a network of Nielsen's book (.json), or a network of viz3d (.npz).")
    out: Path = option("FILE", "net.npz: a file for --model. net.safetensors: a PyTorch state_dict for the "
        "module of `presets --code`. net.onnx: an ONNX model.", default=MISSING, short="-o",
        completed=names_ending(".npz", ".onnx", ".safetensors"))
    architecture: str | None = option("TEXT", "How the layers of a file of weights alone go on, such as "
        '"input 28x28 | dense 64 relu | dense 10 softmax"; or a file with it.')
    activation: str | None = option("NAME", "The function behind all layers but the last, where the file "
        "does not say: relu, sigmoid, tanh, gelu...")
    order: str | None = option("NAMES", "The names of its layers in their order, fc1,fc2,out, where neither "
        "the file nor shapes tell it.")
    outputs: str | None = option("KIND", "What it gives, where the file does not say: numbers, each for "
        "itself, as a regressor does, or classes, of which one is right.")
    framing: str | None = option("WHAT", "What a network of another size than 28x28 was shown of digits in "
        "training: whole, all of a picture, shrunk or enlarged; ink, the square that its ink fills; middle; "
        "padded, all of a picture with nothing around it.", shown="tried out on digits",
        completed=one_of("whole", "ink", "middle", "padded"))
    mean: float | None = option("M", "What the network's training took from each pixel (0..1).",
        shown="tried out on digits")
    std: float | None = option("S", "What it then divided by; MNIST's usual pair is 0.1307, 0.3081.",
        shown="tried out on digits")
    quiet: bool = switch(QUIET, RUNNING, short="-q")
    # fmt: on


@command
def import_network(asked: Asked) -> None:
    """Turn a network of another system into one of viz3d, or one of viz3d into a file for PyTorch or ONNX.

    python -m viz3d import mnist.onnx --out my.npz

    What the file is, is told by its content. No code in it is run. Where digits are at hand, the network
    reads them: its accuracy is told, and what the file leaves open (the pixels' scale, activations) is taken
    so that it reads most.
    """
    # Imported here so that help and wrong options answer at once.
    from engine.foreign.registry import writers  # noqa: PLC0415

    file, out = asked.file, asked.out
    no_address("", file)
    check_finite("--mean", asked.mean)
    check_finite("--std", asked.std)
    check_place(out)
    if os.path.realpath(out) == os.path.realpath(file):  # neither minds links in a circle
        raise UserError(f"--out {out} is the file that is read: give another name")
    systems = {".npz": "viz3d", **{ending: each.system for ending, each in writers().items()}}
    ending = out.suffix.lower()
    if ending not in systems:
        known = " or ".join(f"{ending} ({system})" for ending, system in systems.items())
        raise UserError(f"--out {out}: end its name in {known}")
    lines = _brought_in(asked) if ending == ".npz" else _taken_out(asked)
    if not asked.quiet:
        print("\n".join(lines))


def _brought_in(asked: Asked) -> list[str]:
    import engine  # noqa: PLC0415
    from viz3d.command.choice.foreign import read_foreign  # noqa: PLC0415
    from viz3d.command.choice.models import architecture_text  # noqa: PLC0415

    text = None if asked.architecture is None else architecture_text(asked.architecture)[0]
    order = () if asked.order is None else tuple(part.strip() for part in asked.order.split(","))
    told = engine.Told(text, asked.activation, order, asked.outputs, asked.framing)
    scale = None
    if asked.mean is not None or asked.std is not None:
        scale = (asked.mean or 0.0, 1.0 if asked.std is None else asked.std)
        if scale[1] <= 0:
            raise UserError(f"--mean {scale[0]:g} and --std {scale[1]:g}: the std is a number above 0")
    found = read_foreign(asked.file, told, scale)
    engine.save(found.net, asked.out)
    net = found.net
    last = f"{asked.out}: {net.name}, {net.parameter_count:,} parameters: {_shown(net.layers, asked.out)}"
    return [*found.lines, last]


def _taken_out(asked: Asked) -> list[str]:
    import engine  # noqa: PLC0415
    from viz3d.findings.code import NetworkCode  # noqa: PLC0415

    given = {
        "--mean": asked.mean, "--std": asked.std, "--architecture": asked.architecture,
        "--activation": asked.activation, "--order": asked.order, "--outputs": asked.outputs,
        "--framing": asked.framing,
    }  # fmt: skip
    wrong = [name for name, value in given.items() if value is not None]
    if wrong:
        raise UserError(
            f"--out {asked.out}: viz3d's networks leave nothing open: leave out {', '.join(wrong)}"
        )
    if engine.is_known(asked.file):
        own = asked.file.with_suffix(".npz").name
        raise UserError(
            f"{asked.file} is no network of viz3d yet: first python -m viz3d import {asked.file} "
            f"--out {own}, then python -m viz3d import {own} --out {asked.out}"
        )
    net = engine.load(asked.file)
    engine.export_net(net, asked.out)
    layers = NetworkCode(net).layers
    functions = ", ".join(dict.fromkeys(layer.activation for layer in layers[1:]))
    measured = net.task is not None and bool(net.task.low)
    inputs = "its numbers are as they are measured" if measured else "pixels are 0..1"
    note = f"note: the functions after the layers are {functions}; {inputs}"
    count = len(net.edits)
    edits = f"note: {counted(count, 'edit')} of it {'is' if count == 1 else 'are'} in it"
    notes = [note, edits] if count else [note]
    return [
        *notes,
        f"{asked.out}: written, {net.name} with {net.parameter_count:,} parameters: "
        f"{_shown(layers, asked.file)}",
    ]


def _shown(layers: "Sequence[Layer]", file: Path) -> str:
    """Layers as text; of a long one the beginning and the end, and what prints all of those in `file`."""
    from engine.text.write import segments  # noqa: PLC0415

    parts = [text for text, _ in segments(layers)]
    if sum(map(len, parts)) <= _LONGEST:
        return " | ".join(parts)
    short = [part if len(part) <= _LONGEST // 4 else f"{part[: _LONGEST // 4]}…" for part in parts]
    ending = short[-2:]
    room = _LONGEST - sum(map(len, ending))
    fitting = sum(taken <= room for taken in accumulate(len(part) + 3 for part in short[:-2]))
    first = short[:fitting]
    left = len(parts) - fitting - len(ending)
    more = [f"… {left:,} more …"] if left else []
    return f"{' | '.join([*first, *more, *ending])} (as code: python -m viz3d presets --code {file})"
