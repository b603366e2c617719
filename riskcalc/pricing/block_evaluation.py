"""Run an elementwise kernel over broadcast arguments, one cache-sized block at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskcalc.pricing.arrays import as_floats, common_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FloatArray: TypeAlias = NDArray[np.float64]

# 64 KB per array: the two dozen temporaries of a kernel stay in the second-level cache.
BLOCK = 8192


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
    """Cut the broadcast arguments into blocks; a scalar stays one, for the kernel to compute once."""
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
