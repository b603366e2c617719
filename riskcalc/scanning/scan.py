"""Scan of a chain: every vertical in one table, ranked under a view."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskcalc.chains import Chain, FittedChain, fit_chain
from riskcalc.domain import (
    Account,
    Calibration,
    ExerciseStyle,
    ExitPlan,
    Market,
    OptionLeg,
    OptionType,
    RiskBasis,
    Side,
    Trade,
    View,
)
from riskcalc.domain.validation import record, text, whole_count
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.parallel import Progress, with_progress
from riskcalc.scanning.columns import Block, Columns, chosen_columns, same, whole_column
from riskcalc.scanning.expiry_exits import ExpiryModel
from riskcalc.scanning.rules import ScanRules, SpreadKind, Valuation
from riskcalc.scanning.series import OptionSeries, option_series
from riskcalc.scanning.verticals import SpreadTerms, build_columns, build_verticals

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

NEUTRAL = View.neutral()
DEFAULT_CALIBRATION = Calibration()
DEFAULT_RULES = ScanRules()
DEFAULT_RANK = "view_r"
"""View P&L per dollar of risk."""

BREAK_EVEN = "break_even_drift"
"""Breakeven drift, computed only when rows are ranked by it."""

SMALLER_IS_BETTER = frozenset({"debit", "max_loss", "risk", "cost", "prob_stop_first", "expiry", "dte"})


def scan(
    chain: Chain | FittedChain,
    *,
    market: Market,
    account: Account,
    exits: ExitPlan,
    view: View = NEUTRAL,
    rules: ScanRules = DEFAULT_RULES,
    rank: str = DEFAULT_RANK,
    calibration: Calibration = DEFAULT_CALIBRATION,
    top: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the verticals of a chain that pass the rules, with their managed outcome.

    Parameters
    ----------
    chain : Chain or FittedChain
        Quotes; `fit_chain` fits them once for several scans.
    market : Market
        Rate and cash dividends of the underlying; spot and date are the chain's. Each expiry is priced at its
        implied carry.
    account : Account
        Sizes every row by its maximum loss.
    exits : ExitPlan
        Stop, targets and time stop, as moves of the underlying. Expiries before the time stop are excluded.
    view : View, optional
        View behind probabilities and expectations. The neutral view ranks by the edge of the quotes against
        the fitted smile after costs, which is mostly negative.
    rules : ScanRules, optional
        Kinds of spread, days to expiry, filters, fill price, valuation.
    rank : str
        Column to rank by, best first; ``break_even_drift`` adds the breakeven drift of the spot per year.
    calibration : Calibration, optional
        Realized over implied volatility, for the columns whose names end in ``_calibrated``.
    top : int, optional
        Rows to keep, >= 1, the best by `rank`; most columns are then built for them alone. All by default.
    progress : callable, optional
        Callback with the number of expiries done and the total.

    Returns
    -------
    DataFrame
        One row per spread, in dollars per spread, signed for the position; `attrs` has symbol, date, spot,
        view, rank, the quality of the smile fit, and in ``found`` the spreads that pass the rules.

    Raises
    ------
    ChainError
        No expiry lies in the range of days, or none of them has a smile.
    InvalidInputError
        `rank` is not a column, the account sizes by the stop, or the underlying is unknown.

    Notes
    -----
    Each option is valued once per exit, spot and day; a spread is the difference of two options. Exit
    probabilities depend on the underlying alone, so the expected managed P&L is also a difference of two
    options: `expected_pnl` equals that of `riskcalc.analysis.managed_outcome`.

    Options with a model value more than 0.1% of the spot outside bid and ask are excluded, since stale quotes
    would rank first; `attrs["far_off"]` counts them, and `attrs["dropped"]` the excluded rows of the file by
    reason.

    In `expected_pnl` the spot moves at a single vol, while options are priced on the smile, which alone makes
    out-of-the-money options look cheap or expensive. `view_pnl` avoids this: it is the edge against the
    smile, value less debit and costs, plus the change of the managed P&L due to the view, which is zero for
    the neutral view.
    """
    from riskcalc.scanning.scan_table import ScanTable  # noqa: PLC0415 - slow to import; only tables need it

    for name, kind, value in (
        ("market", Market, market),
        ("account", Account, account),
        ("exits", ExitPlan, exits),
        ("view", View, view),
        ("rules", ScanRules, rules),
    ):
        record(name, kind, value)
    text("rank", rank)
    if top is not None:
        whole_count("top", top)
    basis = account.limits.risk_basis
    if basis not in (None, RiskBasis.MAX_LOSS):
        raise InvalidInputError(f"risk_basis must be max_loss for a scan, which sizes by it, got {basis}")
    record("chain", (Chain, FittedChain), chain)
    fitted = ensure_fitted(chain, market, rules)
    inputs = _ScanInputs(account, exits, view, calibration, rank == BREAK_EVEN)
    models = list(_expiries(fitted, rules, exits))
    expiries = (list(_expiry_blocks(model, series, inputs)) for model, series in models)
    blocks = [block for expiry in with_progress(expiries, len(models), progress) for block in expiry]
    if not blocks:
        listed = chain.chain if isinstance(chain, FittedChain) else chain
        raise ChainError(no_match_message(listed, rules, exits, smiles=bool(models)))
    numbers = [name for name in blocks[0].columns if name != "kind"]
    if rank not in numbers:
        known = ", ".join(dict.fromkeys([*numbers, BREAK_EVEN]))
        raise InvalidInputError(f"rank must be one of {known}, got {rank!r}")
    order = _best_first(blocks, rank, fitting_only=rules.fitting_only)
    ranked = chosen_columns(blocks, order[:top])
    frame = ScanTable({**ranked, "kind": _kind_names(ranked["kind"])}, copy=False)
    far_off = sum(value.far_off for _model, series in models for value in series.values())
    about = scan_attrs(fitted, account, exits, view=view, rules=rules, rank=rank)
    calibrated = {"k": calibration.k, "k_source": calibration.k_source}
    attrs = {"far_off": far_off, "found": len(order), "kinds": _kinds_of(blocks, order)}
    frame.attrs.update(about | calibrated | attrs)
    return frame


