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
    Tables = ctypes.Array[ctypes.c_void_p]

ABI = 8
"""The interface that this module calls; `abi_version` of the library must be the same."""
KERNELS = {"black_scholes": (7, 6), "implied_vol": (7, 2), "exit_chances": (4, 3)}
"""Numbers of columns in and out of each kernel that works element by element."""
IRREGULAR = -1000
"""Status of a row whose numbers are too large or small for the compiled core."""
NUMBERS = frozenset({float, int, np.float64})
"""Types of a plain number, which needs no array."""


class Column(ctypes.Structure):
    """An argument of a kernel: contiguous doubles, or one for all elements."""

    _fields_ = (("values", ctypes.c_void_p), ("constant", ctypes.c_int64))


def open_library(path: str) -> ctypes.CDLL:
    """Return the library of a file; raises OSError where it cannot be loaded."""
    return ctypes.CDLL(path)


def tables(*arrays: FloatArray, order: int | None = None) -> Tables:
    """Return constant tables as the struct of pointers that a kernel takes, after their order if it has one.

    The struct keeps the arrays.
    """
    rows = [np.ascontiguousarray(array, dtype=np.float64) for array in arrays]
    numbers = ([] if order is None else [order]) + [row.ctypes.data for row in rows]
    found = (ctypes.c_void_p * len(numbers))(*numbers)
    found.arrays = rows  # type: ignore[attr-defined] # the pointers do not hold them
    return found


