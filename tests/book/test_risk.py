"""Risk of a book: by hand for shares, against the plan for options, and the same at every size."""

from __future__ import annotations

import datetime as dt
import math

import pytest

import riskcalc as rc
from riskcalc.book import Book, Contract, Fill, added_by, stress_book
from riskcalc.book.exposures import iwm_shock
from riskcalc.domain import OptionType
from riskcalc.domain.price_history import AverageRange
from riskcalc.presets.price_ranges import write_range
from tests.book.many import fill_book, marks

NOON = dt.datetime(2026, 7, 20, 12, 0)  # noqa: DTZ001 - New York
DAY = dt.date(2026, 7, 21)
VEHICLES = ("iwm-call-spread", "iwm-shares", "tna-momentum")
PLANS = {name: rc.plan_preset(name) for name in VEHICLES}
IWM, TNA = Contract(symbol="IWM"), Contract(symbol="TNA")


def option(strike, kind="call", expiry=dt.date(2026, 9, 18)):
    return Contract(
        symbol="IWM", expiry=expiry, strike=strike, option_type=OptionType[kind.upper()], multiplier=100
    )


@pytest.fixture
def book(tmp_path):
    with Book(tmp_path / "book.sqlite") as opened:
        yield opened


def hold(book, contract, quantity, price, *, at=NOON):
    key = f"{contract.label}{quantity}{at}"
    book.record([Fill(key=key, time=at, contract=contract, quantity=quantity, price=price, source="b")])


def test_three_trades_of_compare_move_like_so_many_dollars_of_iwm(book):
    for name, plan in PLANS.items():
        book.add(plan, time=NOON, preset=name)
    result = book.risk()
    assert result.totals.iwm_equivalent == pytest.approx(54_718.29, abs=0.01)
    assert result.totals.heat.sum == result.totals.risk == pytest.approx(result.totals.heat.correlated)


def test_risk_of_shares_by_hand(book):
    book.add(PLANS["iwm-shares"], time=NOON, units=10)
    book.mark({IWM: 300.0}, day=DAY)
    (position,) = book.risk().positions
    assert position.risk == pytest.approx(10 * (300 - 0.94 * 295.39))
    assert (position.risk_basis, position.value) == ("to the stop", 3000.0)
    assert position.stop_distance == pytest.approx(0.94 * 295.39 / 300 - 1)
    assert position.loss_at_shock == pytest.approx(150.0)
    assert position.buying_power == pytest.approx(1500.0)


def test_risk_of_a_spread_is_its_planned_loss_at_the_stop(book):
    plan = PLANS["iwm-call-spread"]
    book.add(plan, time=NOON, units=1)
    (position,) = book.risk().positions
    assert position.risk == pytest.approx(plan.size.loss_at_stop - plan.cost_per_unit / 2, rel=0.01)
    assert position.greeks.theta_per_day == pytest.approx(plan.report.greeks.theta_per_day)
    assert position.greeks.vega_per_point == pytest.approx(plan.report.greeks.vega_per_point)


def test_the_mark_of_an_option_gives_its_vol(book):
    book.add(PLANS["iwm-call-spread"], time=NOON, units=1)
    book.mark({IWM: 297.0, option(295): 13.1, option(325): 1.2}, day=DAY)
    result = book.risk()
    assert result.positions[0].value == pytest.approx(1190.0, abs=0.01)
    assert not [note for note in result.notes if "IV" in note]


def test_without_a_stop_the_max_loss_counts(book):
    hold(book, TNA, 100, 60.0)
    hold(book, option(295), 2, 10.0)
    hold(book, option(330), -1, 1.0, at=NOON + dt.timedelta(hours=1))
    book.mark({TNA: 63.0, IWM: 297.0, option(295): 13.1, option(330): 0.8}, day=DAY)
    shares, bought, sold = book.risk().positions
    assert shares.risk == 6300.0
    assert bought.risk == pytest.approx(2620.0)
    assert sold.risk == math.inf
    assert {one.risk_basis for one in (shares, bought, sold)} == {"no stop: max loss"}
    assert book.risk().to_dict()["totals"]["risk"] == "unlimited"


def test_a_passed_stop_holds_nothing(book):
    book.add(PLANS["iwm-shares"], time=NOON, units=10)
    book.mark({IWM: 270.0}, day=DAY)
    (position,) = book.risk().positions
    assert (position.risk, position.risk_basis) == (2700.0, "stop passed: max loss")
    assert [due.what for due in position.due if due.now] == ["stop"]


