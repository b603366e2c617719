import pytest

from riskcalc.domain import Costs, OptionLeg, OptionType, ShareLeg, Side, Trade
from riskcalc.sizing import cost_per_trade, cost_per_unit
from tests.sizing.positions import EXPIRY, fund, trade_of


@pytest.mark.parametrize(
    ("legs", "costs", "expected"),
    [
        ("+1 C295@12; -1 C325@2.5", Costs(commission_per_contract=0.65), 2.6),
        ("+1 C295@12; -2 C325@2.5", Costs(commission_per_contract=0.65), 3.9),
        ("+100 S", Costs(commission_per_share=0.005, slippage_per_share=0.01), 3.0),
        ("-100 S", Costs(commission_per_share=0.005, slippage_per_share=0.01), 3.0),
        ("+100 S; -1 C70@2", Costs(commission_per_contract=0.65, slippage_per_share=0.01), 3.3),
        ("+1 C295@12", Costs(commission_per_trade=5, slippage_per_share=1), 0.0),
    ],
)
def test_a_round_trip_pays_twice(legs, costs, expected):
    assert cost_per_unit(trade_of(legs), costs) == pytest.approx(expected)


def test_the_quoted_width_is_paid_once_on_every_share_a_leg_stands_for():
    option = OptionLeg(
        side=Side.SHORT, option_type=OptionType.CALL, strike=295, expiry=EXPIRY, contracts=2, spread_cost=0.04
    )
    held = ShareLeg(side=Side.SHORT, shares=50, spread_cost=0.02)
    trade = Trade(instrument=fund(), legs=(option, held))
    assert cost_per_unit(trade, Costs()) == pytest.approx(200 * 0.04 + 50 * 0.02)


def test_what_is_paid_once_per_side():
    assert cost_per_trade(Costs(commission_per_trade=4.95, commission_per_contract=1)) == pytest.approx(9.9)