class Core:
    """The compiled core: kernels on plain numbers, on columns, and on contracts that share a boundary."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._columns, self._single = {}, {}
        for name, (inputs, outputs) in KERNELS.items():
            columns, single = getattr(library, name), getattr(library, f"{name}_single")
            columns.argtypes = (ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)
            single.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
            columns.restype = single.restype = None
            self._columns[name] = columns, Column * inputs, outputs
            self._single[name] = single, struct.Struct(f"{inputs}d").pack, ctypes.c_double * outputs
        pointers, counts = (ctypes.c_void_p,), (ctypes.c_int64,)
        self._american_rows = library.american_rows
        self._american_rows.argtypes = (*counts * 2, *pointers * 4, *counts, *pointers * 2)
        self._american_rows.restype = None
        # A number in and out costs half of what arrays do; no argtypes, as bytes need none.
        self._implied_vol_number = library.implied_vol_number
        self._implied_vol_number.restype = ctypes.c_double
        self._pack_premium = self._single["implied_vol"][1]
        self._american_single = library.american_single
        self._american_single.argtypes = (ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        self._american_single.restype = None
        self._cash_dividend_calls = library.cash_dividend_calls
        self._cash_dividend_calls.argtypes = counts * 3 + pointers + counts + pointers * 7
        self._cash_dividend_calls.restype = None

    def single(self, name: str, values: Sequence[object]) -> list[FloatArray] | None:
        """Return the outputs of a kernel, numpy floats, for plain numbers; None for any other arguments."""
        packed = self._pack(name, values)
        if packed is None:
            return None
        function, _, results = self._single[name]
        found = results()
        function(packed, found)
        numbers: list[Any] = [np.float64(number) for number in found]
        return numbers

    def _pack(self, name: str, values: Sequence[object]) -> bytes | None:
        """Return plain numbers as doubles in a row; None for any other arguments."""
        if not NUMBERS.issuperset(map(type, values)):
            return None
        try:
            packed: bytes = self._single[name][1](*values)
        except (OverflowError, struct.error):  # a whole number of more than 308 digits
            return None
        return packed

    def implied_vol(self, values: tuple[object, ...]) -> float:
        """Return the implied vol of plain numbers; nan for other arguments, and if it is left to others."""
        premium, sign, spot, strike, time, rate, dividend_yield = values
        # Floats first: a chain of comparisons takes half the time of a set.
        floats = type(premium) is type(spot) is type(strike) is type(time) is float
        floats = floats and type(rate) is type(dividend_yield) is float and type(sign) in NUMBERS
        if not (floats or NUMBERS.issuperset(map(type, values))):
            return math.nan
        try:
            found: float = self._implied_vol_number(self._pack_premium(*values))
        except (OverflowError, struct.error):  # as in `_pack`
            return math.nan
        return found

    def american_single(
        self, values: Sequence[object], *, collocation: Tables, quadrature: Tables
    ) -> list[FloatArray] | None:
        """Return value and Greeks, numpy floats, of an American option without cash dividends.

        None for arguments that are no plain numbers, and for an option that is left to numpy.
        """
        packed = self._pack("black_scholes", values)
        if packed is None:
            return None
        found = (ctypes.c_double * 7)()
        self._american_single(packed, collocation, quadrature, found)
        *greeks, done = found
        numbers: list[Any] = [np.float64(number) for number in greeks]
        return numbers if done else None

    def columns(self, name: str, arrays: Iterable[FloatArray], shape: tuple[int, ...]) -> list[FloatArray]:
        """Return the outputs of a kernel for arrays that broadcast to a shape."""
        function, inputs, outputs = self._columns[name]
        flat = [one if not one.ndim else _contiguous(one, shape) for one in arrays]
        found = np.empty((outputs, math.prod(shape)))
        function(found.shape[1], inputs(*(_column(one) for one in flat)), found.ctypes.data)
        return [row.reshape(shape)[()] for row in found]

    def american_rows(
        self,
        table: NDArray[np.intp],
        columns: Sequence[FloatArray],
        found: FloatArray,
        converged: FloatArray,
        *,
        collocation: Tables,
        quadrature: Tables,
    ) -> None:
        """Write value and Greeks of American options without cash dividends, one boundary per row of a table.

        Parameters
        ----------
        table : ndarray
            Indices of the options, shape (rows, points), their times rising along a row; a short row repeats
            its last index.
        columns : sequence of ndarray
            Sign, spot, strike, time to expiry, vol, rate and yield, shape (n,).
        found : ndarray
            Takes value and Greeks, shape (6, n).
        converged : ndarray
            Takes 1, 0 for a value far below its bound, or -1 for an option of a boundary that did not
            converge, which has no value, shape (n,).
        collocation, quadrature : ctypes array
            Tables of the boundary's order and of the exercise times.
        """
        rows, points = table.shape
        indices = np.ascontiguousarray(table, dtype=np.int64)
        terms = [np.ascontiguousarray(column) for column in columns]
        pointers = (ctypes.c_void_p * len(terms))(*(term.ctypes.data for term in terms))
        outputs = (part.ctypes.data for part in (found, converged))
        self._american_rows(
            rows, points, indices.ctypes.data, pointers, collocation, quadrature, converged.size, *outputs
        )

    def cash_dividend_calls(
        self,
        terms: FloatArray,
        spot: FloatArray,
        now: FloatArray,
        *,
        times: FloatArray,
        amounts: FloatArray,
        rule: Tables,
    ) -> tuple[FloatArray, FloatArray]:
        """Return value and Greeks of American calls with cash dividends, and a status of each row.

        Parameters
        ----------
        terms : ndarray
            Strike, vol, rate and expiry, shape (rows, 4).
        spot : ndarray
            Shape (rows, points).
        now : ndarray
            Valuation times [years from day 0], shape (rows, points) or (rows, 1).
        times, amounts : ndarray
            Dividends of all rows, in the order of their ex-dates.
        rule : ctypes array
            Pointers to Gauss-Legendre nodes, then to weights, by the number of groups of four.

        Returns
        -------
        tuple of ndarray
            Value and Greeks, shape (6, rows, points), and 1 for a row that converged, 0 for one that did not,
            less for one that was not valued: minus the number of groups that the rule lacks, or `IRREGULAR`.
        """
        rows, points = spot.shape
        terms, spot, now, times, amounts = map(np.ascontiguousarray, (terms, spot, now, times, amounts))
        found, status = np.empty((6, rows, points)), np.empty(rows)
        dividends = (len(times), times.ctypes.data, amounts.ctypes.data)
        others = (part.ctypes.data for part in (spot, now))
        outputs = (part.ctypes.data for part in (found, status))
        counts = (rows, points, now.shape[1])
        self._cash_dividend_calls(*counts, terms.ctypes.data, *dividends, *others, rule, *outputs)
        return found, status


def _contiguous(array: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return an array of a shape as aligned doubles in a row, copied only where they are not."""
    spread = array if array.shape == shape else np.broadcast_to(array, shape)
    return np.require(spread, requirements=("C", "A")).reshape(-1)


def _column(array: FloatArray) -> Column:
    """Return the column of flat numbers, or of the only one."""
    return Column(array.ctypes.data, array.ndim == 0)
