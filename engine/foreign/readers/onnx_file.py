"""An ONNX model, read as data: no operator of it is run.

Weights may lie in the file or in one beside it (external data), nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.formats import MOST_BYTES, ForeignFile, Format
from engine.foreign.graph.finish import imported
from engine.foreign.graph.program import Op, Program
from engine.foreign.look_alikes import CORE_ML
from engine.foreign.marks import marked
from engine.foreign.pickles import shown
from engine.foreign.readers.onnx_fused import unfused, unguarded
from engine.foreign.readers.onnx_linear import LINEAR, as_products
from engine.foreign.writers.onnx_file import write_onnx

_INSTALL = "it is an ONNX model: reading it needs the onnx package: python -m pip install onnx"
# Tags of ModelProto's fields (onnx.proto) that may follow its first, ir_version.
_SECOND = (0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42, 0x72)
_OPEN = 28
# TensorProto's numbers for float32, float16, float64 and bfloat16, and for texts.
_REAL, _WORDS = (1, 10, 11, 16), 8


def _recognises(file: ForeignFile) -> bool:
    """Whether it begins as a model does: its version, a small number, then another field of a model."""
    head = file.content[:3]
    model = len(head) == 3 and head[0] == 0x08 and 0 < head[1] < 64 and head[2] in _SECOND
    return model and not CORE_ML.recognises(file)


def _read(file: ForeignFile) -> Imported:
    # Imported where it is used: it is an extra, and loading a net must not wait for it.
    try:
        import onnx  # noqa: PLC0415
        from google.protobuf.message import DecodeError  # noqa: PLC0415
        from onnx import inliner  # noqa: PLC0415
    except ImportError:
        raise EngineError(_INSTALL) from None
    try:
        model = onnx.ModelProto.FromString(file.content)
    except DecodeError as error:
        raise EngineError(f"it is a damaged ONNX model ({error!s:.60}): export it again") from None
    if model.functions:
        try:
            model = inliner.inline_local_functions(model)
        except Exception as error:  # What C++ raises is of no class of its own.
            reason = (str(error).splitlines() or [""])[0]
            raise EngineError(f"its functions cannot be written out ({reason:.60})") from None
    versions = {_text(each.domain) or "ai.onnx": each.version for each in model.opset_import}
    version = versions.get("ai.onnx", 0)
    producer = f", written by {shown(_text(model.producer_name))}" if model.producer_name else ""
    program, notes = _program(model.graph, file, version)
    numbers = producer.endswith("skl2onnx") and [_text(each.name) for each in model.graph.output] == [
        "variable"
    ]
    of_numbers = "it ends as scikit-learn's regressors do" if numbers else ""
    found = imported(program, f"an ONNX model (opset {version}{producer})", notes, of_numbers=of_numbers)
    return marked(found, {_text(each.key): _text(each.value) for each in model.metadata_props})


def _program(graph: Any, file: ForeignFile, version: int) -> tuple[Program, tuple[str, ...]]:
    if len(graph.sparse_initializer):
        raise EngineError("it has sparse weights, which are not read: export it with dense ones")
    constants: dict[str, Array] = {}
    room, words = MOST_BYTES, set[str]()
    for tensor in graph.initializer:
        if tensor.data_type == _WORDS:  # what a class is called, for an answer that is not taken
            words.add(_text(tensor.name))
            continue
        array = constants[_text(tensor.name)] = _array(tensor, file)
        room -= array.nbytes
        if room < 0:
            raise EngineError(f"its weights have more than {MOST_BYTES:,} bytes: no digit reader has so many")
    inputs = [each for each in graph.input if _text(each.name) not in (constants.keys() | words)]
    if len(inputs) != 1 or not len(graph.output):
        names = ", ".join(shown(_text(each.name)) for each in inputs[:4]) or "none"
        raise EngineError(f"it has {len(inputs)} inputs ({names}): known are networks with one, the image")
    shape, batch, notes = _shape(inputs[0])
    told = (_op(node, place, file, version) for place, node in enumerate(graph.node))
    ops = _in_order(unguarded([op for each in as_products(told) for op in unfused(each)]))
    output = _text(_answer(graph).name)
    if len(graph.output) > 1:
        named = (shown(_text(each.name)) for each in graph.output if _text(each.name) != output)
        others = ", ".join(list(named)[:3])
        notes = (*notes, f"it has {len(graph.output)} outputs: {shown(output)} is taken, not {others}")
    end = next((op for op in ops if output in op.outputs and op.kind == "ArgMax" and op.inputs), None)
    if end is not None:
        output = end.inputs[0]
        notes = (
            *notes,
            "it ends in the likeliest class: the scores that it compares are taken",
        )
    return Program(ops, constants, _text(inputs[0].name), shape, _channels(shape), output, batch), notes


def _in_order(ops: Sequence[Op]) -> Sequence[Op]:
    """Operations, each behind those that it reads: converters to float16 put theirs at the end.

    Of a circle what it has of that is left as it stands.
    """
    maker = {name: place for place, op in enumerate(ops) for name in op.outputs if name}
    open_inputs = [{maker[name] for name in op.inputs if name in maker} for op in ops]
    if all(max(before, default=-1) < place for place, before in enumerate(open_inputs)):
        return tuple(ops)
    readers: dict[int, list[int]] = {}
    for place, before in enumerate(open_inputs):
        for each in before:
            readers.setdefault(each, []).append(place)
    ready = [place for place, before in enumerate(open_inputs) if not before]
    order: list[int] = []
    while ready:
        order.append(done := heappop(ready))
        for place in readers.get(done, ()):
            open_inputs[place].discard(done)
            if not open_inputs[place]:
                heappush(ready, place)
    return tuple(ops[place] for place in (*order, *sorted(set(range(len(ops))) - set(order))))


def _answer(graph: Any) -> Any:
    """The output with the scores of classes: the first of real numbers; others may tell a label."""
    maps = {_text(name) for node in graph.node if node.op_type == "ZipMap" for name in node.output}
    for each in graph.output:
        kind = each.type.tensor_type.elem_type
        if _text(each.name) in maps or kind in _REAL:
            return each
    return graph.output[0]


def _shape(value: Any) -> tuple[Shape, int, tuple[str, ...]]:
    """The input's shape with a batch of 1, the batch in the file, and what was taken for open lengths."""
    dims = [int(dim.dim_value) for dim in value.type.tensor_type.shape.dim]
    if not 2 <= len(dims) <= 4 or any(dim < 0 for dim in dims):
        raise EngineError(
            f"its input {shown(_text(value.name))} has shape {tuple(dims)}: known are images and rows"
        )
    open_axes = [i for i, dim in enumerate(dims) if i and not dim]
    notes: tuple[str, ...] = ()
    if open_axes:
        if len(dims) == 4:
            channels = 3 if dims[3] in (1, 3) else 1
            usual = {i: 1 if i == channels else _OPEN for i in range(1, 4)}
        else:
            usual = {1: _OPEN * _OPEN} if len(dims) == 2 else {1: _OPEN, 2: _OPEN}
        dims = [usual[i] if i in open_axes else dim for i, dim in enumerate(dims)]
        notes = (f"the file leaves its input's size open: taken as {'x'.join(map(str, dims[1:]))}",)
    shape = (1, *dims[1:])
    if size_of(shape) > 1 << 20:
        raise EngineError(f"its input has shape {shape}: a digit is of 28x28 pixels")
    return shape, max(dims[0], 1), notes


