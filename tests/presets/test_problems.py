"""Every problem of a file at once, a plain line each."""

import datetime as dt
import math
import re

import pytest

from riskcalc.errors import PresetError
from riskcalc.presets.document import read_preset
from riskcalc.presets.legs import KINDS
from tests.presets.texts import SPREAD


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.toml"


@pytest.fixture
def problems(path):
    def listed(text=SPREAD, overrides=None):
        with pytest.raises(PresetError) as refused:
            read_preset(text, path=path, overrides=overrides or {})
        return [line.removeprefix(f"{path}: ") for line in str(refused.value).splitlines()]

    return listed


STOP = "must be like 6, 6%, -6% or 0.06, above 0 and below 100%, got"
MONEY = "must be dollars like 250, $250 or $100,000, got"
RISK = "must be like 1%, 2 or $500, above 0 and at most 100%, got"
GAIN = "must be like 6, 6%, -6% or 0.06, above 0, got"
DATE = "must be a date from 1970 to 2200, like 2026-09-18, got"
DIVIDENDS = 'must be "none", a list like [{ ex_date = 2026-06-16, amount = 0.80 }] or a CSV file, got'
POINTS = "must be like +3 points or 0.03, within -100 and 100 points, got"
QUOTED_KINDS = re.sub(r"(\w+)(?=,| or |$)", r"'\1'", KINDS)

WRONG_VALUES = [
    ("market.date", dt.date(9999, 12, 31), f"{DATE} datetime.date(9999, 12, 31)"),
    ("market.date", "July", f"{DATE} 'July'"),
    ("market.date", 20260720, f"{DATE} 20260720"),
    ("market.rate", 4, "must be like 4% or 0.04, within -500% and 500%, got 4; did you mean 4%?"),
    ("market.quotes.IWM.spot", 0, "must be a number > 0, got 0"),
    ("market.quotes.IWM.spot", math.nan, "must be a number > 0, got nan"),
    ("market.quotes.IWM.spot", math.inf, "must be a number > 0, got inf"),
    ("market.quotes.IWM.spot", 10**400, "must be a number > 0, got inf"),
    ("market.quotes.IWM.spot", "cheap", f"{MONEY} 'cheap'"),
    ("account.equity", "1,00", f"{MONEY} '1,00'"),
    ("account.risk_dollars", "$200,000", "must be at most the equity of $100,000.00, got $200,000.00"),
    ("account.risk", 25, "25 is ambiguous: write 25% or $25"),
    ("account.risk", "0.5", "0.5 is ambiguous: write 0.5% or 50%"),
    ("account.max_heat", "0.06", "0.06 is ambiguous: write 0.06% or 6%"),
    ("account.max_position", 1, "1 is ambiguous: write 1% or 100%"),
    ("market.quotes.IWM.spot", True, "must be a number, got True"),
    ("market.quotes.IWM.vol", -0.2, "must be like 20% or 0.20, from 0 to 500%, got -0.2"),
    ("market.quotes", 5, "must be a table, got 5"),
    ("market.quotes.IWM.dividends", 0.8, f"{DIVIDENDS} 0.8"),
    ("market.quotes.IWM.dividends", {"amount": 1}, f"{DIVIDENDS} {{'amount': 1}}"),
    ("market.quotes.IWM.dividends", " ", f"{DIVIDENDS} ' '"),
    ("trade.symbol", "I W N", "must be 1 to 10 letters or digits like QQQ or BRK.B, got 'I W N'"),
    ("trade.symbol", 5, "must be text, got 5"),
    ("trade.legs", [], "must be at least one entry, got []"),
    ("trade.legs.0.kind", "calls", f"must be {QUOTED_KINDS}, got 'calls'"),
    ("trade.legs.0.side", "bought", "must be 'long' or 'short', got 'bought'"),
    ("trade.legs.0.contracts", 1.5, "must be a whole number >= 1, got 1.5"),
    ("trade.legs.0.contracts", 0, "must be a whole number >= 1, got 0"),
    ("trade.legs.0.strike", -5, "must be a number > 0, got -5"),
    ("trade.legs.0.delta", 30, "must be like 0.30, above 0 and below 1, got 30; did you mean 0.3?"),
    ("trade.legs.0.moneyness", "-100%", "must be like ATM, +10%, -5% or 0.10, above -100%, got '-100%'"),
    ("trade.legs.0.days", 0, "must be a whole number >= 1, got 0"),
    ("trade.legs.0.days", 99_999, "must be a whole number from 1 to 3650, got 99999"),
    ("trade.legs.0.premium", -1, "must be a number >= 0, got -1"),
    ("exits.stop", "six", f"{STOP} 'six'"),
    ("exits.stop", 0, f"{STOP} 0"),
    ("exits.stop", 100, f"{STOP} 100"),
    ("exits.targets", ["+15%", "+10%"], "must rise from the nearest to the furthest, got +15%, +10%"),
    ("exits.close_dte", -1, "must be a whole number >= 1, got -1"),
    ("exits.vol_shift", 3, f"{POINTS} 3; did you mean 3 points?"),
    ("account.equity", 0, "must be a number > 0, got 0"),
    ("account.risk", 0, f"{RISK} 0"),
    ("account.risk", "101%", f"{RISK} '101%'"),
    ("account.risk_fraction", 2, "must be like 0.5 or 50%, above 0 and at most 1, got 2"),
    ("account.costs", 4, "must be a table, got 4"),
    ("entry.triggers", 4, "must be a list, got 4"),
    ("name", 5, "must be text, got 5"),
    ("schema", 0, "must be a whole number >= 1, got 0"),
]


