from riskcalc.formatting import plan_sections
from riskcalc.presets import plan_preset


def section(plan, title):
    return next(one for one in plan_sections(plan) if one.title.startswith(title))


def test_the_odds_name_their_view_and_levels():
    found = section(plan_preset("iwm-shares", {"view.drift": "12%"}), "Odds")
    assert found.title == "Odds, view: drift +12.0% a year, implied vol"
    assert [row[0] for row in found.rows] == [
        "touches the stop", "touches the target", "stop first", "target first", "neither",
    ]  # fmt: skip
    assert [row[2] for row in found.rows[:2]] == ["stop -6%", "target +10%"]


def test_the_managed_outcome_says_what_is_expected_in_dollars_and_r():
    plan = plan_preset("iwm-shares", {"exits.stop_to_breakeven": True})
    rows = {row[0]: row[1:] for row in section(plan, "Managed").rows}
    assert rows["expected P&L"] == ("$0.00", "+0.00R")
    assert rows["leaves at the stop"][1] == "moved to the entry by the first target"
    assert rows["breaks even at a drift of"][0] == "+4.0%"
    assert "lost to gaps" not in rows


def test_gaps_have_their_line():
    plan = plan_preset("iwm-shares", {"exits.gap_share": "20%", "exits.gap_shocks": ["10%"]})
    assert "in it: 20% of the stops" in [row[2] for row in section(plan, "Managed").rows]


def test_without_targets_there_is_one_chance():
    plan = plan_preset("iwm-shares", {"exits.targets": []})
    assert len(section(plan, "Odds").rows) == 1
