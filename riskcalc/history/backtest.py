"""Backtest of a preset's rules on real bars: entries, size, costs, exits and P&L."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskcalc.analysis.managed.levels import trade_side
from riskcalc.domain import ExitPlan, OptionLeg, Side
from riskcalc.domain.backtest import (
    Backtest,
    BacktestTrade,
    EntryMode,
    EquityPoint,
    ExitReason,
)
from riskcalc.domain.plan_sources import Source
from riskcalc.domain.price_history import Calibration
from riskcalc.domain.validation import calendar_date, one_of, record
from riskcalc.errors import InvalidInputError
from riskcalc.history.account_run import AccountRun, Fills
from riskcalc.history.bars import Bars, Floats, ImpliedVols
from riskcalc.history.candidates import Candidates, candidates
from riskcalc.history.market_history import market_history
from riskcalc.history.trade_statistics import (
    by_regime,
    by_year,
    daily_equity,
    drawdown,
    mean_block,
    r_bins,
    r_quantiles,
    trade_statistics,
)
from riskcalc.planning.evaluate import evaluate
from riskcalc.planning.levels import with_second_stop
from riskcalc.presets.template import Preset

Counts = NDArray[np.int64]

YEAR_DAYS = 365.25
DEFAULT_CALIBRATION = Calibration()


def backtest(
    preset: Preset,
    bars: Bars,
    *,
    vols: ImpliedVols | float | None = None,
    entries: EntryMode | str = EntryMode.FLAT,
    since: dt.date | None = None,
    calibration: Calibration = DEFAULT_CALIBRATION,
) -> Backtest:
    """Run a preset's rules on daily bars.

    Parameters
    ----------
    preset : Preset
        From `riskcalc.load_preset`; strikes by moneyness or delta, expiries by days, exits as moves. Its
        market gives rate, skew and what the bars lack of dividends.
    bars : Bars
        From `read_prices`, with opens, highs and lows, of what the preset trades.
    vols : ImpliedVols or float, optional
        Implied volatility of options: a history from `read_vols`, or one number per sqrt(year), > 0. By
        default trailing realized volatility over `calibration.k`. Shares need none.
    entries : EntryMode or str
        ``flat`` enters at each close without an open trade, ``each`` at every close.
    since : date, optional
        First day of entry; the first bar by default.
    calibration : Calibration
        Realized over implied volatility, from `measured_k` or as kept.

    Returns
    -------
    Backtest

    Raises
    ------
    InvalidInputError
        The bars have closes only or are of another symbol, the preset names one contract, price or pair, or
        no session is left to enter on.

    Notes
    -----
    A trade is entered at a close, at what is known then, and sized by the preset's account, whose equity is
    that of the closed trades. A level is touched by a low or high, an open beyond it fills at the open. A day
    that touches a stop and a target counts as stop, unless it opened beyond the target: `Backtest.ambiguous`
    counts such days. Targets close whole units. The time stop closes at the close of its session, or of the
    last bar before it. Options are worth their model value at the vol of the close before, and at stops with
    the preset's vol shift on top; at a time stop at that of the day.

    Holders receive the dividends of raw prices. A standard error is that of the stationary bootstrap with a
    mean block of twice the trades open at once.

    Examples
    --------
    >>> import riskcalc as rc
    >>> from riskcalc.history import sample_prices
    >>> found = backtest(rc.load_preset("iwm-shares"), sample_prices())
    >>> found.statistics.n, found.exits["stop"]
    (53, 31)
    """
    record("preset", Preset, preset)
    record("bars", Bars, bars)
    record("calibration", Calibration, calibration)
    mode = one_of("entries", EntryMode, entries)
    _require_testable(preset, bars)
    side, exits = _exits(preset)
    history, assumptions, warnings = market_history(preset, bars, vols=vols, calibration=calibration)
    chosen = candidates(preset, history, exits=exits, side=side, first=_first_entry(bars, since))
    run = AccountRun(account=preset.account, candidates=chosen)
    run.run(mode)
    return _build_result(
        preset,
        exits,
        run,
        mode=mode,
        side=side,
        assumptions=(*assumptions, *_sample_account(preset)),
        warnings=(*warnings, *_rule_warnings(preset, exits)),
    )


def _sample_account(preset: Preset) -> tuple[str, ...]:
    """Note that the account is a sample if neither preset nor user states one."""
    if preset.sources.equity is not Source.SAMPLE:
        return ()
    return (f"account is a sample of ${preset.account.equity:,.0f}",)


def _require_testable(preset: Preset, bars: Bars) -> None:
    traded = preset.template.instrument
    if traded.against:
        raise InvalidInputError(
            f"preset must trade one symbol, got the ratio {traded.symbol}: bars hold no highs and lows of it"
        )
    if bars.symbol and bars.symbol != traded.symbol:
        raise InvalidInputError(f"bars must be those of {traded.symbol} for {preset.name}, got {bars.symbol}")
    if not bars.has_ranges:
        raise InvalidInputError("bars have closes only: stops and targets are touched by lows and highs")
    if preset.exits.priced:
        raise InvalidInputError("exits must be moves for a backtest, like -6%: a price is of one day")


def _exits(preset: Preset) -> tuple[Side, ExitPlan]:
    """Direction and exits, with the second stop that a plan gives a trade which loses both ways."""
    trade, market, exits = preset.template.resolve(preset.market), preset.market, preset.exits
    if not exits.targets and any(leg.side is Side.SHORT for leg in trade.option_legs):
        report = evaluate(trade, market)
        side = trade_side(report.trade, report.market, exits)
        return side, with_second_stop(report, exits, side)
    options = [leg for leg in trade.legs if isinstance(leg, OptionLeg)]
    if options or exits.side is not None:
        from riskcalc.analysis import enter_at_model  # noqa: PLC0415 - shares need no model

        return trade_side(enter_at_model(trade, market), market, exits), exits
    return (Side.LONG if sum(leg.signed_shares for leg in trade.share_legs) >= 0 else Side.SHORT), exits


def _first_entry(bars: Bars, since: dt.date | None) -> int:
    if since is None:
        return 0
    return int(np.searchsorted(bars.dates, np.datetime64(calendar_date("since", since), "D")))


def _rule_warnings(preset: Preset, exits: ExitPlan) -> list[str]:
    """Rules of entry that prices do not tell, or that the exits break."""
    warnings = []
    if preset.entry.triggers:
        names = ", ".join(trigger.signal for trigger in preset.entry.triggers)
        warnings.append(f"entry triggers are not in prices and are ignored: {names}")
    widest = preset.entry.max_stop
    if widest is not None and exits.stop > widest:
        warnings.append(f"the stop of {100 * exits.stop:g}% is wider than the entry rule's {100 * widest:g}%")
    return warnings


def _build_result(
    preset: Preset,
    exits: ExitPlan,
    run: AccountRun,
    *,
    mode: EntryMode,
    side: Side,
    assumptions: Sequence[str],
    warnings: Sequence[str],
) -> Backtest:
    chosen, bars = run.candidates, run.candidates.history.bars
    counted = [trade for trade in run.trades if trade.reason is not ExitReason.OPEN]
    entries = np.array([chosen.entries[trade.candidate] for trade in counted], dtype=np.int64)
    ends = np.array([trade.end for trade in counted], dtype=np.int64)
    results = np.array([trade.pnl / trade.risk for trade in counted], dtype=np.float64)
    block = mean_block(entries, ends)
    return Backtest(
        preset=preset.name,
        symbol=preset.template.instrument.symbol,
        description=_rules(preset, exits, side),
        last=bars.last_day,
        entries=mode,
        side=side,
        assumptions=tuple(assumptions),
        warnings=tuple(warnings),
        statistics=trade_statistics("all", results, mean_block=block),
        taken=sum(trade.taken for trade in counted),
        exits=_reasons(counted),
        gapped_stops=sum(_gapped(chosen, trade) for trade in counted),
        ambiguous=sum(bool(chosen.walk.ambiguous[trade.candidate]) for trade in counted),
        open_trades=tuple(_trade(chosen, trade) for trade in run.trades if trade.reason is ExitReason.OPEN),
        uncounted=dict(run.left_out.most_common()),
        mean_sessions=float((ends - entries).mean()) if counted else None,
        histogram=r_bins(results),
        quantiles=r_quantiles(results),
        regimes=by_regime(chosen, entries, results, block=block),
        trades=tuple(_trade(chosen, trade) for trade in counted),
        **_account(run, entries, results, block=block),
    )


def _account(run: AccountRun, entries: Counts, results: Floats, *, block: float) -> dict[str, Any]:
    """Results of the account, by the names of the record's fields."""
    chosen, bars = run.candidates, run.candidates.history.bars
    first, start = int(chosen.entries[0]), run.account.equity
    equity = daily_equity(chosen, run.trades, start=start)
    fall, high, low = drawdown(equity[first:])
    return {
        "first": bars.day(first),
        "start_equity": start,
        "end_equity": float(equity[-1]),
        "annual_return": _annual_return(
            start, float(equity[-1]), days=(bars.last_day - bars.day(first)).days
        ),
        "max_drawdown": fall,
        "drawdown_from": bars.day(first + high) if fall > 0 else None,
        "drawdown_to": bars.day(first + low) if fall > 0 else None,
        "years": by_year(chosen, equity, entries, results, block=block),
        "equity": _month_ends(bars, equity, first=first),
    }


