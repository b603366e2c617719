"""Checks of a plan's underlying: what was assumed of it, and dividends that it pays and nothing states."""

from __future__ import annotations

from riskcalc.domain import Check, CheckStatus, PayoutSchedule, RiskReport


def instrument_checks(report: RiskReport) -> tuple[Check, ...]:
    """Return the checks of a plan's underlying, if any.

    Parameters
    ----------
    report : RiskReport
        The trade and its market.

    Returns
    -------
    tuple of Check
        Warnings of a symbol that no row of ``instruments.toml`` describes, and of options priced without the
        dividends that the underlying pays.
    """
    found = (_assumed(report), _dividends_left_out(report))
    return tuple(check for check in found if check is not None)


def _assumed(report: RiskReport) -> Check | None:
    assumption = report.trade.instrument.assumption
    return Check(name="instrument", status=CheckStatus.WARN, message=assumption) if assumption else None


def _dividends_left_out(report: RiskReport) -> Check | None:
    """Options that outlive a payment of their underlying, priced without any."""
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
