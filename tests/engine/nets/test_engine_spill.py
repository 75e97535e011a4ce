"""Arrays in a temporary file: they come back to the bit, and the disk with them; a full one loses nothing."""

import gc
import os
from types import SimpleNamespace

import numpy as np
import pytest

from engine import spill as spill_module
from engine.errors import EngineError
from engine.spill import Spill, SpilledArrays, spilled


@pytest.fixture
def spill(tmp_path):
    return Spill(tmp_path)


def some(seed, count=300):
    rng = np.random.default_rng(seed)
    return {
        "weight": rng.normal(size=(count, 3)).astype(np.float32),
        "order": rng.permutation(count),
        "none": np.empty((0, 2), np.float32),
        "one": np.float64(np.nan).reshape(()),
    }


def same(found, wanted):
    return list(found) == list(wanted) and all(
        found[name].dtype == array.dtype
        and found[name].shape == array.shape
        and found[name].tobytes() == array.tobytes()
        for name, array in wanted.items()
    )


def test_arrays_come_back_to_the_bit_and_are_in_memory_only_while_wanted(spill):
    kept = [spilled(some(seed), spill) for seed in range(3)]
    assert all(name in kept[0] for name in some(0))
    assert "nothing" not in kept[0]
    assert not any(each.in_memory for each in kept)
    for seed in (2, 0, 1):
        assert same(kept[seed], some(seed))
        assert kept[seed].in_memory
        assert not any(array.flags.writeable for array in kept[seed].values())
        size = spill.size
        assert spilled(kept[seed], spill) is kept[seed]
        assert not kept[seed].in_memory
        assert spill.size == size, "they are written once"


def test_what_nobody_holds_leaves_its_place_and_the_disk(spill, tmp_path):
    kept = [spilled(some(seed), spill) for seed in range(4)]
    size = spill.size
    assert not [*tmp_path.iterdir()], "the file has a name: a killed window would leave it"
    del kept[1:3]
    gc.collect()
    kept.append(spilled(some(9, 400), spill))  # where the two were
    assert spill.size == size
    assert all(same(each, some(*told)) for each, told in zip(kept, [(0,), (3,), (9, 400)], strict=True))
    kept.clear()
    gc.collect()
    spill.tidy()
    assert spill.size == 0


def test_arrays_without_numbers_leave_a_gap_as_large_as_it_was(spill):
    kept = [spilled(some(seed), spill) for seed in range(2)]
    size = spill.size
    del kept[0]
    gc.collect()
    none = spilled({"none": np.empty((0, 2), np.float32)}, spill)  # at the gap's very beginning
    assert none["none"].shape == (0, 2)
    del none
    gc.collect()
    kept.append(spilled(some(2), spill))
    assert spill.size == size
    assert all(same(each, some(seed)) for each, seed in zip(kept, (1, 2), strict=True))


def test_a_full_disk_leaves_them_in_memory(spill, monkeypatch):
    held = spilled(some(0), spill)
    size = spill.size
    file, room = spill._file, [1000]

    class Full:
        """A file on a disk with little room."""

        def write(self, part):
            if not room[0]:
                raise OSError(28, "No space left on device")
            count = min(len(part), room[0])
            room[0] -= count
            return file.write(part[:count])

        def __getattr__(self, name):
            return getattr(file, name)

    monkeypatch.setattr(spill, "_file", Full())
    more = some(1)
    assert spilled(more, spill) is more
    assert spill.size == size == os.fstat(file.fileno()).st_size
    assert same(held, some(0))


def test_others_are_left_some_of_the_disk(spill, monkeypatch):
    # Lost otherwise: a window that is used for a day fills the disk of all that runs beside it.
    arrays = some(0)
    free = spill_module._LEFT + sum(array.nbytes for array in arrays.values())
    monkeypatch.setattr(spill_module.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free - 1))
    assert spilled(arrays, spill) is arrays
    assert spill.size == 0
    monkeypatch.setattr(spill_module.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    assert same(spilled(arrays, spill), arrays)


def test_where_no_file_can_be_made_nothing_is_written(tmp_path):
    arrays = some(0)
    assert spilled(arrays, Spill(tmp_path / "missing")) is arrays


def test_what_cannot_be_read_back_is_said_in_one_line(spill):
    held = spilled(some(0), spill)
    assert isinstance(held, SpilledArrays)
    spill._file.truncate(10)
    with pytest.raises(EngineError, match="in a temporary file cannot be read: it is cut short"):
        held["weight"]
