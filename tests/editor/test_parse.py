import pytest

from riskcalc.editor.editing.number_entry import Bounds, incomplete, read_number
from riskcalc.errors import InvalidInputError

WIDE = Bounds(low=-1e9, high=1e9)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("22", "%", 22),
        ("22%", "%", 22),
        ("0.5", "%", 0.5),
        (" +3 pt ", "pt", 3),
        ("-3 points", "pt", -3),
        ("\N{MINUS SIGN}3", "pt", -3),
        ("1,000", "$", 1000),
        ("$50k", "$", 50_000),
        ("1_000", "$", 1_000),
        ("$100,000", "$", 100_000),
        ("$1.5m", "$", 1_500_000),
        ("1,234,567.89", "$", 1_234_567.89),
        (".5", "%", 0.5),
        ("5.", "%", 5),
        ("60 days", "d", 60),
        ("-0", "$", 0),
    ],
)
def test_a_number_is_read_in_the_unit_that_the_field_shows(text, unit, number):
    assert read_number(text, unit=unit, name="Field", bounds=WIDE) == number


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("abc", "$"),
        ("1.2.3", "$"),
        ("1..2", "$"),
        ("1e999", "$"),
        ("1e5", "$"),
        ("nan", "$"),
        ("inf", "%"),
        ("--5", "$"),
        ("1,5", "$"),
        ("10,00", "$"),
        ("1,0000", "$"),
        ("1_00", "$"),
        ("1,000_000", "$"),
        ("22%", "$"),
        ("$22", "%"),
        ("50k", "%"),
        ("", "$"),
        ("٣", "$"),
        ("5\n6", "$"),
        ("9" * 400, "$"),
    ],
)
def test_what_is_no_number_of_that_unit_is_refused(text, unit):
    with pytest.raises(InvalidInputError, match="Field must be a number"):
        read_number(text, unit=unit, name="Field", bounds=WIDE)


def test_the_refusal_is_one_short_line_naming_field_range_and_value():
    bounds = Bounds(low=0, high=100, above=True, below=True)
    with pytest.raises(InvalidInputError) as refusal:
        read_number("x" * 10_000 + "\n\x1b[31m", unit="%", name="Stop", bounds=bounds)
    message = str(refusal.value)
    assert message.startswith("Stop must be a number above 0 and below 100%, got 'xxx")
    assert message.isprintable()
    assert len(message) < 100


@pytest.mark.parametrize(("text", "number"), [("-6", 6), ("6%", 6), ("+6", 6)])
def test_the_sign_of_a_stop_is_dropped(text, number):
    bounds = Bounds(low=0, high=100, above=True)
    assert read_number(text, unit="%", name="Stop", bounds=bounds, unsigned=True) == number


@pytest.mark.parametrize("text", ["", "-", "+", ".", "-.", "$", " "])
def test_a_beginning_is_incomplete(text):
    assert incomplete(text)


@pytest.mark.parametrize("text", ["1", "a", "..", "--"])
def test_anything_more_is_not(text):
    assert not incomplete(text)
