"""Checks of the underlying of a plan: assumptions about its symbol, and missing dividends."""

from __future__ import annotations

from riskcalc.domain import Check, CheckStatus, PayoutSchedule, RiskReport


def instrument_checks(report: RiskReport) -> tuple[Check, ...]:
    """Return the checks of the underlying of a plan, if any.

    Parameters
    ----------
    report : RiskReport
        The trade and its market.

    Returns
    -------
    tuple of Check
        Warnings for a symbol without a row in ``instruments.toml``, and for options priced without the
        dividends of the underlying.
    """
    checks = (_assumed(report), _dividends_left_out(report))
    return tuple(check for check in checks if check is not None)


def _assumed(report: RiskReport) -> Check | None:
    assumption = report.trade.instrument.assumption
    return Check(name="instrument", status=CheckStatus.WARN, message=assumption) if assumption else None


def _dividends_left_out(report: RiskReport) -> Check | None:
    """Warn of options that outlast a dividend and are priced without any."""
    trade, market = report.trade, report.market
    quote, payouts = market.quote(trade.symbol), trade.instrument.payouts
    if not trade.expiries or quote.dividends or quote.dividend_yield:
        return None
    last = trade.expiries[-1]
    if payouts is PayoutSchedule.INDEX:
        text = f"{trade.symbol} options are priced without a dividend yield: set dividend_yield in its quote"
    elif payouts.days is not None and (last - market.date).days >= payouts.days:
        text = (
            f"{trade.symbol} pays {payouts.value} dividends and its quote lists none: "
            f"options to {last} are priced without any"
        )
    else:
        return None
    return Check(name="dividends", status=CheckStatus.WARN, message=text)