def _channels(shape: Shape) -> int | None:
    """The axis of an image's channels: the second, as ONNX has it, unless the last alone can be it."""
    if len(shape) != 4:
        return None
    return 3 if shape[3] in (1, 3) and shape[1] not in (1, 3) else 1


def _text(value: Any) -> str:
    """A text of the file; where its letters are damaged, the reader hands out bytes."""
    return value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")


def _op(node: Any, place: int, file: ForeignFile, version: int) -> Op:
    kind, domain = _text(node.op_type), _text(node.domain)
    if domain == "ai.onnx.ml" and kind == "ZipMap":
        kind = "Identity"  # It gives the scores the names of their classes.
    elif domain == "ai.onnx.ml" and kind in ("Scaler", *LINEAR):
        pass  # scikit-learn's StandardScaler ahead of its network, and its linear models
    elif domain not in ("", "ai.onnx"):
        kind = f"{domain}.{kind}"
    settings = {_text(each.name): _setting(each, file) for each in node.attribute}
    if version < 13 and kind in ("Softmax", "LogSoftmax"):
        # Then it was over all axes from this one on.
        settings = {"axis": 1, **settings}
    inputs, outputs = (tuple(map(_text, names)) for names in (node.input, node.output))
    return Op(
        shown(kind), _text(node.name) or (outputs[0] if outputs else str(place)), inputs, outputs, settings
    )


