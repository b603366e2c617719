"""Any preset, saved afresh or over any text, reads back equal."""

import dataclasses
import datetime as dt
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import (
    Account,
    CashDividend,
    Costs,
    EntryRules,
    ExitPlan,
    Market,
    OptionType,
    Quote,
    RiskBasis,
    RiskLimits,
    ShareLeg,
    Side,
    Target,
    Trigger,
    View,
    instrument,
)
from riskcalc.domain.signals import UNITS, SignalRole
from riskcalc.presets import OptionTemplate, Preset, TradeTemplate, load_preset, preset_names, save_preset
from riskcalc.presets.listed_contracts import DeltaStrike, ExactStrike, MoneynessStrike
from tests.examples import examples

prices = st.floats(0.01, 1e5)
dollars = st.floats(0, 1e6)
rates = st.floats(-0.5, 0.9)
vols = st.floats(0, 4)
sides = st.sampled_from(Side)
parts = st.floats(0, 1, exclude_min=True)
moves = st.floats(0, 1, exclude_min=True, exclude_max=True)
days = st.integers(1, 3650)
dates = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))
words = st.text(st.characters(categories="LMNPS", include_characters=" \n"), max_size=12)


def maybe(values):
    return st.none() | values


def records(kind, **fields):
    return st.builds(kind, **fields)


strikes = (
    records(ExactStrike, strike=prices)
    | records(MoneynessStrike, move=st.floats(-0.9, 3))
    | records(DeltaStrike, delta=moves)
)

option_legs = records(
    OptionTemplate, side=sides, option_type=st.sampled_from(OptionType), strike=strikes, expiry=dates | days,
    contracts=st.integers(1, 9), premium=maybe(dollars), vol=maybe(vols), spread_cost=dollars,
)  # fmt: skip
share_legs = records(
    ShareLeg, side=sides, shares=st.integers(1, 999), entry_price=maybe(prices), spread_cost=dollars
)  # fmt: skip
OBSERVED = ["sp500_move", "vix"]


def trigger(signal, level, above, meaning, role):
    """A trigger; the rules of one signal agree on a unit."""
    units = ("", *UNITS)
    side = {"above" if above else "below": level}
    return Trigger(signal=signal, meaning=meaning, role=role, unit=units[len(signal) % len(units)], **side)


triggers = st.builds(
    trigger, st.sampled_from(OBSERVED) | words, st.floats(-1e6, 1e6), st.booleans(), words,
    st.sampled_from(SignalRole),
)  # fmt: skip


@st.composite
def entries(draw):
    fewest, most = draw(st.tuples(maybe(days), maybe(days)))
    if fewest and most:
        fewest, most = sorted((fewest, most))
    return EntryRules(
        min_days=fewest, max_days=most, max_stop=draw(maybe(moves)),
        triggers=tuple(draw(st.lists(triggers, max_size=2))),
        needs_all=draw(st.frozensets(st.sampled_from(SignalRole))),
    )  # fmt: skip


@st.composite
def targets(draw):
    result = sorted(draw(st.lists(st.floats(0.001, 3), unique=True, max_size=3)))
    equal = draw(st.booleans())
    return tuple(
        Target(move=move, fraction=1 / len(result) if equal else draw(st.floats(0.01, 1 / len(result))))
        for move in result
    )


exit_plans = records(
    ExitPlan, stop=moves, targets=targets(), holding_days=maybe(days), close_dte=maybe(days),
    vol_shift=st.floats(-0.9, 0.9), gap_shocks=st.lists(moves, max_size=2).map(tuple), side=maybe(sides),
    stop_to_breakeven=st.booleans(), gap_share=st.floats(0, 1),
)  # fmt: skip
accounts = records(
    Account, equity=prices, buying_power=maybe(dollars), buying_power_used=dollars,
    open_risk=dollars,
    limits=records(RiskLimits, risk_fraction=parts, max_heat_fraction=parts, max_position_fraction=parts,
                   risk_basis=maybe(st.sampled_from(RiskBasis))),
    costs=records(Costs, commission_per_contract=dollars, commission_per_share=dollars,
                  commission_per_trade=dollars, slippage_per_share=dollars),
)  # fmt: skip
dividends = st.lists(
    records(CashDividend, ex_date=dates, amount=dollars),
    max_size=3,
    unique_by=lambda dividend: dividend.ex_date,
).map(lambda result: tuple(sorted(result, key=lambda dividend: dividend.ex_date)))
quotes = records(
    Quote, spot=prices, vol=vols, dividend_yield=rates, dividends=dividends, borrow_fee=st.floats(0, 5)
)


@st.composite
def presets(draw):
    symbol = draw(st.sampled_from(["IWM", "TNA", "SPY"]))
    legs = tuple(draw(st.lists(option_legs | share_legs, min_size=1, max_size=4)))
    exits = draw(exit_plans)
    if all(isinstance(leg, ShareLeg) for leg in legs):
        exits = dataclasses.replace(exits, close_dte=None)
    market = Market(
        date=draw(dates), rate=draw(rates), quotes={symbol: draw(quotes), "RUT": draw(quotes)},
        signals=draw(st.dictionaries(st.sampled_from(OBSERVED), st.floats(-1e6, 1e6))),
    )  # fmt: skip
    template = TradeTemplate(instrument=instrument(symbol), legs=legs, entry=draw(entries()), name="made")
    return Preset(
        name="made", template=template, market=market, account=draw(accounts), exits=exits,
        view=View(drift=draw(maybe(rates)), vol=draw(maybe(vols))), description=draw(words),
    )  # fmt: skip


def unplaced(preset):
    return dataclasses.replace(preset, path=None)


@examples(40)
@given(presets())
def test_a_saved_preset_loads_back_equal(preset):
    with tempfile.TemporaryDirectory() as folder:
        path = save_preset(preset, "made", folder=Path(folder))
        assert unplaced(load_preset(path)) == preset


@examples(30)
@given(presets(), presets())
def test_any_preset_saved_over_the_text_of_another_loads_back_equal(before, after):
    with tempfile.TemporaryDirectory() as folder:
        path = save_preset(before, "made", folder=Path(folder))
        path.write_text(f"# first\n{path.read_text(encoding='utf-8')}# last\n", encoding="utf-8")
        save_preset(dataclasses.replace(after, path=path), "made", folder=Path(folder), force=True)
        assert unplaced(load_preset(path)) == after
        assert path.read_text(encoding="utf-8").startswith("# first\n")


@examples(30)
@given(st.sampled_from([listed.name for listed in preset_names()]), presets())
def test_any_preset_saved_over_a_shipped_text_loads_back_equal(name, after):
    shipped = load_preset(name)
    with tempfile.TemporaryDirectory() as folder:
        path = save_preset(dataclasses.replace(after, path=shipped.path), "made", folder=Path(folder))
        assert unplaced(load_preset(path)) == after
