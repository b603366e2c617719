"""Colors of the figures for a theme and the colors of the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise

from rich.style import Style
from textual.color import Color

from riskcalc.records import dataclass

LEVELS = 8
"""Backgrounds of a truecolor ramp on each side of zero."""

READABLE = 4.5
"""Minimum contrast of small text (WCAG 2)."""

GREEN_RED, BLUE_ORANGE = "green-red", "blue-orange"
PALETTES = (GREEN_RED, BLUE_ORANGE)

VISIBLE = 3.0
"""Minimum contrast of a line (WCAG 2)."""


class Depth(StrEnum):
    """How many colors a terminal shows."""

    TRUE = "truecolor"
    EIGHT_BIT = "256"
    STANDARD = "standard"
    NONE = "none"


# Entries of the xterm table, so that no rounding folds two steps into one: (gain, loss), weakest first.
EIGHT_BIT_RAMPS = {
    (GREEN_RED, True): (
        ("#005f00", "#008700", "#00af00", "#00d700"),
        ("#5f0000", "#870000", "#af0000", "#d70000"),
    ),
    (GREEN_RED, False): (
        ("#d7ffd7", "#afffaf", "#87ff87", "#5fd75f"),
        ("#ffd7d7", "#ffafaf", "#ff8787", "#ff5f5f"),
    ),
    (BLUE_ORANGE, True): (
        ("#00005f", "#005f87", "#0087d7", "#00afff"),
        ("#5f0000", "#875f00", "#d75f00", "#ff8700"),
    ),
    (BLUE_ORANGE, False): (
        ("#d7ffff", "#afd7ff", "#87d7ff", "#5fafff"),
        ("#ffffd7", "#ffd7af", "#ffaf87", "#ff8700"),
    ),
}
# Greys: the weakest green and red of the table are too strong to draw curves on.
EIGHT_BIT_SHADES = {True: ("#303030", "#262626"), False: ("#c6c6c6", "#d0d0d0")}
STANDARD_RAMPS = {
    GREEN_RED: (("#00aa00", "#55ff55"), ("#aa0000", "#ff5555")),
    BLUE_ORANGE: (("#0000aa", "#5555ff"), ("#aa5500", "#ffff55")),
}
# Ends of a truecolor ramp for red-green color blindness.
BLUE, ORANGE = "#2f7fd6", "#e0801f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colors as hex texts or the terminal's names of them; empty is its own."""

    text: str = ""
    muted: str = ""
    today: str = ""
    time_stop: str = ""
    pinned: str = ""
    crosshair: str = ""
    stop: str = ""
    target: str = ""
    shade_gain: str = ""
    shade_loss: str = ""
    gains: tuple[str, ...] = ()
    """Backgrounds of gains, weakest first; none without colors."""
    losses: tuple[str, ...] = ()

    def background(self, ratio: float) -> str:
        """Background of a P&L as a share of the largest one, in [-1, 1]; empty near zero.

        Examples
        --------
        >>> palette = Palette(gains=("#005f00", "#00af00"), losses=("#5f0000", "#af0000"))
        >>> palette.background(0.9), palette.background(0.1), palette.background(-0.3)
        ('#00af00', '', '#5f0000')
        """
        ramp = self.gains if ratio > 0 else self.losses
        level = min(int(abs(ratio) * len(ramp) + 0.5), len(ramp))
        return ramp[level - 1] if level else ""

    def on(self, background: str) -> str:
        """Text color that can be read on a background."""
        return readable(self.text, background) if background else self.text


def make_palette(
    variables: Mapping[str, str], *, background: str, name: str = GREEN_RED, depth: Depth = Depth.TRUE
) -> Palette:
    """Colors for a theme and a terminal.

    Parameters
    ----------
    variables : mapping of str to str
        The theme's, as ``app.theme_variables``: foreground, success, error, warning, accent, primary.
    background : str
        What the figure lies on; ``ansi_default`` when only the terminal knows.
    name : str
        ``green-red`` or ``blue-orange``.
    depth : Depth
        What the terminal can show.

    Returns
    -------
    Palette
        No colors at all for `Depth.NONE`: signs and words stand without them.
    """
    if depth is Depth.NONE:
        return Palette()
    if _is_ansi(background) or _is_ansi(variables["foreground"]):
        return _native(name)
    ground, text = Color.parse(background), Color.parse(variables["foreground"])
    best, worst = _ends(variables, name)
    gains, losses = _ramps(ground, best, worst, name=name, depth=depth)
    shade_gain, shade_loss = _shades(ground, best, worst, depth)

    def line(variable: str, least: float = VISIBLE) -> str:
        return _visible(Color.parse(variables[variable]), ground, text, least).hex

    return Palette(
        text=readable(text.hex, ground.hex),
        muted=_muted(ground, text).hex,
        today=line("primary"),
        time_stop=line("secondary", READABLE),
        pinned=line("warning"),
        crosshair=line("accent"),
        stop=_visible(worst, ground, text).hex,
        target=_visible(best, ground, text).hex,
        shade_gain=shade_gain,
        shade_loss=shade_loss,
        gains=gains,
        losses=losses,
    )


