"""Every step of a ramp is a color of its own on its terminal, and text on it can be read."""

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.app import App

from riskcalc.tui.figures.palette import (
    EIGHT_BIT_RAMPS,
    EIGHT_BIT_SHADES,
    PALETTES,
    READABLE,
    STANDARD_RAMPS,
    VISIBLE,
    Depth,
    contrast,
    make_palette,
)

THEMES = sorted(name for name in App().available_themes if not name.startswith("ansi"))


def variables(theme):
    app = App()
    app.theme = theme
    return app.theme_variables


@pytest.fixture(scope="module", params=THEMES)
def theme(request):
    return variables(request.param)


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("depth", [Depth.TRUE, Depth.EIGHT_BIT, Depth.STANDARD])
def test_text_is_readable_on_every_cell(theme, name, depth):
    palette = make_palette(theme, background=theme["background"], name=name, depth=depth)
    for step in range(-20, 21):
        background = palette.background(step / 20)
        assert contrast(palette.on(background), background or theme["background"]) >= READABLE
    assert contrast(palette.muted, theme["background"]) >= READABLE


@pytest.mark.parametrize("name", PALETTES)
def test_lines_show_on_the_background(theme, name):
    palette = make_palette(theme, background=theme["background"], name=name)
    for line in (palette.today, palette.time_stop, palette.pinned, palette.stop, palette.target):
        assert contrast(line, theme["background"]) >= VISIBLE


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize(
    ("depth", "levels"), [(Depth.TRUE, 8), (Depth.EIGHT_BIT, 4), (Depth.STANDARD, 2), (Depth.NONE, 0)]
)
def test_a_ramp_has_its_distinct_steps_on_both_sides_of_a_neutral_zero(name, depth, levels):
    theme = variables("textual-dark")
    palette = make_palette(theme, background=theme["background"], name=name, depth=depth)
    for side in (1, -1):
        shown = {palette.background(side * k / 100) for k in range(101)} - {""}
        assert len(shown) == levels
    assert palette.background(0.0) == palette.background(0.02) == palette.background(-0.02) == ""
    assert not set(palette.gains) & set(palette.losses)


def test_a_ramp_is_symmetric_about_zero():
    theme = variables("textual-dark")
    palette = make_palette(theme, background=theme["background"])
    for k in range(101):
        gain, loss = palette.background(k / 100), palette.background(-k / 100)
        assert (palette.gains.index(gain) if gain else None) == (palette.losses.index(loss) if loss else None)


@pytest.mark.parametrize("ramps", EIGHT_BIT_RAMPS.values(), ids=str)
def test_256_colors_are_entries_of_the_table(ramps):
    for color in (*ramps[0], *ramps[1]):
        wanted = RichColor.parse(color)
        shown = wanted.downgrade(ColorSystem.EIGHT_BIT)
        assert shown.get_truecolor() == wanted.triplet, color


@pytest.mark.parametrize("pair", EIGHT_BIT_SHADES.values(), ids=str)
def test_256_shades_stay_apart(pair):
    shown = {RichColor.parse(color).downgrade(ColorSystem.EIGHT_BIT).number for color in pair}
    assert len(shown) == 2


@pytest.mark.parametrize("name", PALETTES)
def test_16_colors_never_fold_together(name):
    gains, losses = STANDARD_RAMPS[name]
    numbers = [RichColor.parse(color).downgrade(ColorSystem.STANDARD).number for color in (*gains, *losses)]
    assert len(set(numbers)) == 4


def test_a_theme_in_the_terminals_own_colors_has_a_ramp_and_no_text_color():
    palette = make_palette({"foreground": "ansi_default"}, background="ansi_default")
    assert palette.text == ""
    assert palette.background(1.0)