def _kind_names(codes: NDArray[np.generic]) -> pd.Categorical[str]:
    """Names of kinds from their codes."""
    import pandas as pd  # noqa: PLC0415 - as above

    return pd.Categorical.from_codes(codes.astype(np.int8), pd.Index([str(kind) for kind in SpreadKind]))


def rank_key(column: NDArray[np.generic], *, kinds: NDArray[np.generic], rank: str) -> Floats:
    """Return the sort key of rows, best first when ascending; unknown values are NaN and come last."""
    key: Floats = column.astype(np.float64)
    if rank == BREAK_EVEN:
        # A better bearish spread has a higher breakeven drift.
        key *= [int(SpreadKind(kind).side) for kind in kinds.tolist()]
        return key
    return key if rank in SMALLER_IS_BETTER else -key


def _best_first(blocks: Sequence[Block], rank: str, *, fitting_only: bool) -> NDArray[np.intp]:
    """Rows in the order of a column."""
    order = np.argsort(rank_key(whole_column(blocks, rank), kinds=_kinds(blocks), rank=rank))
    fitting = np.asarray(whole_column(blocks, "units"), dtype=np.int64) > 0
    return order[fitting[order]] if fitting_only else order


def _kinds_of(blocks: Sequence[Block], order: NDArray[np.intp]) -> list[str]:
    """Return the names of the kinds of some rows, in the order of `SpreadKind`."""
    counts = np.bincount(np.asarray(whole_column(blocks, "kind"), dtype=np.int8)[order])
    return [str(kind) for kind, count in zip(SpreadKind, counts.tolist(), strict=False) if count]


def _kinds(blocks: Sequence[Block]) -> NDArray[np.generic]:
    """Return the name of each row's kind."""
    words: NDArray[np.generic] = np.array([str(kind) for kind in SpreadKind])
    return words[np.asarray(whole_column(blocks, "kind"), dtype=np.int8)]


def ensure_fitted(chain: Chain | FittedChain, market: Market, rules: ScanRules) -> FittedChain:
    """Return the chain fitted for the rules' valuation; a fitted one is returned as it is."""
    if isinstance(chain, FittedChain):
        return chain
    return fit_chain(
        chain,
        market,
        with_dividends=rules.valuation is Valuation.AMERICAN,
        min_days=rules.min_days,
        max_days=rules.max_days,
    )


def scanned_expiries(fitted: FittedChain, rules: ScanRules, exits: ExitPlan) -> tuple[dt.date, ...]:
    """Return the expiries in the DTE range that have a smile and outlast the time stop."""
    today = fitted.chain.date
    days = {expiry: (expiry - today).days for expiry in fitted.smile.curves}
    least = least_days(rules, exits)
    return tuple(expiry for expiry, count in days.items() if least <= count <= rules.max_days)


