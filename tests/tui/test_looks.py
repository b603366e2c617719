"""The whole screen against stored dumps of its text and styles; RISKCALC_REGENERATE=1 writes them anew."""

from __future__ import annotations

import os
import string
from pathlib import Path

import pytest
from rich.color import ColorSystem
from textual.color import Color

from riskcalc.tui.figures.palette import STANDARD_RAMPS, contrast
from tests.tui.driving import drive, settle, start, strips

FOLDER = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (120, 40), (200, 60)]
LOOKS = {
    "dark": ((), ()),
    "light": (("t",), ()),
    "blue-orange": (("b",), ("b",)),
    "error": (("9", "9", "9", "9", "9", "9", "9", "9", "enter"), ("escape",)),
    "compared": (("c", "pageup"), ()),
}
"""Keys to each look, and those back; all are had on one screen, one after another."""
NAMES = string.ascii_letters + string.digits + string.punctuation
"""One sign for each style of a dump, in the order of their appearance."""


def dump(app):
    """The screen's text, then its styles: a sign per cell and what each sign means."""
    legend, signs = {}, []
    lines = [strip.text.rstrip() for strip in strips(app)]
    for strip in strips(app):
        row = ""
        for segment in strip:
            sign = legend.setdefault(str(segment.style), NAMES[len(legend) % len(NAMES)])
            row += sign * segment.cell_length
        signs.append(row)
    meanings = [f"{sign} {style}" for style, sign in legend.items()]
    return "\n".join([*lines, "", *signs, "", *meanings, ""])


async def looks(pilot, wanted):
    """Dumps of the screen under each look."""
    result = {}
    for look in wanted:
        there, back = LOOKS.get(look, ((), ()))
        await pilot.press(*there)
        await steady(pilot)
        result[look] = dump(pilot.app)
        await pilot.press(*back)
        pilot.app.theme = "textual-dark"
    return result


async def steady(pilot):
    for _ in range(4):
        await pilot.pause()


@pytest.mark.parametrize("wanted", [tuple(LOOKS), ("none",)], ids=["colors", "none"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_the_screen_looks_as_stored(wanted, size, monkeypatch):
    if wanted == ("none",):
        monkeypatch.setenv("NO_COLOR", "1")
    run = start if wanted == ("none",) else drive
    for look, result in run(lambda pilot: looks(pilot, wanted), size=size).items():
        path = FOLDER / f"screen-{look}-{size[0]}x{size[1]}.txt"
        if os.environ.get("RISKCALC_REGENERATE"):
            path.write_text(result, encoding="utf-8")
        assert result == path.read_text(encoding="utf-8"), look


def test_without_colors_no_style_has_one():
    text = (FOLDER / "screen-none-120x40.txt").read_text(encoding="utf-8")
    legend = text.rstrip().rpartition("\n\n")[2].splitlines()
    colors = {word for line in legend for word in line[2:].split() if word.startswith("#")}
    assert all(color[1:3] == color[3:5] == color[5:7] for color in colors)


def test_every_text_can_be_read_on_its_background():
    async def script(pilot):
        painted = {}
        for theme in ("textual-light", "nord", "solarized-light", "textual-dark"):
            pilot.app.theme = theme
            await steady(pilot)
            painted[theme] = [segment for strip in strips(pilot.app) for segment in strip]
        return painted

    for theme, segments in drive(script, size=(120, 40)).items():
        for text, style, _ in segments:
            if text.strip():
                front, back = (Color.from_rich_color(color) for color in (style.color, style.bgcolor))
                assert contrast(front.hex6, back.hex6) > 2, f"{text!r} in {style} of {theme}"


@pytest.mark.slow
def test_every_text_can_be_read_in_sixteen_colors(monkeypatch):
    async def script(pilot):
        monkeypatch.setattr(pilot.app.console, "_color_system", ColorSystem.STANDARD)
        found = {}
        for theme in ("textual-light", "textual-dark"):
            pilot.app.theme = theme
            for look in ("dark", "error"):
                there, back = LOOKS[look]
                await pilot.press(*there)
                await steady(pilot)
                found[theme, look] = [segment for strip in strips(pilot.app) for segment in strip]
                await pilot.press(*back)
        return found

    cells = {color for ramp in STANDARD_RAMPS["green-red"] for color in ramp}
    for name, segments in drive(script, size=(120, 40)).items():
        for text, style, _ in segments:
            if text.strip():
                shown = (one.downgrade(ColorSystem.STANDARD) for one in (style.color, style.bgcolor))
                front, back = (one.get_truecolor().hex for one in shown)
                assert contrast(front, back) > 1.8, f"{text!r} in {style} of {name}"
                # Dimmed text on a bright cell cannot be read.
                assert "error" not in name or style.bgcolor.name not in cells, f"{text!r} in {style}"


@pytest.mark.slow
@pytest.mark.parametrize("no_color", [False, True], ids=["colors", "none"])
def test_every_text_of_a_dialog_can_be_read(no_color, monkeypatch):
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")

    async def script(pilot):
        found = {}
        for theme in ("textual-dark", "textual-light"):
            pilot.app.theme = theme
            for key in ("S", "o", "R", "f", "question_mark"):
                await pilot.press(key)
                await settle(pilot)
                x, y, width, height = pilot.app.screen.query_one("#dialog").region
                lines = [strip.crop(x, x + width) for strip in strips(pilot.app)[y : y + height]]
                found[theme, key] = [segment for line in lines for segment in line]
                await pilot.press("escape")
                await settle(pilot)
        return found

    for name, segments in start(script, size=(80, 24)).items():
        for text, style, _ in segments:
            if any(character.isalnum() for character in text):
                front, back = (Color.from_rich_color(color).hex6 for color in (style.color, style.bgcolor))
                assert contrast(front, back) > 2.5, f"{text!r} in {style} of {name}"
