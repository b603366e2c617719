"""The table of a scan as a DataFrame that a notebook shows with its terms."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from riskcalc.domain.notebook import NotebookResult


class ScanTable(NotebookResult, pd.DataFrame):
    """A DataFrame of spreads, best first; selections from it are plain DataFrames."""

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return pd.DataFrame
