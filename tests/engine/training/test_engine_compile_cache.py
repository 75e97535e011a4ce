"""Compiled loops are kept on disk: a full disk or a damaged file there costs time, and never the training."""

import contextlib
import ctypes
import importlib
import logging
from pathlib import Path
from zlib import crc32

import numba
import pytest
from numba.core import caching

from engine.kernels import compile as engines
from engine.kernels import parts
from scenes.kernels import compile as scenes


def one_more(number):
    return number + 1


def one_less(number):
    return number - 1


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where loops are kept, empty; nothing is told yet."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(engines, "_TOLD", [])
    return tmp_path


@pytest.fixture
def full(monkeypatch, caplog):
    """A disk that is full whenever something is to be kept; what is told of it is heard."""
    caplog.set_level(logging.WARNING, "engine")  # a quiet training in this process lasts as long as that

    @contextlib.contextmanager
    def no_room(self, path):
        raise OSError(28, "No space left on device", path)
        yield

    monkeypatch.setattr(caching.IndexDataCacheFile, "_open_for_write", no_room)


def test_a_full_disk_is_told_once_and_loops_run(full, caplog):
    assert (engines.serial(one_more)(1), engines.serial(one_less)(1)) == (2, 0)
    (told,) = caplog.messages
    assert "no folder to cache compiled loops in (no space left on device)" in told
    assert "NUMBA_CACHE_DIR" in told


def test_a_c_function_is_compiled_on_a_full_disk_too(full, caplog):
    signature = numba.types.int64(numba.types.int64)
    made = engines.c_function(one_more, signature)
    assert ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(made.address)(1) == 2
    assert len(caplog.messages) == 1


def test_other_processes_are_not_promised_what_could_not_be_kept(full):
    assert scenes.jit(one_more)(1) == 2
    assert not scenes.is_cached()


@pytest.mark.parametrize("compiled", [engines.serial, scenes.jit], ids=["engine", "scenes"])
@pytest.mark.parametrize("size", [0, 7, 60])
@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
def test_what_was_not_kept_whole_is_compiled_and_kept_again(folder, caplog, compiled, size, ending):
    assert compiled(one_more)(1) == 2
    kept = [path for path in folder.rglob("*") if path.suffix == ending]
    assert kept
    for path in kept:
        path.write_bytes(path.read_bytes()[:size])
    assert compiled(one_more)(1) == 2
    again = compiled(one_more)
    assert again(1) == 2
    assert again.stats.cache_hits
    assert caplog.messages == []


def test_what_becomes_part_of_loops_of_other_files_is_in_their_names():
    # Lost otherwise: after an update, loops kept on disk go on with a function as it was before.
    folder, found = Path(parts.__file__).parent, set()
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module("engine.kernels" if name == "__init__" else f"engine.kernels.{name}")
        for value in vars(module).values():
            origin = getattr(value, "py_func", None) or getattr(value, "_defn", None)
            if origin is not None and origin.__module__ != module.__name__:
                found.add(Path(origin.__code__.co_filename))
    assert folder / "curves.py" in found
    assert found <= set(parts.HELPERS)
    told = crc32(b"".join(file.read_bytes() for file in parts.HELPERS))
    assert parts.stamped(one_more).__qualname__.endswith(f".{told:08x}")
