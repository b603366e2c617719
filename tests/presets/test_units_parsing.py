"""Fractions, rates and vols as people write them."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.errors import InvalidInputError
from riskcalc.presets.levels import parse_signal
from riskcalc.presets.units_parsing import (
    move_text,
    parse_basis_points,
    parse_fraction,
    parse_move,
    parse_points,
    parse_rate,
    parse_share,
    parse_vol,
    percent_text,
    points_text,
)


@pytest.mark.parametrize(
    "written",
    [
        6,
        6.0,
        -6,
        "6",
        "6%",
        "-6%",
        "+6 %",
        " 6 % ",
        "\N{MINUS SIGN}6%",
        0.06,
        -0.06,
        "0.06",
        "6e0%",
        np.float64(6),
    ],
)
def test_six_per_cent_however_it_is_written(written):
    assert parse_fraction(written) == 0.06


@pytest.mark.parametrize(
    ("written", "fraction"),
    [
        (1, 0.01),
        (1.0, 0.01),
        ("1", 0.01),
        ("100%", 1.0),
        ("0.5%", 0.005),
        (0.5, 0.5),
        (0.999, 0.999),
        (0, 0.0),
        (12.34, 0.1234),
    ],
)
def test_one_and_more_is_per_cent_and_less_is_a_fraction(written, fraction):
    assert parse_fraction(written) == fraction


NO_NUMBER = [
    "six",
    "",
    "%",
    "6%%",
    "6,5%",
    "0x6",
    "1_0",
    "nan",
    "inf",
    math.nan,
    math.inf,
    -math.inf,
    True,
    None,
    [6],
    {},
    b"6",
    10**400,
    "1e999",
]


@pytest.mark.parametrize(
    "parse",
    [
        parse_fraction,
        parse_move,
        parse_rate,
        parse_vol,
        parse_points,
        parse_basis_points,
        parse_signal,
        parse_share,
    ],
)
@pytest.mark.parametrize("written", NO_NUMBER)
def test_what_is_no_number_is_refused_naming_field_and_form(parse, written):
    with pytest.raises(InvalidInputError, match=r"^field must be like .*, got ") as refused:
        parse(written, field="field")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_the_error_names_field_form_and_value():
    with pytest.raises(InvalidInputError) as refused:
        parse_fraction("six", field="stop")
    assert str(refused.value) == "stop must be like 6, 6%, -6% or 0.06, got 'six'"


@pytest.mark.parametrize("written", [0, "0%", 100, "100%", "-250%"])
def test_the_caller_may_refuse_nothing_and_everything(written):
    with pytest.raises(InvalidInputError, match="above 0 and below 100%, got"):
        parse_fraction(written, positive=True, below=1.0)


def test_the_caller_may_allow_everything_but_no_more():
    assert parse_fraction("100%", at_most=1.0) == 1.0
    with pytest.raises(InvalidInputError, match="at most 100%"):
        parse_fraction("100.1%", at_most=1.0)


@pytest.mark.parametrize(
    ("written", "rate"),
    [("20%", 0.2), (0.2, 0.2), ("-0.5%", -0.005), (-0.03, -0.03), (0, 0.0), ("150%", 1.5)],
)
def test_rates_keep_their_sign(written, rate):
    assert parse_rate(written) == rate


@pytest.mark.parametrize(
    ("parse", "written", "hint"),
    [
        (parse_vol, 20, "; did you mean 20%?"),
        (parse_vol, "20", "; did you mean 20%?"),
        (parse_vol, 16.5, "; did you mean 16.5%?"),
        (parse_rate, 4, "; did you mean 4%?"),
        (parse_rate, -4, "; did you mean -4%?"),
        (parse_vol, 2000, "got 2000"),
        (parse_vol, "501%", "got '501%'"),
        (parse_vol, -0.2, "got -0.2"),
        (parse_points, 3, "; did you mean 3 points?"),
        (parse_points, "+3%", "; did you mean 3 points?"),
        (parse_points, "101 points", "got '101 points'"),
        (parse_basis_points, 25, "; did you mean 25 bp?"),
        (parse_basis_points, "0.25%", "; did you mean 25 bp?"),
        (parse_basis_points, 0.25, "; did you mean 0.25 bp?"),
        (parse_basis_points, "1001 bp", "got '1001 bp'"),
    ],
)
def test_a_forgotten_unit_is_suggested_where_it_is_likely(parse, written, hint):
    with pytest.raises(InvalidInputError) as refused:
        parse(written, field="vol")
    assert str(refused.value).endswith(hint)


@pytest.mark.parametrize(("written", "vol"), [("20%", 0.2), (0.2, 0.2), (0, 0.0), (1.5, 1.5), ("500%", 5.0)])
def test_vols(written, vol):
    assert parse_vol(written) == vol


@pytest.mark.parametrize(
    ("written", "change"),
    [
        ("+3 points", 0.03),
        ("-2.5 points", -0.025),
        ("1 point", 0.01),
        ("3pts", 0.03),
        (0.03, 0.03),
        (-0.03, -0.03),
        (0, 0.0),
    ],
)
def test_points(written, change):
    assert parse_points(written) == change


@pytest.mark.parametrize(
    ("written", "move"),
    [("ATM", 0.0), ("atm", 0.0), ("+10%", 0.1), ("-10%", -0.1), (10, 0.1), (-0.1, -0.1), ("250%", 2.5)],
)
def test_moves_keep_their_sign(written, move):
    assert parse_move(written) == move


@pytest.mark.parametrize("written", ["-100%", -100, "-150%"])
def test_no_move_takes_the_spot_to_nothing(written):
    with pytest.raises(InvalidInputError, match="above -100%"):
        parse_move(written)


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("-3%", (-0.03, "%")),
        (25, (25, "")),
        (-0.034, (-0.034, "")),
        ("25", (25, "")),
        ("+25 bp", (25, "bp")),
        ("-$1,250M", (-1250, "$M")),
        ("1.5x", (1.5, "ratio")),
        ("1 point", (1, "points")),
    ],
)
def test_signals_keep_the_unit_that_they_were_written_in(written, level):
    assert parse_signal(written) == level


@pytest.mark.parametrize(("written", "share"), [(1, 1.0), ("100%", 1.0), (0.5, 0.5), ("50%", 0.5)])
def test_a_share_of_one_is_all(written, share):
    assert parse_share(written) == share


@pytest.mark.parametrize("written", [0, 2, 1.01, "101%", -0.5])
def test_a_share_is_a_strict_fraction(written):
    with pytest.raises(InvalidInputError, match="above 0 and at most 1"):
        parse_share(written)


SMALL = st.floats(min_value=-1, max_value=1, exclude_min=True, exclude_max=True)


@given(st.floats(min_value=0, max_value=1e6) | st.floats(min_value=0, max_value=1e-6))
def test_what_percent_text_writes_reads_back_exactly(fraction):
    assert parse_fraction(percent_text(fraction)) == fraction


@given(st.floats(min_value=-0.999, max_value=1e6))
def test_what_move_text_writes_reads_back_exactly(move):
    assert parse_move(move_text(move)) == move


@given(SMALL)
def test_what_points_text_writes_reads_back_exactly(change):
    assert parse_points(points_text(change)) == change


@given(st.floats(min_value=-5, max_value=5))
def test_rates_read_back_exactly(rate):
    assert parse_rate(percent_text(rate)) == rate


@given(st.integers(1, 99))
def test_whole_per_cents_need_no_thought(percent):
    readings = {parse_fraction(form) for form in (percent, f"{percent}%", f"-{percent} %", percent / 100)}
    assert readings == {percent / 100}


def test_reading_a_fraction_loads_neither_arrays_nor_schema():
    code = (
        "import sys; from riskcalc.presets import parse_fraction; parse_fraction('6%');"
        "heavy = {'numpy', 'scipy', 'pandas', 'pydantic', 'tomlkit', 'riskcalc.domain'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("written", "change"),
    [
        ("+25 bp", 0.0025),
        ("-50bps", -0.005),
        ("\N{MINUS SIGN}12.5 bp", -0.00125),
        ("1000 bp", 0.1),
        (0.0025, 0.0025),
    ],
)
def test_basis_points(written, change):
    assert parse_basis_points(written) == change


def test_a_price_move_is_never_at_the_money():
    assert parse_move("-5%", atm=False) == -0.05
    with pytest.raises(InvalidInputError, match=r"must be like \+10%"):
        parse_move("ATM", atm=False)
