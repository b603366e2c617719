"""Colors and lines of the pictures, for paper; a page's style sheet has those of a dark screen.

Gains are blue and losses orange, which the common kinds of color blindness tell apart; a sign, a dash pattern
or a name says the same without color.
"""

from __future__ import annotations

INK, QUIET, RULE = "#1c2530", "#5a6672", "#d5dbe1"
GAIN, LOSS = "#0b5cad", "#b34700"
FONT = "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

MARKS = {
    "spot": (INK, None),
    "stop": (LOSS, "6 3"),
    "target": (GAIN, "6 3"),
    "breakeven": (QUIET, "2 3"),
    "strike": (QUIET, "1 5"),
}
"""Color and dash pattern of each kind of level."""

CURVES = {"expiry": (2.4, None), "time stop": (2.0, "8 4"), "today": (2.0, "2 3")}
"""Width and dash pattern of each curve."""

SMALL = {"font_size": 11}
SMALL_WIDTH = 6.6
"""Mean width of a small character [pixels]."""

DARK_PICTURE = (
    "@media (prefers-color-scheme: dark) {"
    " .paper { fill: #14181d } .ink { fill: #e6eaee } .quiet { fill: #a3adb8 } .rule { stroke: #39424c }"
    " .curve, .line-spot { stroke: #e6eaee } .line-quiet { stroke: #a3adb8 }"
    " .gain { fill: #6cb6ff } .loss { fill: #ff9e64 }"
    " .line-gain { stroke: #6cb6ff } .line-loss { stroke: #ff9e64 } }"
)
"""Colors of a standalone picture on a dark screen."""
