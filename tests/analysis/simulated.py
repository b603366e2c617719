"""A managed trade path by path: the rules of `managed_outcome`, drawn and counted."""

from __future__ import annotations

import math

import numpy as np

from riskcalc.analysis import value_position
from riskcalc.analysis.payoff import net_debit


def simulate(trade, market, exits, *, drift, vol, side=1, paths, seed, per_day=4, cost=0.0):
    """Draw paths at a few points a day; between two points a level is touched by the chance of a bridge."""
    quote, expiry = market.quote(trade.symbol), trade.expiry
    last_day = (exits.time_stop(entry=market.date, expiry=expiry) - market.date).days
    drops = {(dividend.ex_date - market.date).days: dividend.amount for dividend in quote.dividends}
    drawn = Simulation(trade, market, exits, side, paths, np.random.default_rng(seed), cost)
    step = 1 / per_day / 365
    for tick in range(1, last_day * per_day + 1):
        drawn.move((drift - vol**2 / 2) * step, vol**2 * step, (tick - 0.5) / per_day)
        day, rest = divmod(tick, per_day)
        if rest == 0 and day in drops:
            drawn.drop(drops[day], day)
    drawn.close(drawn.held, drawn.share, np.exp(drawn.log_spot), last_day)
    return drawn


class Simulation:
    """One entry per path."""

    def __init__(self, trade, market, exits, side, paths, rng, cost):  # noqa: PLR0917 - called once, above
        self.trade, self.market, self.exits, self.side, self.rng = trade, market, exits, side, rng
        self.quote = market.quote(trade.symbol)
        self.shares = sum(trade.leg_size(leg) for leg in trade.share_legs)
        self.log_spot = np.full(paths, math.log(self.quote.spot))
        self.taken, self.stopped = np.zeros(paths, dtype=int), np.zeros(paths, dtype=bool)
        self.share, self.pnl = np.ones(paths), np.full(paths, -net_debit(trade) - cost)
        self.days = np.zeros(paths)

    @property
    def held(self):
        return self.share > 1e-9

    @property
    def stop(self):
        """The price of the stop that stands."""
        moved = 0.0 if self.exits.stop_to_breakeven else self.exits.stop
        return self.quote.spot * (1 - self.side * np.where(self.taken > 0, moved, self.exits.stop))

    def worth(self, spot, day, shift=0.0):
        value = value_position(self.trade, self.market, spot=spot, days=day, vol_shift=shift).value
        kept = self.shares * spot * math.expm1(self.quote.dividend_yield * day / 365)
        return math.exp(-self.market.rate * day / 365) * (value + kept)

    def close(self, which, part, spot, day, shift=0.0):
        """Close a part of some paths; a price they share is valued once."""
        prices, place = np.unique(spot[which], return_inverse=True)
        if len(prices):
            self.pnl[which] += part[which] * self.worth(prices, day, shift)[place]
            self.share[which] -= part[which]
            self.days[which & ~self.held] = day

    def stop_out(self, which, spot, day):
        self.stopped |= which
        self.close(which, self.share, spot, day, self.exits.vol_shift)

    def move(self, travel, variance, day):
        draws = self.rng.standard_normal(len(self.log_spot))
        after = self.log_spot + travel + math.sqrt(variance) * draws
        touched = self._bridge(after, np.log(self.stop), self.side, variance)
        self.stop_out(self.held & touched, self.stop, day)
        for number, target in enumerate(self.exits.targets):
            price = np.full(len(after), self.quote.spot * (1 + self.side * target.move))
            reached = self._bridge(after, np.log(price), -self.side, variance)
            reached &= self.held & (self.taken == number)
            self.taken[reached] += 1
            self.close(reached, np.full(len(after), target.fraction), price, day)
        self.log_spot = after

    def _bridge(self, after, level, side, variance):
        """Whether paths touch a level below them (side 1) or above (side -1) on the way."""
        room, room_after = side * (self.log_spot - level), side * (after - level)
        crossing = np.exp(-2 * np.maximum(room, 0.0) * np.maximum(room_after, 0.0) / variance)
        return (room_after <= 0) | (self.rng.random(len(after)) < crossing)

    def drop(self, amount, day):
        """Pay a dividend; what it drops past the stop is filled at the open."""
        paid = self.shares * amount * math.exp(-self.market.rate * day / 365)
        self.pnl += np.where(self.held, self.share, 0.0) * paid
        spot = np.exp(self.log_spot) - amount
        self.log_spot = np.log(spot)
        self.stop_out(self.held & (self.side * (spot - self.stop) <= 0), spot, day)
