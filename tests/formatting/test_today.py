"""The lines of a day: verdict of board and heat, the bar of the heat, the account."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from riskcalc.domain import Account, RiskLimits
from riskcalc.domain.signals import Signal, SignalBoard, SignalRole
from riskcalc.formatting.metric import Style, plain_text
from riskcalc.formatting.signals import board_verdict, signals_title
from riskcalc.formatting.today import (
    MARKET,
    Fact,
    account_fact,
    day_verdict,
    fact_lines,
    heat_bar,
    heat_fact,
    with_remedy,
)

DAY = dt.date(2026, 7, 20)
ACCOUNT = Account(equity=50_000, limits=RiskLimits(max_heat_fraction=0.06))


def signal(name, role, fired, *, age=0, symbols=()):
    return Signal(name=name, role=role, rule="above 1", fired=fired, age_sessions=age, symbols=symbols)


STOP, MET = signal("stop", SignalRole.STOP, fired=False), signal("trend", SignalRole.ENTRY, fired=True)
FIRED = signal("spreads", SignalRole.STOP, fired=True)
UNMET = signal("trend", SignalRole.ENTRY, fired=False, symbols=("IWM",))
NO_STOP = signal("spreads", SignalRole.STOP, fired=None)
OLD_STOP = signal("spreads", SignalRole.STOP, fired=False, age=9)
NO_HEDGE = signal("flow", SignalRole.HEDGE, fired=None)


@pytest.mark.parametrize(
    ("signals", "words", "because", "style"),
    [
        ((STOP, MET), "longs allowed", "", Style.GOOD),
        ((STOP, FIRED, UNMET), "no new longs", "spreads fired", Style.BAD),
        ((STOP, UNMET), "no new longs", "trend (IWM) not met", Style.BAD),
        ((NO_STOP, MET), "no stop signal has fired", "1 signal old or without data", Style.WARN),
        ((OLD_STOP, MET), "no stop signal has fired", "1 signal old or without data", Style.WARN),
        ((STOP, MET, NO_HEDGE), "longs allowed", "1 hedge signal old or without data", Style.GOOD),
    ],
)
def test_a_board_allows_longs_or_says_why_not(signals, words, because, style):
    board = SignalBoard(day=DAY, signals=signals)
    verdict = board_verdict(board)
    assert (verdict.words, verdict.because, verdict.style) == (words, because, style)
    assert signals_title(board).startswith(f"Signals on {DAY}: {words}")
    assert because in signals_title(board)


def test_without_heat_there_are_no_new_trades_and_what_is_due_is_said():
    board = board_verdict(SignalBoard(day=DAY, signals=(STOP, MET)))
    assert day_verdict(board, heat_left=1.0, due=0) == board
    due = day_verdict(board, heat_left=1.0, due=2)
    assert (due.words, due.because) == ("longs allowed", "2 open trades due first")
    full = day_verdict(board, heat_left=0.0, due=1)
    assert (full.words, full.style) == ("no new trades", Style.BAD)
    assert full.because == "no heat is left; longs allowed; 1 open trade due first"


@pytest.mark.parametrize(
    ("open_risk", "said", "style"),
    [
        (0, "0% used: $0 of $3,000 (6.00% of equity), $3,000 left", Style.GOOD),
        (1_500, "50% used: $1,500 of $3,000 (6.00% of equity), $1,500 left", Style.GOOD),
        (2_400, "80% used", Style.WARN),
        (3_000, "100% used: $3,000 of $3,000 (6.00% of equity), $0 left", Style.BAD),
        (3_600, "120% used: $3,600 of $3,000 (6.00% of equity), OVER by $600", Style.BAD),
        (math.inf, "used: unlimited of $3,000 (6.00% of equity), OVER by unlimited", Style.BAD),
    ],
)
def test_heat_is_a_bar_with_words(open_risk, said, style):
    fact = heat_fact(ACCOUNT, open_risk=open_risk, source="the book")
    assert said in fact.text
    assert fact.text.endswith("the book")
    assert fact.style is style


@pytest.mark.parametrize(("share", "full"), [(0, 0), (0.5, 10), (1, 20), (7, 20), (math.inf, 20)], ids=str)
def test_the_bar_is_full_at_its_limit(share, full):
    assert heat_bar(share).count("█") == full
    assert len(heat_bar(share)) == 20


def test_a_sample_equity_says_how_to_give_ones_own():
    text = account_fact(ACCOUNT, is_sample=True, remedy="riskcalc account set").text
    assert text.endswith("equity $50,000 is a SAMPLE, give yours: riskcalc account set")
    own = account_fact(ACCOUNT, is_sample=False, remedy="riskcalc account set")
    assert own.text == "equity $50,000, risk per trade $500 (1.00%), buying power $50,000"
    assert own.style is Style.PLAIN


def test_only_a_doubtful_market_is_told_how_to_mend_it():
    good, old = (Fact(label=MARKET, text="IWM", style=style) for style in (Style.GOOD, Style.WARN))
    assert [one.text for one in with_remedy((good, old), "e types them")] == ["IWM", "IWM; e types them"]


def test_facts_wrap_beside_their_labels():
    lines = fact_lines([Fact(label="Heat", text="one two three four")], width=20)
    assert plain_text(lines).splitlines() == ["Heat     one two", "         three four"]
