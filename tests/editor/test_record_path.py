import pytest

from riskcalc.domain import Account, ExitPlan, Target
from riskcalc.editor.record_path import get_value, set_value
from riskcalc.errors import InvalidInputError

ACCOUNT = Account(equity=100_000)
EXITS = ExitPlan(stop=0.06, targets=(Target(move=0.1, fraction=0.5), Target(move=0.2, fraction=0.5)))


@pytest.mark.parametrize(
    ("record", "path", "value"),
    [
        (ACCOUNT, "equity", 50_000),
        (ACCOUNT, "limits.risk_dollars", 500),
        (EXITS, "targets.0.move", 0.12),
        (EXITS, "targets.1.move", 0.15),
    ],
)
def test_what_is_set_is_read_back_and_nothing_else_changes(record, path, value):
    result = set_value(record, path, value)
    assert get_value(result, path) == value
    assert set_value(result, path, get_value(record, path)) == record


def test_every_record_on_the_way_checks_itself():
    with pytest.raises(InvalidInputError, match="max_heat_fraction"):
        set_value(ACCOUNT, "limits.max_heat_fraction", 2.0)
