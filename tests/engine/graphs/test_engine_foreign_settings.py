"""Each setting of a layer that another system has: the net answers as its maker did, above and below zero."""

import io
import tarfile

import numpy as np
import pytest
from project import FOREIGN

from engine import Told, import_net


def _files(bundle: str) -> dict[str, bytes]:
    with tarfile.open(FOREIGN / f"{bundle}.tar.xz") as file:
        members = [(each.name, file.extractfile(each)) for each in file.getmembers()]
        return {name: (member or io.BytesIO()).read() for name, member in members}


BUNDLES = {bundle: _files(bundle) for bundle in ("layers", "keras-layers")}
CASES = [(bundle, name) for bundle, files in BUNDLES.items() for name in files]


@pytest.mark.parametrize(("bundle", "name"), CASES, ids=[name for _, name in CASES])
def test_a_layer_with_its_settings_answers_as_its_maker_did(tmp_path, bundle, name):
    """Lost otherwise: a net of others looks right, and each neuron is a little or wholly wrong."""
    (tmp_path / name).write_bytes(BUNDLES[bundle][name])
    with np.load(FOREIGN / f"{bundle}.npz") as known:
        images, answers = known["images"].transpose(0, 2, 3, 1), known[name.rpartition(".")[0]]
    net = import_net(tmp_path / name, Told(outputs="numbers")).net
    assert np.ptp(answers, axis=0).min() > 0.01, "images that all answer alike would show nothing"
    assert np.abs(net.predict(images) - answers).max() < 1e-5


def test_every_setting_is_there():
    """An empty bundle would hold nothing to it."""
    assert {name: len(files) for name, files in BUNDLES.items()} == {"layers": 66, "keras-layers": 43}


def test_a_file_that_tells_no_size_is_taken_at_the_one_that_fits_its_layers(tmp_path):
    """Of 12x12 it was refused: "Conv has kernels (4, 1, 3, 3) for (1, 100)", and nothing to do."""
    with np.load(FOREIGN / "of-no-size.npz") as known:
        images, answers = known["images"].transpose(0, 2, 3, 1), known["answers"]
    found = import_net(FOREIGN / "of-no-size.pt", Told(outputs="numbers"))
    assert np.abs(found.net.predict(images) - answers).max() < 1e-5
    assert found.notes[0].startswith("the file leaves its image's size open: taken as 12x12x1")
