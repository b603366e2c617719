"""Checks of a trading day for the spreads of a scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskcalc.domain import Check, CheckStatus, instrument
from riskcalc.domain.trading_day import TradingDay
from riskcalc.planning.day_checks import board_checks, expiry_check
from riskcalc.scanning.history import ScanTerms

if TYPE_CHECKING:
    import pandas as pd


def scan_day_checks(frame: pd.DataFrame, terms: ScanTerms, day: TradingDay, *, top: int) -> tuple[Check, ...]:
    """Return the checks of a day that do not hold for the spreads of a scan.

    Parameters
    ----------
    frame : DataFrame
        Rows of the scan, the best first.
    terms : ScanTerms
        Terms of the scan: the sides of its kinds decide which signals count.
    day : TradingDay
        Signals and events.
    top : int
        Rows whose expiries are compared with the events.
    """
    shown = frame.head(top)["symbol"] if "symbol" in frame else [frame.attrs["symbol"]]
    traded = [instrument(symbol, instruments=terms.instruments) for symbol in dict.fromkeys(shown)]
    sides = dict.fromkeys(kind.side for kind in terms.rules.kinds)
    board = [
        board_checks(day.board, trade, side=side)
        for trade in traded
        for side in sides
        if day.board is not None
    ]
    expiries = sorted({expiry.date() for expiry in frame.head(top)["expiry"]}) if len(frame) else []
    near = expiry_check(expiries, day.events or ())
    candidates = (
        *dict.fromkeys(check for checks in board for check in checks),
        *([] if near is None else [near]),
    )
    return tuple(check for check in candidates if check.status is not CheckStatus.OK)