@pytest.mark.parametrize(("key", "value", "line"), WRONG_VALUES)
def test_a_wrong_value_is_named_with_its_key_and_range(problems, key, value, line):
    assert problems(overrides={key: value}) == [f"override: {key} {line}"]


PAID = "market.quotes.IWM.dividends"
FALLING = ("2026-06-16", "2026-03-16")
PAYMENTS = [
    (PAID, [{"ex_date": "June", "amount": 0.8}], f"{PAID}.0.ex_date {DATE} 'June'"),
    (PAID, [{"ex_date": "2026-06-16", "amount": -1}], f"{PAID}.0.amount must be a number >= 0, got -1"),
    (PAID, [{"ex_date": "2026-06-16"}], f"{PAID}.0.amount is missing: cash paid [dollars per share]"),
    (
        PAID,
        [{"ex_date": "2026-06-16", "amount": 1, "forecast": True}],
        f"{PAID}.0.forecast is not a known key; known here: ex_date, amount, special",
    ),
    (PAID, [0.8], f"{PAID}.0 must be a table, got 0.8"),
    (
        "market.quotes.IWM",
        {"spot": 295, "vol": 0.2, "dividends": [{"ex_date": day, "amount": 1} for day in FALLING]},
        f"{PAID} must have rising ex-dates, got {', '.join(FALLING)}",
    ),
]


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        (
            "exits.targets",
            ["+10%", "ten"],
            f"exits.targets.1 {GAIN} 'ten'",
        ),
        ("exits.targets", "ten", f"exits.targets {GAIN} 'ten'"),
        ("exits.gap_shocks", ["10%", 0], f"exits.gap_shocks.1 {STOP} 0"),
        ("entry", {"min_days": 50, "max_days": 40}, "entry.min_days must be at most max_days, got 50 and 40"),
        *PAYMENTS,
        ("trade.symbol", "TNA", "market.quotes.TNA is missing: the trade is on it; quoted: IWM"),
        ("market.signals", {"x": "y"}, "market.signals.x must be like -3%, +25 bp or 25, got 'y'"),
    ],
)
def test_a_wrong_value_within_another_is_named_where_it_stands(problems, key, value, line):
    assert problems(overrides={key: value}) == [f"override: {line}"]


