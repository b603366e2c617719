"""Results as a notebook shows them: the tables and pictures come from a layer above."""

from __future__ import annotations

import importlib
from typing import Any

RENDERER = "riskcalc.reports.notebook"
"""Module with ``mimebundle(result)``: named, not imported, since a record knows none of what shows it."""


class NotebookResult:
    """A result that a notebook shows as text and HTML; `repr` stays a line."""

    __slots__ = ()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:  # noqa: ANN401 - IPython's include and exclude
        """Return the result by MIME type, as IPython asks for it."""
        bundle: dict[str, str] = importlib.import_module(RENDERER).mimebundle(self)
        return bundle
