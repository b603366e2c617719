"""Strikes of an expiry: the rows of the chain, its vols, and Greeks that repricing confirms."""

from __future__ import annotations

import numpy as np
import pytest

from riskcalc.chains import QuoteStatus, chain_vols
from riskcalc.chains.gamma import gamma_profile
from riskcalc.chains.strike_table import strike_tables
from riskcalc.domain import OptionType
from riskcalc.errors import InvalidInputError
from riskcalc.pricing import american
from tests.tui.pages.chains import FAR, NEAR, made_chain

RATE = 0.04


@pytest.fixture(scope="module")
def chain():
    return made_chain(bad=True)


@pytest.fixture(scope="module")
def vols(chain):
    return chain_vols(chain, rate=RATE)


@pytest.fixture(scope="module")
def tables(chain, vols):
    return strike_tables(chain, rate=RATE, vols=vols)


def test_every_quote_stands_at_its_expiry_strike_and_type(chain, vols, tables):
    assert [str(table.expiry) for table in tables] == [NEAR, FAR]
    seen = 0
    for row in range(len(chain)):
        table = next(table for table in tables if np.datetime64(table.expiry) == chain.expiry[row])
        (place,) = np.flatnonzero(table.strike == chain.strike[row])
        side = table.sides[OptionType(int(chain.option_type[row]))]
        assert side.listed[place]
        assert (side.bid[place], side.ask[place]) == (chain.bid[row], chain.ask[row])
        assert side.open_interest[place] == chain.open_interest[row]
        assert side.status[place] == chain.status[row]
        assert side.vol[place] == pytest.approx(vols.mid[row], nan_ok=True)
        seen += 1
    assert seen == sum(int(side.listed.sum()) for table in tables for side in table.sides.values())


def test_what_is_not_listed_or_has_no_vol_is_not_known(tables):
    puts, calls = tables[0].sides[OptionType.PUT], tables[0].sides[OptionType.CALL]
    missing, bad = (int(np.flatnonzero(tables[0].strike == strike)[0]) for strike in (305, 300))
    assert not puts.listed[missing]
    assert puts.status[missing] == QuoteStatus.MISSING
    assert np.isnan([puts.bid[missing], puts.vol[missing], puts.delta[missing]]).all()
    assert (calls.status[bad], puts.status[bad]) == (QuoteStatus.NO_BID, QuoteStatus.CROSSED)
    assert np.isnan([calls.vol[bad], puts.vol[bad], calls.delta[bad]]).all()


def test_delta_theta_and_vega_are_differences_of_the_model(chain, vols, tables):
    forward = next(forward for forward in vols.forwards if str(forward.expiry) == NEAR)
    calls = tables[0].sides[OptionType.CALL]

    def value(side, *, spot=chain.spot, vol=0.0, days=0.0):
        return american(
            sign=1 if side is calls else -1,
            spot=spot,
            strike=tables[0].strike,
            time_to_expiry=forward.years - days / 365,
            vol=side.vol + vol,
            rate=forward.rate,
            dividend_yield=forward.dividend_yield,
        ).value

    for side in tables[0].sides.values():
        known = np.isfinite(side.vol)
        assert value(side)[known] == pytest.approx(side.mid[known], abs=1e-6)
        delta = (value(side, spot=chain.spot + 0.05) - value(side, spot=chain.spot - 0.05)) / 0.1
        assert side.delta[known] == pytest.approx(delta[known], abs=2e-3)
        vega = (value(side, vol=0.005) - value(side, vol=-0.005))[known]
        assert side.vega_per_point[known] == pytest.approx(vega, abs=2e-3)
        theta = (value(side, days=0.5) - value(side, days=-0.5))[known]
        assert side.theta_per_day[known] == pytest.approx(theta, abs=2e-3)


def test_gamma_of_all_expiries_is_that_of_the_profile(chain, tables):
    profile = gamma_profile(chain, rate=RATE)
    for row in profile.gamma:
        summed = sum(float(table.gamma[table.strike == row.strike].sum()) for table in tables)
        assert summed == pytest.approx(row.gross, rel=1e-12)
    assert len(profile.gamma) == 15


def test_a_chain_without_open_interest_has_no_gamma():
    (table,) = strike_tables(made_chain(expiries=(NEAR,), oi=False), rate=RATE)
    assert not table.gamma.any()
    assert np.isnan(table.sides[OptionType.CALL].open_interest).all()


def test_a_rate_that_is_no_number_is_refused(chain):
    with pytest.raises(InvalidInputError, match="rate must be a finite number"):
        strike_tables(chain, rate=float("nan"))
