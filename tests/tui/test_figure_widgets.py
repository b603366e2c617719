"""What chart, heatmap and Greeks look like: dumps, any size, and what their mouse says."""

import dataclasses
import itertools
import os
from pathlib import Path

import pytest
from textual.app import App
from textual.geometry import Size

from riskcalc.tui.figures.figure_widget import CrosshairMoved, RenderStyle, ZoomChanged
from riskcalc.tui.figures.greeks_strip import GreeksStrip, draw_greeks
from riskcalc.tui.figures.heatmap import Heatmap
from riskcalc.tui.figures.heatmap_drawing import draw_heatmap
from riskcalc.tui.figures.palette import Palette
from riskcalc.tui.figures.payoff_chart import PayoffChart
from riskcalc.tui.figures.payoff_drawing import draw_payoff
from tests.tui.figure_plans import NAMES, figures_of

SNAPSHOTS = Path(__file__).parent / "snapshots"
PLAIN = Palette()
SIZES = [(1, 1), (2, 1), (1, 9), (5, 3), (8, 5), (24, 2), (23, 7), (40, 10), (72, 18), (200, 60)]


def look(width, height, **more):
    return RenderStyle(width=width, height=height, palette=PLAIN, **more)


def dump(strips):
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_fills_any_size_exactly(name):
    figures, other = figures_of(name), figures_of("iwm-shares").payoff
    looks_of = [(None, False), (figures.payoff.spot * 1.03, True), (1e9, True)]
    for size, (crosshair, stale) in itertools.product(SIZES, looks_of):
        looks = look(*size, crosshair=crosshair, stale=stale)
        drawn = (
            draw_payoff(figures.payoff, other, looks),
            draw_payoff(figures.payoff, None, looks),
            draw_greeks(figures.greeks, looks),
        )
        for strips in drawn:
            assert len(strips) == size[1]
        for strips in (*drawn, draw_heatmap(figures.heatmap, looks)):
            assert {strip.cell_length for strip in strips} == {size[0]}
            assert all(len(strip.text) == size[0] for strip in strips)


@pytest.mark.parametrize("name", ["iwm-call-spread", "tza-hedge", "iron condor"])
def test_a_dump_equals_its_snapshot(name):
    figures = figures_of(name)
    drawn = "\n".join(
        (
            dump(draw_payoff(figures.payoff, None, look(72, 18))),
            dump(draw_heatmap(figures.heatmap, look(72, 14))),
            dump(draw_greeks(figures.greeks, look(72, 8))),
        )
    )
    stored = SNAPSHOTS / f"{name.replace(' ', '-')}.txt"
    if os.environ.get("RISKCALC_SNAPSHOTS") == "write":
        stored.write_text(drawn, encoding="utf-8")
    assert drawn == stored.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 72, 120])
@pytest.mark.parametrize("name", NAMES)
def test_labels_go_in_the_order_of_their_importance(name, width):
    row = draw_payoff(figures_of(name).payoff, None, look(width, 18))[1].text
    assert "spot" in row
    assert "stop" in row or "X" in row


def test_stale_says_so_in_every_figure():
    figures = figures_of("iwm-call-spread")
    for draw, figure in ((draw_heatmap, figures.heatmap), (draw_greeks, figures.greeks)):
        assert "stale" in draw(figure, look(60, 12, stale=True))[0].text
        assert "stale" not in dump(draw(figure, look(60, 12)))
    strips = draw_payoff(figures.payoff, None, look(60, 12, stale=True))
    assert "stale" in strips[0].text
    assert all(segment.style is None or segment.style.dim for strip in strips for segment in strip)


def test_the_pinned_payoff_is_named_and_read_out():
    figures = figures_of("iwm-call-spread")
    pinned = figures_of("put credit spread").payoff
    strips = draw_payoff(figures.payoff, pinned, look(90, 18, crosshair=300.0))
    assert "A expiry" in strips[0].text
    assert "@300.00 (+1.6%)" in strips[-1].text
    assert "A +333" in strips[-1].text
    assert "expiry -464" in strips[-1].text


@pytest.mark.parametrize(
    ("same", "legend"),
    [
        ((0, 1, 2), ["━━ expiry", "┈┈ time stop", "── today"]),
        ((0, 0, 2), ["━━ expiry, time stop", "── today"]),
        ((0, 1, 0), ["━━ expiry, today", "┈┈ time stop"]),
        ((0, 1, 1), ["━━ expiry", "┈┈ time stop, today"]),
        ((0, 0, 0), ["━━ expiry, time stop, today"]),
    ],
)
def test_equal_curves_are_one_under_all_their_names(same, legend):
    figure = figures_of("iwm-call-spread").payoff
    curves = [
        dataclasses.replace(curve, pnl=figure.curves[source].pnl)
        for curve, source in zip(figure.curves, same, strict=True)
    ]
    figure = dataclasses.replace(figure, curves=tuple(curves))
    for pinned, last in ((None, []), (figures_of("iwm-shares").payoff, ["╌╌ A time stop"])):
        row = draw_payoff(figure, pinned, look(90, 18))[0].text
        assert row.split("  ")[:-1][: len(legend) + 1 + len(last)] == ["P&L $", *legend, *last]


