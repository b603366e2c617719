"""Domain records: frozen and validated on construction."""

from riskcalc.domain.account import Account, Costs, RiskBasis, RiskLimits
from riskcalc.domain.builders import (
    calendar,
    call_credit_spread,
    call_spread,
    covered_call,
    iron_condor,
    long_option,
    protective_put,
    put_credit_spread,
    put_spread,
    shares,
)
from riskcalc.domain.chain_summary import ChainSummary, ExpirySummary, QuoteCounts, SmileFit
from riskcalc.domain.comparison import CommonState, Comparison, StateValue, StopOrder, Vehicle
from riskcalc.domain.dividends import CashDividend
from riskcalc.domain.entry_rules import EntryRules, Trigger
from riskcalc.domain.exits import ExitPlan, Target
from riskcalc.domain.instrument import (
    INSTRUMENTS,
    ExerciseStyle,
    Instrument,
    Settlement,
    exercise_style,
    instrument,
    underlying_symbol,
)
from riskcalc.domain.leveraged_fund import BenchmarkMove, FundReport
from riskcalc.domain.listing import (
    FillPrice,
    Listing,
    OptionQuote,
    QuotedListing,
    UsualListing,
    moving_smile,
)
from riskcalc.domain.managed_outcome import ManagedOutcome, Odds, PnlBin, PnlQuantile
from riskcalc.domain.market import Market, MovingSmile, Quote, SmileAt, Sticky
from riskcalc.domain.pair import PairReport, pair_quote
from riskcalc.domain.risk_report import EarlyExerciseBoundary, Greeks, LegReport, RiskReport
from riskcalc.domain.scenario import Scenario, StressRow
from riskcalc.domain.trade import Leg, OptionLeg, OptionType, ShareLeg, Side, Trade
from riskcalc.domain.trade_plan import (
    Check,
    CheckStatus,
    GapLine,
    LadderRow,
    Level,
    PositionSize,
    TargetOutcome,
    TargetReport,
    ThetaReport,
    TradePlan,
)
from riskcalc.domain.view import ProbabilityBasis, View

__all__ = [
    "INSTRUMENTS",
    "Account",
    "BenchmarkMove",
    "CashDividend",
    "ChainSummary",
    "Check",
    "CheckStatus",
    "CommonState",
    "Comparison",
    "Costs",
    "EarlyExerciseBoundary",
    "EntryRules",
    "ExerciseStyle",
    "ExitPlan",
    "ExpirySummary",
    "FillPrice",
    "FundReport",
    "GapLine",
    "Greeks",
    "Instrument",
    "LadderRow",
    "Leg",
    "LegReport",
    "Level",
    "Listing",
    "ManagedOutcome",
    "Market",
    "MovingSmile",
    "Odds",
    "OptionLeg",
    "OptionQuote",
    "OptionType",
    "PairReport",
    "PnlBin",
    "PnlQuantile",
    "PositionSize",
    "ProbabilityBasis",
    "Quote",
    "QuoteCounts",
    "QuotedListing",
    "RiskBasis",
    "RiskLimits",
    "RiskReport",
    "Scenario",
    "Settlement",
    "ShareLeg",
    "Side",
    "SmileAt",
    "SmileFit",
    "StateValue",
    "Sticky",
    "StopOrder",
    "StressRow",
    "Target",
    "TargetOutcome",
    "TargetReport",
    "ThetaReport",
    "Trade",
    "TradePlan",
    "Trigger",
    "UsualListing",
    "Vehicle",
    "View",
    "calendar",
    "call_credit_spread",
    "call_spread",
    "covered_call",
    "exercise_style",
    "instrument",
    "iron_condor",
    "long_option",
    "moving_smile",
    "pair_quote",
    "protective_put",
    "put_credit_spread",
    "put_spread",
    "shares",
    "underlying_symbol",
]