def _rules(preset: Preset, exits: ExitPlan, side: Side) -> str:
    """Describe the rules."""
    against, favor = ("-", "+") if side is Side.LONG else ("+", "-")
    parts = [f"stop {against}{100 * exits.stop:g}%"]
    parts += [
        f"target {favor}{100 * target.move:g}% for {100 * target.fraction:g}%" for target in exits.targets
    ]
    if exits.stop_to_breakeven and exits.targets:
        parts.append("stop to breakeven at the first target")
    if exits.holding_days is not None:
        parts.append(f"closed after {exits.holding_days} days")
    if exits.close_dte is not None:
        parts.append(f"closed at {exits.close_dte} DTE")
    return f"{side.name.lower()} {preset.template.instrument.symbol}: {', '.join(parts)}"


def _reasons(trades: Sequence[Fills]) -> dict[str, int]:
    counted = Counter(trade.reason for trade in trades)
    return {reason.value: counted[reason] for reason in ExitReason if reason is not ExitReason.OPEN}


def _gapped(chosen: Candidates, trade: Fills) -> bool:
    stopped = trade.reason in {ExitReason.STOP, ExitReason.BREAKEVEN}
    return stopped and bool(chosen.walk.at_open[trade.candidate, -1])


def _trade(chosen: Candidates, trade: Fills) -> BacktestTrade:
    candidate, bars = trade.candidate, chosen.history.bars
    entry = int(chosen.entries[candidate])
    last = max(fill for fill, count in enumerate(trade.closed) if count)
    scale = float(chosen.history.scale[entry])
    received = sum(
        count * float(dividends)
        for count, dividends in zip(trade.closed, chosen.dividends[candidate].tolist(), strict=True)
    )
    return BacktestTrade(
        entry_date=bars.day(entry),
        entry_spot=float(bars.close[entry]) * scale,
        description=chosen.values.trade.label(candidate),
        units=trade.units,
        taken=trade.taken,
        debit=float(chosen.debit[candidate]),
        risk=trade.risk,
        exit_date=bars.day(trade.end),
        exit_spot=float(chosen.walk.price[candidate, last]) * scale,
        reason=trade.reason,
        targets_reached=sum(count > 0 for count in trade.closed[:-1]),
        gapped=_gapped(chosen, trade),
        ambiguous=bool(chosen.walk.ambiguous[candidate]),
        sessions=trade.end - entry,
        dividends=received,
        pnl=trade.pnl,
        r=trade.pnl / trade.risk,
    )


def _annual_return(start: float, end: float, *, days: int) -> float | None:
    if days < YEAR_DAYS or not end > 0:
        return None
    return float(math.pow(end / start, YEAR_DAYS / days) - 1)


def _month_ends(bars: Bars, equity: Floats, *, first: int) -> tuple[EquityPoint, ...]:
    months = bars.dates.astype("datetime64[M]").astype(np.int64)
    ends = np.append(np.flatnonzero(np.diff(months)), len(months) - 1)
    return tuple(
        EquityPoint(date=bars.day(index), equity=float(equity[index]))
        for index in ends[ends >= first].tolist()
    )