def test_the_spot_row_is_marked_and_every_cell_has_its_sign():
    lines = [strip.text for strip in draw_heatmap(figures_of("iwm-call-spread").heatmap, look(72, 14))]
    (spot,) = (line for line in lines if line.startswith(">"))
    assert "295.39" in spot
    assert lines.index(spot) == 7
    for line in lines[1:]:
        assert all(cell[0] in "+-" or cell == "0" for cell in line[22:].split())


def test_a_column_with_events_before_it_is_marked():
    figure = figures_of("iwm-call-spread").heatmap
    columns = (*figure.columns[:-1], dataclasses.replace(figure.columns[-1], events=2))
    plain, marked = (
        draw_heatmap(one, look(72, 14))[0].text
        for one in (figure, dataclasses.replace(figure, columns=columns))
    )
    assert "◆" not in plain
    assert marked.count("◆") == 1
    assert len(plain) == len(marked)


class Figures(App):
    CSS = "PayoffChart { height: 14; } Heatmap { height: 9; } GreeksStrip { height: 6; }"

    def __init__(self):
        super().__init__()
        self.heard = []

    def compose(self):
        yield PayoffChart()
        yield Heatmap()
        yield GreeksStrip()

    def on_crosshair_moved(self, message: CrosshairMoved):
        self.heard.append(message.spot)

    def on_zoom_changed(self, message: ZoomChanged):
        self.heard.append(message.step)

    def show(self, name):
        figures = figures_of(name)
        self.query_one(PayoffChart).show(figures.payoff)
        self.query_one(Heatmap).show(figures.heatmap)
        self.query_one(GreeksStrip).show(figures.greeks)


def run(steps):
    """Drive the three widgets; a coroutine is run here so that the tests need no plugin."""
    import asyncio  # noqa: PLC0415 - only here

    async def driven():
        app = Figures()
        async with app.run_test(size=(80, 30)) as pilot:
            await steps(app, pilot)

    asyncio.run(driven())


def text_of(widget):
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


def test_widgets_say_loading_before_the_first_figure():
    async def steps(app, pilot):
        await pilot.pause()
        for widget in (PayoffChart, Heatmap, GreeksStrip):
            assert text_of(app.query_one(widget)).startswith("loading")

    run(steps)


def test_hover_shares_the_spot_and_the_wheel_zooms():
    async def steps(app, pilot):
        app.show("iwm-call-spread")
        await pilot.pause()
        await pilot.hover(PayoffChart, offset=(44, 5))
        assert 300 < app.heard[-1] < 312
        await pilot.hover(Heatmap, offset=(30, 1))
        assert app.heard[-1] > 310
        await pilot._post_mouse_events([_wheel()], PayoffChart, offset=(44, 5))
        assert app.heard[-1] == 1

    run(steps)


def _wheel():
    from textual.events import MouseScrollUp  # noqa: PLC0415 - beside its use

    return MouseScrollUp


def test_the_crosshair_steps_from_the_spot_and_stays_on_the_axis():
    async def steps(app, pilot):
        chart = app.query_one(PayoffChart)
        chart.step_crosshair(1)
        app.show("iwm-call-spread")
        chart.step_crosshair(1)
        await pilot.pause()
        assert 295.39 < app.heard[-1] < 298
        chart.set_crosshair(app.heard[-1])
        chart.step_crosshair(500)
        await pilot.pause()
        assert app.heard[-1] == pytest.approx(342, abs=0.5)

    run(steps)


def test_lines_are_kept_until_something_changes():
    async def steps(app, pilot):
        app.show("iwm-call-spread")
        await pilot.pause()
        chart = app.query_one(PayoffChart)
        before = chart.render_line(3)
        assert chart.render_line(3) is before
        chart.set_crosshair(300.0)
        assert "@300.00" in text_of(chart)
        chart.set_colors("blue-orange")
        app.theme = "textual-light"
        await pilot.pause()
        assert chart.render_line(3) is not before

    run(steps)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark"])
def test_no_theme_breaks_a_figure(theme):
    async def steps(app, pilot):
        app.theme = theme
        app.show("iron condor")
        await pilot.pause()
        assert "spot" in text_of(app.query_one(PayoffChart))

    run(steps)


def test_without_colors_signs_and_words_stand(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    async def steps(app, pilot):
        await pilot.pause()
        app.show("iwm-call-spread")
        await pilot.pause()
        heatmap = app.query_one(Heatmap)
        assert ">spot" in text_of(heatmap)
        backgrounds = {segment.style.bgcolor for y in range(9) for segment in heatmap.render_line(y)}
        assert len(backgrounds) == 1

    run(steps)


def test_showing_never_lays_out_again(monkeypatch):
    async def steps(app, pilot):
        app.show("iwm-call-spread")
        await pilot.pause()
        laid_out = []
        monkeypatch.setattr(app.screen, "_refresh_layout", lambda *_, **__: laid_out.append(1))
        app.show("put spread")
        await pilot.pause()
        assert laid_out == []
        assert app.query_one(Heatmap).size == Size(80, 9)

    run(steps)
