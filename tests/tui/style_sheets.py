"""Style sheets parsed once in a process: each screen that is started would parse the same ones again."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet

PARSED = {}
PARSE = Stylesheet._parse_rules


def parse_once():
    """Keep what a style sheet is parsed to, by its text and by the variables of the theme."""
    Stylesheet._parse_rules = _parsed


def _parsed(sheet, css, *place, **named):
    key = (css, *place, *named.items(), *sheet._variables.items())
    if key not in PARSED:
        PARSED[key] = PARSE(sheet, css, *place, **named)
    return PARSED[key]
