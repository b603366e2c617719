"""A matplotlib figure that notebooks display without pyplot and its list of open figures."""

from __future__ import annotations

import io

from matplotlib.figure import Figure


class NotebookFigure(Figure):
    """A figure with its own picture for notebooks."""

    def _repr_png_(self) -> bytes:
        """Return the figure as PNG, as IPython asks for it."""
        content = io.BytesIO()
        self.savefig(content, format="png", dpi=110)
        return content.getvalue()
