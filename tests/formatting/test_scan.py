import pandas as pd
import pytest

import riskcalc as rc
from riskcalc.formatting import scan_tables
from riskcalc.scanning import ScanRules
from tests.scanning.smiling import ACCOUNT, EXITS, MARKET, smiling_chain


@pytest.fixture(scope="module")
def table():
    chain = smiling_chain(days=(60,), strikes=tuple(range(270, 340, 10)))
    rules = ScanRules(kinds=("put debit", "call debit", "call credit"))
    return rc.scan(chain, market=MARKET, account=ACCOUNT, exits=EXITS, rules=rules)


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("view_r", -0.01234, "-0.012"),
        ("expiry", pd.Timestamp("2026-09-18"), "2026-09-18"),
        ("units", 12, "12"),
        ("open_interest", 30203.0, "30,203"),
        ("open_interest", float("nan"), "-"),
    ],
)
def test_what_rows_are_ranked_by_is_said_in_its_own_way(table, column, value, text):
    row = table.head(1).assign(**{column: value})
    row.attrs["rank"] = column
    _, rows = scan_tables(row, top=1)
    assert rows.rows[0][-1] == text


def test_kinds_are_listed_in_the_title(table):
    _, rows = scan_tables(table, top=3)
    assert rows.title.startswith(f"Best 3 of {len(table)} call debit, call credit and put debit spreads: ")
