"""A grid of cells, each a character with a look, as lines for the terminal."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip

from riskcalc.tui.figures.braille_canvas import BLANK
from riskcalc.tui.figures.palette import style
from riskcalc.tui.line_widget import PlainStrip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from riskcalc.tui.figures.braille_canvas import Canvas


class CellGrid:
    """Characters, colors and backgrounds of all cells as arrays: a figure has thousands of cells, few looks.

    Parameters
    ----------
    width, height : int
        Cells, >= 1.
    color : str
        Of the blanks that the grid starts with.
    """

    def __init__(self, width: int, height: int, *, color: str) -> None:
        import numpy as np  # noqa: PLC0415 - not on the path to the first frame

        self.width, self.height = width, height
        self._looks: dict[tuple[str, bool], int] = {}
        self._backgrounds = {"": 0}
        self._characters = np.full((height, width), ord(" "), dtype="<u4")
        self._look = np.full((height, width), self._number(color), dtype=np.intp)
        self._background = np.zeros((height, width), dtype=np.intp)

    def put_column(self, x: int, character: str, *, color: str) -> None:
        """Draw a character in every row of a column."""
        self._characters[:, x] = ord(character)
        self._look[:, x] = self._number(color)

    def put_row(
        self, y: int, text: str, *, color: str | None = None, start: int = 0, bold: bool = False
    ) -> None:
        """Write a text into a row, in a color or in those that are there; what does not fit is cut off."""
        text = text[: max(self.width - start, 0)]
        if not (0 <= y < self.height and text):
            return
        span = slice(start, start + len(text))
        self._characters[y, span] = [ord(character) for character in text]
        if color is not None:
            self._look[y, span] = self._number(color, bold=bold)

    def put_canvas(
        self, canvas: Canvas, colors: Mapping[str, str], *, left: int = 0, bold: frozenset[str] = frozenset()
    ) -> None:
        """Draw the curves of a canvas, each in the color of its owner, from a column on."""
        import numpy as np  # noqa: PLC0415 - as above

        looks = [self._number(colors[name], bold=name in bold) if name else 0 for name in canvas.names]
        drawn = canvas.dots != 0
        area = (slice(None), slice(left, left + canvas.width))
        self._characters[area][drawn] = BLANK + canvas.dots[drawn].astype(np.uint32)
        self._look[area][drawn] = np.array(looks)[canvas.owner_numbers[drawn]]

    def shade(
        self, first: NDArray[np.intp], last: NDArray[np.intp], colors: Sequence[str], *, left: int = 0
    ) -> None:
        """Shade each column, from one on, from its first to its last row in its color."""
        import numpy as np  # noqa: PLC0415 - as above

        numbers = [self._backgrounds.setdefault(color, len(self._backgrounds)) for color in colors]
        rows = np.arange(self.height)[:, None]
        area = slice(left, left + len(numbers))
        self._background[:, area] = np.where((first <= rows) & (rows <= last), numbers, 0)

    def strips(self, *, dim: bool) -> list[Strip]:
        """Return the rows; neighbors that look alike are one segment."""
        import numpy as np  # noqa: PLC0415 - as above

        count = len(self._backgrounds)
        looks = self._look * count + self._background
        begins = np.empty(looks.shape, dtype=bool)
        begins[:, 0] = True
        np.not_equal(looks[:, 1:], looks[:, :-1], out=begins[:, 1:])
        starts = np.flatnonzero(begins)
        colors, backgrounds = list(self._looks), list(self._backgrounds)
        styles = {}
        for number in set(numbers := looks.ravel()[starts].tolist()):
            color, bold = colors[number // count]
            styles[number] = style(color, backgrounds[number % count], bold=bold, dim=dim)
        text = self._characters.tobytes().decode("utf-32-le")
        rows: list[list[Segment]] = [[] for _ in range(self.height)]
        for (start, end), number in zip(pairwise([*starts.tolist(), looks.size]), numbers, strict=True):
            rows[start // self.width].append(Segment(text[start:end], styles[number]))
        return [PlainStrip(row, self.width) for row in rows]

    def _number(self, color: str, *, bold: bool = False) -> int:
        return self._looks.setdefault((color, bold), len(self._looks))
