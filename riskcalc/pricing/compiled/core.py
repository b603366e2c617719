"""The functions of the compiled core, called through ctypes."""

from __future__ import annotations

import ctypes
import math
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

ABI = 2
"""The interface that this module calls; `abi_version` of the library must be the same."""
KERNELS = {"black_scholes": (7, 6), "implied_vol": (7, 2)}
"""Numbers of columns in and out of each kernel that works element by element."""
NUMBERS = frozenset({float, int, np.float64})
"""Types of a plain number, which needs no array."""


class Column(ctypes.Structure):
    """An argument of a kernel: contiguous doubles, or one for all elements."""

    _fields_ = (("values", ctypes.c_void_p), ("constant", ctypes.c_int64))


def open_library(path: str) -> ctypes.CDLL:
    """Return the library of a file; raises OSError where it cannot be loaded."""
    return ctypes.CDLL(path)


class Core:
    """The compiled core: kernels on plain numbers and on columns."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._columns, self._single = {}, {}
        for name, (inputs, outputs) in KERNELS.items():
            columns, single = getattr(library, name), getattr(library, f"{name}_single")
            columns.argtypes = (ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)
            single.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
            columns.restype = single.restype = None
            self._columns[name] = columns, Column * inputs, outputs
            self._single[name] = single, struct.Struct(f"{inputs}d").pack, ctypes.c_double * outputs

    def single(self, name: str, values: Sequence[object]) -> list[FloatArray] | None:
        """Return the outputs of a kernel, numpy floats, for plain numbers; None for any other arguments."""
        if not NUMBERS.issuperset(map(type, values)):
            return None
        function, pack, results = self._single[name]
        try:
            packed = pack(*values)
        except (OverflowError, struct.error):  # a whole number of more than 308 digits
            return None
        found = results()
        function(packed, found)
        numbers: list[Any] = [np.float64(number) for number in found]
        return numbers

    def columns(self, name: str, arrays: Iterable[FloatArray], shape: tuple[int, ...]) -> list[FloatArray]:
        """Return the outputs of a kernel for arrays that broadcast to a shape."""
        function, inputs, outputs = self._columns[name]
        flat = [one if not one.ndim else _contiguous(one, shape) for one in arrays]
        found = np.empty((outputs, math.prod(shape)))
        function(found.shape[1], inputs(*(_column(one) for one in flat)), found.ctypes.data)
        return [row.reshape(shape)[()] for row in found]


def _contiguous(array: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return an array of a shape as aligned doubles in a row, copied only where they are not."""
    spread = array if array.shape == shape else np.broadcast_to(array, shape)
    return np.require(spread, requirements=("C", "A")).reshape(-1)


def _column(array: FloatArray) -> Column:
    """Return the column of flat numbers, or of the only one."""
    return Column(array.ctypes.data, array.ndim == 0)
