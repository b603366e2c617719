"""The check of a market's age: prices of an earlier day must not look like a plan for today."""

from __future__ import annotations

import datetime as dt

from riskcalc.domain import Check, CheckStatus, Instrument, PlanSources, RiskReport, Source
from riskcalc.domain.sessions import age_in_sessions
from riskcalc.domain.trade_plan import MARKET_AGE

FRESH_SESSIONS = 1
"""Age of prices in sessions up to which they count as today's."""


def market_age(report: RiskReport, sources: PlanSources, *, time_stop: dt.date | None) -> Check | None:
    """Return the check of the market's age; None where no day is given that the plan is made for.

    Parameters
    ----------
    report : RiskReport
        The trade and its market.
    sources : PlanSources
        Where price, day and volatility come from, and the day the plan is made for.
    time_stop : date or None
        Last day of the trade.

    Returns
    -------
    Check or None
        A warning for the prices of a shipped sample, and for those more than `FRESH_SESSIONS` old; a failure
        where the expiry or the time stop has passed.
    """
    today = sources.today
    if today is None:
        return None
    if sources.is_sample:
        return _check(CheckStatus.WARN, _sample_text(report, sources))
    age = age_in_sessions(report.market.date, today) or 0
    text = f"prices of {report.market.date}{_source_words(sources.spot)}, {_age_words(age)}"
    passed = _passed(report, time_stop, today)
    if passed:
        return _check(CheckStatus.FAIL, f"{text}: {passed} has passed; {_remedy(report, sources)}")
    doubt = _doubt(report, sources, age)
    if doubt:
        return _check(CheckStatus.WARN, f"{text}{doubt}")
    brief = "today" if age == 0 else "1 session old"
    return Check(name=MARKET_AGE, status=CheckStatus.OK, message=text, brief=brief)


def quote_line(instrument: Instrument) -> str:
    """Return the command that gives today's prices of an instrument."""
    prices = " ".join(f"{fund}=PRICE" for fund in _funds(instrument))
    return f"riskcalc quote {prices}{_vols(instrument)}"


def _funds(instrument: Instrument) -> tuple[str, ...]:
    return (instrument.held, instrument.against) if instrument.against else (instrument.symbol,)


def _vols(instrument: Instrument) -> str:
    return "".join(f" --vol {fund}=IV" for fund in _funds(instrument))


def _sample_text(report: RiskReport, sources: PlanSources) -> str:
    day, line = report.market.date, quote_line(report.trade.instrument)
    if sources.spot is Source.SAMPLE and sources.date is Source.SAMPLE:
        return f"sample prices of {day}, not today's; give today's with: {line}"
    subject = "the price is" if sources.spot is Source.SAMPLE else f"the date, {day}, is"
    return f"{subject} the sample's, not today's; give today's with: {line}"


def _passed(report: RiskReport, time_stop: dt.date | None, today: dt.date) -> str:
    """Describe the first of expiry and time stop that is before today; empty if neither is."""
    ends = (("the time stop", time_stop), ("the expiry", report.trade.expiry))
    gone = sorted((day, word) for word, day in ends if day is not None and day < today)
    return f"{gone[0][1]} {gone[0][0]}" if gone else ""


def _remedy(report: RiskReport, sources: PlanSources) -> str:
    if sources.spot in (Source.CHAIN, Source.LIVE):
        return "read quotes of today"
    return f"give today's with: {quote_line(report.trade.instrument)}"


def _doubt(report: RiskReport, sources: PlanSources, age: int) -> str:
    """Describe why the market does not count as today's; empty if it does."""
    if age > FRESH_SESSIONS:
        return f"; {_remedy(report, sources)}"
    if sources.today is not None and report.market.date > sources.today:
        return f": today is {sources.today}"
    vol = f", but the IV, {report.market.quote(report.trade.symbol).vol:.1%},"
    line = f"give today's with: riskcalc quote{_vols(report.trade.instrument)}"
    if sources.vol is Source.SAMPLE:
        return f"{vol} is the sample's; {line}"
    vol_day = sources.vol_date or report.market.date
    if (age_in_sessions(vol_day, sources.today) or 0) > FRESH_SESSIONS:
        return f"{vol} is of {vol_day}; {line}"
    return ""


def _source_words(source: Source | None) -> str:
    return "" if source is None else f" ({source})"


def _age_words(age: int) -> str:
    if age < 0:
        return f"{-age} session{'' if age == -1 else 's'} ahead"
    return "today's" if age == 0 else f"{age} session{'' if age == 1 else 's'} old"


def _check(status: CheckStatus, message: str) -> Check:
    return Check(name=MARKET_AGE, status=status, message=message)
