"""What two implementations of one quantity make of a grid of cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The largest difference in one quantity over a grid."""

    quantity: str
    peer: str
    """The library compared with."""
    largest: float
    allowed: float
    cases: int
    where: str
    """The case with the largest difference."""

    @property
    def ok(self) -> bool:
        """Whether the largest difference is allowed; false for NaN."""
        return self.largest <= self.allowed


def agreement(
    quantity: str,
    differences: NDArray[np.float64],
    labels: Sequence[str],
    *,
    peer: str,
    allowed: float,
) -> Agreement:
    """Sum up the differences of a grid, each with the name of its case."""
    worst = int(np.argmax(np.abs(differences)))
    return Agreement(
        quantity=quantity,
        peer=peer,
        largest=float(abs(differences[worst])),
        allowed=allowed,
        cases=len(labels),
        where=labels[worst],
    )
