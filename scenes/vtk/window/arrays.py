"""The one door between numpy and VTK arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import VTK_INT, vtkDataArray, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray

_SMALL = 16384  # bytes


def own(values: NDArray[Any], name: str = "") -> vtkDataArray:
    """Copy an array (n,) or (n, k) into a VTK array that VTK owns."""
    array: vtkDataArray = numpy_to_vtk(np.ascontiguousarray(values), deep=1)
    array.SetName(name)
    return array


def write(array: vtkDataArray, values: NDArray[Any]) -> None:
    """Write values into a VTK array in place, and tell VTK: it does not notice on its own."""
    view = vtk_to_numpy(array)
    view[...] = np.asarray(values).reshape(view.shape)
    array.Modified()


def same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether two arrays of a type are equal to the bit; as bytes, small ones are compared much faster."""
    if one.shape != other.shape:
        return False
    if one.nbytes > _SMALL and one.nbytes % 8 == 0 and one.flags.c_contiguous and other.flags.c_contiguous:
        # Large ones are not copied for it.
        words, others = (each.reshape(-1).view(np.uint64) for each in (one, other))
        return bool((words == others).all())
    return one.tobytes() == other.tobytes()


def points(positions: NDArray[Any]) -> vtkPoints:
    """Points from positions (n, 3)."""
    result = vtkPoints()
    result.SetData(own(np.asarray(positions, dtype=np.float32).reshape(-1, 3)))
    return result


def runs(which: int | NDArray[np.int64], length: int, step: int = 1) -> vtkCellArray:
    """Cells of `length` points each, vertices, lines or polygons, that lie one after the other.

    which: the first so many of them, or these. step: take only every so many of their points, and the last.
    """
    which = np.arange(which) if isinstance(which, int) else which
    count, kept = len(which), np.unique([*range(0, length, step), length - 1])
    index = which[:, None] * length + kept
    cells = vtkCellArray()
    cells.SetData(
        numpy_to_vtk(np.arange(count + 1, dtype=np.int32) * len(kept), deep=1, array_type=VTK_INT),
        numpy_to_vtk(index.astype(np.int32).ravel(), deep=1, array_type=VTK_INT),
    )
    return cells