def test_opposite_trades_offset_where_they_move_together(book):
    book.add(PLANS["iwm-shares"], time=NOON, units=10)
    book.add(rc.plan_preset("tza-hedge", {"market.signals.sp500_move": "-3.4%"}), time=NOON, units=10)
    heat = book.risk().totals.heat
    long, short = (position.risk for position in book.risk().positions)
    assert heat.sum == pytest.approx(long + short)
    assert heat.correlated == pytest.approx(abs(long - short))


def test_a_symbol_without_any_price_is_named(book):
    hold(
        book,
        Contract(
            symbol="XYZ",
            expiry=dt.date(2026, 9, 18),
            strike=50.0,
            option_type=OptionType.CALL,
            multiplier=100,
        ),
        1,
        2.0,
    )
    result = book.risk()
    assert result.positions[0].risk == 200.0
    assert result.positions[0].value is None
    assert any("has no price" in note for note in result.notes)
    assert result.totals.heat.shock == 200.0


def test_the_ladder_is_exact_for_shares(book):
    hold(book, IWM, 10, 300.0)
    hold(book, TNA, 10, 60.0)
    moves = {row.move: row.pnl for row in book.risk().ladder}
    assert moves[-0.05] == pytest.approx(-150 - 90)
    assert moves[0.08] == pytest.approx(240 + 144)


@pytest.mark.parametrize(
    ("today", "what"),
    [
        (dt.date(2026, 8, 28), ["time stop", "21 days"]),
        (dt.date(2026, 8, 7), []),
        (dt.date(2026, 9, 15), ["time stop", "expiry"]),
        (dt.date(2026, 9, 18), ["time stop", "expiry"]),
        (dt.date(2026, 9, 21), ["time stop", "expiry"]),
    ],
)
def test_what_is_due(book, today, what):
    book.add(PLANS["iwm-call-spread"], time=NOON, units=1)
    (position,) = book.risk(today=today).positions
    assert [due.what for due in position.due if due.now] == what


def test_a_call_sold_is_likely_assigned_for_its_dividend(book):
    book.add(PLANS["iwm-call-spread"], time=NOON, units=1)
    eve = dt.date(2026, 9, 14)
    book.mark({IWM: 340.0, option(295): 45.0, option(325): 15.1}, day=eve)
    (position,) = book.risk().positions
    assert "assignment" in [due.what for due in position.due if due.now]
    for today, now in (
        (dt.date(2026, 9, 9), False),
        (dt.date(2026, 9, 15), None),
        (dt.date(2026, 9, 16), None),
    ):
        (position,) = book.risk(today=today).positions
        result = [due.now for due in position.due if due.what == "assignment"]
        assert result == ([] if now is None else [now])


def test_a_target_is_due_until_its_part_is_closed(book):
    trade = book.add(PLANS["iwm-shares"], time=NOON, units=10)

    def said(spot):
        book.mark({IWM: spot}, day=DAY)
        (position,) = book.risk().positions
        return [due.text for due in position.due if due.now]

    assert said(324.0) == []
    assert said(325.0) == ["target 324.93 reached at 325.00: close 50%"]
    assert said(341.0) == ["target 339.70 reached at 341.00: close 100%"]
    book.close(trade.id, price=325.0, time=NOON, units=5)
    assert said(325.0) == []
    assert said(341.0) == ["target 339.70 reached at 341.00: close 100%"]


def test_a_target_below_and_a_stop_above_are_those_of_a_short(book):
    sold = rc.plan_preset(
        "iwm-shares", {"trade.legs.0.side": "short", "exits.stop": "6%", "exits.targets": ["10%"]}
    )
    book.add(sold, time=NOON, units=10)
    for spot, what in ((314.0, ["stop"]), (313.0, []), (265.0, ["target"])):
        book.mark({IWM: spot}, day=DAY)
        (position,) = book.risk().positions
        assert [due.what for due in position.due if due.now] == what


@pytest.mark.parametrize(
    ("spot", "inside"),
    [
        (290.0, ""),
        (330.0, ": at 330.00 IWM 295 call 2026-09-18 exercised, IWM 325 call 2026-09-18 assigned"),
    ],
)
def test_the_day_of_expiry_says_what_is_in_the_money(book, spot, inside):
    book.add(PLANS["iwm-call-spread"], time=NOON, units=1)
    book.mark({IWM: spot}, day=dt.date(2026, 9, 18))
    (position,) = book.risk().positions
    assert [due.text for due in position.due if due.what == "expiry"] == [
        f"expires today, 2026-09-18{inside}"
    ]


