"""Types of arrays, arguments as arrays of floats, and kernels run over them block by block."""

from __future__ import annotations

import math
import numbers
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike, NDArray

from riskcalc.errors import InvalidInputError
from riskcalc.pricing.compiled.loader import core

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Days = npt.NDArray[np.datetime64]
"""Calendar days or times; the unit is given where it matters."""
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
"""Enum values, one per row."""
Texts = npt.NDArray[np.str_]
AnyArray = npt.NDArray[Any]

NUMERIC = "fiu"
"""Kinds of arrays that hold real numbers: floats and whole numbers, with and without sign."""


FloatArray: TypeAlias = NDArray[np.float64]
# 64 KB per array: the two dozen temporaries of a kernel stay in the second-level cache.
BLOCK = 8192


def as_floats(name: str, value: object) -> NDArray[np.float64]:
    """Return an argument as an array of floats.

    Parameters
    ----------
    name : str
        What the argument is called, for the error.
    value : object
        Real numbers; a masked element becomes nan.

    Returns
    -------
    ndarray
        Of float64, the shape of `value`.

    Raises
    ------
    InvalidInputError
        It holds something else: text, bytes, dates, booleans, complex numbers, None, or a whole number of
        more than 308 digits.

    Examples
    --------
    >>> as_floats("spot", [100, 101.5])
    array([100. , 101.5])
    >>> as_floats("spot", ["100"])
    Traceback (most recent call last):
    riskcalc.errors.InvalidInputError: spot must be a number or an array of numbers, got an array of text
    """
    if isinstance(value, float):  # the usual case first: one number
        return np.asarray(value, dtype=np.float64)
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":
            array = _numbers(array)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(_refusal(name, "numbers too large, or lists of unequal length")) from error
    if array.dtype.kind not in NUMERIC:
        raise InvalidInputError(_refusal(name, _kind(value, array)))
    # numpy loads masked arrays when they are first asked for: where nobody has, this is none.
    if "numpy.ma" in sys.modules and isinstance(value, np.ma.MaskedArray):
        array = np.where(np.ma.getmaskarray(value), np.nan, array)
    if array.dtype.itemsize <= 8:
        return np.asarray(array, dtype=np.float64)
    with np.errstate(over="ignore"):  # a longer float may not fit
        return array.astype(np.float64)


def common_shape(arrays: Mapping[str, NDArray[Any]]) -> tuple[int, ...]:
    """Return the shape that arrays broadcast to.

    Raises
    ------
    InvalidInputError
        They do not broadcast; the text has the shape of each.
    """
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items() if array.ndim)
        raise InvalidInputError(f"shapes must broadcast to one, got {shapes}") from None


def distinct(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the distinct whole numbers >= 0 of an array, rising; `numpy.unique` loads masked arrays."""
    return np.flatnonzero(np.bincount(counts.ravel()))


def broadcast_floats(**arguments: ArrayLike) -> dict[str, FloatArray]:
    """Return arguments as float arrays; raises InvalidInputError where they do not broadcast to one shape."""
    arrays = {name: as_floats(name, argument) for name, argument in arguments.items()}
    common_shape(arrays)
    return arrays


def _numbers(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array of Python objects as floats if each is a real number, else unchanged."""
    for number in array.flat:
        if not isinstance(number, numbers.Real) or isinstance(number, (bool, np.bool_, np.timedelta64)):
            return array
    return array.astype(np.float64)


def _refusal(name: str, got: str) -> str:
    """Return the error text for an argument that holds something else."""
    return f"{name} must be a number or an array of numbers, got {got}"


def _kind(value: object, array: NDArray[Any]) -> str:
    """Describe the content of an array."""
    kinds = {"U": "text", "S": "bytes", "M": "dates", "m": "time spans", "b": "true or false"}
    kind = kinds.get(array.dtype.kind, "complex numbers" if array.dtype.kind == "c" else "other things")
    if array.ndim:
        return f"an array of {kind}"
    return kind if array.dtype.kind != "O" else "None" if value is None else type(value).__name__


def in_core_or_blocks(
    kernel: Callable[..., Sequence[FloatArray]], *, outputs: int, compiled: str, **arguments: ArrayLike
) -> list[FloatArray]:
    """Evaluate a kernel on broadcast arguments by the compiled core, or as `in_blocks` does.

    Parameters
    ----------
    kernel, outputs, **arguments
        As for `in_blocks`; the kernel defines the result.
    compiled : str
        Name of the kernel in the compiled core, which takes the arguments in this order.

    Returns
    -------
    list of ndarray
        As `in_blocks`, with the same errors.

    Examples
    --------
    >>> option = {"sign": 1, "spot": 1, "strike": 1, "time_to_expiry": 1, "vol": 0.0, "rate": 0, "q": 0}
    >>> in_core_or_blocks(lambda **_: [0.0] * 6, outputs=6, compiled="black_scholes", **option)[0]
    np.float64(0.0)
    """
    if (compiled_core := core()) is None:
        return in_blocks(kernel, outputs=outputs, **arguments)
    if (results := compiled_core.single(compiled, [*arguments.values()])) is not None:
        return results
    arrays = broadcast_floats(**arguments)
    return compiled_core.columns(compiled, arrays.values(), common_shape(arrays))


def in_blocks(
    kernel: Callable[..., Sequence[FloatArray]], *, outputs: int, **arguments: ArrayLike
) -> list[FloatArray]:
    """Evaluate a kernel on broadcast arguments; floating-point warnings are off inside.

    Parameters
    ----------
    kernel : callable
        Takes the arguments by name, each a numpy float (an argument given as a scalar) or a 1-d block, and
        returns ``outputs`` arrays that broadcast to the block; given floats alone, 0-d arrays or floats.
    outputs : int
        How many arrays the kernel returns.
    **arguments : array_like
        Numbers; their shapes broadcast.

    Returns
    -------
    list of ndarray
        Each of the broadcast shape; numpy floats when every argument is a scalar.

    Raises
    ------
    InvalidInputError
        The shapes do not broadcast, or an argument holds no numbers.

    Examples
    --------
    >>> total, product = in_blocks(lambda a, b: (a + b, a * b), outputs=2, a=[1.0, 2.0], b=3.0)
    >>> product
    array([3., 6.])
    """
    arrays = {name: as_floats(name, argument) for name, argument in arguments.items()}
    with np.errstate(all="ignore"):
        if not any(array.ndim for array in arrays.values()):
            scalars = {name: array[()] for name, array in arrays.items()}
            return [np.asarray(value)[()] for value in kernel(**scalars)]
        return _blockwise(kernel, outputs, arrays)


def _blockwise(
    kernel: Callable[..., Sequence[FloatArray]], outputs: int, arrays: dict[str, FloatArray]
) -> list[FloatArray]:
    """Evaluate a kernel block by block; scalars stay scalars, so that it computes with them once."""
    shape = common_shape(arrays)
    flat = {
        name: np.broadcast_to(array, shape).reshape(-1) if array.ndim else array[()]
        for name, array in arrays.items()
    }
    results = np.empty((outputs, math.prod(shape)))  # one allocation costs half the page faults of several
    for start in range(0, results.shape[1], BLOCK):
        part = slice(start, start + BLOCK)
        values = kernel(**{name: array[part] if array.ndim else array for name, array in flat.items()})
        for result, value in zip(results, values, strict=True):
            result[part] = value
    return [result.reshape(shape) for result in results]