def _native(name: str) -> Palette:
    """The terminal's own colors by name; its text and background are left alone."""
    gains, losses = STANDARD_RAMPS[name]
    best, worst = ("blue", "yellow") if name == BLUE_ORANGE else ("green", "red")
    return Palette(
        today="bright_blue",
        time_stop="cyan",
        pinned="yellow",
        crosshair="magenta",
        stop=worst,
        target=best,
        gains=gains,
        losses=losses,
    )


@lru_cache(maxsize=256)
def readable(text: str, background: str) -> str:
    """The text color itself, or black or white where it cannot be read.

    Examples
    --------
    >>> readable("#e0e0e0", "#121212"), readable("#e0e0e0", "#00d700")
    ('#e0e0e0', '#000000')
    """
    if text and contrast(text, background) >= READABLE:
        return text
    return max(("#000000", "#ffffff"), key=lambda color: contrast(color, background))


def contrast(text: str, background: str) -> float:
    """Contrast ratio of two colors, from 1 to 21."""
    lights = sorted((_luminance(Color.parse(text)), _luminance(Color.parse(background))))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(color: Color) -> float:
    """Relative luminance of sRGB, as WCAG 2 defines it."""
    parts = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@cache
def style(
    color: str = "", background: str = "", *, bold: bool = False, dim: bool = False, reverse: bool = False
) -> Style:
    """Rich style, made once for each look."""
    return Style(
        color=color or None,
        bgcolor=background or None,
        bold=bold or None,
        dim=dim or None,
        reverse=reverse or None,
    )


def _is_ansi(color: str) -> bool:
    return color.startswith("ansi")


def _ends(variables: Mapping[str, str], name: str) -> tuple[Color, Color]:
    """Colors of the best and the worst."""
    names = (BLUE, ORANGE) if name == BLUE_ORANGE else (variables["success"], variables["error"])
    return Color.parse(names[0]), Color.parse(names[1])


def _ramps(
    ground: Color, best: Color, worst: Color, *, name: str, depth: Depth
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if depth is Depth.STANDARD:
        return STANDARD_RAMPS[name]
    if depth is Depth.EIGHT_BIT:
        return EIGHT_BIT_RAMPS[name, ground.brightness < 0.5]
    return _blends(ground, best), _blends(ground, worst)


def _blends(ground: Color, end: Color) -> tuple[str, ...]:
    """Blend from the background to the color in distinct steps."""
    steps = [ground.blend(end, 0.12 + 0.68 * k / (LEVELS - 1)).hex for k in range(LEVELS)]
    return (*(before for before, after in pairwise(steps) if before != after), steps[-1])


def _shades(ground: Color, best: Color, worst: Color, depth: Depth) -> tuple[str, str]:
    """Backgrounds between zero and the payoff: of gains, of losses."""
    if depth is Depth.TRUE:
        return ground.blend(best, 0.18).hex, ground.blend(worst, 0.18).hex
    return EIGHT_BIT_SHADES[ground.brightness < 0.5] if depth is Depth.EIGHT_BIT else ("", "")


def _muted(ground: Color, text: Color) -> Color:
    """The text's color, as faint as can still be read."""
    mixed = (ground.blend(text, share) for share in (0.6, 0.7, 0.8, 0.9))
    return next((channel for channel in mixed if contrast(channel.hex, ground.hex) >= READABLE), text)


def _visible(color: Color, ground: Color, text: Color, least: float = VISIBLE) -> Color:
    """The color moved toward the text until a line of it shows."""
    mixed = (color.blend(text, share) for share in (0.0, 0.2, 0.4, 0.6))
    return next((channel for channel in mixed if contrast(channel.hex, ground.hex) >= least), text)
