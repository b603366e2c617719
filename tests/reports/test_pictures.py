"""What the pictures show is where the plan's numbers say: read back from the SVG by its own axes."""

from __future__ import annotations

import math

import numpy as np
import pytest

import riskcalc
from riskcalc.domain import Market, Quote, iron_condor, shares
from riskcalc.reports.picture import pictures, plan_svg
from tests.reports.conftest import SHIPPED, parsed, planned

SVG = "{http://www.w3.org/2000/svg}"
PIXEL = 0.02
"""Places are written to a hundredth of a pixel."""


def number(text):
    return float(text.replace("$", "").replace(",", "").replace("+", ""))


class Picture:
    """A payoff read back: values from places by the labels of its own axes."""

    def __init__(self, plan):
        self.root = parsed(pictures(plan).payoff)
        texts = list(self.root.iter(f"{SVG}text"))
        x = [(float(text.get("x")), number(text.text)) for text in texts if "tick-x" in text.get("class")]
        y = [(float(text.get("y")) - 4, number(text.text)) for text in texts if "tick-y" in text.get("class")]
        self.to_spot, self.dollars_a_pixel = self._line(x)
        self.to_pnl, self.pnl_a_pixel = self._line(y)

    @staticmethod
    def _line(pairs):
        assert len(pairs) >= 2
        slope, start = np.polyfit([place for place, _ in pairs], [value for _, value in pairs], 1)
        result = np.polyval([slope, start], [place for place, _ in pairs])
        assert result == pytest.approx([value for _, value in pairs], abs=abs(slope) * PIXEL)
        return (lambda place: slope * float(place) + start), abs(slope)

    def lines(self, attribute, value):
        return [element for element in self.root.iter(f"{SVG}line") if element.get(attribute) == value]

    def spots(self, kind):
        """Places of the lines of a kind, as prices."""
        return sorted(self.to_spot(line.get("x1")) for line in self.lines("data-kind", kind))

    def curve(self, name):
        (line,) = (
            element for element in self.root.iter(f"{SVG}polyline") if element.get("data-curve") == name
        )
        points = [point.split(",") for point in line.get("points").split()]
        return np.array([self.to_spot(x) for x, _ in points]), np.array([self.to_pnl(y) for _, y in points])

    def labels(self):
        return " | ".join(element.text for element in self.root.iter(f"{SVG}text"))


@pytest.mark.parametrize("name", SHIPPED)
def test_levels_stand_at_their_prices(name):
    plan, picture = planned(name), Picture(planned(name))
    near = {"abs": 2 * picture.dollars_a_pixel * PIXEL}
    targets = sorted(outcome.level.spot for outcome in plan.targets.outcomes if not outcome.second_stop)
    stops = [
        plan.stop.spot,
        *(outcome.level.spot for outcome in plan.targets.outcomes if outcome.second_stop),
    ]
    spot = plan.report.market.quote(plan.report.trade.symbol).spot
    assert picture.spots("spot") == pytest.approx([spot], **near)
    assert picture.spots("stop") == pytest.approx(sorted(stops), **near)
    assert picture.spots("target") == pytest.approx(targets, **near)
    for shown in picture.lines("data-spot", None):
        assert shown.get("x1")  # every line of a level has both
    drawn = [element for element in picture.root.iter(f"{SVG}line") if element.get("data-spot")]
    assert [picture.to_spot(one.get("x1")) for one in drawn] == pytest.approx(
        [float(one.get("data-spot")) for one in drawn], **near
    )


def test_a_call_spread_is_drawn_as_on_paper():
    """Minus the debit below the long strike, width less debit above the short one, zero at the breakeven."""
    plan, picture = planned(), Picture(planned())
    debit = plan.report.net_debit
    (breakeven,) = plan.report.breakevens
    assert breakeven == pytest.approx(295 + debit / 100)
    assert picture.spots("breakeven") == pytest.approx([breakeven], abs=2 * picture.dollars_a_pixel * PIXEL)
    spots, pnl = picture.curve("expiry")
    by_hand = np.clip(100 * (spots - 295), 0, 3000) - debit
    assert pnl == pytest.approx(by_hand, abs=150 * picture.dollars_a_pixel * PIXEL + picture.pnl_a_pixel)
    (loss,), (profit,) = (picture.lines("data-extreme", f"max {one}") for one in ("loss", "profit"))
    assert picture.to_pnl(loss.get("y1")) == pytest.approx(-debit, abs=2 * picture.pnl_a_pixel * PIXEL)
    assert picture.to_pnl(profit.get("y1")) == pytest.approx(
        3000 - debit, abs=2 * picture.pnl_a_pixel * PIXEL
    )
    assert f"max loss ${debit:,.2f}" in picture.labels()
    assert f"BE {breakeven:.2f}" in picture.labels()


