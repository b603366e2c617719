"""What is said of a chain without a single quote that could be traded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskcalc.cli import EXIT_RISK_SAYS_NO

if TYPE_CHECKING:
    from riskcalc.chains import Chain

STATUS_WORDS = {
    "MISSING": "no bid or no ask",
    "NO_ASK": "an ask of 0",
    "NO_BID": "a bid of 0",
    "CROSSED": "a bid above the ask",
}


def require_usable(chain: Chain) -> None:
    """Say why no quote of a chain can be used, and exit with 1; nothing where one can."""
    if not chain.usable.any():
        click.echo(f"riskcalc: {unusable(chain)}", err=True)
        click.get_current_context().exit(EXIT_RISK_SAYS_NO)


def unusable(chain: Chain) -> str:
    """Why no quote of a chain can be used, in a sentence."""
    from riskcalc.chains import QuoteStatus  # noqa: PLC0415 - help is quick

    counts = chain.quality_counts()
    status = max(counts, key=counts.__getitem__)
    text = f"no quote can be used: {counts[status]:,} of {len(chain):,} have {STATUS_WORDS[status.name]}"
    if status is QuoteStatus.NO_ASK and (chain.bid[chain.ask == 0] == 0).all():
        text += "; vendors show 0 outside trading hours, and a last price is no quote"
    return text