def test_an_empty_book_has_no_risk(book):
    result = book.risk()
    assert (result.positions, result.totals.risk, result.totals.heat.shock) == ((), 0.0, 0.0)


def test_totals_are_sums_at_any_size(book):
    fill_book(book, 12)
    result = book.risk()
    assert result.totals.risk == pytest.approx(sum(position.risk for position in result.positions))
    assert result.totals.iwm_equivalent == pytest.approx(
        sum(position.iwm_equivalent for position in result.positions)
    )
    assert {row.move: row.pnl for row in result.ladder}[-0.05] == pytest.approx(
        -sum(position.loss_at_shock for position in result.positions)
    )


@pytest.mark.slow
def test_two_hundred_positions_are_valued_after_every_mark(book):
    fill_book(book, 200)
    prices = marks(book)
    for day in (22, 23, 24):
        book.mark(prices, day=dt.date(2026, 7, day))
        assert len(book.risk().positions) == 200


OWN_ROWS = """
schema = 1
[instruments.MYX]
name = "Three times an index of my own"
leverage = 3
benchmark = "MYI"
[instruments.MYI]
name = "An index of my own"
beta = 1.5
beta_to = "IWM"
beta_as_of = 2026-01-02
"""


def test_an_instrument_of_the_users_own_moves_by_its_row(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    own = Contract(symbol="MYX")
    fill = Fill(key="a", time=NOON, contract=own, quantity=100, price=50.0, source="broker")
    result = []
    for rows in (None, OWN_ROWS):
        if rows:
            (tmp_path / "instruments.toml").write_text(rows, encoding="utf-8")
        with Book(tmp_path / "book.sqlite") as book:
            book.record([fill])
            book.mark({own: 50.0}, day=dt.date(2026, 7, 21))
            result.append(book.risk())
            added = added_by(rc.plan_preset("iwm-shares"), result[-1])
            (held,) = stress_book(
                book.trades(),
                book.marks(),
                [iwm_shock(-0.02)],
                instruments=book.instruments,
            ).rows
    without, with_row = result
    # 100 x 50 dollars x 3 x 1.5: what the row says, and nothing where there is none.
    assert (without.totals.iwm_equivalent, without.totals.heat.shock) == (0, 0)
    assert with_row.totals.iwm_equivalent == pytest.approx(22_500, rel=1e-3)
    assert with_row.totals.heat.shock == pytest.approx(0.05 * 22_500, rel=1e-3)
    assert held.pnl == pytest.approx(-0.02 * 22_500, rel=1e-3)
    shock = next(row for row in added if row.name == "loss_at_shock")
    assert shock.before == pytest.approx(0.05 * 22_500, rel=1e-3)


def test_the_distance_to_the_stop_in_ranges(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path))
    with Book(tmp_path / "book.sqlite") as book:
        for name in VEHICLES[1:]:
            book.add(PLANS[name], time=NOON)
        before = book.risk()
        assert {position.stop_atr for position in before.positions} == {None}
        assert "ATR14 of IWM, TNA is not known: riskcalc history" in " ".join(before.notes)
        write_range(AverageRange(atr14=3.0, close=300.0, date=NOON.date()), symbol="IWM")
        result = book.risk(today=NOON.date())
        shares, fund = result.positions
        # IWM's 6 % stop in ranges of 1 %, and TNA's in ranges of three times that.
        assert shares.stop_atr == pytest.approx(6.0)
        assert fund.stop_atr == pytest.approx(abs(fund.stop_distance) / 0.03)
        assert shares.stop_deviations == pytest.approx(0.06 / (0.20 / math.sqrt(252)))
        assert "ATR14 of TNA is taken as 3 x that of IWM" in result.notes
        assert "ATR14 of IWM is of 2026-07-20" in " ".join(book.risk(today=dt.date(2026, 7, 29)).notes)
        write_range(AverageRange(atr14=2.4, close=60.0, date=NOON.date()), symbol="TNA")
        assert book.risk().positions[1].stop_atr == pytest.approx(abs(fund.stop_distance) / 0.04)
        assert write_range(AverageRange(atr14=9, close=60, date=dt.date(2026, 7, 1)), symbol="TNA") is None
