"""First in, first out, against a ledger kept by hand for every share."""

from __future__ import annotations

import datetime as dt
import math
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.book.fills import Contract, Fill, FillKind, after_split
from riskcalc.book.ledger import ledger_of
from riskcalc.domain import OptionType

START = dt.datetime(2026, 7, 20, 10, 0)  # noqa: DTZ001 - New York
TNA = Contract(symbol="TNA")
CALL = Contract(
    symbol="IWM", expiry=dt.date(2026, 9, 18), strike=295.0, option_type=OptionType.CALL, multiplier=100
)


def fill(number, contract, quantity, price, *, costs=0.0, minutes=None, **words):
    time = START + dt.timedelta(minutes=number if minutes is None else minutes)
    return Fill(
        key=f"k{number}", time=time, contract=contract, quantity=quantity, price=price, costs=costs, **words
    )


moves = st.lists(
    st.tuples(
        st.sampled_from([TNA, CALL]),
        st.integers(-5, 5).filter(bool),
        st.integers(1, 2000).map(lambda cents: cents / 100),
        st.integers(-50, 300).map(lambda cents: cents / 100),
    ),
    max_size=30,
)


def by_hand(fills):
    """Realized profit by walking single units; and what is left, with its price."""
    realized, queues = [], {TNA: deque(), CALL: deque()}
    for one in fills:
        queue, sign = queues[one.contract], 1 if one.quantity > 0 else -1
        cost = one.costs / abs(one.quantity)
        for _ in range(abs(int(one.quantity))):
            if queue and queue[0][0] == -sign:
                _, price, before = queue.popleft()
                realized.append(-sign * (one.price - price) * one.contract.multiplier - cost - before)
            else:
                queue.append((sign, one.price, cost))
    return math.fsum(realized), queues


@given(moves)
def test_realized_profit_is_that_of_single_units(rows):
    fills = [fill(n, *row[:3], costs=row[3]) for n, row in enumerate(rows)]
    ledger = ledger_of(fills)
    expected, queues = by_hand(fills)
    assert math.fsum(trade.realized for trade in ledger.trades.values()) == pytest.approx(expected, abs=5e-3)
    for contract, queue in queues.items():
        assert ledger.position(contract) == sum(sign for sign, *_ in queue)


@given(moves)
def test_cash_is_profit_and_what_was_paid_for_what_is_open(rows):
    fills = [fill(n, *row[:3], costs=row[3]) for n, row in enumerate(rows)]
    trades = ledger_of(fills).trades.values()
    paid = math.fsum(
        lot.quantity * lot.price * lot.contract.multiplier + lot.costs
        for trade in trades
        for lot in trade.open_lots
    )
    cash = math.fsum(fill.cash for fill in fills)
    assert cash == pytest.approx(math.fsum(trade.realized for trade in trades) - paid, abs=5e-3)


def test_the_oldest_lot_is_closed_first_across_trades():
    ledger = ledger_of([fill(0, TNA, 100, 60.0), fill(1, TNA, 100, 70.0), fill(2, TNA, -150, 65.0)])
    first, second = ledger.trades.values()
    assert (first.realized, second.realized) == (500.0, -250.0)
    assert [lot.quantity for lot in second.open_lots] == [50.0]
    assert not first.open_lots


def test_a_closing_that_names_its_trade_closes_that():
    fills = [fill(0, TNA, 100, 60.0), fill(1, TNA, 100, 70.0), fill(2, TNA, -100, 65.0, opens=False)]
    second = list(ledger_of(fills).trades)[1]
    ledger = ledger_of(fills, trade_of={"k2": second})
    assert [trade.realized for trade in ledger.trades.values()] == [0.0, -500.0]


def test_a_flip_opens_a_trade_of_its_own():
    ledger = ledger_of([fill(0, TNA, 100, 60.0), fill(1, TNA, -150, 65.0)])
    first, second = ledger.trades.values()
    assert first.realized == 500.0
    assert ledger.position(TNA) == second.open_lots[0].quantity == -50.0


def test_a_closing_of_what_is_not_held_opens_nothing():
    ledger = ledger_of([fill(0, CALL, -2, 3.0, opens=False), fill(1, TNA, 10, 60.0)])
    assert ledger.unmatched == {"k0": -2.0}
    assert ledger.position(CALL) == 0


def test_assigned_shares_belong_to_the_trade_of_the_option():
    sold = fill(0, CALL, -1, 4.0, order="a", opens=True)
    taken = fill(1, CALL, 1, 0.0, kind=FillKind.ASSIGNMENT, opens=False)
    shares = fill(2, Contract(symbol="IWM"), -100, 295.0, kind=FillKind.ASSIGNMENT, minutes=1)
    bought = fill(3, Contract(symbol="IWM"), 100, 300.0)
    (trade,) = ledger_of([sold, taken, shares, bought]).trades.values()
    assert trade.realized == pytest.approx(400 - 500)


def test_a_reverse_split_keeps_what_is_paid():
    tza = Contract(symbol="TZA")
    option = Contract(
        symbol="TZA", expiry=dt.date(2027, 1, 15), strike=5.0, option_type=OptionType.PUT, multiplier=100
    )
    ratio = fill(2, tza, 0.1, 0.0, kind=FillKind.SPLIT)
    ledger = ledger_of([fill(0, tza, 1000, 4.0), fill(1, option, 2, 0.5), ratio, fill(3, tza, -100, 44.0)])
    shares, options = ledger.trades.values()
    assert shares.realized == pytest.approx(100 * 4.0)
    (lot,) = options.open_lots
    assert (lot.contract.strike, lot.contract.multiplier, lot.quantity, lot.price) == (50.0, 10.0, 2, 5.0)


@pytest.mark.parametrize("ratio", [2.0, 3.0, 1.5, 0.1, 0.2])
def test_a_split_keeps_the_shares_and_the_dollars_of_an_option(ratio):
    changed, count = after_split(CALL, ratio)
    assert count * changed.multiplier == pytest.approx(100 * ratio)
    assert count * changed.multiplier * changed.strike == pytest.approx(100 * 295.0, rel=1e-5)


def test_dividends_and_fees_go_to_the_holders():
    iwm = Contract(symbol="IWM")
    paid = fill(2, iwm, 0, 30.0, kind=FillKind.DIVIDEND)
    fee = fill(3, iwm, 0, 0.0, costs=3.0, kind=FillKind.FEE)
    first, second = ledger_of([fill(0, iwm, 10, 290.0), fill(1, iwm, 20, 291.0), paid, fee]).trades.values()
    assert (first.realized, second.realized) == (pytest.approx(9.0), pytest.approx(18.0))