def test_today_passes_through_the_ladder():
    plan, picture = planned(), Picture(planned())
    spots, pnl = picture.curve("today")
    rows = [row for row in plan.ladder if row.when == "today" and not row.label.startswith("stop")]
    result = np.interp([row.spot for row in rows], spots, pnl)
    assert result == pytest.approx([row.pnl for row in rows], abs=3.0)


def test_both_breakevens_of_a_condor_are_drawn():
    expiry = planned().report.trade.expiry
    strikes = {
        "put_long_strike": 265,
        "put_short_strike": 275,
        "call_short_strike": 315,
        "call_long_strike": 325,
    }
    trade = iron_condor("IWM", **strikes, expiry=expiry)
    market = Market(date=planned().report.market.date, rate=0.04, quotes={"IWM": Quote(spot=295, vol=0.2)})
    plan = riskcalc.plan(
        trade, market, riskcalc.Account(equity=200_000), riskcalc.ExitPlan(stop=0.05, holding_days=20)
    )
    picture = Picture(plan)
    near = {"abs": 2 * picture.dollars_a_pixel * PIXEL}
    assert len(plan.report.breakevens) == 2
    assert picture.spots("breakeven") == pytest.approx(list(plan.report.breakevens), **near)
    spots, pnl = picture.curve("expiry")
    assert np.interp(plan.report.breakevens, spots, pnl) == pytest.approx([0, 0], abs=2)


def test_no_line_for_what_has_no_limit():
    picture = Picture(planned("iwm-shares"))
    assert planned("iwm-shares").report.max_profit == math.inf
    assert picture.lines("data-extreme", "max profit") == []


@pytest.mark.parametrize("name", SHIPPED)
def test_the_heatmap_has_the_ladder(name):
    plan = planned(name)
    root = parsed(pictures(plan).heatmap)
    cells = {
        (float(element.get("data-spot")), element.get("data-date")): float(element.get("data-pnl"))
        for element in root.iter(f"{SVG}rect")
        if element.get("data-pnl")
    }
    rows = [row for row in plan.ladder if (row.spot, row.date.isoformat()) in cells]
    assert len({row.spot for row in rows}) >= 3
    for row in rows:
        assert cells[row.spot, row.date.isoformat()] == pytest.approx(row.pnl)


def test_gain_and_loss_differ_by_sign_beside_color():
    root = parsed(pictures(planned()).heatmap)
    rects = [element for element in root.iter(f"{SVG}rect") if element.get("data-pnl")]
    texts = [element.text for element in root.iter(f"{SVG}text") if (element.text or "").endswith("R")]
    assert len(rects) == len(texts)
    for cell, text in zip(rects, texts, strict=True):
        pnl = float(cell.get("data-pnl"))
        sign = "+" if pnl >= 0.5 else "-" if pnl <= -0.5 else "0"
        assert text.startswith(sign), (pnl, text)


@pytest.mark.parametrize("name", SHIPPED)
def test_labels_do_not_cover_each_other(name):
    root = parsed(pictures(planned(name)).payoff)
    boxes = [
        tuple(float(element.get(key)) for key in ("x", "y", "width", "height"))
        for element in root.iter(f"{SVG}rect")
    ]
    assert boxes
    for place, (x, y, width, height) in enumerate(boxes):
        assert x >= -3
        assert x + width <= 763
        for other_x, other_y, other_width, _ in boxes[place + 1 :]:
            same_row = abs(y - other_y) < height / 2
            assert not same_row or x + width <= other_x or other_x + other_width <= x


@pytest.mark.parametrize("name", SHIPPED)
def test_the_picture_is_a_document_with_words(name):
    root = parsed(plan_svg(planned(name)))
    assert root.tag == f"{SVG}svg"
    for svg in (root, *root.iter(f"{SVG}svg")):
        assert svg.get("role") == "img"
        assert svg.find(f"{SVG}title").text
    assert all(svg.find(f"{SVG}desc").text for svg in root.findall(f"{SVG}svg"))
    assert "style" not in plan_svg(planned(name), paper=True)


@pytest.mark.parametrize("spot", [0.03, 0.5, 60.0, 295.0, 450_000.0])
def test_the_axis_tells_its_ticks_apart(spot):
    market = Market(date=planned().report.market.date, rate=0.04, quotes={"IWM": Quote(spot=spot, vol=0.2)})
    exits = riskcalc.ExitPlan(stop=0.06, holding_days=20)
    picture = Picture(riskcalc.plan(shares("IWM"), market, riskcalc.Account(equity=100_000), exits))
    texts = [element.text for element in picture.root.iter(f"{SVG}text") if "tick-" in element.get("class")]
    assert len(set(texts)) == len(texts)
    assert picture.spots("stop") == pytest.approx([0.94 * spot], abs=2 * picture.dollars_a_pixel * PIXEL)
