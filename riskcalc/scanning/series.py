"""Options of one expiry and type as columns: quotes, fills, model values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from riskcalc.chains import Chain
from riskcalc.domain import FillPrice, OptionType
from riskcalc.pricing import OptionGreeks
from riskcalc.records import dataclass
from riskcalc.scanning.expiry_exits import ExpiryModel
from riskcalc.scanning.rules import ScanRules

Floats = NDArray[np.float64]

FAR_OFF = 1e-3
"""Distance of the model value outside the quote, as a share of spot, from which the quote counts as stale."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionSeries:
    """Usable options, lowest strike first; arrays of shape (n,), prices per share."""

    option_type: OptionType
    strike: Floats
    bid: Floats
    ask: Floats
    open_interest: Floats
    vol: Floats
    """The smile's."""
    greeks: OptionGreeks
    """Now, at the smile's vol."""
    far_off: int
    """Number of options excluded because their quotes are far from model values: `FAR_OFF`."""

    def __len__(self) -> int:
        """Options."""
        return len(self.strike)

    def fills(self, at: FillPrice) -> tuple[Floats, Floats, Floats]:
        """Return the premium when bought, when sold, and the remaining cost of the bid-ask width.

        As in `riskcalc.planning.enter`, for all options at once.
        """
        width = self.ask - self.bid
        if at is FillPrice.MID:
            middle = (self.bid + self.ask) / 2
            return middle, middle, width
        if at is FillPrice.NATURAL:
            return self.ask, self.bid, width / 2
        return self.ask + width / 2, np.maximum(self.bid - width / 2, 0.0), width / 2


def option_series(chain: Chain, model: ExpiryModel, option_type: OptionType) -> OptionSeries:
    """Return the usable options of an expiry and type that pass the rules, priced.

    An option whose quotes are far off the smile of all the others is left out: a stale quote would
    lead the ranking.
    """
    rules = model.rules
    rows = np.flatnonzero(
        (chain.expiry == np.datetime64(model.expiry))
        & (chain.option_type == int(option_type))
        & chain.usable
        & (chain.ask - chain.bid <= rules.max_quoted_width)
        & _liquid_enough(chain.open_interest, rules)
    )
    vol = model.vols(chain.strike[rows])
    greeks = model.greeks(sign=int(option_type), strike=chain.strike[rows], vol=vol, spot=model.spot)
    beyond = np.maximum(chain.bid[rows] - greeks.value, greeks.value - chain.ask[rows])
    near = beyond <= FAR_OFF * model.spot
    selected = rows[near]
    return OptionSeries(
        option_type=option_type,
        strike=chain.strike[selected],
        bid=chain.bid[selected],
        ask=chain.ask[selected],
        open_interest=chain.open_interest[selected],
        vol=vol[near],
        greeks=OptionGreeks(*(greek[near] for greek in greeks)),
        far_off=len(rows) - len(selected),
    )


def _liquid_enough(open_interest: Floats, rules: ScanRules) -> NDArray[np.bool_]:
    interest = np.nan_to_num(open_interest, nan=0.0)
    enough: NDArray[np.bool_] = interest >= rules.min_open_interest
    return enough
