"""Every public function and record with arguments that work: what other tests put wrong things into."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import riskcalc as rc
from riskcalc import analysis, chains, domain, history, pricing, scanning, sizing
from riskcalc.analysis import lognormal, payoff
from riskcalc.domain.instrument_table import TABLE_FILE
from riskcalc.domain.trading_day import TradingDay

DAY, NEAR, FAR = dt.date(2026, 7, 20), dt.date(2026, 8, 21), dt.date(2026, 9, 18)


@dataclass(frozen=True)
class Maybe:
    """An argument that may be None as well."""

    value: Any


@dataclass(frozen=True)
class Array:
    """An argument that takes any numbers, in arrays of any shape; those out of range give nan."""

    value: Any


@dataclass(frozen=True)
class Infinite:
    """A number that may be infinite."""

    value: float


@dataclass(frozen=True)
class EntryPoint:
    """A function, and arguments that it accepts."""

    name: str
    call: Callable[..., Any]
    arguments: Mapping[str, Any]

    def call_as_given(self) -> Any:
        """Call it with the arguments it accepts."""
        return self._call({key: _unmarked(one) for key, one in self.arguments.items()})

    def with_argument(self, name: str, value: object) -> Any:
        """Call it with one argument replaced."""
        return self._call({key: _unmarked(one) for key, one in self.arguments.items()} | {name: value})

    def _call(self, given: dict[str, Any]) -> Any:
        return self.call(**given)


def _unmarked(one: Any) -> Any:
    return _unmarked(one.value) if isinstance(one, (Maybe, Array, Infinite)) else one


def market() -> rc.Market:
    """A market that quotes every instrument."""
    dividends = (rc.CashDividend(ex_date=dt.date(2026, 6, 16), amount=0.7),)
    quotes = {
        "IWM": rc.Quote(spot=295.4, vol=0.2, dividends=dividends),
        "SPY": rc.Quote(spot=620.0, vol=0.15),
        "TNA": rc.Quote(spot=60.0, vol=0.6),
    }
    return rc.Market(date=DAY, rate=0.04, quotes=quotes, signals={"sp500_move": -0.03})


def spread() -> rc.Trade:
    """A call spread with its premiums and vols."""
    return analysis.enter_at_model(
        rc.call_spread("IWM", long_strike=295, short_strike=325, expiry=FAR), market()
    )


def exits() -> rc.ExitPlan:
    """A stop, a target and a time stop."""
    return rc.ExitPlan(stop=0.06, targets=(rc.Target(move=0.1, fraction=0.5),), close_dte=21)


@cache
def planned() -> rc.TradePlan:
    """The plan of the spread."""
    return rc.plan(spread(), market(), rc.Account(equity=100_000.0), exits())


OPTION = {"sign": Array(1), "spot": Array(100.0), "strike": Array(105.0), "time_to_expiry": Array(0.5)}
CARRY = {"rate": Array(0.03), "dividend_yield": Array(0.01)}
SCHEDULE = {"dividend_times": Array([0.2]), "dividend_amounts": Array([0.8])}
FUND = {"fee": Array(0.01), "financing": Array(0.04)}
TRADED = {"symbol": "IWM", "contracts": 2}
VERTICAL = TRADED | {
    "long_strike": 290.0,
    "short_strike": 310.0,
    "expiry": FAR,
    "long_premium": Maybe(12.0),
    "short_premium": Maybe(4.0),
    "long_vol": Maybe(0.2),
    "short_vol": Maybe(0.19),
}
SOLD_FIRST = VERTICAL | {"long_strike": 310.0, "short_strike": 290.0}
ONE = TRADED | {"strike": 300.0, "expiry": FAR, "premium": Maybe(8.0), "vol": Maybe(0.2)}
CONDOR = TRADED | {
    "put_long_strike": 260.0,
    "put_short_strike": 270.0,
    "call_short_strike": 320.0,
    "call_long_strike": 330.0,
    "expiry": FAR,
    "put_long_premium": Maybe(1.0),
    "call_short_premium": Maybe(2.0),
    "call_long_vol": Maybe(0.2),
}
WALK = {
    "spot": Array(100.0),
    "vol": Array(0.2),
    "drift": Array(0.03),
    "horizon": Array(0.3),
    "steps": Array(20.0),
}


def _kernels() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    vol = {"vol": Array(0.2)}
    return {
        "black_scholes": (pricing.black_scholes, OPTION | vol | CARRY),
        "american": (pricing.american, OPTION | vol | CARRY | SCHEDULE),
        "implied_vol": (pricing.implied_vol, OPTION | {"premium": Array(3.0)} | CARRY),
        "american_implied_vol": (
            pricing.american_implied_vol,
            OPTION | {"premium": Array(3.0)} | CARRY | SCHEDULE,
        ),
        "early_exercise": (pricing.early_exercise, OPTION | vol | {"rate": Array(0.03)} | SCHEDULE),
        "fund_path": (
            pricing.fund_path,
            {"leverage": Array(3.0), "daily_returns": Array([0.01, -0.02])} | FUND,
        ),
        "fund_return": (
            pricing.fund_return,
            {"leverage": Array(3.0), "index_return": Array(0.1), "vol": Array(0.2), "time": Array(0.5)}
            | FUND,
        ),
        "benchmark_return": (
            pricing.benchmark_return,
            {"leverage": Array(3.0), "fund_return": Array(0.1), "vol": Array(0.2), "time": Array(0.5)} | FUND,
        ),
        "first_passage": (analysis.first_passage, WALK | {"lower": Array(95.0), "upper": Array(110.0)}),
        "touch_probability": (analysis.touch_probability, WALK | {"level": Array(95.0)}),
        "translate_stop": (
            analysis.translate_stop,
            {"move": Array(-0.1), "leverage": Array(3.0), "days": Array([1, 5]), "vol": Array(0.2)},
        ),
        "translate_to_fund": (
            analysis.translate_to_fund,
            {"move": Array(-0.1), "leverage": Array(3.0), "days": Array([1, 5]), "vol": Array(0.2)},
        ),
        "stop_race": (
            analysis.stop_race,
            {
                "fund_stop": -0.12,
                "benchmark_stop": -0.05,
                "leverage": 3.0,
                "vol": 0.2,
                "drift": 0.05,
                "sessions": 10,
            },
        ),
        "prob_below": (
            lognormal.prob_below,
            {"level": Infinite(90.0), "spot": 100.0, "vol": 0.2, "drift": 0.0, "time": 0.5},
        ),
        "expected_move": (lognormal.expected_move, {"spot": 100.0, "vol": 0.2, "days": 30.0}),
    }


def _sizing() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    per_trade = {"equity": 50_000.0, "risk_fraction": 0.01, "cost_per_trade": 5.0}
    bet = {"win_probability": 0.55, "win": 1.2, "loss": 1.0}
    asset = {"drift": 0.11, "rate": 0.06, "vol": 0.15}
    put = domain.OptionLeg(
        side=rc.Side.SHORT, option_type=rc.OptionType.PUT, strike=280.0, expiry=FAR, premium=5.0
    )
    return {
        "size_by_stop": (
            sizing.size_by_stop,
            per_trade
            | {"entry": 60.0, "stop": 54.0, "multiplier": 1.0, "cost_per_unit": 0.1, "side": rc.Side.LONG},
        ),
        "size_by_max_loss": (sizing.size_by_max_loss, per_trade | {"max_loss": Infinite(180.0)}),
        "size_within_limits": (
            sizing.size_within_limits,
            {
                "account": rc.Account(equity=100_000.0),
                "loss_per_unit": Infinite(240.0),
                "cost_per_trade": 5.0,
                "capital_per_unit": 500.0,
                "market_value_per_unit": 700.0,
                "lot": 1.0,
            },
        ),
        "kelly_fraction": (sizing.kelly_fraction, bet),
        "growth_rate": (sizing.growth_rate, bet | {"staked": 0.1}),
        "continuous_kelly": (sizing.continuous_kelly, asset),
        "continuous_growth_rate": (sizing.continuous_growth_rate, asset | {"held": 2.0}),
        "prob_drawdown": (sizing.prob_drawdown, {"fraction_left": 0.5, "kelly_multiple": 0.5}),
        "risk_of_ruin": (
            sizing.risk_of_ruin,
            {"win_probability": 0.5, "payoff_ratio": 3.0, "units_of_capital": 10.0},
        ),
        "break_even_win_rate": (sizing.break_even_win_rate, {"win": 3.0, "loss": 1.0}),
        "expectancy": (sizing.expectancy, bet),
        "losing_streak_drawdown": (sizing.losing_streak_drawdown, {"risk_fraction": 0.01, "losses": 5}),
        "optimal_f": (sizing.optimal_f, {"trades": (9.0, -3.0, 4.0)}),
        "exit_units": (sizing.exit_units, {"units": 3, "fractions": (0.5, 0.5)}),
        "blended_r": (
            sizing.blended_r,
            {"units": 3, "r_multiples": (1.0, 4.0), "fractions": (0.5, 0.5), "rest_r": 0.0},
        ),
        "cost_per_unit": (sizing.cost_per_unit, {"trade": spread(), "costs": rc.Costs()}),
        "cost_per_trade": (sizing.cost_per_trade, {"costs": rc.Costs()}),
        "buying_power": (
            sizing.buying_power,
            {"trade": spread(), "spot": 295.4, "max_loss": Infinite(900.0)},
        ),
        "share_margin_rate": (
            sizing.share_margin_rate,
            {"instrument": domain.instrument("TNA"), "side": rc.Side.LONG},
        ),
        "share_margin": (
            sizing.share_margin,
            {"instrument": domain.instrument("TNA"), "side": rc.Side.SHORT, "spot": 60.0},
        ),
        "size_by_stop_within_limits": (
            sizing.size_by_stop_within_limits,
            {
                "account": rc.Account(equity=100_000.0),
                "entry": 60.0,
                "stop": 54.0,
                "margin": 0.5,
                "multiplier": 1.0,
                "cost_per_unit": 0.1,
                "side": rc.Side.LONG,
                "fractional": False,
            },
        ),
        "uncovered_margin": (
            sizing.uncovered_margin,
            {"leg": put, "instrument": domain.instrument("TNA"), "spot": 100.0},
        ),
    }


def _records() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    option = {"side": rc.Side.LONG, "option_type": rc.OptionType.CALL, "strike": 300.0, "expiry": FAR}
    return {
        "OptionLeg": (
            rc.OptionLeg,
            option | {"contracts": 1, "premium": Maybe(5.0), "vol": Maybe(0.2), "spread_cost": 0.05},
        ),
        "ShareLeg": (
            rc.ShareLeg,
            {"side": rc.Side.LONG, "shares": 5, "entry_price": Maybe(290.0), "hedge_ratio": Maybe(0.5)}
            | {"spread_cost": 0.01},
        ),
        "Trade": (rc.Trade, {"instrument": domain.instrument("IWM"), "legs": spread().legs, "name": "a"}),
        "Instrument": (
            rc.Instrument,
            {
                "symbol": "QQQ",
                "leverage": 1.0,
                "fee": 0.01,
                "benchmark": "",
                "exercise": rc.domain.ExerciseStyle.AMERICAN,
                "option_multiplier": 100,
                "strike_step": Maybe(1.0),
                "broad_based": True,
                "gap_shocks": (0.05,),
                "tradable_shares": True,
                "against": "",
                "usual_monthly_settlement": domain.Settlement.AM,
                "usual_weekly_settlement": domain.Settlement.PM,
                "beta": Maybe(1.2),
                "beta_to": "SPY",
                "beta_as_of": DAY,
                "payouts": domain.PayoutSchedule.QUARTERLY,
                "tick": 0.05,
                "tick_from_3": 0.1,
            },
        ),
        "Quote": (
            rc.Quote,
            {
                "spot": 100.0,
                "vol": 0.2,
                "dividend_yield": 0.01,
                "dividends": market().quotes["IWM"].dividends,
                "smile": Maybe(chains.sticky_smile(rc.sample_chain(), market(), "strike")),
            },
        ),
        "Market": (
            rc.Market,
            {
                "date": DAY,
                "time": Maybe(dt.time(10, 30)),
                "rate": 0.04,
                "quotes": market().quotes,
                "signals": {"sp500_move": 0.01},
            },
        ),
        "Market.quote": (market().quote, {"symbol": "IWM"}),
        "CashDividend": (
            rc.CashDividend,
            {"ex_date": DAY, "amount": 0.7, "forecast": False, "special": False},
        ),
        "Target": (rc.Target, {"move": 0.1, "fraction": 0.5}),
        "ExitPlan": (
            rc.ExitPlan,
            {
                "stop": 0.06,
                "targets": exits().targets,
                "holding_days": Maybe(30),
                "close_dte": Maybe(21),
                "vol_shift": 0.01,
                "gap_shocks": (0.05,),
                "stop_to_breakeven": False,
                "gap_share": 0.1,
                "side": Maybe(rc.Side.LONG),
            },
        ),
        "ExitPlan.time_stop": (exits().time_stop, {"entry": DAY, "expiry": Maybe(FAR)}),
        "Costs": (
            rc.Costs,
            {
                "commission_per_contract": 0.65,
                "commission_per_share": 0.005,
                "commission_per_trade": 1.0,
                "slippage_per_share": 0.01,
            },
        ),
        "RiskLimits": (
            rc.RiskLimits,
            {
                "risk_fraction": 0.01,
                "risk_dollars": Maybe(500.0),
                "max_heat_fraction": 0.06,
                "max_position_fraction": 0.5,
                "risk_basis": Maybe(rc.RiskBasis.STOP),
            },
        ),
        "Account": (
            rc.Account,
            {
                "equity": 100_000.0,
                "buying_power": Maybe(50_000.0),
                "open_risk": 100.0,
                "limits": rc.RiskLimits(),
                "costs": rc.Costs(),
            },
        ),
        "View": (rc.View, {"drift": Maybe(0.1), "vol": Maybe(0.2)}),
        "Scenario": (
            rc.Scenario,
            {
                "name": "selloff",
                "meaning": "stocks fall",
                "moves": {"IWM": -0.05},
                "sessions": 2,
                "vol_shift": 0.03,
                "rate_shift": 0.001,
            },
        ),
        "Trigger": (domain.Trigger, {"signal": "sp500_move", "below": -0.02, "meaning": "a fall"}),
        "EntryRules": (
            rc.EntryRules,
            {
                "min_days": Maybe(30),
                "max_days": Maybe(90),
                "max_stop": Maybe(0.1),
                "triggers": (domain.Trigger(signal="sp500_move", below=-0.02),),
            },
        ),
        "pair_quote": (
            rc.pair_quote,
            {"held": market().quote("IWM"), "sold": market().quote("SPY"), "correlation": 0.8},
        ),
        "instrument": (domain.instrument, {"symbol": "IWM"}),
        "OptionQuote": (domain.OptionQuote, {"bid": 1.0, "ask": 1.1}),
        "UsualListing": (
            domain.UsualListing,
            {"instrument": domain.instrument("IWM"), "date": DAY, "spot": 295.0},
        ),
        "ScanRules": (
            rc.ScanRules,
            {
                "kinds": (scanning.SpreadKind.CALL_DEBIT,),
                "min_days": 30,
                "max_days": 90,
                "at": domain.FillPrice.MID,
                "min_width": 1.0,
                "max_width": Infinite(20.0),
                "min_delta": 0.1,
                "max_delta": 0.9,
                "min_open_interest": 10.0,
                "max_quoted_width": Infinite(1.0),
                "max_debit": Infinite(900.0),
                "fitting_only": False,
                "valuation": scanning.Valuation.EUROPEAN,
                "sticky": domain.Sticky.STRIKE,
            },
        ),
    }


def _builders() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    calendar = {"strike": 300.0, "near_expiry": NEAR, "far_expiry": FAR, "option_type": rc.OptionType.CALL}
    return {
        "call_spread": (rc.call_spread, VERTICAL),
        "call_credit_spread": (rc.call_credit_spread, SOLD_FIRST),
        "put_spread": (rc.put_spread, SOLD_FIRST),
        "put_credit_spread": (rc.put_credit_spread, VERTICAL),
        "long_option": (rc.long_option, ONE | {"option_type": rc.OptionType.PUT}),
        "covered_call": (rc.covered_call, ONE | {"entry_price": Maybe(290.0)}),
        "protective_put": (rc.protective_put, ONE | {"entry_price": Maybe(290.0)}),
        "calendar": (
            rc.calendar,
            TRADED
            | calendar
            | {"near_premium": Maybe(5.0), "far_premium": Maybe(8.0)}
            | {"near_vol": Maybe(0.2), "far_vol": Maybe(0.2)},
        ),
        "iron_condor": (rc.iron_condor, CONDOR),
        "shares": (
            rc.shares,
            {"symbol": "IWM", "shares": 3, "side": rc.Side.LONG, "entry_price": Maybe(290.0)},
        ),
    }


def _trades() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    account = rc.Account(equity=100_000.0)
    at = {"trade": spread(), "market": market()}
    return {
        "evaluate": (rc.evaluate, at | {"view": rc.View()}),
        "plan": (
            rc.plan,
            at | {"account": account, "exits": exits(), "view": rc.View(), "entry": rc.EntryRules()},
        ),
        "compare": (
            rc.compare,
            {"plans": (planned(),), "moves": (-0.05, 0.1), "days": Maybe((0, 10))},
        ),
        "stress": (
            rc.stress,
            {
                "plan": planned(),
                "scenarios": (rc.Scenario(name="a", meaning="b", moves={"IWM": -0.05}),),
                "account": account,
            },
        ),
        "to_frame": (rc.to_frame, {"answer": planned()}),
        "plot_payoff": (rc.plot_payoff, {"plan": planned()}),
        "plot_heatmap": (rc.plot_heatmap, {"plan": planned()}),
        "enter_at_model": (analysis.enter_at_model, at),
        "value_position": (
            analysis.value_position,
            at | {"spot": Maybe(Array(300.0)), "days": Array(3.0), "vol_shift": Array(0.01)},
        ),
        "max_loss": (payoff.max_loss, {"trade": spread(), "market": Maybe(market())}),
        "max_profit": (payoff.max_profit, {"trade": spread(), "market": Maybe(market())}),
        "breakevens": (payoff.breakevens, {"trade": spread(), "market": Maybe(market())}),
        "pnl_at_expiry": (
            payoff.pnl_at_expiry,
            {"trade": spread(), "spot": Array(300.0), "market": Maybe(market())},
        ),
        "net_debit": (payoff.net_debit, {"trade": spread()}),
        "managed_outcome": (
            analysis.managed_outcome,
            at | {"exits": exits(), "view": rc.View(), "cost_per_unit": 1.0},
        ),
        "exit_odds": (analysis.exit_odds, at | {"exits": exits(), "view": rc.View()}),
    }


def _files() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    sample = rc.sample_chain()
    small = {
        "symbol": "IWM",
        "date": DAY,
        "spot": 100.0,
        "expiry": ["2026-09-18"],
        "strike": Array([100.0]),
        "option_type": Array([1]),
        "bid": Array([4.0]),
        "ask": Array([4.2]),
    }
    return {
        "Chain": (rc.Chain, small),
        "chain_summary": (rc.chain_summary, {"chain": sample, "rate": 0.04, "dividends": ()}),
        "sticky_smile": (
            rc.sticky_smile,
            {"chain": sample, "market": market(), "sticky": domain.Sticky.STRIKE},
        ),
        "read_chain": (
            rc.read_chain,
            {
                "source": str(chains.sample.SAMPLE_FILE),
                "symbol": Maybe("IWM"),
                "spot": Maybe(295.0),
                "date": Maybe(DAY),
            },
        ),
        "scan": (
            rc.scan,
            {
                "chain": sample,
                "market": market(),
                "account": rc.Account(equity=100_000.0),
                "exits": exits(),
                "view": rc.View(),
                "rules": rc.ScanRules(max_width=5.0, valuation="european"),
                "rank": "view_r",
            },
        ),
        "load_preset": (
            rc.load_preset,
            {"name_or_path": "iwm-shares", "overrides": Maybe({"account.equity": 1000.0})},
        ),
        "plan_preset": (
            rc.plan_preset,
            {
                "name_or_path": "iwm-call-spread",
                "overrides": Maybe({"account.equity": 1000.0}),
                "chain": Maybe(sample),
                "at": "mid",
                "day": TradingDay(),
            },
        ),
        "compare_presets": (
            rc.compare_presets,
            {
                "names_or_paths": ("iwm-shares",),
                "overrides": Maybe({"account.equity": 1000.0}),
                "day": TradingDay(),
            },
        ),
        "load_instruments": (rc.load_instruments, {"path": Maybe(str(TABLE_FILE))}),
        "load_scenarios": (rc.load_scenarios, {"path": Maybe("presets/absent.toml")}),
    }


@cache
def price_file() -> str:
    """A small file of made-up prices."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
        file.write("Date,Close\n2026-07-16,295.10\n2026-07-17,295.39\n")
    return file.name


