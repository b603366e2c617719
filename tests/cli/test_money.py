"""Dollars at the command line."""

import pytest


@pytest.mark.parametrize(
    "arguments",
    [
        ("price", "call", "--spot", "$295", "--strike", "$1,300", "--days", "60", "--vol", "20%"),
        ("size", "--equity", "$100,000", "--risk", "$500", "--entry", "$295.40", "--stop", "6%"),
        ("plan", "iwm-shares", "--set", "account.equity=$100,000", "--set", "market.quotes.IWM.spot=$295.39"),
        (
            "scan",
            "--sample",
            "--max-debit",
            "$1,000",
            "--min-width",
            "$5",
            "--max-width",
            "$10",
            "--top",
            "1",
        ),
    ],
)
def test_commands_take_dollars(run, arguments):
    code, _, err = run(*arguments)
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("price", "call", "--spot", "2,95", "--strike", "300", "--days", "60", "--vol", "20%"), "--spot"),
        (("size", "--equity", "1,00", "--entry", "60", "--stop", "54"), "--equity"),
        (("scan", "--sample", "--max-debit", "1,00"), "--max-debit"),
    ],
)
def test_a_malformed_amount_is_one_line_that_names_the_option(run, arguments, option):
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"riskcalc: {option} must be dollars like 250, $250 or $100,000, got ")
