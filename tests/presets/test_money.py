"""Dollars, risk and signals as people write them, at every front door."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import Account, RiskLimits
from riskcalc.errors import InvalidInputError, PresetError
from riskcalc.presets import load_preset, parse_assignments, parse_money, parse_risk, plan_preset, save_preset
from riskcalc.presets.amounts import Risk, money_text, parse_limit, parse_position_limit


@pytest.mark.parametrize(
    ("written", "dollars"),
    [
        (250, 250), (0.65, 0.65), (np.float64(3), 3), ("250", 250), ("$250", 250), ("$ 250", 250),
        ("$0.65", 0.65),
        (".5", 0.5), ("100,000", 100_000), ("$100,000", 100_000), ("$1,234,567.89", 1_234_567.89),
        ("1_000", 1_000), ("1,000.", 1_000),
        ("1_000_000.5", 1_000_000.5), ("1e5", 1e5), ("$50k", 50_000), ("1.5M", 1_500_000), (" $5 ", 5),
        ("-$5", -5),
        ("\N{MINUS SIGN}5", -5),
    ],
)  # fmt: skip
def test_dollars_however_they_are_written(written, dollars):
    assert parse_money(written) == dollars


@pytest.mark.parametrize(
    "written",
    ["1,00", "1,0000", "1,000,00", ",100", "100,", "1_00", "1__000", "_100", "1,000_000", "1_000,000",
     "$", "", "$$5", "5$", "5%", "five", "1e5,000", "nan", "inf", "0x10", "1 000", "1.000.000", True, None,
     [5], b"5", "9" * 60, "1e999", float("nan"), float("inf"), 10**400, -(10**400)],
)  # fmt: skip
def test_what_is_no_amount_is_refused(written):
    with pytest.raises(
        InvalidInputError, match=r"^equity must be dollars like 250, \$250 or \$100,000, got "
    ):
        parse_money(written, field="equity")


@given(st.floats(min_value=0, max_value=1e15))
def test_what_money_text_writes_reads_back_exactly(dollars):
    assert parse_money(money_text(dollars)) == dollars


@given(st.integers(0, 10**12), st.sampled_from(",_"))
def test_grouped_by_three_is_the_number(whole, mark):
    assert parse_money(f"${whole:{mark}}") == whole


@pytest.mark.parametrize(
    ("written", "risk"),
    [
        ("1%", Risk(fraction=0.01)),
        ("0.5%", Risk(fraction=0.005)),
        ("50 %", Risk(fraction=0.5)),
        ("100%", Risk(fraction=1.0)),
        ("-2%", Risk(fraction=0.02)),
        (1, Risk(fraction=0.01)),
        (1.0, Risk(fraction=0.01)),
        ("2", Risk(fraction=0.02)),
        (10, Risk(fraction=0.1)),
        ("$500", Risk(dollars=500)),
        ("$1,500", Risk(dollars=1_500)),
        ("$0.5", Risk(dollars=0.5)),
    ],
)
def test_risk_that_can_be_read_one_way(written, risk):
    assert parse_risk(written) == risk


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (0.5, "risk 0.5 is ambiguous: write 0.5% or 50%"),
        ("0.01", "risk 0.01 is ambiguous: write 0.01% or 1%"),
        (0.999, "risk 0.999 is ambiguous: write 0.999% or 99.9%"),
        (100, "risk 100 is ambiguous: write 100% or $100"),
        ("11", "risk 11 is ambiguous: write 11% or $11"),
        (10.5, "risk 10.5 is ambiguous: write 10.5% or $10.5"),
        (0, "risk must be like 1%, 2 or $500, above 0 and at most 100%, got 0"),
        ("101%", "risk must be like 1%, 2 or $500, above 0 and at most 100%, got '101%'"),
        ("$0", "risk must be like 1%, 2 or $500, above 0 and at most 100%, got '$0'"),
        ("$1,00", "risk must be dollars like 250, $250 or $100,000, got '$1,00'"),
        ("much", "risk must be like 1%, 2 or $500, above 0 and at most 100%, got 'much'"),
    ],
)
def test_risk_that_could_be_read_two_ways_names_both(written, says):
    with pytest.raises(InvalidInputError) as refused:
        parse_risk(written)
    assert str(refused.value) == says


@given(st.floats(min_value=1, max_value=10))
def test_a_bare_risk_from_1_to_10_is_per_cent(number):
    assert parse_risk(number) == parse_risk(f"{number!r}%")


@given(st.floats(min_value=1e-9, max_value=1, exclude_max=True) | st.floats(min_value=10.01, max_value=1e6))
def test_no_other_bare_risk_is_guessed(number):
    with pytest.raises(InvalidInputError, match="is ambiguous"):
        parse_risk(number)


def test_limits_are_per_cent_and_never_guessed():
    assert (parse_limit(6), parse_limit("6%"), parse_limit(100), parse_position_limit("1%")) == (
        0.06,
        0.06,
        1,
        0.01,
    )
    for parse, written in ((parse_limit, 0.06), (parse_position_limit, 0.5), (parse_position_limit, 1)):
        with pytest.raises(InvalidInputError, match="is ambiguous"):
            parse(written)


PRESET = "iwm-shares"


def with_account(tmp_path, lines):
    """A file of the shipped preset with other lines in its account."""
    text = load_preset(PRESET).path.read_text(encoding="utf-8")
    kept = text[: text.index("[account]")]
    path = tmp_path / "mine.toml"
    path.write_text(f"{kept}[account]\n{lines}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lines", "equity", "budget"),
    [
        ('equity = "$100,000"\nrisk = "$500"', 100_000, 500),
        ('equity = "100,000"\nrisk_dollars = 500', 100_000, 500),
        ('equity = 50_000\nrisk_dollars = "$1,250"', 50_000, 1_250),
        ('equity = "1_000"\nrisk_fraction = 0.01', 1_000, 10),
        ("equity = 100_000\nrisk_fraction = 0.5", 100_000, 50_000),
        ("equity = 100_000\nrisk = 2", 100_000, 2_000),
        ('equity = "$50k"\nrisk = "0.5%"', 50_000, 250),
    ],
)
def test_a_file_says_money_and_risk_as_people_do(tmp_path, lines, equity, budget):
    account = load_preset(with_account(tmp_path, lines)).account
    assert (account.equity, account.risk_budget) == (equity, pytest.approx(budget))
    assert account.risk_allowed == pytest.approx(budget / equity)


@pytest.mark.parametrize("risk", ["0.01", "0.5", "100", "25"])
def test_a_file_and_set_refuse_a_risk_of_two_readings(tmp_path, risk):
    with pytest.raises(PresetError, match=r"account\.risk .* is ambiguous: write "):
        load_preset(with_account(tmp_path, f"equity = 100_000\nrisk = {risk}"))
    with pytest.raises(PresetError, match=r"account\.risk .* is ambiguous: write "):
        load_preset(PRESET, parse_assignments([f"account.risk={risk}"]))


def test_python_says_fractions():
    for share in (0.01, 0.02, 0.5, np.float64(0.005)):
        assert load_preset(PRESET, {"account.risk": share}).account.limits.risk_fraction == share
    assert load_preset(PRESET, {"account.risk": 1}).account.limits.risk_fraction == 0.01
    assert load_preset(PRESET, {"account.max_position": 0.2}).account.limits.max_position_fraction == 0.2


@pytest.mark.parametrize(
    "said", ["account.risk=$500", "account.risk_dollars=500", "account.risk_dollars=$500"]
)
def test_dollars_of_risk_size_a_plan_and_stay_when_the_equity_changes(said):
    result = plan_preset(PRESET, parse_assignments([said, "account.equity=$250,000"]))
    assert (result.size.risk_budget, result.size.units) == (500, 28)
    assert "limit $500.00" in result.checks[0].message
    assert result.size.risk_fraction == pytest.approx(result.size.risk / 250_000)


def test_one_way_to_say_the_risk_replaces_the_other():
    dollars = {"account.risk": "$500"}
    assert load_preset(PRESET, dollars | {"account.risk_fraction": 0.03}).account.risk_budget == 3_000
    assert (
        load_preset(PRESET, {"account.risk_fraction": 0.03, "account.risk_dollars": 400}).account.risk_budget
        == 400
    )


def test_dollars_of_risk_are_saved_as_dollars(tmp_path):
    preset = load_preset(PRESET, {"account.risk": "$1,250"})
    path = save_preset(preset, "mine", folder=tmp_path)
    assert 'risk = "$1250"' in path.read_text(encoding="utf-8")
    assert load_preset(path).account == preset.account


def test_no_more_than_the_equity_is_risked():
    with pytest.raises(
        InvalidInputError, match=r"^risk_dollars must be at most the equity of \$1,000\.00, got \$1,000\.01$"
    ):
        Account(equity=1_000, limits=RiskLimits(risk_dollars=1_000.01))
    assert Account(equity=1_000, limits=RiskLimits(risk_dollars=1_000)).risk_allowed == 1


@pytest.mark.parametrize(
    ("written", "status", "says"),
    [
        ("-2", "fail", "sp500_move -2%, rule"),
        ("-3", "fail", "sp500_move -3%, rule"),
        ("-3.4", "ok", "sp500_move -3.4%, rule"),
        ("-3.4%", "ok", "sp500_move -3.4%, rule"),
        ("-0.5", "fail", "sp500_move -0.5%, rule"),
        ("2", "fail", "sp500_move +2%, rule"),
    ],
)
def test_a_signal_is_read_in_the_unit_of_its_rule(written, status, says):
    text = [f"market.signals.sp500_move={written}", "market.signals.ten_year_change_bp=3"]
    result = plan_preset("tza-hedge", parse_assignments(text))
    (check,) = (check for check in result.checks if check.name == "trigger")
    assert check.status == status
    assert says in check.message


def test_a_signal_in_per_cent_under_a_rule_without_is_refused():
    with pytest.raises(PresetError) as refused:
        load_preset("tza-hedge", {"market.signals.ten_year_change_bp": "0.28%"})
    key = "market.signals.ten_year_change_bp"
    says = f"override: {key} must be in bp, the unit of its rule, above 25 bp, got 0.28%"
    assert str(refused.value) == says
    bare = {"entry.triggers.1.above": 25}
    with pytest.raises(
        PresetError, match=r"must be a plain number in the unit of its rule, above 25, got 0\.28%"
    ):
        load_preset("tza-hedge", bare | {"market.signals.ten_year_change_bp": "0.28%"})
    assert load_preset("tza-hedge", bare | {key: "28 bp"}).market.signals["ten_year_change_bp"] == 28


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("-3%", 5, "must be in percent, like the other rules for sp500_move"),
        (5, "-3%", "must be in percent, like the other rules for sp500_move"),
        ("2 sd", 5, "must be in sd, like the first rule for sp500_move"),
        ("2 sd", "1.5x", "must be in sd, like the first rule for sp500_move"),
    ],
)
def test_rules_of_one_signal_speak_one_unit(first, second, says):
    rules = [{"signal": "sp500_move", "below": first}, {"signal": "sp500_move", "above": second}]
    with pytest.raises(PresetError, match=says):
        load_preset("tza-hedge", {"entry.triggers": rules})


def test_rules_and_signals_are_saved_in_their_units(tmp_path):
    seen = {"market.signals.sp500_move": -2, "market.signals.ten_year_change_bp": "+28 bp"}
    preset = load_preset("tza-hedge", seen)
    path = save_preset(preset, "mine", folder=tmp_path)
    text = path.read_text(encoding="utf-8")
    assert 'sp500_move = "-2%"' in text
    assert 'below = "-3%"' in text
    again = load_preset(path)
    assert 'ten_year_change_bp = "28 bp"' in text
    seen = {"sp500_move": -0.02, "ten_year_change_bp": 28}
    assert again.market.signals == preset.market.signals == seen
    assert [trigger.unit for trigger in again.entry.triggers] == ["%", "bp"]