OPTIONS = (
    "known here: kind, side, contracts, strike, moneyness, delta, expiry, days, premium, vol, spread_cost"
)
ONE_RISK = "only one of risk, risk_fraction and risk_dollars may be set"
TABLES = "schema, name, description, market, trade, exits, account, entry, view"
STRIKES = "exactly one of strike, moneyness and delta must be set"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("stop = 6", "stop = 6\ntarget = 5", "exits.target is not a known key; did you mean exits.targets?"),
        ("schema = 1", "schema = 1\nstop = 6", "stop is not a known key; did you mean exits.stop?"),
        ("schema = 1", "schema = 1\nzz = 6", f"zz is not a known key; known here: {TABLES}"),
        (
            "days = 60",
            "days = 60\nshares = 5",
            f"trade.legs.0.shares is not a known key; {OPTIONS}",
        ),
        ("days = 60", "", "trade.legs.0: exactly one of expiry and days must be set, got none"),
        ("strike = 295", "strike = 295\ndelta = 0.5", f"trade.legs.0: {STRIKES}, got strike and delta"),
        ("strike = 295", "", f"trade.legs.0: {STRIKES}, got none"),
        ("schema = 1", "", "schema is missing: schema version: schema = 1"),
        ("date = 2026-07-20", "", "market.date is missing: market date, like 2026-07-20"),
        ('kind = "call"', "", f"trade.legs.0.kind is missing: {KINDS}"),
        (
            "stop = 6",
            "",
            (
                "exits.stop is missing: adverse move of the underlying that stops the trade out, "
                "like -6% or $277.67"
            ),
        ),
        (
            "[account]",
            "[account]\nrisk = 1\nrisk_fraction = 0.01",
            f"account: {ONE_RISK}, got risk and risk_fraction",
        ),
        (
            "[exits]",
            "[[entry.triggers]]\nsignal = 'x'\n[exits]",
            "entry.triggers.0: trigger x: exactly one of below and above must be set",
        ),
        ("IWM = {", "TNA = {", "market.quotes.IWM is missing: the trade is on it; quoted: TNA"),
    ],
)
def test_a_wrong_or_missing_key_is_named(problems, before, after, line):
    assert before in SPREAD
    assert problems(SPREAD.replace(before, after)) == [line]


def test_a_misspelt_key_is_named_beside_the_one_that_is_missed(problems):
    assert problems(SPREAD.replace("rate = ", "rat = ")) == [
        "market.rate is missing: continuously compounded risk-free rate, like 4%",
        "market.rat is not a known key; did you mean market.rate?",
    ]


def test_shares_need_holding_days_rather_than_close_dte(problems):
    text = SPREAD.replace('"call"', '"shares"').replace("strike = 295\ndays = 60", "")
    text = text.replace("stop = 6", "stop = 6\nclose_dte = 5")
    assert problems(text) == ["exits.close_dte needs an option leg; use exits.holding_days for shares"]


MANY = """
schema = 1
descripton = "typo"
[market]
date = "July"
rate = 4
quotes.TNA = {spot = 0, vol = 20}
[trade]
symbol = "IWM"
[[trade.legs]]
kind = "call"
side = "bought"
strikee = 3
[[trade.legs]]
kind = "calls"
[exits]
stop = "six"
vol_shift = "3%"
[entry]
min_days = 50
max_days = 40
[account]
risk = 0
[vieww]
"""


def test_all_problems_are_listed_at_once_a_line_each(problems):
    result = problems(MANY)
    named = [line.split(" ")[0] for line in result]
    assert named == [
        "market.date", "market.rate", "market.quotes.TNA.spot", "market.quotes.TNA.vol", "trade.legs.0.side",
        "trade.legs.0.strikee", "trade.legs.1.kind", "exits.stop", "exits.vol_shift",
        "account.risk", "entry.min_days", "descripton", "vieww", "market.quotes.IWM",
    ]  # fmt: skip


def test_every_line_begins_with_the_file(path):
    with pytest.raises(PresetError) as refused:
        read_preset(MANY, path=path)
    assert all(line.startswith(f"{path}: ") for line in str(refused.value).splitlines())


def test_a_newer_schema_is_refused_before_anything_else(problems):
    assert problems(MANY.replace("schema = 1", "schema = 2")) == [
        "written by schema 2, this riskcalc reads up to 1: update riskcalc"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("schema = 1\nx = = 2", "line 2, column 5: Invalid value"),
        ("schema = 1\nschema = 1\n", "line 2, column 11: a key or table appears twice"),
        ("[exits]\n[exits]\n", "line 2, column 7: a key or table appears twice"),
        ("x = " + "[" * 100_000, "the file is nested too deeply"),
    ],
    ids=["empty", "blank", "broken", "key twice", "table twice", "deep"],
)
def test_what_is_no_toml(problems, text, line):
    assert problems(text) == [line]


def test_a_number_too_long_to_read(problems):
    (line,) = problems(f"schema = {'9' * 5000}")
    assert "digits" in line
