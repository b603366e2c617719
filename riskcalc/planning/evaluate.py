"""Evaluation of a trade in a market: price, net Greeks, payoff facts and P(profit)."""

from __future__ import annotations

from riskcalc.analysis import PositionGreeks, early_exercise_boundaries, enter_and_value, lognormal, payoff
from riskcalc.analysis.strike_adjustment import adjusted_trade_at_expiry
from riskcalc.analysis.valuation import borrow_cost
from riskcalc.domain import Greeks, Leg, LegReport, Market, OptionLeg, RiskReport, Trade, View
from riskcalc.domain.validation import record
from riskcalc.planning.pair import self_financed_market

NEUTRAL = View.neutral()


def evaluate(trade: Trade, market: Market, *, view: View = NEUTRAL) -> RiskReport:
    """Return price, Greeks, payoff facts and P(profit) of one unit of a trade.

    Parameters
    ----------
    trade : Trade
        Missing premiums are set to model values, missing vols are solved from premiums or taken from the
        quote.
    market : Market
        Date, rate and a quote for the underlying.
    view : View, optional
        View behind the probability of profit; neutral by default.

    Returns
    -------
    RiskReport
        Figures per unit, signed for the position, in dollars.

    Raises
    ------
    InvalidInputError
        The underlying has no quote, a leg expired before the market's date, or no vol reproduces a premium.

    Examples
    --------
    >>> import datetime as dt
    >>> from riskcalc.domain import Quote, call_spread
    >>> quote = Quote(spot=2200, vol=0.22, dividend_yield=0.012)
    >>> market = Market(date=dt.date(2026, 1, 2), rate=0.045, quotes={"RUT": quote})
    >>> trade = call_spread("RUT", long_strike=2200, short_strike=2350, expiry=dt.date(2026, 3, 3))
    >>> report = evaluate(trade, market)
    >>> round(report.net_debit, 1), round(report.greeks.theta_per_day, 2)
    (5409.4, -16.37)
    """
    record("trade", Trade, trade)
    record("market", Market, market)
    record("view", View, view)
    market = self_financed_market(trade, market)
    entered, legs = enter_and_value(trade, market)
    spot = market.quote(trade.symbol).spot
    position = PositionGreeks(*(field.sum(axis=0) for field in legs))
    ending = adjusted_trade_at_expiry(entered, market)
    facts = payoff.facts(ending, market=market)
    chance, basis = lognormal.prob_profit(ending, market, breakevens=facts.breakevens, view=view)
    return RiskReport(
        trade=entered,
        market=market,
        net_debit=payoff.net_debit(entered),
        value=float(position.value),
        greeks=to_trader_units(position, spot=spot),
        legs=tuple(
            _leg_report(leg, PositionGreeks(*(field[k] for field in legs)), entered, spot=spot)
            for k, leg in enumerate(entered.legs)
        ),
        max_loss=facts.max_loss,
        max_profit=facts.max_profit,
        breakevens=facts.breakevens,
        reward_to_risk=_reward_to_risk(facts),
        prob_profit=chance,
        prob_basis=basis,
        expected_move=_expected_move(entered, market, view),
        payoff_date=entered.expiry,
        payoff_note=_payoff_note(entered, market),
        view=view,
        dividends=market.dividends_until(trade.symbol, max(entered.expiries)) if entered.expiries else (),
        early_exercise=early_exercise_boundaries(entered, market),
        borrow_fee_per_day=borrow_cost(entered, market) / 365,
    )


def to_trader_units(position: PositionGreeks, *, spot: float) -> Greeks:
    """Return Greeks per day, per point and in dollars, from raw derivatives."""
    return Greeks(
        delta=float(position.delta),
        gamma=float(position.gamma),
        theta_per_day=float(position.theta) / 365,
        vega_per_point=float(position.vega) / 100,
        rho_per_point=float(position.rho) / 100,
        dollar_delta=float(position.delta) * spot,
    )


def _leg_report(leg: Leg, leg_greeks: PositionGreeks, trade: Trade, *, spot: float) -> LegReport:
    return LegReport(
        leg=leg,
        entry_price=payoff.entry_price(leg),
        price=float(leg_greeks.value) / trade.leg_size(leg),
        vol=leg.vol if isinstance(leg, OptionLeg) else None,
        value=float(leg_greeks.value),
        greeks=to_trader_units(leg_greeks, spot=spot),
    )


def _reward_to_risk(facts: payoff.PayoffFacts) -> float | None:
    if 0 < facts.max_loss < float("inf") and facts.max_profit < float("inf"):
        return facts.max_profit / facts.max_loss
    return None


def _expected_move(trade: Trade, market: Market, view: View) -> float | None:
    if trade.expiry is None:
        return None
    quote = market.quote(trade.symbol)
    days = market.days_to_expiry(trade.expiry, trade.instrument)
    return lognormal.expected_move(spot=quote.spot, vol=view.vol_from(quote.vol), days=days)


def _payoff_note(trade: Trade, market: Market) -> str:
    note = _ending(trade)
    special = market.adjusting_dividends_until(trade.symbol, trade.expiry) if trade.expiry else ()
    if not special:
        return note
    paid = " and ".join(f"${leg.amount:g} on {leg.ex_date}" for leg in special)
    return f"{note}; spots after the special dividend of {paid}, which lowers the strikes as much"


def _ending(trade: Trade) -> str:
    if trade.instrument.against:
        return "a pair: one fund can rise and the other fall without limit"
    if trade.expiry is None:
        return _shares_ending(trade)
    if len(trade.expiries) > 1:
        return f"at the near expiry {trade.expiry}, later legs repriced at their own IV"
    return f"at expiry {trade.expiry}"


def _shares_ending(trade: Trade) -> str:
    """Note on max loss and profit of shares."""
    if sum(leg.shares * leg.side for leg in trade.share_legs) < 0:
        return "max profit if the share goes to zero; loss unlimited"
    return "max loss if the share goes to zero; profit unlimited"
