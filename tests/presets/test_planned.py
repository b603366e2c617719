from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.chains import read_chain
from riskcalc.domain import CheckStatus
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.presets import plan_preset, preset_names
from tests.outside import reference_file

REAL_CHAIN = "06_option_chains/IWM_2026-07-20_yfinance_layout.csv"
SHIPPED = [listed.name for listed in preset_names() if listed.origin == "shipped"]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_preset_plans_to_at_least_one_unit(name):
    result = plan_preset(name)
    assert result.ok
    assert result.size.units >= 1
    assert result.size.risk <= result.size.risk_budget == 1_000


def test_the_hedge_says_what_it_waits_for_and_opens_when_it_is_seen():
    def trigger(overrides):
        result = plan_preset("tza-hedge", overrides)
        return next(check for check in result.checks if check.name == "trigger")

    assert trigger({}).status is CheckStatus.WARN
    assert "market.signals.sp500_move" in trigger({}).message
    assert trigger({"market.signals.sp500_move": "-3.4%"}).status is CheckStatus.OK
    assert trigger({"market.signals.ten_year_change_bp": 26}).status is CheckStatus.OK
    calm = {"market.signals.sp500_move": "-1%", "market.signals.ten_year_change_bp": 5}
    assert trigger(calm).status is CheckStatus.FAIL


@pytest.fixture(scope="module")
def chain():
    return read_chain(reference_file(REAL_CHAIN))


class TestRealQuotes:
    """The real IWM chain of 2026-07-20."""

    def test_the_default_spread_is_entered_at_mid(self, chain):
        result = plan_preset("iwm-call-spread", chain=chain)
        report = result.report
        assert report.trade.description == "IWM 295/325 call spread 2026-09-18"
        assert report.market.date == dt.date(2026, 7, 20)
        assert report.market.quote("IWM").spot == 295.39
        assert report.net_debit == pytest.approx(958.5)
        assert report.value == pytest.approx(958.5)
        assert [leg.vol for leg in report.legs] == pytest.approx([0.1980, 0.1681], abs=5e-4)
        assert report.market.quote("IWM").vol == pytest.approx(0.20, abs=0.01)
        # The quoted widths, half on the way in and half out, and the commissions.
        assert result.size.loss_per_unit == pytest.approx(958.5 + 100 * (0.17 + 0.08) + 2.6)
        assert result.size.units == 1
        assert result.ok

    @pytest.mark.parametrize(
        ("at", "debit", "cost"), [("mid", 958.5, 25.0), ("natural", 971.0, 12.5), ("worst", 983.5, 12.5)]
    )
    def test_fills_cost_more_the_worse_they_are(self, chain, at, debit, cost):
        result = plan_preset("iwm-call-spread", chain=chain, at=at)
        assert result.report.net_debit == pytest.approx(debit)
        assert result.size.loss_per_unit == pytest.approx(debit + cost + 2.6)
        assert [leg.vol for leg in result.report.legs] == pytest.approx([0.1980, 0.1681], abs=5e-4)

    @pytest.mark.parametrize("key", ["market.date", "market.quotes.IWM.spot", "market.quotes.IWM.vol"])
    def test_what_the_chain_says_cannot_be_overridden(self, chain, key):
        value = dt.date(2026, 7, 21) if key == "market.date" else 0.3
        with pytest.raises(InvalidInputError, match=f"{key} comes from the chain"):
            plan_preset("iwm-call-spread", {key: value}, chain=chain)

    def test_a_strike_without_a_usable_quote_is_named_with_the_reason(self, chain):
        with pytest.raises(ChainError, match=r"IWM call 390 2026-09-18: no bid"):
            plan_preset("iwm-call-spread", {"trade.legs.1.strike": 390}, chain=chain)

    def test_an_expiry_that_is_not_listed_is_named_with_the_nearest(self, chain):
        late = {"trade.legs.0.expiry": dt.date(2026, 9, 17)}
        with pytest.raises(ChainError, match=r"2026-09-17; nearest: .* 2026-09-18"):
            plan_preset("iwm-call-spread", late, chain=chain)

    def test_shares_take_spot_and_date(self, chain):
        result = plan_preset("iwm-shares", chain=chain)
        assert result.report.net_debit == pytest.approx(295.39)
