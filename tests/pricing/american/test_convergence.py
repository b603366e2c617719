"""Contracts that were once priced wrong without notice, and methods that fail: nan, never a wrong number."""

import numpy as np
import pytest

from riskcalc.pricing.american import american, american_implied_vol, early_exercise
from riskcalc.pricing.american import pricing as american_pricing
from riskcalc.pricing.implied_vol import VolStatus
from tests.pricing.american.oracle import oracle
from tests.pricing.american.property_scan import EACH, faults, few_of, market
from tests.pricing.american.published import contract, label
from tests.reference import rows
from tests.rows import sample

ONCE_WRONG = rows("american_once_wrong")
PARTS = 7
PUT = {"sign": -1, "spot": 95.0, "strike": 100.0, "time_to_expiry": 0.7, "vol": 0.34, "rate": 0.04}
SPECIAL = {"dividend_times": [0.25, 0.25 + 14 / 365], "dividend_amounts": [0.3, 0.2]}


@pytest.mark.parametrize("row", sample(ONCE_WRONG, *range(0, len(ONCE_WRONG), 3)), ids=label)
def test_a_contract_that_was_once_priced_wrong(row):
    assert american(**contract(row)).value == pytest.approx(row["exact"], abs=row["tolerance"])


def test_a_special_dividend_two_weeks_after_a_regular_one():
    result = american(**PUT, **SPECIAL)
    assert result.value == pytest.approx(12.629, abs=5e-4)
    assert result.delta == pytest.approx(-0.502, abs=5e-4)


@pytest.mark.parametrize(
    "row",
    sample(ONCE_WRONG[::6], 2, 6),
    ids=label,
)
def test_implied_vol_finds_the_vol_of_the_right_value(row):
    terms = contract(row)
    vol, right = terms.pop("vol"), float(row["exact"])
    result = american_implied_vol(premium=right, **terms)
    assert result.status == VolStatus.OK
    assert american(**terms, vol=result.vol).value == pytest.approx(right, abs=1e-4)
    if row["r"] > 0 and "drops" not in row["contract"]:
        assert result.vol == pytest.approx(vol, abs=1e-4)


@pytest.mark.parametrize("published", rows("american_cash_dividends")[:3], ids=label)
def test_the_oracle_knows_published_values(published):
    value, moved = oracle(**contract(published))
    assert value == pytest.approx(american(**contract(published)).value, abs=5e-4 + moved)


@pytest.mark.parametrize(("sign", "gap"), [(1, 1), (-1, 8)])
def test_close_ex_dates_agree_with_a_second_implementation(sign, gap):
    terms = PUT | {"sign": sign, "spot": 103.0, "vol": 0.22}
    schedule = {"dividend_times": [0.05, 0.3, 0.3 + gap / 365], "dividend_amounts": [0.5, 0.5, 1.7]}
    value, moved = oracle(**terms, **schedule)
    assert american(**terms, **schedule).value == pytest.approx(value, abs=3e-4 + moved)


def test_a_value_that_no_method_converged_on_is_nan(monkeypatch):
    def not_converged(batch, _):
        return american_pricing.Priced(
            american_pricing.black_scholes(sign=-1, spot=batch.spot, strike=100, time_to_expiry=1, vol=0.2),
            np.zeros(batch.spot.size, dtype=bool),
        )

    monkeypatch.setattr(american_pricing, "METHODS", (not_converged,) * len(american_pricing.METHODS))
    monkeypatch.setattr(american_pricing, "finite_difference", not_converged)
    assert np.isnan(np.stack(american(**PUT, **SPECIAL))).all()
    terms = {name: value for name, value in PUT.items() if name != "vol"}
    result = american_implied_vol(premium=12.0, **terms, **SPECIAL)
    assert (np.isnan(result.vol), result.status) == (True, VolStatus.NOT_CONVERGED)


def test_a_value_outside_its_bounds_falls_back_on_finite_differences(monkeypatch):
    def nonsense(batch, schedule):
        result = american_pricing.finite_difference(batch, schedule)
        return result._replace(greeks=result.greeks._replace(value=result.greeks.value - 20.0))

    right = american(**PUT, **SPECIAL)
    monkeypatch.setattr(american_pricing, "METHODS", (nonsense,) * len(american_pricing.METHODS))
    assert american(**PUT, **SPECIAL).value == pytest.approx(right.value, abs=2e-4)


def test_drops_an_hour_apart_are_not_merged():
    hour = {"dividend_times": [0.25, 0.25 + 1 / 8760], "dividend_amounts": [20.0, 20.0]}
    apart = american(**PUT | {"vol": 0.05, "rate": 0.3}, **hour)
    value, moved = oracle(**PUT | {"vol": 0.05, "rate": 0.3}, **hour)
    assert apart.value == pytest.approx(value, abs=2e-4 + moved)


def test_at_the_boundary_before_close_ex_dates_holding_is_worth_exercise():
    call = {"sign": 1, "strike": 100.0, "vol": 0.3, "rate": 0.01}
    times, amounts = [0.1, 0.1 + 6 / 365, 0.35], [1.2, 2.0, 1.2]
    early = early_exercise(
        **call, spot=104, time_to_expiry=0.6, dividend_times=times, dividend_amounts=amounts
    )
    for i in np.flatnonzero(np.isfinite(early.boundary)):
        held = american(
            **call,
            spot=early.boundary[i] - amounts[i],
            time_to_expiry=0.6 - times[i],
            dividend_times=[time - times[i] for time in times[i + 1 :]],
            dividend_amounts=amounts[i + 1 :],
        )
        assert held.value == pytest.approx(early.boundary[i] - 100, abs=1e-4)


@pytest.mark.parametrize("part", sample(range(PARTS), 0))
def test_a_thousand_random_contracts_have_no_fault(part):
    quick = [market(2026, number, quick=True) for number in range(part, 1800 // EACH, PARTS)]
    others = [few_of(market(2027, number)) for number in range(part, 126 // 18, PARTS)]
    assert not [(fault, each) for each in quick + others for fault in faults(each)]


@pytest.mark.slow
def test_more_random_contracts_of_every_rate_and_yield_have_no_fault():
    markets = [market(2027, number) for number in range(2000 // EACH)]
    assert not [(fault, each) for each in markets for fault in faults(each)]
