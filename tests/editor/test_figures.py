"""Figures hold what the core says: the ladder's cells, the payoff's kinks, the Greeks' differences."""

import numpy as np
import pytest

import riskcalc as rc
from riskcalc.analysis import payoff, value_position
from riskcalc.editor.figures import (
    PRIORITY,
    axis_range,
    draw_figures,
    greeks_figure,
    heat_rows,
    heatmap_figure,
    payoff_figure,
    round_step,
)
from tests.tui.figure_plans import NAMES, figures_of, plan_of

each_plan = pytest.mark.parametrize("name", NAMES)


@each_plan
def test_rows_of_levels_equal_the_ladder(name):
    heatmap = figures_of(name).heatmap
    ladder = {(row.label, row.spot, row.when): row for row in plan_of(name).ladder}
    compared = 0
    for row, cells in zip(heatmap.rows, heatmap.pnl, strict=True):
        for column, pnl in zip(heatmap.columns, cells, strict=True):
            if row.kind != "price":
                result = ladder[row.label, row.spot, column.label]
                assert (pnl, column.date) == (result.pnl, result.date)
                compared += 1
    assert compared >= 4 * len(heatmap.columns) - 4


@each_plan
def test_all_cells_are_the_models_with_the_vol_shift_at_the_stop_alone(name):
    plan, heatmap = plan_of(name), figures_of(name).heatmap
    days = np.array([(column.date - plan.report.market.date).days for column in heatmap.columns])
    at_stop = [plan.stop.label in row.label.split(", ") for row in heatmap.rows]
    shifts = np.array([[plan.stop.vol_shift if stopped else 0.0] for stopped in at_stop])
    spots = np.array([[row.spot] for row in heatmap.rows])
    value = value_position(
        plan.report.trade, plan.report.market, spot=spots, days=days, vol_shift=shifts
    ).value
    assert heatmap.pnl == pytest.approx(value - payoff.net_debit(plan.report.trade), abs=1e-6)
    if heatmap.r is not None:
        assert heatmap.r == pytest.approx(heatmap.pnl / plan.size.loss_per_unit)


@each_plan
def test_the_payoff_is_exact_at_every_spot_and_between(name):
    plan, figure = plan_of(name), figures_of(name).payoff
    trade, market = plan.report.trade, plan.report.market
    main = figure.curves[0]
    assert main.name == ("expiry" if trade.expiry else "time stop")
    if trade.expiry and len(trade.expiries) > 1:
        return
    between = np.linspace(figure.low, figure.high, 997)
    drawn = np.interp(between, figure.spots, main.pnl)
    exact = payoff.pnl_at_expiry(trade, spot=between, market=market)
    assert drawn == pytest.approx(exact, abs=1e-8)


@each_plan
def test_strikes_breakevens_and_the_spot_are_among_the_spots(name):
    plan, figure = plan_of(name), figures_of(name).payoff
    strikes = [leg.strike for leg in plan.report.trade.option_legs]
    for spot in (*strikes, *plan.report.breakevens, figure.spot):
        assert spot in figure.spots
    assert (np.diff(figure.spots) > 0).all()


@each_plan
def test_today_at_the_spot_is_the_reports_value(name):
    plan, figure = plan_of(name), figures_of(name).payoff
    (today,) = (curve.pnl for curve in figure.curves if curve.name == "today")
    expected = plan.report.value - plan.report.net_debit
    assert np.interp(figure.spot, figure.spots, today) == pytest.approx(expected, abs=1e-6)


@each_plan
def test_greeks_at_the_spot_are_the_reports(name):
    figure, greeks = figures_of(name).greeks, plan_of(name).report.greeks
    for field in ("delta", "gamma", "theta_per_day", "vega_per_point"):
        drawn = np.interp(figure.spot, figure.spots, getattr(figure, field))
        assert drawn == pytest.approx(getattr(greeks, field), abs=1e-6)


@each_plan
def test_one_call_or_three_draw_the_same(name):
    plan, both = plan_of(name), figures_of(name)
    low, high = axis_range(plan)
    alone = payoff_figure(plan, low=low, high=high)
    for curve, other in zip(alone.curves, both.payoff.curves, strict=True):
        assert curve.pnl == pytest.approx(other.pnl, abs=1e-9)
    assert heatmap_figure(plan, low=low, high=high).pnl == pytest.approx(both.heatmap.pnl, abs=1e-9)
    assert greeks_figure(plan, low=low, high=high).gamma == pytest.approx(both.greeks.gamma, abs=5e-4)


@each_plan
@pytest.mark.parametrize("rows", [1, 2, 3, 7, 13, 40])
def test_the_spot_is_the_middle_row_and_rows_fall(name, rows):
    low, high = axis_range(plan_of(name))
    result = heat_rows(plan_of(name), low=low, high=high, rows=rows)
    spots = [row.spot for row in result]
    assert spots == sorted(spots, reverse=True)
    assert len(result) <= rows
    if rows <= 13:
        assert [row.kind for row in result].index("spot") == (len(result) - 1) // 2
        assert len(result) == rows


def test_few_rows_keep_the_most_important_levels():
    plan = plan_of("iwm-call-spread")
    kinds = {row.kind for row in heat_rows(plan, low=274, high=342, rows=3)}
    assert kinds == {"spot", "stop", "target"}


@each_plan
def test_the_axis_holds_every_level_and_zooms_about_the_spot(name):
    plan = plan_of(name)
    low, high = axis_range(plan)
    assert low > 0
    for mark in figures_of(name).payoff.marks:
        assert low <= mark.spot <= high
    spans = [right - left for left, right in (axis_range(plan, zoom=zoom) for zoom in (-3, 0, 3, 6))]
    assert spans == sorted(spans, reverse=True)
    close = axis_range(plan, zoom=6)
    assert close[0] < figures_of(name).payoff.spot < close[1]


def test_the_axis_stays_while_the_spot_moves_a_little():
    near = [
        axis_range(rc.plan_preset("iwm-call-spread", {"market.quotes.IWM.spot": spot}))
        for spot in (295.3, 295.35, 295.39)
    ]
    assert len(set(near)) == 1


@pytest.mark.parametrize("zoom", [-8, 9])
@each_plan
def test_any_zoom_draws(name, zoom):
    low, high = axis_range(plan_of(name), zoom=zoom)
    result = draw_figures(plan_of(name), low=low, high=high, points=2, rows=5)
    assert np.isfinite(result.heatmap.pnl).all()
    assert np.isfinite(result.greeks.gamma).all()


@pytest.mark.parametrize(
    ("least", "step"), [(1, 1), (1.0001, 2), (2.1, 5), (6, 10), (0.03, 0.05), (0.2, 0.2), (7e-4, 1e-3)]
)
def test_round_steps(least, step):
    assert round_step(least) == pytest.approx(step)


def test_every_kind_of_level_has_a_priority():
    kinds = {row.kind for name in NAMES for row in figures_of(name).heatmap.rows}
    assert kinds - {"price"} <= set(PRIORITY)
