"""The rows that ship are consistent, and a symbol finds its row, its pair, or what is assumed of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib

import pytest

from riskcalc.domain import (
    ExerciseStyle,
    Instrument,
    PayoutSchedule,
    Settlement,
    find_instrument,
    instrument,
    shipped_instruments,
)
from riskcalc.domain.instrument_table import SYMBOL, TABLE_FILE
from riskcalc.errors import InvalidInputError

SHIPPED = shipped_instruments()
ROWS = tomllib.loads(TABLE_FILE.read_text())["instruments"]
ASKED = [
    "IWM",
    "TNA",
    "TZA",
    "SPY",
    "QQQ",
    "DIA",
    "MDY",
    "IJR",
    "VTWO",
    "URTY",
    "SRTY",
    "UWM",
    "TWM",
    "SPXL",
    "UPRO",
    "TQQQ",
    "SQQQ",
    "SOXL",
    "SPX",
    "XSP",
    "NDX",
    "RUT",
    "MRUT",
]
INDEX_ROOTS = {"DJX", "MRUT", "NDX", "NDXP", "RUT", "RUTW", "SPX", "SPXW", "VIX", "VIXW", "XEO", "XND", "XSP"}
THIRD_FRIDAY, OTHER_FRIDAY, WEDNESDAY = dt.date(2026, 9, 18), dt.date(2026, 9, 25), dt.date(2026, 9, 16)

# Written out as they stood before there was a file: what a plan on the default funds is made of.
DEFAULTS = {
    "IWM": Instrument(symbol="IWM", strike_step=1),
    "TNA": Instrument(
        symbol="TNA", leverage=3, benchmark="IWM", fee=0.0095, gap_shocks=(0.15, 0.25), strike_step=1
    ),
    "TZA": Instrument(
        symbol="TZA", leverage=-3, benchmark="IWM", fee=0.0095, gap_shocks=(0.15, 0.25), strike_step=0.5
    ),
    "SPY": Instrument(symbol="SPY", strike_step=1),
    "RUT": Instrument(
        symbol="RUT",
        exercise="european",
        strike_step=5,
        tradable_shares=False,
        usual_monthly_settlement="am",
        beta=1.0,
        beta_to="IWM",
        beta_as_of=dt.date(2024, 12, 31),
    ),
}


def test_the_symbols_that_are_asked_for_have_a_row():
    assert set(ASKED) <= set(SHIPPED)


@pytest.mark.parametrize("symbol", DEFAULTS)
def test_the_first_instruments_are_what_they_were(symbol):
    unknown = {"payouts": PayoutSchedule.UNKNOWN, "tick": 0.05, "tick_from_3": 0.10}
    assert dataclasses.replace(SHIPPED[symbol], **unknown) == DEFAULTS[symbol]


@pytest.mark.parametrize("symbol", SHIPPED)
def test_a_row_is_consistent(symbol):
    row = SHIPPED[symbol]
    assert SYMBOL.fullmatch(symbol)
    assert row.symbol == symbol
    assert not row.assumed
    assert ROWS[symbol]["name"]
    assert row.option_multiplier == 100
    assert row.payouts is not PayoutSchedule.UNKNOWN
    assert 0 < row.tick <= row.tick_from_3 <= 0.10
    assert row.strike_step in {0.5, 1, 5, 25}
    # Every symbol that a row leans on has a row itself, and a chain of them ends.
    assert all(other in SHIPPED for other in (row.benchmark, row.beta_to) if other)
    assert not SHIPPED.get(row.benchmark, DEFAULTS["IWM"]).benchmark
    assert row.beta is None or not SHIPPED[row.beta_to].beta


@pytest.mark.parametrize("symbol", [symbol for symbol, row in SHIPPED.items() if row.leverage != 1])
def test_a_leveraged_fund_has_a_benchmark_a_fee_and_gaps_by_its_leverage(symbol):
    fund = SHIPPED[symbol]
    assert fund.leverage in {3, -3, 2, -2}
    assert SHIPPED[fund.benchmark].leverage == 1
    assert fund.beta is None
    assert 0.005 < fund.fee < 0.015
    assert "not checked" in ROWS[symbol]["source"]
    assert fund.gap_shocks == {3: (0.15, 0.25), 2: (0.1, 0.17)}[fund.leverage_factor]
    assert fund.broad_based == SHIPPED[fund.benchmark].broad_based


@pytest.mark.parametrize("symbol", SHIPPED)
def test_indices_settle_in_cash_and_all_but_oex_are_european(symbol):
    row = SHIPPED[symbol]
    assert row.cash_settled == (symbol in INDEX_ROOTS | {"OEX"})
    assert (row.exercise is ExerciseStyle.EUROPEAN) == (symbol in INDEX_ROOTS)


AM, PM = Settlement.AM, Settlement.PM


@pytest.mark.parametrize(
    ("symbol", "third_friday", "other_friday", "wednesday"),
    [
        ("SPX", AM, PM, PM),
        ("NDX", AM, PM, PM),
        ("RUT", AM, PM, PM),
        ("DJX", AM, PM, PM),
        ("SPXW", PM, PM, PM),
        ("NDXP", PM, PM, PM),
        ("RUTW", PM, PM, PM),
        ("MRUT", PM, PM, PM),
        ("XSP", PM, PM, PM),
        ("VIX", AM, AM, AM),
        ("IWM", PM, PM, PM),
        ("LUNR", PM, PM, PM),
    ],
)
def test_options_end_at_the_open_or_the_close(symbol, third_friday, other_friday, wednesday):
    traded = instrument(symbol)
    result = [traded.settlement(day) for day in (THIRD_FRIDAY, OTHER_FRIDAY, WEDNESDAY)]
    assert result == [third_friday, other_friday, wednesday]


def test_a_trade_may_state_the_settlement_of_the_third_friday():
    rutw = dataclasses.replace(instrument("RUT"), monthly_settlement=PM)
    assert rutw.settlement(THIRD_FRIDAY) is PM


@pytest.mark.parametrize("written", ["lunr", "LUNR", " lunr "])
def test_a_symbol_without_a_row_is_shares_with_american_options(written):
    assert instrument(written) == Instrument(symbol="LUNR", assumed=True, broad_based=False)
    assert instrument(written).beta is None


@pytest.mark.parametrize("symbol", SHIPPED)
def test_nothing_is_assumed_of_a_row(symbol):
    assert instrument(symbol).assumption == ""


def test_two_rows_make_a_pair():
    pair = instrument("ijr/spy")
    assert (pair.held, pair.against, pair.quoted) == ("IJR", "SPY", ("IJR/SPY", "IJR", "SPY"))


@pytest.mark.parametrize("symbol", ["LUNR/SPY", "RUT/SPY", "IWM/IWM", "LUNR", "", "/"])
def test_what_is_no_row_and_no_pair_of_rows_is_not_found(symbol):
    assert find_instrument(symbol) is None


@pytest.mark.parametrize("symbol", ["", "  ", "QQQ 260918", "TOOLONGASYMBOL", "Ä", "IWM/SPY/QQQ", 5, None])
def test_what_cannot_be_a_symbol_is_refused(symbol):
    with pytest.raises(InvalidInputError, match=r"^symbol must be .* got"):
        instrument(symbol)


def test_another_table_takes_the_place_of_the_shipped_one():
    own = Instrument(symbol="LUNR", option_multiplier=10)
    assert instrument("lunr", instruments={"LUNR": own}) is own
    assert instrument("QQQ", instruments={}).assumed


@pytest.mark.parametrize(("premium", "tick"), [(0.5, 0.05), (2.99, 0.05), (3.0, 0.10), (40.0, 0.10)])
def test_an_index_option_trades_on_wider_ticks_from_three_dollars(premium, tick):
    assert instrument("SPX").tick_at(premium) == tick
    assert instrument("IWM").tick_at(premium) == 0.01
