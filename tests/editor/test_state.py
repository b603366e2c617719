import pytest

from riskcalc.domain import Costs
from riskcalc.editor import TradeEditor
from riskcalc.editor.state import BADGE_WIDTH
from tests.editor.drafts import SHIPPED, draft, editor


@pytest.mark.parametrize(
    ("name", "key", "text", "badge"),
    [
        ("iwm-call-spread", "exits.stop", "6", "OK 1 spread  0.97% of 1.00%"),
        ("iwm-call-spread", "account.equity", "50,000", "OVER 1 spread = 1.93% > 1.00%"),
        ("iwm-call-spread", "account.equity", "5,000", "OVER 1 spread = 19.3% > 1.00%"),
        ("iwm-call-spread", "account.equity", "500", "OVER 1 spread = 193% > 1.00%"),
        ("iwm-call-spread", "account.equity", "5", "OVER 1 spread = all > 1.00%"),
        ("iwm-call-spread", "exits.stop", "7", "NO: stop 7.0% > 6.0%"),
        ("iwm-call-spread", "trade.days", "2026-08-21", "NO: days 32 < 45"),
        ("iwm-call-spread", "exits.stop", "abc", "! INPUT"),
        ("iwm-call-spread", "account.open_risk", "6,000", "NO: portfolio heat, 0 spreads"),
        ("iwm-call-spread", "account.buying_power", "5", "NO: buying power, 0 spreads"),
        ("iwm-shares", "exits.stop", "6", "OK 56 shares  0.99% of 1.00%"),
        ("tza-hedge", "exits.stop", "15", "NO: stop 15.0% > 12.0%"),
    ],
)
def test_the_badge_says_the_verdict_in_words(name, key, text, badge):
    result = editor(name)
    result.enter(key, text)
    assert result.state.badge.text.rstrip() == badge
    assert len(result.state.badge.text) == BADGE_WIDTH


@pytest.mark.parametrize(
    ("fee", "badge"), [(50.0, "OVER 1 spread = 1.06% > 1.00%"), (20.0, "OVER 1 spread just over 1.00%")]
)
def test_a_fee_that_is_paid_once_counts_with_the_first_unit(fee, badge):
    charged = draft().with_account(costs=Costs(commission_per_trade=fee))
    assert TradeEditor(charged).state.badge.text.rstrip() == badge


def test_a_trade_that_fits_but_lasts_too_long_is_not_ok():
    result = editor()
    result.enter("account.risk", "2")
    result.enter("trade.days", "2026-10-23")
    assert result.state.badge.text.rstrip() == "NO: days 95 > 90"


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("equity", ["1", "2,000", "50,000", "1,000,000", "1,000,000,000,000"])
def test_no_units_are_never_ok_and_a_failing_check_is_never_ok(name, equity):
    result = editor(name)
    result.enter("account.equity", equity)
    state = result.state
    assert (state.badge.kind == "OK") == (state.plan.size.units > 0 and state.plan.ok)
    assert len(state.badge.text) == BADGE_WIDTH
