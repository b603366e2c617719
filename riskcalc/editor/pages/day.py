"""The day that the pages are of."""

from __future__ import annotations

import datetime as dt

from riskcalc.editor.state import State
from riskcalc.environment import today


def day_of(state: State) -> dt.date:
    """Return the day that a trade is planned for, else the clock's."""
    return state.draft.today or today()
