"""Description of a scan: its settings, or why it found no spread."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from riskcalc.chains import Chain, FittedChain
from riskcalc.domain import Account, ExerciseStyle, ExitPlan, OptionType, View
from riskcalc.scanning.rules import ScanRules


def least_days(rules: ScanRules, exits: ExitPlan) -> int:
    """Return the fewest days to expiry at which a spread outlasts its time stop."""
    return max(rules.min_days, (exits.close_dte or 0) + 1)


def scan_attrs(
    fitted: FittedChain, account: Account, exits: ExitPlan, *, view: View, rules: ScanRules, rank: str
) -> dict[Hashable, Any]:
    """Return the settings of a scan as plain data for a table's `attrs`."""
    chain, smile = fitted.chain, fitted.smile
    commission = 4 * account.costs.commission_per_contract
    return {
        "symbol": chain.symbol,
        "date": chain.date.isoformat(),
        "spot": chain.spot,
        "view": view.name,
        "rank": rank,
        "exits": _exits(exits),
        "filled_at": str(rules.at),
        "costs": f"${commission:,.2f} of commissions per spread, plus half the bid-ask width on each side",
        "probability": _probability(view),
        "valuation": f"{_valued(chain, rules)}, sticky {rules.sticky}",
        "dropped": {why.text: rows for why, rows in chain.dropped.items()},
        "smile_inside": smile.inside,
        "smile_liquid": sum(fit.liquid for fit in smile.fits),
        "smile_arbitrage": ", ".join(str(fit.expiry) for fit in smile.fits if not fit.free_of_arbitrage),
    }


def no_match_message(chain: Chain, rules: ScanRules, exits: ExitPlan, *, smiles: bool) -> str:
    """Return a message that says why no spread was found."""
    days = ", ".join(str((expiry - chain.date).days) for expiry in chain.expiries()) or "none"
    least = least_days(rules, exits)
    why = f" (the time stop closes it {exits.close_dte} days before)" if least > rules.min_days else ""
    types = {kind.option_type for kind in rules.kinds}
    words = " and ".join(f"{one.name.lower()}s" for one in OptionType if one in types)
    ahead = (chain.expiry - np.datetime64(chain.date)).astype(np.int64)
    wanted = (
        chain.usable & np.isin(chain.option_type, list(types)) & (ahead >= least) & (ahead <= rules.max_days)
    )
    few = ", too few for a smile" if wanted.any() and not smiles else ""
    return (
        f"{chain.symbol} {chain.date}: no spread passes the rules with {least} to {rules.max_days} days "
        f"to expiry{why}, of {wanted.sum():,} usable {words}{few}; listed days: {days}"
    )


def _exits(exits: ExitPlan) -> str:
    """When a spread is closed, in words."""
    targets = " and ".join(f"{100 * target.move:g}%" for target in exits.targets) or "none"
    times = [f"at {exits.close_dte} DTE"] if exits.close_dte else []
    times += [f"after {exits.holding_days} days"] if exits.holding_days else []
    out = f"closed {' or '.join(times)}" if times else "held to expiry"
    return f"stop at {100 * exits.stop:g}% against the spread, targets at {targets} in its favor, {out}"


def _probability(view: View) -> str:
    """What P(profit) is taken from, in words."""
    if view.vol is not None:
        return f"at the view's vol of {100 * view.vol:.1f}%"
    moved = ", shifted by the view's drift" if view.drift is not None else ""
    return f"from the fitted smile{moved}; at a single vol where prob_from_smile is false"


def _valued(chain: Chain, rules: ScanRules) -> str:
    """How options are valued, in words: those that are European need no rule to be."""
    return "european (as listed)" if chain.exercise is ExerciseStyle.EUROPEAN else rules.valuation
