"""Dots on a grid of braille cells, two across and four down in each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLANK = 0x2800
BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bit of a dot in its cell: column, then row."""

GLYPHS = tuple(chr(BLANK + mask) for mask in range(256))


class Stroke(Enum):
    """Stroke of a curve, distinct without color: dots drawn per period, and thickness."""

    BOLD = (1, 1, 2)
    THIN = (1, 1, 1)
    DOTTED = (1, 2, 1)
    DASHED = (4, 7, 1)


class Canvas:
    """Curves on a grid of cells; a cell has the color of its most important curve.

    Parameters
    ----------
    width, height : int
        Cells, >= 1.
    """

    def __init__(self, width: int, height: int) -> None:
        import numpy as np  # noqa: PLC0415 - not on the path to the first frame

        self.width, self.height = width, height
        self.dots = np.zeros((height, width), dtype=np.uint8)
        """Bits of the dots in each cell."""
        self.owner_numbers = np.zeros((height, width), dtype=np.uint8)
        self.names = [""]
        """Owners by their number."""

    def owner(self, x: int, y: int) -> str:
        """Owner of a cell by name; empty where no curve is."""
        return self.names[int(self.owner_numbers[y, x])]

    def plot(self, rows: Sequence[int], *, owner: str, stroke: Stroke = Stroke.THIN) -> None:
        """Draw a curve, over what is there already.

        Parameters
        ----------
        rows : sequence of int
            Dot row of each dot column, 0 at the top; neighbors are joined.
        owner : str
            Whose color the cells take that the curve touches.
        stroke : Stroke
            How it is drawn.
        """
        import numpy as np  # noqa: PLC0415 - as above

        drawn, period, thickness = stroke.value
        first, last = _runs(np.array(rows[: 2 * self.width], dtype=np.intp))
        below = np.minimum(last + thickness - 1, 4 * self.height - 1)
        # At the lower edge a thick line grows upwards: it stays thick and is not cut off.
        top = np.maximum(np.minimum(first, below - thickness + 1), 0)
        below[np.arange(len(below)) % period >= drawn] = -1
        places = np.arange(4 * self.height)[:, None]
        dots = np.zeros((4 * self.height, 2 * self.width), dtype=np.uint8)
        dots[:, : len(top)] = (top <= places) & (places <= below)
        bits = np.tile(np.array(BITS, dtype=np.uint8).T, self.width)
        halves = (dots.reshape(self.height, 4, -1) * bits).sum(axis=1, dtype=np.uint8)
        touched = halves[:, ::2] | halves[:, 1::2]
        if owner not in self.names:
            self.names.append(owner)
        self.dots |= touched
        self.owner_numbers[touched != 0] = self.names.index(owner)

    def glyph(self, x: int, y: int) -> str:
        """Braille character of a cell; a blank string when it has no dots."""
        mask = self.dots[y, x]
        return GLYPHS[mask] if mask else ""


def _runs(rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last dot row per dot column: a steep curve is connected half way, no dot drawn twice."""
    import numpy as np  # noqa: PLC0415 - as above

    before, after = rows[:-1], rows[1:]
    middle = (before + after) // 2
    falls, rises = before - after > 1, after - before > 1
    first, last = rows.copy(), rows.copy()
    first[1:][rises], last[1:][falls] = middle[rises] + 1, middle[falls]
    first[:-1][falls] = np.minimum(first[:-1], middle + 1)[falls]
    last[:-1][rises] = np.maximum(last[:-1], middle)[rises]
    return first, last


def dot_rows(
    spots: Any,  # noqa: ANN401 - arrays of numpy, which this module must not import at its top
    values: Any,  # noqa: ANN401 - as above
    *,
    across: tuple[float, float],
    down: tuple[float, float],
    width: int,
    height: int,
) -> list[int]:
    """Dot row of a curve in each dot column.

    Parameters
    ----------
    spots, values : ndarray
        Points of the curve, spots rising; lines between them.
    across : tuple of float
        Spots at the first and the last dot column.
    down : tuple of float
        Values at the lowest and the highest dot row.
    width, height : int
        Cells.
    """
    import numpy as np  # noqa: PLC0415 - not on the path to the first frame

    at = np.interp(np.linspace(*across, 2 * width), spots, values)
    bottom, top = down
    rows = np.rint((top - at) / (top - bottom) * (4 * height - 1))
    clipped: list[int] = np.clip(rows, 0, 4 * height - 1).astype(int).tolist()
    return clipped


def cell_of(value: float, *, across: tuple[float, float], width: int) -> int | None:
    """Cell column of a spot; None when it is off the axis.

    Examples
    --------
    >>> cell_of(10, across=(10, 20), width=40), cell_of(20, across=(10, 20), width=40)
    (0, 39)
    """
    share = (value - across[0]) / (across[1] - across[0])
    return round(share * (2 * width - 1)) // 2 if 0 <= share <= 1 else None


def value_of(cell: int, *, across: tuple[float, float], width: int) -> float:
    """Value in the middle of a cell column."""
    share = min(max((2 * cell + 0.5) / (2 * width - 1), 0.0), 1.0)
    return across[0] + share * (across[1] - across[0])
