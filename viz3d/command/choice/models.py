"""Which network: one that comes with viz3d, a file, or one of the user's own design."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

import data
import engine
from data import Dataset
from engine import Net
from engine.text import read
from viz3d.command.checks import no_address
from viz3d.command.choice.foreign import read_foreign
from viz3d.command.choice.memory import check_memory
from viz3d.command.choice.suiting import brisk, check_reads, design_for, of_two
from viz3d.command.errors import UserError
from viz3d.command.options import CUSTOM, PRESET
from viz3d.command.wording import sizes

_DIGITS = Dataset("digits", "test", np.empty((0, 28, 28), np.uint8), np.empty(0, np.uint8))
_WAY = "imported on the way"  # what a network's provenance calls that
_LONGEST = 1 << 20  # characters of a file that holds an architecture
SHORT = 50
"""Characters of a history that a heading has room for."""


def choose_net(preset: str | None = None, model: Path | None = None, option: str = "--model") -> Net:
    """The trained net of `preset`, or the one saved in the file `model`.

    With both, the file must hold a net of that preset. option: what names the file.

    Raises UserError, DataError or EngineError.
    """
    if model is None:
        return engine.load(data.model_path(preset or PRESET))
    no_address(option, model)
    if model.is_dir():
        from engine.foreign.unread import told_of_folder  # noqa: PLC0415 -- most commands never meet one

        raise UserError(f"{option} {model} {told_of_folder(model)}")
    if not model.is_file():
        raise UserError(f"{option} {model}: there is no such file")
    net = read_net(model)
    if preset is not None and net.name != preset:
        raise UserError(f"--model {model} holds a net of preset {net.name}, not {preset}: leave out --preset")
    return net


def read_net(file: Path) -> Net:
    """The network in a file: one of viz3d, or one of another system, see `how_imported`."""
    if not engine.is_known(file, or_named=True):
        try:
            net = engine.load(file)
        except engine.EngineError:
            if file.suffix.lower() == ".npz" or not file.is_file():
                raise
            raise UserError(
                f"{file} is no network, or is damaged: give a .npz of viz3d, or a file of another system "
                "that `python -m viz3d import --help` names"
            ) from None
        # What was said when it came in is not said again of the file that keeps it.
        kept = {key: value for key, value in net.provenance.items() if key != _WAY}
        return net if len(kept) == len(net.provenance) else net.replace(provenance=kept)
    found = read_foreign(file, engine.Told(), None, whole=False)
    keep = f"it was imported on the way; to keep it: python -m viz3d import {file} --out {file.stem}.npz"
    return found.net.replace(provenance={**found.net.provenance, _WAY: [*found.lines, keep]})


def how_imported(net: Net) -> tuple[str, ...]:
    """What there is to say of a network that was imported on the way; nothing of any other."""
    told = net.provenance.get(_WAY, ())
    return tuple(told) if isinstance(told, list) else ()


def design(
    preset: str | None,
    architecture: str | None,
    rng: np.random.Generator,
    images: Dataset | None = None,
    tell: Callable[[str], None] | None = None,
) -> Net:
    """The untrained net of `preset`, or of an architecture: a text (see engine.text) or its file.

    images: what it is to read; None: handwritten digits. tell: is told the memory that a large network takes,
    before it is made. Raises UserError or EngineError.
    """
    if architecture is None:
        return engine.preset(preset or PRESET, rng) if images is None else design_for(images, preset, rng)
    if preset is not None:
        raise UserError("--preset and --architecture each choose a network: give one of them")
    if architecture in engine.presets():
        raise UserError(
            f"--architecture {architecture}: that is the name of a preset: --preset {architecture}"
        )
    text, place = architecture_text(architecture)
    try:
        check_memory(read(text), place, tell)
        net = engine.build(text, rng, name=CUSTOM)
    except engine.EngineError as error:
        raise UserError(f"{place}: {error}") from error
    images = images or _DIGITS
    check_reads(net, images, place)
    return brisk(net, images)


def to_train_further(file: str, images: Dataset | None = None) -> Net:
    """The network in a file, with its recipe and its edits. Raises UserError or EngineError.

    images: as for `design`.
    """
    no_address("--init", file)
    if not _is_file(Path(file)):
        raise UserError(f"--init {file}: there is no such file")
    net = read_net(Path(file))
    net = net if images is None else of_two(net, images)
    check_reads(net, images or _DIGITS, f"--init {file}")
    return net


def check_reads_digits(net: Net, place: str) -> None:
    """UserError where a network does not take a digit or give ten answers; place: what made it."""
    check_reads(net, _DIGITS, place)


def architecture_text(architecture: str) -> tuple[str, str]:
    """The text that --architecture gives, itself or in a file, and what to call it in errors."""
    path = Path(architecture)
    if "|" in architecture or not _is_file(path):
        if len(architecture.split()) == 1 and (path.suffix or path.parent != Path()):
            known = "input 28x28 | dense 100 relu | dense 10 softmax"
            raise UserError(f'--architecture {path}: there is no such file; or give layers: "{known}"')
        return architecture, "--architecture"
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(_LONGEST), str(path)
    except UnicodeDecodeError as error:
        raise UserError(f"--architecture {path} is no text file: give one that names layers") from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # A text is longer than a file's name may be.
        return False


def how_to_sort(net: Net, model: Path | None) -> str:
    """How the neurons of a network's file come to stand by digit; empty where they do, or none could.

    Pictures show such a network as its neurons are numbered.
    """
    known = net.statistics.layers if net.statistics is not None else {}
    if model is None or net.gives_numbers:
        return ""
    if all(layer.name in known for layer in net.layers[1:-1] if len(layer.shape) == 1):
        return ""
    digits = net.noun == "digit" and net.layers[0].size == 784 and net.layers[-1].size == 10
    what, data = ("digit", "") if digits else ("class", " --data WHERE")
    out = f" --out {model.stem}.npz" if engine.is_known(model) else ""  # another system's file stays as it is
    return (
        f"{model}: its neurons stand as they are numbered; to sort them by the {what} that each prefers: "
        f"python -m viz3d statistics --model {model}{out}{data}"
    )


def size(net: Net) -> str:
    """How large a network is: neurons, synapses, kernels if it has some, parameters."""
    return sizes(net.neuron_count, net.edge_count, net.kernel_count, net.parameter_count)


def history(net: Net) -> str:
    """Every mutation of a network, the first one first; empty where there was none."""
    return "; ".join(net.history)


def called(net: Net, most: int | None = None) -> str:
    """A network ahead of a verb: "mlp", or "mlp, mutated: prune hidden2 80%,".

    most: characters of its history that are told.
    """
    text = history(net)
    if not text:
        return net.name
    short = text if most is None or len(text) <= most else text[: most - 1].rstrip(" ;,") + "…"
    return f"{net.name}, mutated: {short},"