class _ScanInputs(NamedTuple):
    """Inputs shared by all expiries."""

    account: Account
    exits: ExitPlan
    view: View
    calibration: Calibration
    break_even: bool


def _expiries(
    fitted: FittedChain, rules: ScanRules, exits: ExitPlan
) -> Iterator[tuple[ExpiryModel, dict[OptionType, OptionSeries]]]:
    """The model of each expiry, and its options by type."""
    for expiry in scanned_expiries(fitted, rules, exits):
        model = ExpiryModel(
            instrument=fitted.chain.instrument,
            expiry=expiry,
            market=fitted.market_of(expiry),
            smile=fitted.smile,
            rules=rules,
        )
        yield (
            model,
            {
                kind: option_series(fitted.chain, model, kind)
                for kind in {kind.option_type for kind in rules.kinds}
            },
        )


def _expiry_blocks(
    model: ExpiryModel, series: dict[OptionType, OptionSeries], inputs: _ScanInputs
) -> Iterator[Block]:
    """Spreads of each kind."""
    underlying = model.instrument
    for kind in model.rules.kinds:
        options = series[kind.option_type]
        verticals = build_verticals(options, model, kind, multiplier=underlying.option_multiplier)
        if not verticals.long.size:
            continue
        spot = model.market.quote(model.symbol).spot
        sided = dataclasses.replace(inputs.exits.at(entry=spot, side=kind.side), side=kind.side)
        legs = tuple(
            OptionLeg(side=side, option_type=kind.option_type, strike=strike, expiry=model.expiry)
            for side, strike in zip((Side.LONG, Side.SHORT), options.strike[:2].tolist(), strict=True)
        )
        trade = Trade(instrument=underlying, legs=legs)
        under = SpreadTerms(
            model=model,
            trade=trade,
            account=inputs.account,
            exits=sided,
            view=inputs.view,
            calibration=inputs.calibration,
            break_even=inputs.break_even,
        )
        count, days = len(verticals.long), (model.expiry - model.market.date).days
        columns: Columns = {
            "kind": same(np.int8(list(SpreadKind).index(kind)), count),
            "expiry": same(np.datetime64(model.expiry, "s"), count),
            "dte": same(np.int64(days), count),
        }
        yield Block(count, columns | build_columns(options, verticals, under))


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
    """Return the message for a scan without results, with the reasons."""
    days = ", ".join(str((expiry - chain.date).days) for expiry in chain.expiries()) or "none"
    least = least_days(rules, exits)
    why = f" (the time stop closes it {exits.close_dte} days before)" if least > rules.min_days else ""
    types = {kind.option_type for kind in rules.kinds}
    words = " and ".join(f"{kind.name.lower()}s" for kind in OptionType if kind in types)
    ahead = (chain.expiry - np.datetime64(chain.date)).astype(np.int64)
    in_window = (
        chain.usable & np.isin(chain.option_type, list(types)) & (ahead >= least) & (ahead <= rules.max_days)
    )
    few = ", too few for a smile" if in_window.any() and not smiles else ""
    return (
        f"{chain.symbol} {chain.date}: no spread passes the rules with {least} to {rules.max_days} days "
        f"to expiry{why}, of {in_window.sum():,} usable {words}{few}; listed days: {days}"
    )


def _exits(exits: ExitPlan) -> str:
    """Describe the exits of a spread."""
    targets = " and ".join(f"{100 * target.move:g}%" for target in exits.targets) or "none"
    times = [f"at {exits.close_dte} DTE"] if exits.close_dte else []
    times += [f"after {exits.holding_days} days"] if exits.holding_days else []
    out = f"closed {' or '.join(times)}" if times else "held to expiry"
    return f"stop at {100 * exits.stop:g}% against the spread, targets at {targets} in its favor, {out}"


def _probability(view: View) -> str:
    """Describe the source of P(profit)."""
    if view.vol is not None:
        return f"at the view's vol of {100 * view.vol:.1f}%"
    if view.k is not None:
        return f"at the calibrated vol, {view.k:.2f} x the implied one"
    moved = ", shifted by the view's drift" if view.drift is not None else ""
    return f"from the fitted smile{moved}; at a single vol where prob_from_smile is false"


def _valued(chain: Chain, rules: ScanRules) -> str:
    """Describe how the options are valued."""
    return "european (as listed)" if chain.exercise is ExerciseStyle.EUROPEAN else rules.valuation
