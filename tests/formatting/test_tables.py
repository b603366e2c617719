from riskcalc.formatting import plan_tables
from riskcalc.presets import plan_preset


def table(plan, title):
    return next(one for one in plan_tables(plan) if one.title.startswith(title))


def test_the_odds_name_their_view_and_levels():
    result = table(plan_preset("iwm-shares", {"view.drift": "12%"}), "Stop and Target")
    assert result.title == "Stop and Target Odds: view drift +12.0% per year, implied vol"
    assert [row[0] for row in result.rows] == [
        "P(touch stop)", "P(touch target)", "P(stop hit first)", "P(target hit first)", "P(neither hit)",
        "P(stop hit first), calibrated", "P(target hit first), calibrated", "P(neither hit), calibrated",
    ]  # fmt: skip
    assert [row[2] for row in result.rows[:2]] == ["stop -6%", "target +10%"]


def test_the_managed_outcome_says_what_is_expected_in_dollars_and_r():
    plan = plan_preset("iwm-shares", {"exits.stop_to_breakeven": True})
    rows = {row[0]: row[1:] for row in table(plan, "Managed").rows}
    assert rows["expected P&L"] == ("$0.00", "0.00R")
    assert rows["P(exit at stop)"][1] == "moved to breakeven at the first target"
    assert rows["breakeven drift"][0] == "+4.0%"
    assert "expected gap loss" not in rows


def test_gaps_have_their_line():
    plan = plan_preset("iwm-shares", {"exits.gap_share": "20%", "exits.gap_shocks": ["10%"]})
    assert "included; 20% of stops are gapped over" in [row[2] for row in table(plan, "Managed").rows]


def test_without_targets_there_is_one_chance():
    plan = plan_preset("iwm-shares", {"exits.targets": []})
    labels = [row[0] for row in table(plan, "Stop and Target").rows]
    assert labels == ["P(touch stop)", "P(touch stop), calibrated"]
