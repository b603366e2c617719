"""Conversion of arguments to arrays of floats; text, dates and the like are refused by name."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

NUMERIC = "fiu"
"""Kinds of arrays that hold real numbers: floats and whole numbers, with and without sign."""


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
    if isinstance(value, np.ma.MaskedArray):
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


def _numbers(array: NDArray[Any]) -> NDArray[Any]:
    """An array of Python objects as one of floats where each is a real number."""
    for one in array.flat:
        if not isinstance(one, numbers.Real) or isinstance(one, (bool, np.bool_, np.timedelta64)):
            return array
    return array.astype(np.float64)


def _refusal(name: str, got: str) -> str:
    return f"{name} must be a number or an array of numbers, got {got}"


def _kind(value: object, array: NDArray[Any]) -> str:
    """What an array holds, in words."""
    kinds = {"U": "text", "S": "bytes", "M": "dates", "m": "time spans", "b": "true or false"}
    kind = kinds.get(array.dtype.kind, "complex numbers" if array.dtype.kind == "c" else "other things")
    if array.ndim:
        return f"an array of {kind}"
    return kind if array.dtype.kind != "O" else "None" if value is None else type(value).__name__
