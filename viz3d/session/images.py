"""Images on demand: each split of each data set is loaded once."""

from collections.abc import Callable

from data import Dataset
from engine import Net
from viz3d.command.choice.digits import dataset
from viz3d.command.choice.suiting import named

Notify = Callable[[str], None]


def hush(_: str) -> None:
    """Hear a notice and say nothing."""


class Images:
    """The data sets of a session, each loaded at its first use; notify: gets lines about the test images."""

    def __init__(self, notify: Notify = hush):
        self._notify = notify
        self._loaded: dict[tuple[str, str], Dataset] = {}

    def load(self, name: str, split: str) -> Dataset:
        """The images of a data set, given by name or folder; UserError or DataError where there are none.

        Where another data set stands in for MNIST, only loading the test images says so: once is enough.
        """
        return self._load(name, split, self._notify if split == "test" else hush)

    def load_unsaid(self, name: str, split: str) -> Dataset:
        """The same without notices: for callers to whom a data set that stands in for MNIST is an error."""
        return self._load(name, split, hush)

    def naming(self, net: Net, name: str) -> Net:
        """The network with the names of the classes of a data set that was loaded, where it has none."""
        found = next((own for (known, _), own in self._loaded.items() if known == name), None)
        return net if found is None else named(net, found)

    def _load(self, name: str, split: str, notify: Notify) -> Dataset:
        if (name, split) not in self._loaded:
            self._loaded[name, split] = dataset(name, split, notify)
        return self._loaded[name, split]