def _history() -> dict[str, tuple[Callable[..., Any], dict[str, Any]]]:
    bars, vols = history.sample_prices(), history.sample_vols()
    rules = {"stop": 0.06, "targets": (0.1, 0.15), "sessions": 42, "side": rc.Side.LONG}
    windowed = {"bars": bars, "window": 21}
    tested = {
        "bars": bars,
        "vols": Maybe(0.2),
        "since": Maybe(dt.date(2026, 1, 5)),
        "calibration": rc.Calibration(),
    }
    closes = {"dates": Array(bars.dates)} | dict.fromkeys(("open", "high", "low", "close"), Array(bars.close))
    return {
        "read_prices": (history.read_prices, {"source": price_file(), "symbol": Maybe("IWM")}),
        "read_histories": (history.read_histories, {"sources": (price_file(),), "symbol": Maybe("IWM")}),
        "read_vols": (history.read_vols, {"path": price_file()}),
        "outcomes": (history.outcomes, {"bars": bars, "since": Maybe(dt.date(2026, 1, 5))} | rules),
        "filtered_simulation": (
            history.filtered_simulation,
            {"bars": bars, "vol": Maybe(0.17), "paths": 10} | rules,
        ),
        "measured_k": (
            history.measured_k,
            {"bars": bars, "vols": vols, "sessions": 21, "since": Maybe(dt.date(2025, 1, 6))},
        ),
        "price_history": (
            history.price_history,
            {
                "bars": bars,
                "calibration": rc.Calibration(),
                "benchmarks": (bars,),
                "exits": Maybe(history.ExitMoves(**rules)),
                "since": Maybe(dt.date(2025, 1, 6)),
                "implied_vol": Maybe(0.2),
                "implied_vol_source": "RVX",
            },
        ),
        "backtest": (history.backtest, {"preset": rc.load_preset("iwm-shares")} | tested),
        "backtest_grid": (
            history.backtest_grid,
            {"preset": "iwm-shares", "grid": {"exits.stop": ("4%", "6%")}} | tested,
        ),
        "realized_vol": (history.realized_vol, windowed),
        "yang_zhang_vol": (history.yang_zhang_vol, windowed),
        "average_true_range": (history.average_true_range, windowed),
        "exponential_average": (history.exponential_average, {"values": Array(bars.close), "span": 20}),
        "co_movement": (history.co_movement, {"bars": bars, "benchmark": bars}),
        "Bars": (history.Bars, {"symbol": "IWM"} | closes),
        "ImpliedVols": (
            history.ImpliedVols,
            {"name": "RVX", "dates": Array(vols.dates), "vol": Array(vols.vol)},
        ),
        "ExitMoves": (history.ExitMoves, rules),
        "Calibration": (
            rc.Calibration,
            {"k": 0.8, "k_source": "IWM", "date": Maybe(DAY), "error": Maybe(0.02)},
        ),
        "read_calibration": (rc.read_calibration, {"symbol": "IWM"}),
    }


def entry_points() -> list[EntryPoint]:
    """All of them."""
    groups = (_kernels(), _sizing(), _records(), _builders(), _trades(), _files(), _history())
    return [EntryPoint(name, *result) for group in groups for name, result in group.items()]
