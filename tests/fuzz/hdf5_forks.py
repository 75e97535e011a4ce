"""HDF5 read apart, thousands of times: in forks of one process that has h5py and NumPy at hand.

A process for each file takes 0.15 s of the processor for its imports alone. The forks run what the product's
own process runs, under its limits, and may crash as that one may.
"""

import os
import resource
import runpy
import struct
import subprocess
import sys
from functools import cache
from typing import IO, Any, BinaryIO

_SIZE = struct.Struct("<q")


@cache
def _server() -> tuple[IO[bytes], IO[bytes]]:
    """What is written to and read from the process that forks; it ends with the first."""
    from engine.foreign.readers.keras import hdf5

    server = subprocess.Popen(
        [sys.executable, "-P", __file__, str(hdf5._CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    assert server.stdin is not None
    assert server.stdout is not None
    return server.stdin, server.stdout


def read_apart(content: bytes) -> tuple[int, bytes]:
    """What `hdf5.read_apart` gives."""
    to, of = _server()
    to.write(_SIZE.pack(len(content)) + content)
    to.flush()
    status, size = (_SIZE.unpack(of.read(_SIZE.size))[0] for _ in range(2))
    return status, of.read(size)


def use() -> None:
    """Have this process read HDF5 so from now on."""
    from engine.foreign.readers.keras import hdf5

    hdf5.read_apart = read_apart
    _server()


def _serve(child: dict[str, Any], asked: BinaryIO, told: BinaryIO) -> None:
    while head := asked.read(_SIZE.size):
        content = asked.read(_SIZE.unpack(head)[0])
        reading, writing = os.pipe()
        number = os.fork()
        if not number:
            _answer(child, content, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            out = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        told.write(_SIZE.pack(status) + _SIZE.pack(len(out)) + out)
        told.flush()


def _answer(child: dict[str, Any], content: bytes, writing: int) -> None:
    status = 1
    try:
        child["limit"]()
        with os.fdopen(writing, "wb") as out:
            child["answer"](content, out)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    # What it says of a damaged file is no one's concern here.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _serve(runpy.run_path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
