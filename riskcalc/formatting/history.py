"""A price history as tables of text: its last bar, its volatility, and how its exits would have gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from riskcalc.domain import Side
from riskcalc.domain.price_history import Excursion, Outcomes, PriceBasis, PriceHistory
from riskcalc.formatting.numbers import MISSING, count, number, percent, price
from riskcalc.formatting.table import Table

BASIS_WORDS = {
    PriceBasis.RAW: "raw prices",
    PriceBasis.ADJUSTED: "adjusted prices, lower than the traded ones",
    PriceBasis.UNKNOWN: "raw or adjusted prices",
}
OUTCOME_WORDS = {
    "stop_first": "stop hit first",
    "target_first": "target hit first",
    "neither": "neither hit",
}


def history_title(history: PriceHistory) -> str:
    """Symbol and date range of the prices."""
    name = history.symbol or "Prices"
    return f"{name} {history.first} to {history.last}: {count(history.bars, 'session')}"


def history_tables(history: PriceHistory) -> tuple[Table, ...]:
    """Tables of a history.

    Parameters
    ----------
    history : PriceHistory
        From `riskcalc.history.price_history`.

    Returns
    -------
    tuple of Table
        The file, the last bar, volatility, other series, k; then the outcomes of exits, if there are any.
    """
    return (
        Table(title="Prices", rows=tuple(_file_rows(history)), left=frozenset({0, 1})),
        Table(title="Last Session", rows=tuple(_last_rows(history)), left=frozenset({0, 2})),
        _vol_table(history),
        *_co_movement_tables(history),
        Table(title="Realized over Implied Volatility", rows=tuple(_k_rows(history)), left=frozenset({0, 2})),
        *(() if history.outcomes is None else _outcome_tables(history, history.outcomes)),
    )


def _file_rows(history: PriceHistory) -> Iterator[tuple[str, str]]:
    yield "basis", f"{BASIS_WORDS[history.basis]}: {history.basis_reason}"
    for note in history.notes:
        yield "rows", note


def _last_rows(history: PriceHistory) -> Iterator[tuple[str, str, str]]:
    yield "close", price(history.close), ""
    atr = history.atr14
    yield "ATR 14", price(atr), "" if atr is None else f"{percent(atr / history.close)} of the close"
    for name, level in (("EMA 20", history.ema20), ("SMA 50", history.sma50), ("SMA 200", history.sma200)):
        yield name, price(level), "" if level is None else _distance(history.close / level - 1)


def _distance(move: float) -> str:
    return f"close {percent(abs(move))} {'above' if move >= 0 else 'below'}"


def _vol_table(history: PriceHistory) -> Table:
    rows = tuple(
        (f"{window} sessions", _vol(history.realised_vol, window), _vol(history.yang_zhang_vol, window))
        for window in history.realised_vol
    )
    return Table(title="Realized Volatility", header=("last", "close to close", "Yang-Zhang"), rows=rows)


def _vol(vols: Mapping[str, float | None], window: str) -> str:
    return percent(vols[window], digits=3)


def _co_movement_tables(history: PriceHistory) -> tuple[Table, ...]:
    rows = tuple(
        (
            f"{measured.symbol or 'first file'} to {measured.benchmark or 'second file'}",
            number(measured.beta, digits=3),
            number(measured.correlation, digits=4),
            f"{measured.sessions:,}",
        )
        for measured in history.co_movements
    )
    header = ("daily returns", "beta", "correlation", "sessions")
    return (Table(title="Beta and Correlation", header=header, rows=rows),) if rows else ()


def _k_rows(history: PriceHistory) -> Iterator[tuple[str, str, str]]:
    error = "" if history.k_error is None else f" ± {number(history.k_error, digits=3)}"
    yield "k, median", f"{number(history.k, digits=3)}{error}", history.k_source
    if history.implied_vol is not None:
        yield "implied vol", percent(history.implied_vol), history.implied_vol_source
        yield "calibrated vol", percent(history.k * history.implied_vol), "k x implied vol"


def _outcome_tables(history: PriceHistory, outcomes: Outcomes) -> tuple[Table, ...]:
    title = (
        f"Outcomes: {_moves(outcomes)}, {outcomes.side.name.lower()}, {count(outcomes.sessions, 'session')}"
    )
    return (
        Table(title=title, header=("", "entries", "share", "±"), rows=tuple(_count_rows(outcomes))),
        Table(title="Gaps and Excursions", rows=tuple(_range_rows(outcomes)), left=frozenset({0, 1})),
        *_regime_tables(outcomes),
        *_chance_tables(history, outcomes),
    )


def _moves(outcomes: Outcomes) -> str:
    sign = "-" if outcomes.side is Side.LONG else "+"
    other = "+" if outcomes.side is Side.LONG else "-"
    targets = [f"{other}{100 * target.move:g}%" for target in outcomes.targets]
    return ", ".join([f"stop {sign}{100 * outcomes.stop:g}%", *(f"target {target}" for target in targets)])


def _count_rows(outcomes: Outcomes) -> Iterator[tuple[str, ...]]:
    days = f"closes from {outcomes.first_entry} to {outcomes.last_entry}"
    yield f"entries, {days}", f"{outcomes.n:,}", "", ""
    yield (
        f"independent entries: entries / {outcomes.sessions}",
        number(outcomes.independent, digits=1),
        "",
        "",
    )
    for name, words in OUTCOME_WORDS.items():
        if name != "target_first" or outcomes.targets:
            counted = getattr(outcomes, name)
            yield words, f"{counted:,}", _share(counted, outcomes.n), percent(outcomes.errors[name], digits=1)
    for target in outcomes.targets[1:]:
        label = f"target {100 * target.move:g}% before the stop"
        yield label, f"{target.reached:,}", percent(target.share, digits=1), percent(target.error, digits=1)
    if outcomes.targets:
        yield (
            "both on one day, counts as stop",
            f"{outcomes.ambiguous:,}",
            _share(outcomes.ambiguous, outcomes.n),
            "",
        )


def _share(counted: int, total: int) -> str:
    return percent(counted / total, digits=1) if total else MISSING


def _range_rows(outcomes: Outcomes) -> Iterator[tuple[str, str]]:
    gapped, stops = outcomes.gapped_stops, outcomes.stop_first
    gaps = f"{gapped:,} of {stops:,} stops ({_share(gapped, stops)})"
    if outcomes.mean_overshoot is not None:
        gaps += (
            f", beyond the stop by {percent(outcomes.mean_overshoot)} on average, "
            f"90th percentile {percent(outcomes.overshoot_tail)}, "
            f"largest {percent(outcomes.largest_overshoot)}"
        )
    yield "opens beyond the stop", gaps
    yield "worst move while open (MAE)", _excursion(outcomes.adverse)
    yield "best move while open (MFE)", _excursion(outcomes.favorable)
    if outcomes.adverse_before_target is not None:
        yield "MAE of trades with target first", _excursion(outcomes.adverse_before_target)


def _excursion(excursion: Excursion) -> str:
    return (
        f"median {percent(excursion.median, digits=1)}, 90th percentile {percent(excursion.tail, digits=1)}, "
        f"largest {percent(excursion.largest, digits=1)}"
    )


def _regime_tables(outcomes: Outcomes) -> tuple[Table, ...]:
    rows = tuple(
        (
            regime.name,
            f"{percent(regime.vol_from, digits=1)} to {percent(regime.vol_to, digits=1)}",
            f"{regime.n:,}",
            _share(regime.stop_first, regime.n),
            _share(regime.target_first, regime.n),
            _share(regime.neither, regime.n),
        )
        for regime in outcomes.regimes
    )
    header = ("regime", "21-session vol", "entries", "stop first", "target first", "neither")
    return (Table(title="By Realized Volatility at Entry", header=header, rows=rows),) if rows else ()


def _chance_tables(history: PriceHistory, outcomes: Outcomes) -> tuple[Table, ...]:
    """Table of the odds of the same exits by other methods, from the last session."""
    moves = [f"{100 * target.move:g}%" for target in outcomes.targets]
    header = ("method", "vol", "stop first", "target first", "neither", *(f"P({move})" for move in moves[1:]))
    rows = [
        (
            first_exit.method,
            percent(first_exit.vol, digits=1),
            percent(first_exit.stop_first, digits=1),
            percent(first_exit.target_first, digits=1),
            percent(first_exit.neither, digits=1),
            *(percent(chance, digits=1) for chance in first_exit.targets[1:]),
        )
        for first_exit in history.chances
    ]
    counted = tuple(percent(outcomes.share(name), digits=1) for name in OUTCOME_WORDS)
    further = tuple(percent(target.share, digits=1) for target in outcomes.targets[1:])
    rows.insert(0, ("historical, as above", MISSING, *counted, *further))
    return (Table(title="Odds by Other Methods, No Drift", header=header, rows=tuple(rows)),)
