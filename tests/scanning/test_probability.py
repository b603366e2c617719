"""P(profit) of a real spread: the smile's, the chain's own mids', and the same through every door."""

import datetime as dt
import json
import math

import numpy as np
import pytest

import riskcalc as rc
from riskcalc.chains import fit_chain, read_chain, sticky_smile
from riskcalc.cli import main
from riskcalc.domain import Account, FillPrice, OptionType, ProbabilityBasis, View
from riskcalc.editor import open_draft
from riskcalc.editor.editing.market_fields import shift_vol
from riskcalc.scanning import ScanRules, SpreadKind, row_plan, scan
from tests.outside import reference_file
from tests.rows import sample
from tests.scanning.smiling import EXITS, MARKET, smiling_chain

REAL = "06_option_chains/IWM_2026-07-20_yfinance_layout.csv"
EXPIRY = dt.date(2026, 9, 18)
LEGS = {"trade.legs.0.strike": 295, "trade.legs.1.strike": 318}
ACCOUNT = Account(equity=1_000_000)
RULES = ScanRules(min_days=60, max_days=60, max_width=30, max_delta=1.0)


@pytest.fixture(scope="module")
def chain():
    return read_chain(reference_file(REAL))


@pytest.fixture(scope="module")
def preset():
    return rc.load_preset("iwm-call-spread", LEGS)


@pytest.fixture(scope="module")
def row(chain, preset):
    table = scan(chain, market=preset.market, account=ACCOUNT, exits=preset.exits, rules=RULES)
    result = table[(table["expiry"] == EXPIRY.isoformat()) & (table["long_strike"] == 295)]
    (one,) = result[result["short_strike"] == 318].to_dict(orient="records")
    return one


class TestRealSpread:
    """IWM 2026-09-18 295/318: 36.6% at one vol."""

    def test_the_scan_says_what_the_smile_says(self, row):
        assert row["prob_profit"] == pytest.approx(0.42, abs=0.005)
        assert row["prob_from_smile"]

    def test_the_mids_say_so_too(self, chain, row):
        def call(strike):
            return chain.quote(expiry=EXPIRY, strike=strike, option_type=OptionType.CALL).mid

        grown = math.exp(0.04 * (EXPIRY - chain.date).days / 365)
        # Of call spreads around the breakeven of 303.67, from 4 to 16 dollars wide; each is some cents off.
        around = [
            grown * (call(low) - call(high)) / (high - low)
            for low, high in ((302, 306), (301, 306), (300, 308), (299, 308), (298, 310), (296, 312))
        ]
        mean = sum(around) / len(around)
        assert row["prob_profit"] == pytest.approx(mean, abs=0.02)
        assert mean > 0.366 + 0.03

    def test_a_plan_on_the_chain_says_the_same(self, chain, row):
        report = rc.plan_preset("iwm-call-spread", LEGS, chain=chain).report
        assert report.prob_basis is ProbabilityBasis.SMILE
        assert report.prob_profit == pytest.approx(row["prob_profit"], abs=2e-4)

    def test_the_screen_says_the_same(self, chain, preset, row):
        for sticky in ("strike", "moneyness"):
            report = open_draft(preset, chain=chain, sticky=sticky).plan().report
            assert report.prob_basis is ProbabilityBasis.SMILE
            assert report.prob_profit == pytest.approx(row["prob_profit"], abs=2e-4)

    def test_the_command_line_says_the_same_and_where_it_comes_from(self, row, capsys):
        settings = [part for key, value in LEGS.items() for part in ("--set", f"{key}={value}")]
        ask = ["plan", "iwm-call-spread", "--chain", str(reference_file(REAL)), *settings]
        with pytest.raises(SystemExit):
            main([*ask, "--json"])
        odds = json.loads(capsys.readouterr().out)["probability"]
        assert odds["profit"] == pytest.approx(row["prob_profit"], abs=2e-4)
        assert odds["profit_from"] == "smile"
        with pytest.raises(SystemExit):
            main(ask)
        assert "implied vol); from the fitted smile" in capsys.readouterr().out

    def test_vols_moved_on_the_screen_move_the_smile(self, chain, preset):
        start = open_draft(preset, chain=chain)
        calm, wild = (one.plan().report for one in (start, shift_vol(start, start.quote.vol + 0.20)))
        (low, high) = (one.breakevens[0] for one in (calm, wild))
        assert wild.prob_basis is ProbabilityBasis.SMILE
        assert high > low
        smile = calm.market.quote("IWM").smile
        points = [one.at([high], expiry=EXPIRY, spot=295.39).vol[0] for one in (smile, smile.shifted(0.20))]
        assert points[1] == pytest.approx(points[0] + 0.20)
        assert wild.market.quote("IWM").smile.at([high], expiry=EXPIRY, spot=295.39).vol[0] == points[1]


@pytest.fixture(scope="module")
def fitted():
    return fit_chain(smiling_chain(), MARKET)


@pytest.mark.parametrize("view", sample([View(drift=0.12), View(drift=-0.1, vol=0.15)], 1))
def test_every_row_has_the_probability_of_its_plan(fitted, view):
    rules = ScanRules(kinds=tuple(SpreadKind), at=FillPrice.NATURAL, max_days=60)
    table = scan(fitted, market=MARKET, account=ACCOUNT, exits=EXITS, view=view, rules=rules)
    assert table["prob_profit"].between(0, 1).all()
    assert (table["prob_from_smile"] == (view.vol is None)).all()
    for place in (0, len(table) - 1):
        row = table.iloc[place].to_dict()
        plan = row_plan(row, fitted, rules=rules, account=ACCOUNT, exits=EXITS, view=view)
        assert plan.report.prob_profit == pytest.approx(row["prob_profit"], abs=1e-9)
        assert (plan.report.prob_basis is ProbabilityBasis.SMILE) == row["prob_from_smile"]


def test_the_terms_say_where_the_probability_comes_from(fitted):
    terms = {"market": MARKET, "account": ACCOUNT, "exits": EXITS}
    assert "from the fitted smile" in scan(fitted, **terms).attrs["probability"]
    assert "at the view's vol of 25.0%" in scan(fitted, view=View(vol=0.25), **terms).attrs["probability"]


def test_a_chain_too_thin_for_a_smile_still_plans_and_says_one_vol(chain):
    names = ("expiry", "strike", "option_type", "bid", "ask")
    few = (chain.expiry == np.datetime64(EXPIRY)) & np.isin(chain.strike, [295.0, 296.0, 318.0])
    thin = type(chain)(
        symbol="IWM",
        date=chain.date,
        spot=chain.spot,
        **{name: getattr(chain, name)[few] for name in names},
    )
    report = rc.plan_preset("iwm-call-spread", LEGS, chain=thin).report
    assert report.prob_basis is ProbabilityBasis.ONE_VOL
    with pytest.raises(rc.ChainError, match="too few quotes for a smile"):
        sticky_smile(thin, report.market, "strike").at(300.0, expiry=EXPIRY, spot=295.0)
