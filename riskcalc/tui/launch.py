"""Starts the screen; the command line's only way into this package."""

from __future__ import annotations

import sys

from riskcalc.tui.app import RiskApp
from riskcalc.tui.launch_options import LaunchOptions


def run(opening: LaunchOptions | None = None) -> None:
    """Open the screen and stay until it is left.

    Raises
    ------
    RiskcalcError
        What was asked for cannot be opened.
    """
    app = RiskApp(opening)
    app.run()
    if app.refused is not None:
        raise app.refused
    if app.unkept:
        sys.stderr.write(f"riskcalc: the session is not kept: {app.unkept}\n")
    if app.return_code:
        sys.exit(app.return_code)
