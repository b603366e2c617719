"""A chain of quotes, and a scan of it, as titled tables of text."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from riskcalc.domain import ChainSummary, ExerciseStyle, ExpirySummary, SmileFit
from riskcalc.formatting.numbers import MISSING, count, money, number, percent, price, r_multiple, whole_money
from riskcalc.formatting.table import Section

if TYPE_CHECKING:
    import pandas as pd

EXPIRIES_TITLE = (
    "Expiries: forward and yield implied by put-call parity, IV at the forward, skew as 25-delta call IV "
    "less put IV, expected move as 1 standard deviation at the ATM IV"
)
EXPIRIES_HEADER = (
    "expiry",
    "DTE",
    "quotes",
    "usable",
    "forward",
    "yield",
    "±",
    "ATM IV",
    "skew, pts",
    "expected move",
    "straddle",
)

SMILE_TITLE = (
    "Fitted Smiles: liquid strikes inside bid and ask, error from their mids in vol points, minimum of "
    "Durrleman's g, and minimum rise in total variance from the expiry before"
)
SMILE_HEADER = ("expiry", "strikes", "liquid", "inside", "error, pts", "min g", "min rise", "arbitrage")


NEUTRAL_RANK = "edge against the fitted smile after costs, per $ of risk"
VIEW_RANK = "edge after costs plus what the view adds to the managed P&L, per $ of risk"
HEADER = (
    "#", "spread", "expiry", "debit", "risk", "size", "P(profit)", "theta", "P(stop)", "P&L at stop",
    "R at targets", "edge", "rank",
)  # fmt: skip
NOTHING_FITS = "No spread fits the account's limits"
MANY = 100
"""From here on a column that rows are ranked by is shown without decimals."""

LEGEND = "dollars per spread; theta per day; P(stop): stop hit first; R is the risk, with costs"


def chain_title(summary: ChainSummary) -> str:
    """Underlying, time, spot and rate in one line, and whether the options are European."""
    spot, rate = money(summary.spot), percent(summary.rate)
    style = ", European options" if summary.exercise is ExerciseStyle.EUROPEAN else ""
    return f"{summary.symbol} {summary.date}, {_when(summary)}: spot {spot}, rate {rate}{style}"


def chain_sections(summary: ChainSummary) -> tuple[Section, ...]:
    """Tables of a chain.

    Parameters
    ----------
    summary : ChainSummary
        From `riskcalc.chains.chain_summary`.

    Returns
    -------
    tuple of Section
        Warnings, if there are any; the account of its quotes; a row per expiry.
    """
    rows = tuple(_expiry(row) for row in summary.expiries)
    expiries = Section(title=EXPIRIES_TITLE, header=EXPIRIES_HEADER, rows=rows)
    return (*_warnings(summary), _account(summary), expiries)


def smile_section(fits: Sequence[SmileFit]) -> Section:
    """Table of the fitted smiles and their arbitrage checks."""
    rows = tuple(
        (
            str(fit.expiry),
            f"{fit.quotes:,}",
            f"{fit.liquid:,}",
            percent(_known(fit.inside), digits=1),
            MISSING if math.isnan(fit.error) else f"{100 * fit.error:.2f}",
            f"{fit.least_butterfly:.3f}",
            percent(_known(fit.least_calendar), digits=1, signed=True),
            "none" if fit.free_of_arbitrage else "yes",
        )
        for fit in fits
    )
    return Section(title=SMILE_TITLE, header=SMILE_HEADER, rows=rows)


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number


def _when(summary: ChainSummary) -> str:
    time = summary.quote_time
    if time is None:
        return "no time given"
    # A download on a weekend holds the quotes of the session before.
    day = "" if time.date() == summary.date else f"stamped {time.date()} "
    return f"{day}{time:%H:%M} New York"


def _warnings(summary: ChainSummary) -> tuple[Section, ...]:
    """Warnings about the whole file; empty without any."""
    if not summary.warnings:
        return ()
    return (Section(title="Warnings", rows=tuple((text,) for text in summary.warnings), left=frozenset({0})),)


def _account(summary: ChainSummary) -> Section:
    account = summary.account
    rows = [("read", f"{account.read:,}", "")]
    rows += [("excluded", f"{count:,}", why) for why, count in account.dropped.items()]
    rows += [("suspect", f"{count:,}", why) for why, count in account.doubtful.items()]
    rows.append(("usable", f"{account.usable:,}", "bid, ask and spot are consistent"))
    rows += [
        ("no model IV", f"{count:,}", f"usable, but {why}") for why, count in account.without_vol.items()
    ]
    rows.append(("no quoted IV", f"{account.without_quoted_vol:,}", "missing or 0 in the file"))
    return Section(title="Quotes", rows=tuple(rows), left=frozenset({0, 2}))


def _expiry(row: ExpirySummary) -> tuple[str, ...]:
    return (
        str(row.expiry),
        f"{row.days:,}",
        f"{row.quotes:,}",
        f"{row.usable:,}",
        price(row.forward),
        _signed(row.implied_yield),
        percent(row.implied_yield_error),
        percent(row.atm_vol, digits=1),
        _points(row.risk_reversal),
        money(row.expected_move),
        money(row.straddle),
    )


def _signed(fraction: float | None) -> str:
    """Signed percent without a negative zero."""
    return percent(None if fraction is None else round(fraction, 4) + 0.0, signed=True)


def _points(vol: float | None) -> str:
    """Difference of two vols in points."""
    return MISSING if vol is None else f"{round(100 * vol, 1) + 0.0:+.1f}"


def scan_title(frame: pd.DataFrame) -> str:
    """Title of a scan."""
    about = frame.attrs
    chains = about.get("chains", 1)
    where = f"{number(about['spot'])} on {about['date']}" if chains == 1 else f"in {chains} chains"
    note = f" ({about['note']})" if "note" in about else ""
    return f"{about['symbol']} {where}: {count(len(frame), 'spread')}{note}"


def scan_sections(frame: pd.DataFrame, *, top: int) -> tuple[Section, ...]:
    """The terms of a scan and its first rows.

    Parameters
    ----------
    frame : DataFrame
        From `riskcalc.scan`.
    top : int
        Rows to show.

    Returns
    -------
    tuple of Section
        Terms, then rows; dollars per spread, R per planned loss with costs.
    """
    terms = Section(title="Terms", rows=tuple(_terms(frame.attrs)), left=frozenset({0, 1}))
    if frame.empty:
        return terms, Section(title=NOTHING_FITS, rows=())
    kinds = [kind for kind in frame["kind"].cat.categories if (frame["kind"] == kind).any()]
    rows = tuple(_row(place, row, frame.attrs["rank"], kinds) for place, row in _first(frame, top))
    title = f"Best {len(rows)} of {len(frame):,} {_listed(kinds)} spreads: {LEGEND}"
    return terms, Section(title=title, header=HEADER, rows=rows, left=frozenset({1, 2}))


def rank_text(about: dict[Any, Any]) -> str:
    """Rank in words."""
    if about["rank"] != "view_r":
        return f"column {about['rank']}"
    return NEUTRAL_RANK if about["view"].startswith("neutral") else VIEW_RANK


def smile_text(about: dict[Any, Any]) -> str:
    """Quality of the smile fit in words."""
    liquid = about["smile_liquid"]
    if not liquid:
        return "no liquid strikes to check it against"
    inside = percent(about["smile_inside"], digits=1)
    arbitrage = f"; not free of arbitrage: {about['smile_arbitrage']}" if about["smile_arbitrage"] else ""
    return f"{inside} of {count(liquid, 'liquid strike')} inside bid and ask{arbitrage}"


def left_out_texts(about: dict[Any, Any]) -> list[str]:
    """Excluded quotes in words."""
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
        ("valuation", about["valuation"]),
    ]


def _first(frame: pd.DataFrame, top: int) -> list[tuple[int, Mapping[Any, Any]]]:
    return list(enumerate(frame.head(top).to_dict(orient="records"), start=1))


def _row(place: int, row: Mapping[Any, Any], rank: str, kinds: Sequence[str]) -> tuple[str, ...]:
    targets = [value for name, value in row.items() if str(name).startswith("r_at_target_")]
    named = [f"{row['long_strike']:g}/{row['short_strike']:g}"]
    named += [str(row["kind"])] if len(kinds) > 1 else []
    named += [str(row["source"])] if "source" in row else []
    return (
        str(place),
        " ".join(named),
        f"{row['expiry']:%Y-%m-%d}",
        whole_money(row["debit"]).lstrip("+"),
        whole_money(row["risk"]).lstrip("+"),
        f"{row['units']:,}",
        percent(row["prob_profit"], digits=0),
        number(row["theta_per_day"], digits=1),
        percent(row["prob_stop_first"], digits=0),
        whole_money(row["value_at_stop"] - row["debit"] - row["cost"]),
        " ".join(r_multiple(value).rstrip("R") for value in targets) or MISSING,
        whole_money(row["edge"]),
        _ranked(row[rank]),
    )


def _listed(words: Sequence[str]) -> str:
    """Join words with commas and "and"."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _ranked(value: Any) -> str:  # noqa: ANN401 - any column
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    if math.isnan(value):
        return MISSING
    return number(value, digits=0 if isinstance(value, int) or abs(value) >= MANY else 3)
