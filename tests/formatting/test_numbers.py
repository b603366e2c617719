from __future__ import annotations

import math

import pytest

from riskcalc.formatting.numbers import count, money, number, percent, r_multiple, whole_money


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (money(0.0), "$0.00"),
        (money(-0.001), "$0.00"),
        (money(1_234_567.891), "$1,234,567.89"),
        (money(-3.014), "-$3.01"),
        (money(20, signed=True), "+$20.00"),
        (money(0, signed=True), "$0.00"),
        (money(math.inf), "unlimited"),
        (money(None), "-"),
        (whole_money(1_357.4), "+1,357"),
        (whole_money(-0.4), "0"),
        (whole_money(math.inf), "unlimited"),
        (whole_money(None), "-"),
        (percent(0.00986), "0.99%"),
        (percent(-0.06, digits=0, signed=True), "-6%"),
        (percent(None), "-"),
        (number(-0.001), "0.00"),
        (number(12_345.678, digits=1), "12,345.7"),
        (number(math.inf), "unlimited"),
        (number(None), "-"),
        (r_multiple(1.515), "+1.51R"),
        (r_multiple(-0.001), "0.00R"),
        (r_multiple(None), "-"),
        (count(1, "spread"), "1 spread"),
        (count(1_041, "share"), "1,041 shares"),
    ],
)
def test_numbers_read_as_people_write_them(text, says):
    assert text == says