def _setting(attribute: Any, file: ForeignFile) -> Any:
    """An attribute's value: a number, a text, a list of these, an array; None for anything else."""
    kinds = attribute.AttributeType
    read: Mapping[int, Callable[[], Any]] = {
        kinds.FLOAT: lambda: attribute.f,
        kinds.INT: lambda: attribute.i,
        kinds.STRING: lambda: attribute.s.decode("utf-8", "replace"),
        kinds.FLOATS: lambda: list(attribute.floats),
        kinds.INTS: lambda: list(attribute.ints),
        kinds.TENSOR: lambda: _array(attribute.t, file),
    }
    return read[attribute.type]() if attribute.type in read else None


def _array(tensor: Any, file: ForeignFile) -> Array:
    """A tensor's numbers; EngineError where they are of an odd type, or fewer or more than its shape says."""
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    name = shown(_text(tensor.name)) or "a constant"
    shape = tuple(tensor.dims)
    if any(n < 0 for n in shape) or len(shape) > 8 or size_of(shape) * 4 > MOST_BYTES:
        raise EngineError(f"{name} has shape {shape!s:.60}: no weight of a digit reader has")
    known = (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16)
    whole = (TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL, TensorProto.INT8, TensorProto.UINT8)
    if tensor.data_type not in (*known, *whole):
        raise EngineError(f"{name} holds numbers of ONNX's type {tensor.data_type}: save it with float32")
    if tensor.data_location == TensorProto.EXTERNAL:
        dtype = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.data_type))
        raw = _external({_text(each.key): _text(each.value) for each in tensor.external_data}, file)
        if len(raw) != size_of(shape) * dtype.itemsize:
            raise EngineError(f"{name} has {len(raw):,} bytes beside the file, which do not fit {shape}")
        array = np.frombuffer(raw, dtype).reshape(shape)
    else:
        try:
            array = numpy_helper.to_array(tensor)
        except (ValueError, TypeError) as error:
            reason = (str(error).splitlines() or [""])[0]
            raise EngineError(
                f"{name} does not fit its shape {shape} ({reason:.50}): export it again"
            ) from None
    return array.astype(np.float32) if tensor.data_type == TensorProto.BFLOAT16 else array


def _external(told: Mapping[str, str], file: ForeignFile) -> bytes:
    """The bytes of a tensor that lies in another file, which must be beside this one."""
    content = file.beside(told.get("location", ""))
    offset = told.get("offset", "0")
    length = told.get("length", str(len(content)))
    if not offset.isdecimal() or not length.isdecimal() or len(offset + length) > 24:
        raise EngineError(
            f"it names bytes {offset:.20} and {length:.20} of its weights' file, which are none"
        )
    return content[int(offset) : int(offset) + int(length)]


ONNX = Format("an ONNX model", "ONNX", (".onnx",), _recognises, _read, write=write_onnx)
