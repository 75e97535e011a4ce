"""The loops that training keeps in registers, made for NEON and run by an emulator: with the numbers it has.

    python benchmarks/computing/neon.py [--cc aarch64-linux-gnu-gcc] [--qemu qemu-aarch64] [--few]
    python benchmarks/computing/neon.py --cc "zig cc -target aarch64-linux-musl"

For machines without such a processor. Each loop that Numba compiles for vectors of four floats is emitted for
64-bit ARM from its LLVM code, linked with a small C program that reads and writes its arrays, and called by
the emulator in place of this processor. What is checked is what the tests check: the answers and gradients of
plain sums. Prints, for each loop, how many products of four floats at once its code has. It tells nothing of
time: an emulator's is not the processor's.
"""

# Imports come where they are needed: Numba reads where it keeps code at the first one.
# ruff: noqa: PLC0415

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parents[2]
TESTS = "engine/training", "support/nets"
LANES, ROOM, PARTS = 4, 26, 8
CPU = "cortex-a72"
# Numba's wrapper names what would tell Python of an error; these loops raise none.
PROGRAM = """
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int numba_gil_ensure(int *s) { return 0; }
void numba_gil_release(int *s) {}
void PyErr_SetNone(void *x) { exit(3); }
void PyErr_SetString(void *x, const char *t) { exit(3); }
void PyErr_Clear(void) {}
void PyErr_WriteUnraisable(void *x) {}
void *PyUnicode_FromString(const char *s) { return 0; }
void Py_DecRef(void *x) {}
void *numba_unpickle(void *a, int b, void *c) { return 0; }
void *PyExc_StopIteration, *PyExc_SystemError, *PyExc_RuntimeError;
void *PyExc_ValueError, *PyExc_ZeroDivisionError;
extern void loop(int64_t, int64_t, int64_t *) __asm__("NAME");
int main(int words, char **word) {
    int64_t n, count, size[32], table[32];
    FILE *file = fopen(word[1], "rb");
    fread(&n, 8, 1, file);
    fread(&count, 8, 1, file);
    for (int i = 0; i < count; i++) {
        fread(&size[i], 8, 1, file);
        table[i] = (int64_t)aligned_alloc(64, (size[i] + 127) / 64 * 64);
        fread((void *)table[i], 1, size[i], file);
    }
    fclose(file);
    for (int64_t part = 0; part < PARTS; part++) loop(part, n, table);
    file = fopen(word[2], "wb");
    for (int i = 0; i < count; i++) fwrite((void *)table[i], 1, size[i], file);
    fclose(file);
    return 0;
}
"""


class Emulated:
    """Runs loops by an emulator, in place of `run_parts`."""

    def __init__(self, folder: Path, cc: str, qemu: str) -> None:
        self._folder, self._cc, self._qemu = folder, shlex.split(cc), shlex.split(qemu)
        self._programs: dict[int, tuple[Path, Any]] = {}
        self._arrays: dict[int, tuple[Any, Any]] = {}

    def table(self, arrays: Any, numbers: Any = ()) -> Any:
        """What stands for a table of addresses; the arrays are kept."""
        if numbers:
            raise SystemExit("a loop with whole numbers in its table is not emulated")
        table = np.array([array.ctypes.data for array in arrays], np.int64)
        self._arrays[table.ctypes.data] = table, arrays
        return table

    def run(self, _: int, loop: Any, n: int, table: Any) -> None:
        """Call a loop for every part of a batch of n."""
        arrays = self._arrays[table.ctypes.data][1]
        given, made = self._folder / "given", self._folder / "made"
        whole = [np.array([n, len(arrays)], np.int64).tobytes()]
        for array in arrays:
            whole += np.int64(array.nbytes).tobytes(), array.tobytes()
        given.write_bytes(b"".join(whole))
        subprocess.run([*self._qemu, "-cpu", CPU, self._program(loop), given, made], check=True)
        content, at = made.read_bytes(), 0
        for array in arrays:
            found = np.frombuffer(content[at : at + array.nbytes], array.dtype)
            if array.flags.writeable:
                array[...] = found.reshape(array.shape)
            at += array.nbytes

    def _program(self, loop: Any) -> Path:
        if id(loop) not in self._programs:
            self._programs[id(loop)] = self._made(loop, len(self._programs)), loop
        return self._programs[id(loop)][0]

    def _made(self, loop: Any, number: int) -> Path:
        from llvmlite import binding as llvm

        llvm.initialize_all_targets()
        llvm.initialize_all_asmprinters()
        triple = "aarch64-unknown-linux-gnu"
        code = re.sub(r'target datalayout = ".*"\n|"target-(cpu|features)"="[^"]*"', "", loop.inspect_llvm())
        module = llvm.parse_assembly(re.sub(r'(target triple = )".*"', rf'\1"{triple}"', code))
        machine = llvm.Target.from_triple(triple).create_target_machine(CPU, opt=3, reloc="static")
        whole, source, program = (self._folder / f"{number}{ending}" for ending in (".o", ".c", ""))
        whole.write_bytes(machine.emit_object(module))
        text = machine.emit_assembly(module)
        (name,) = re.findall(r"^(cfunc\.\S+):", text, re.MULTILINE)
        source.write_text(PROGRAM.replace("NAME", name).replace("PARTS", str(PARTS)))
        subprocess.run([*self._cc, "-O1", "-static", source, whole, "-o", program], check=True)
        plain = re.sub(r".*locals_3e\d+|[0-9a-f_]{8,}B?.*", "", name)
        print(f"  {plain}: {len(re.findall(r'fmla	v[0-9]+[.]4s', text))} x fmla .4s", flush=True)
        return program


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cc", default="aarch64-linux-gnu-gcc", help="a C compiler for 64-bit ARM")
    parser.add_argument("--qemu", default="qemu-aarch64", help="what runs its programs")
    parser.add_argument("--few", action="store_true", help="one convolution and one attention alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Code that was kept cannot be looked into.
        os.environ["NUMBA_CACHE_DIR"] = folder
        sys.path[:0] = [str(HERE), *(str(HERE / "tests" / room) for room in TESTS)]
        import test_engine_fused as convolutions
        import test_engine_fused_attention as attentions

        from engine.kernels import parts
        from engine.kernels.tokens import attention

        emulated = Emulated(Path(folder), options.cc, options.qemu)
        parts._addresses, parts.run_parts, attention.run_parts = emulated.table, emulated.run, emulated.run
        some = slice(1) if options.few else slice(None)
        for asked in [convolutions.PARTLY, convolutions.SUMMED, convolutions.IN_PARTS][some]:
            convolutions.test_every_width_of_vectors_gives_the_same(LANES, ROOM, [asked])
            print(f"convolution (back, channels, maps) {asked}: right", flush=True)
        for sizes in attentions.SIZES[some]:
            attentions.test_one_pass_gives_what_each_step_gives(sizes, LANES, ROOM)
            print(f"attention {sizes}: right", flush=True)


if __name__ == "__main__":
    main()
