"""American calls with cash dividends by the compiled core, and the quadrature rules that it takes."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from riskcalc.pricing.american.convergence import Priced
from riskcalc.pricing.american.quadrature import MAX_GROUPS, gauss_legendre
from riskcalc.pricing.black_scholes import OptionGreeks
from riskcalc.pricing.compiled.core import IRREGULAR

if TYPE_CHECKING:
    from riskcalc.pricing.american.pre_dividend import CallContract
    from riskcalc.pricing.arrays import FloatArray
    from riskcalc.pricing.compiled.core import Core


class GaussLegendreRules:
    """Pointers to the rules tabulated so far; more are added when a price needs them."""

    def __init__(self) -> None:
        self.pointers = (ctypes.c_void_p * (2 * (MAX_GROUPS + 1)))()
        self._kept: dict[int, tuple[FloatArray, FloatArray]] = {}

    def __contains__(self, groups: int) -> bool:
        """Whether the rule with this number of groups is tabulated."""
        return groups in self._kept

    def add(self, groups: int) -> None:
        """Tabulate the rule with this number of groups of four nodes."""
        nodes, weights = self._kept[groups] = gauss_legendre(4 * groups)
        self.pointers[MAX_GROUPS + 1 + groups] = weights.ctypes.data
        # The nodes last: the core takes a rule that has them.
        self.pointers[groups] = nodes.ctypes.data


RULES = GaussLegendreRules()


def compiled_calls(core: Core, contract: CallContract, spot: FloatArray, now: FloatArray) -> Priced | None:
    """Return value and Greeks at spots, shape (contracts, points), or None where the core does not take them.

    `now` [years from day 0] has that shape or (contracts, 1).
    """
    terms = np.concatenate([contract.strike, contract.vol, contract.rate, contract.expiry], axis=1)
    times, amounts = contract.dividend_times, contract.dividend_amounts
    while True:
        values, status = core.cash_dividend_calls(
            terms, spot, now, times=times, amounts=amounts, rule=RULES.pointers
        )
        # A set: `numpy.unique` loads masked arrays, a tenth of the time of a plan.
        missing = sorted(set(status[status < 0.0].tolist()))
        if not missing:
            return Priced(OptionGreeks(*values), status[:, None] > 0.0)
        # Each round adds rules, of which there are finitely many; one asked for again is left to numpy.
        if missing[0] == IRREGULAR or any(int(-groups) in RULES for groups in missing):
            return None
        for groups in missing:
            RULES.add(int(-groups))
