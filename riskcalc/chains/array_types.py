"""Types of the columns of a chain."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
"""Calendar days or times; the unit stands where it matters."""
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
"""Enum values, one per row."""
Texts = npt.NDArray[np.str_]
AnyArray = npt.NDArray[Any]
