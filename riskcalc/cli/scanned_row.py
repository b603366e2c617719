"""A row of a scan on the terminal screen."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from riskcalc.environment import today
from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from riskcalc.scanning.sources import ChainSource


def show_row(
    row: dict[str, Any],
    source: ChainSource | None,
    *,
    scanned: str,
    book_wanted: bool | None,
    preset: str,
    settings: dict[str, Any],
    spot: float | None,
    date: dt.date | None,
    drift: float | None,
    vol: float | None,
    at: str,
    sticky: str,
    **_: object,
) -> None:
    """Open the screen on the preset with the row's legs in place of its own."""
    from riskcalc.chains.sample import SAMPLE_FILE  # noqa: PLC0415 - help needs no screen
    from riskcalc.presets import load_preset  # noqa: PLC0415 - as above
    from riskcalc.tui.app import LaunchOptions, run  # noqa: PLC0415 - help needs no screen

    traded = load_preset(preset, settings).template.instrument.symbol
    if source is not None and source.more:
        raise InvalidInputError(f"--screen needs a file with a single chain, got {source.name}")
    if source is not None and source.day is not None:
        raise InvalidInputError(f"--screen needs a file with a single chain, got a day of {source.path.name}")
    kind, _side = str(row["kind"]).split()
    expiry = row["expiry"].date()
    legs = [
        {"kind": kind, "side": side, "strike": float(row[f"{side}_strike"]), "expiry": expiry}
        for side in ("long", "short")
    ]
    view = {key: value for key, value in (("view.drift", drift), ("view.vol", vol)) if value is not None}
    chain = SAMPLE_FILE if source is None else source.path
    overrides = settings | view | {"trade.legs": legs}
    if traded != scanned:
        # Spot and vol are the chain's as soon as it is read, an instant later.
        quote = {"spot": float(row["long_strike"]), "vol": 0.0}
        overrides |= {"trade.symbol": scanned, "market.quotes": {scanned: quote}}
    run(
        LaunchOptions(
            preset=preset,
            settings=overrides,
            chain=chain,
            chain_spot=spot,
            chain_date=date,
            at=at,
            sticky=sticky,
            today=today(),
            held_against_day=True,
            book_wanted=book_wanted is not False,
        )
    )
