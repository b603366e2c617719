import datetime as dt

import pytest

from riskcalc.chains.occ_symbols import parse_occ
from riskcalc.domain import OptionType


@pytest.mark.parametrize(
    ("text", "root", "expiry", "kind", "strike"),
    [
        ("IWM260918C00295000", "IWM", dt.date(2026, 9, 18), OptionType.CALL, 295.0),
        ("IWM   260918P00295500", "IWM", dt.date(2026, 9, 18), OptionType.PUT, 295.5),
        ("SPXW230914P01200000", "SPXW", dt.date(2023, 9, 14), OptionType.PUT, 1200.0),
        ("TZA1260918C00005125", "TZA1", dt.date(2026, 9, 18), OptionType.CALL, 5.125),
    ],
)
def test_symbols_come_apart(text, root, expiry, kind, strike):
    option = parse_occ(text)
    assert (option.root, option.expiry, option.option_type, option.strike) == (root, expiry, kind, strike)


def test_a_digit_marks_an_adjusted_contract_of_the_same_underlying():
    adjusted = parse_occ("TZA1260918C00005000")
    assert (adjusted.symbol, adjusted.standard) == ("TZA", False)
    assert parse_occ("TZA260918C00005000").standard


@pytest.mark.parametrize("text", ["", "IWM", "IWM260918X00295000", "IWM261318C00295000", "IWM260918C295"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"OCC|month must be"):
        parse_occ(text)
