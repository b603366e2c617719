"""A chain of quotes, and a scan of it, as titled tables of text."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from riskcalc.domain import ChainSummary, ExerciseStyle, ExpirySummary, SmileFit
from riskcalc.formatting.numbers import (
    MISSING,
    NumberFormat,
    count,
    money,
    number,
    percent,
    price,
    whole_money,
)
from riskcalc.formatting.table import Columns, Table, column_table

if TYPE_CHECKING:
    import pandas as pd

Row = Mapping[Any, Any]
"""A row of the frame of a scan."""

VOL_POINTS = NumberFormat(scale=100)
SKEW = NumberFormat(digits=1, scale=100, signed=True)
"""Difference of two IVs in points."""

EXPIRIES_TITLE = (
    "Expiries: forward and yield implied by put-call parity, IV at the forward, skew as 25-delta call IV "
    "less put IV, expected move as 1 standard deviation at the ATM IV"
)
SMILE_TITLE = (
    "Fitted Smiles: liquid strikes inside bid and ask, error from their mids in vol points, minimum of "
    "Durrleman's g, and minimum rise in total variance from the expiry before"
)

NEUTRAL_RANK = "edge against the fitted smile after costs, per $ of risk"
VIEW_RANK = "edge after costs plus what the view adds to the managed P&L, per $ of risk"
NOTHING_FITS = "No spread fits the account's limits"
MANY = 100
"""From here on a column that rows are ranked by is shown without decimals."""

LEGEND = "dollars per spread; theta per day; P(stop): stop hit first; R is the risk, with costs"


def chain_title(summary: ChainSummary) -> str:
    """Underlying, time, spot and rate in one line, and whether the options are European."""
    spot, rate = money(summary.spot), percent(summary.rate)
    style = ", European options" if summary.exercise is ExerciseStyle.EUROPEAN else ""
    return f"{summary.symbol} {summary.date}, {_quote_moment(summary)}: spot {spot}, rate {rate}{style}"


def chain_tables(summary: ChainSummary) -> tuple[Table, ...]:
    """Tables of a chain.

    Parameters
    ----------
    summary : ChainSummary
        From `riskcalc.chains.chain_summary`.

    Returns
    -------
    tuple of Table
        Warnings, if there are any; the account of its quotes; a row per expiry.
    """
    expiries = column_table(EXPIRIES_TITLE, summary.expiries, EXPIRY_COLUMNS)
    return (*_warnings(summary), _account(summary), expiries)


def smile_table(fits: Sequence[SmileFit]) -> Table:
    """Table of the fitted smiles and their arbitrage checks."""
    return column_table(SMILE_TITLE, fits, SMILE_COLUMNS)


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number


def _quote_moment(summary: ChainSummary) -> str:
    time = summary.quote_time
    if time is None:
        return "no time given"
    # A download on a weekend holds the quotes of the session before.
    day = "" if time.date() == summary.date else f"stamped {time.date()} "
    return f"{day}{time:%H:%M} New York"


def _warnings(summary: ChainSummary) -> tuple[Table, ...]:
    """Warnings about the whole file; empty without any."""
    if not summary.warnings:
        return ()
    return (Table(title="Warnings", rows=tuple((text,) for text in summary.warnings), left=frozenset({0})),)


def _account(summary: ChainSummary) -> Table:
    account = summary.account
    rows = [("read", f"{account.read:,}", "")]
    rows += [("excluded", f"{count:,}", why) for why, count in account.dropped.items()]
    rows += [("suspect", f"{count:,}", why) for why, count in account.doubtful.items()]
    rows.append(("usable", f"{account.usable:,}", "bid, ask and spot are consistent"))
    rows += [
        ("no model IV", f"{count:,}", f"usable, but {why}") for why, count in account.without_vol.items()
    ]
    rows.append(("no quoted IV", f"{account.without_quoted_vol:,}", "missing or 0 in the file"))
    return Table(title="Quotes", rows=tuple(rows), left=frozenset({0, 2}))


EXPIRY_COLUMNS: Columns[ExpirySummary] = {
    "expiry": lambda row: str(row.expiry),
    "DTE": lambda row: f"{row.days:,}",
    "quotes": lambda row: f"{row.quotes:,}",
    "usable": lambda row: f"{row.usable:,}",
    "forward": lambda row: price(row.forward),
    "yield": lambda row: percent(row.implied_yield, signed=True),
    "±": lambda row: percent(row.implied_yield_error),
    "ATM IV": lambda row: percent(row.atm_vol, digits=1),
    "skew, pts": lambda row: SKEW.text(row.risk_reversal),
    "expected move": lambda row: money(row.expected_move),
    "straddle": lambda row: money(row.straddle),
}

SMILE_COLUMNS: Columns[SmileFit] = {
    "expiry": lambda fit: str(fit.expiry),
    "strikes": lambda fit: f"{fit.quotes:,}",
    "liquid": lambda fit: f"{fit.liquid:,}",
    "inside": lambda fit: percent(_known(fit.inside), digits=1),
    "error, pts": lambda fit: VOL_POINTS.text(_known(fit.error)),
    "min g": lambda fit: f"{fit.least_butterfly:.3f}",
    "min rise": lambda fit: percent(_known(fit.least_calendar), digits=1, signed=True),
    "arbitrage": lambda fit: "none" if fit.free_of_arbitrage else "yes",
}


def scan_title(frame: pd.DataFrame) -> str:
    """Title of a scan."""
    about = frame.attrs
    chains = about.get("chains", 1)
    where = f"{number(about['spot'])} on {about['date']}" if chains == 1 else f"in {chains} chains"
    note = f" ({about['note']})" if "note" in about else ""
    return f"{about['symbol']} {where}: {count(about['found'], 'spread')}{note}"


def scan_tables(frame: pd.DataFrame, *, top: int) -> tuple[Table, ...]:
    """The terms of a scan and its first rows.

    Parameters
    ----------
    frame : DataFrame
        From `riskcalc.scan`.
    top : int
        Rows to show.

    Returns
    -------
    tuple of Table
        Terms, then rows; dollars per spread, R per planned loss with costs.
    """
    terms = Table(title="Terms", rows=tuple(_terms(frame.attrs)), left=frozenset({0, 1}))
    if frame.empty:
        return terms, Table(title=NOTHING_FITS, rows=())
    kinds = frame.attrs["kinds"]
    first = frame.head(top).to_dict(orient="records")
    rows = [{"place": rank, **row} for rank, row in enumerate(first, start=1)]
    title = f"Best {len(rows)} of {frame.attrs['found']:,} {_join_words(kinds)} spreads: {LEGEND}"
    return terms, column_table(title, rows, _scan_columns(frame.attrs["rank"], kinds), left={1, 2})


def rank_text(about: dict[Any, Any]) -> str:
    """Description of the rank."""
    if about["rank"] != "view_r":
        return f"column {about['rank']}"
    return NEUTRAL_RANK if about["view"].startswith("neutral") else VIEW_RANK


def smile_text(about: dict[Any, Any]) -> str:
    """Description of the quality of the smile fit."""
    liquid = about["smile_liquid"]
    if not liquid:
        return "no liquid strikes to check it against"
    inside = percent(about["smile_inside"], digits=1)
    arbitrage = f"; not free of arbitrage: {about['smile_arbitrage']}" if about["smile_arbitrage"] else ""
    return f"{inside} of {count(liquid, 'liquid strike')} inside bid and ask{arbitrage}"


def left_out_texts(about: dict[Any, Any]) -> list[str]:
    """Description of the excluded quotes."""
    texts = [f"{count(rows, 'row')} of the file: {why}" for why, rows in about["dropped"].items()]
    if about["far_off"]:
        options = count(about["far_off"], "option")
        texts.append(f"{options} quoted more than 0.1% of spot away from the model (stale quotes)")
    return texts


def _terms(about: dict[Any, Any]) -> list[tuple[str, str]]:
    return [
        ("view", about["view"]),
        ("ranked by", rank_text(about)),
        ("smile", smile_text(about)),
        *(("excluded", text) for text in left_out_texts(about)),
        ("exits", about["exits"]),
        ("fill", about["filled_at"]),
        ("costs", about["costs"]),
        ("P(profit)", about["probability"]),
        ("cal.", f"calibrated: at {about['k']:.2f} x IV, {about['k_source']}"),
        ("valuation", about["valuation"]),
    ]


def _scan_columns(rank: str, kinds: Sequence[str]) -> Columns[Row]:
    return {
        "#": lambda row: str(row["place"]),
        "spread": lambda row: _spread(row, kinds),
        "expiry": lambda row: f"{row['expiry']:%Y-%m-%d}",
        "debit": lambda row: whole_money(row["debit"]).lstrip("+"),
        "risk": lambda row: whole_money(row["risk"]).lstrip("+"),
        "size": lambda row: f"{row['units']:,}",
        "P(profit) cal.": lambda row: _both_probabilities(row, "prob_profit"),
        "theta": lambda row: number(row["theta_per_day"], digits=1),
        "P(stop) cal.": lambda row: _both_probabilities(row, "prob_stop_first"),
        "P&L at stop": lambda row: whole_money(row["value_at_stop"] - row["debit"] - row["cost"]),
        "R at targets": _r_at_targets,
        "edge": lambda row: whole_money(row["edge"]),
        "rank": lambda row: _ranked(row[rank]),
    }


def _both_probabilities(row: Row, name: str) -> str:
    """Return a probability under the view, and the calibrated one."""
    return "  ".join(f"{percent(row[column], digits=0):>4}" for column in (name, f"{name}_calibrated"))


def _spread(row: Row, kinds: Sequence[str]) -> str:
    """Return strikes, with the kind and the file where there are several."""
    kind = [str(row["kind"])] if len(kinds) > 1 else []
    source = [str(row[name]) for name in ("symbol", "source") if name in row]
    return " ".join([f"{row['long_strike']:g}/{row['short_strike']:g}", *kind, *source])


def _r_at_targets(row: Row) -> str:
    targets = [value for name, value in row.items() if str(name).startswith("r_at_target_")]
    return " ".join(number(value, signed=True) for value in targets) or MISSING


def _join_words(words: Sequence[str]) -> str:
    """Join words with commas and "and"."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _ranked(value: Any) -> str:  # noqa: ANN401 - any column
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    if math.isnan(value):
        return MISSING
    return number(value, digits=0 if isinstance(value, int) or abs(value) >= MANY else 3)
