"""A scan as a table of text: the best rows, and what they were ranked under."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from riskcalc.formatting.numbers import MISSING, count, number, percent, r_multiple, whole_money
from riskcalc.formatting.table import Section

if TYPE_CHECKING:
    import pandas as pd

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


def scan_title(frame: pd.DataFrame) -> str:
    """What was scanned."""
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
    """What rows are ranked by, in words."""
    if about["rank"] != "view_r":
        return f"column {about['rank']}"
    return NEUTRAL_RANK if about["view"].startswith("neutral") else VIEW_RANK


def smile_text(about: dict[Any, Any]) -> str:
    """How well the smile fits, in words."""
    liquid = about["smile_liquid"]
    if not liquid:
        return "no liquid strikes to check it against"
    inside = percent(about["smile_inside"], digits=1)
    arbitrage = f"; not free of arbitrage: {about['smile_arbitrage']}" if about["smile_arbitrage"] else ""
    return f"{inside} of {count(liquid, 'liquid strike')} inside bid and ask{arbitrage}"


def left_out_texts(about: dict[Any, Any]) -> list[str]:
    """What of the quotes is in no spread, in words."""
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
    """Words with commas between, and the last after an "and"."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _ranked(value: Any) -> str:  # noqa: ANN401 - any column
    if isinstance(value, dt.date):
        return f"{value:%Y-%m-%d}"
    if math.isnan(value):
        return MISSING
    return number(value, digits=0 if isinstance(value, int) or abs(value) >= MANY else 3)
