"""A backtest of shares as a plain loop over rows of a table: oracle and peer of the vectorized one."""

from __future__ import annotations

import math

import holidays
import pandas as pd

CLOSED = holidays.financial_holidays("NYSE")


def table_of(bars):
    """Bars as a table, by day."""
    columns = {name: getattr(bars, name) for name in ("open", "high", "low", "close")}
    paid = bars.dividends if bars.dividends is not None else 0.0
    scale = bars.split_factor if bars.split_factor is not None else 1.0
    return pd.DataFrame({"day": pd.to_datetime(bars.dates), **columns, "paid": paid, "scale": scale})


def follow(rows, start, *, side, stop, targets, breakeven, days):
    """Fills of one entry: (row, price, part or None for the rest, reason) in order."""
    entry = rows.close[start]
    level, moved_on, certain = entry * (1 - side * stop), None, False
    goals = [entry * (1 + side * move) for move in targets]
    fills = []
    end = rows.day[start] + pd.Timedelta(days=days)
    while end.weekday() > 4 or end.date() in CLOSED:
        end -= pd.Timedelta(days=1)
    last = rows.index[rows.day <= end][-1]
    last = max(last, start + 1)
    for row in range(start + 1, last + 1):
        good, bad = (rows.high[row], rows.low[row]) if side > 0 else (rows.low[row], rows.high[row])
        opened = rows.open[row]

        def beyond(price, other, sign):
            return sign * side * (price - other) >= 0

        while goals and len(fills) < len(targets):
            goal = goals[len(fills)]
            hit_stop = beyond(bad, level, -1) and moved_on != row
            hit_stop |= moved_on == row and certain
            if not beyond(good, goal, 1) or (hit_stop and not beyond(opened, goal, 1)):
                break
            fills.append((row, max(side * opened, side * goal) * side, len(fills), "target"))
            if breakeven and len(fills) == 1:
                level, moved_on = entry, row
                certain = beyond(rows.close[row], entry, -1) or (
                    beyond(opened, goal, 1) and beyond(bad, entry, -1)
                )
        if moved_on == row:
            if certain:
                return [*fills, (row, level, None, "breakeven stop")]
        elif beyond(bad, level, -1):
            price = min(side * opened, side * level) * side
            return [*fills, (row, price, None, "breakeven stop" if moved_on else "stop")]
    short = end > rows.day.iloc[-1]
    return [*fills, (last, rows.close[last], None, "open" if short else "time stop")]


def plain_backtest(bars, *, side, stop, targets, fractions, breakeven, days, equity, risk, costs, fixed=0.0):
    """Trades one after the other: (entry row, units, exit row, reason, pnl, r)."""
    rows = table_of(bars)
    trades, row, account = [], 0, equity
    while row < len(rows) - 1:
        scale = rows.scale[row]
        entry = rows.close[row] * scale
        loss = entry * stop + 2 * costs
        units = math.floor((account * risk - 2 * fixed) / loss * (1 + 1e-12))
        margin = entry * 0.5 if side > 0 else max(entry * 0.5, 5.0)
        units = min(units, math.floor(account / entry), math.floor(account / margin))
        if units < 1:
            row += 1
            continue
        fills = follow(rows, row, side=side, stop=stop, targets=targets, breakeven=breakeven, days=days)
        left, pnl, before = units, -2 * costs * units - 2 * fixed, 0
        for place, price, part, reason in fills:
            count = left
            if part is not None:
                done = math.floor(units * sum(fractions[: part + 1]) + 0.5 + 1e-9)
                count, before = done - before, done
            count = min(count, left)
            if count:
                paid = rows.paid[row + 1 : place + 1].sum()
                pnl += count * side * scale * (price - rows.close[row] + paid)
                end, why = place, reason
            left -= count
        trades.append((row, units, end, why, pnl, pnl / (units * loss + 2 * fixed)))
        if why == "open":
            break
        account += pnl
        row = end
    return trades
