"""A foreign file that would take much memory is refused before it has it."""

import os
import subprocess
import sys
import tracemalloc
import zipfile

import pytest
from project import FOREIGN

from engine import EngineError, import_net


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("spaces.json", b'{"layers": [0' + b" " * (1 << 26) + b"]}", "its JSON has 67,108,8"),
        ("values.json", b'{"layers": [' + b"{}," * 1_500_000 + b"0]}", "its JSON has about 3,000,003 values"),
        ("deep.json", b'{"layers": ' + b"[" * 3_000_000, "its JSON has about 3,000,00"),
    ],
)
def test_json_is_measured_before_it_is_read(tmp_path, name, content, told):
    # Read, each would take a hundred times its size.
    (tmp_path / name).write_bytes(content)
    tracemalloc.start()
    with pytest.raises(EngineError, match=told):
        import_net(tmp_path / name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * len(content)


@pytest.mark.parametrize("entry", ["config.json", "model.weights.h5"])
def test_an_entry_that_unpacks_to_much_is_not_unpacked(tmp_path, entry):
    contents = {"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b"\x89HDF\r\n\x1a\n"}
    contents[entry] += b" " * (1 << 27)
    with zipfile.ZipFile(tmp_path / "a.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    del contents
    tracemalloc.start()
    with pytest.raises(EngineError, match=f"its '{entry}' has 134,217,7.* bytes, the limit is"):
        import_net(tmp_path / "a.keras")
    assert tracemalloc.get_traced_memory()[1] < 1 << 24
    tracemalloc.stop()


def test_an_honest_file_is_read_under_a_tighter_limit_of_the_whole_session():
    """The process that reads HDF5 sets limits of its own, which it cannot raise above those that it has."""
    resource = pytest.importorskip("resource")
    words = "import engine, sys; print(engine.import_net(sys.argv[1]).kind)"
    file = FOREIGN / "sequential.h5"
    done = subprocess.run(
        [sys.executable, "-c", words, str(file)],
        capture_output=True,
        text=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30)),
        check=False,
    )
    assert "a Keras model" in done.stdout, done.stderr
