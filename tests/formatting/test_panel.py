"""The panels say what a plan's own plain data say, within their width."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from functools import cache, partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcalc.domain import CheckStatus
from riskcalc.errors import InvalidInputError
from riskcalc.formatting.exits import worst_pnl
from riskcalc.formatting.metric import BETTER, plain_text
from riskcalc.formatting.panel import panel_lines
from riskcalc.planning import plan
from riskcalc.presets import plan_preset
from tests.examples import examples
from tests.formatting.plans import EVERY, EXITS, MARKET, SHIPPED, account, naked_call, planned
from tests.strategies import trades

price_lines, greeks_lines, exits_lines, size_lines, checks_lines, summary_lines = (
    partial(panel_lines, name) for name in ("price", "greeks", "exits", "size", "checks", "summary")
)
COLUMN = (price_lines, greeks_lines, exits_lines, size_lines, checks_lines)
"""The panels beside the form; the summary stands in their place on a small screen."""


def row(lines, label):
    """The number beside a label, and its note."""
    result = next(line for line in plain_text(lines).split("\n") if line.startswith(label))
    number, _, note = result[len(label) :].strip().partition("  ")
    return number, note


def read(text):
    return float(text.replace(",", "").replace("%", "").removesuffix(" cr"))


@pytest.mark.parametrize("name", EVERY)
def test_the_price_panel_says_the_price_of_the_plan(name):
    result, lines = planned(name).to_dict(), price_lines(planned(name), width=44)
    price = result["price"]
    label = "debit" if price["net_debit"] >= 0 else "credit"
    assert read(row(lines, label)[0]) == round(abs(price["net_debit"]), 2)
    for label, key in (("max loss", "max_loss"), ("max profit", "max_profit")):
        text = row(lines, label)[0]
        assert text == "unlimited" if price[key] == "unlimited" else read(text) == round(price[key], 2)
    chance = result["probability"]["profit"]
    shown = row(lines, "P(profit)")[0]
    assert shown == "-" if chance is None else read(shown) == pytest.approx(100 * chance, abs=0.051)


def test_a_credit_says_so_and_an_unlimited_loss_is_a_word():
    lines = price_lines(planned("naked call"), width=44)
    assert row(lines, "credit")[0].endswith(" cr")
    assert row(lines, "max loss")[0] == "unlimited"
    assert "inf" not in plain_text(lines)


def test_two_breakevens_are_both_there():
    levels = planned("condor").report.breakevens
    shown, note = row(price_lines(planned("condor"), width=44), "breakeven")
    assert (shown, note) == (f"{levels[0]:.2f}", f"and {levels[1]:.2f}")


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("label", "key", "digits"),
    [
        ("delta", "delta", 2),
        ("gamma", "gamma", 3),
        ("theta/day", "theta_per_day", 2),
        ("vega/pt", "vega_per_point", 2),
        ("rho/pt", "rho_per_point", 2),
    ],
)
def test_the_greeks_panel_says_the_greeks_of_the_plan(name, label, key, digits):
    shown = read(row(greeks_lines(planned(name), width=44), label)[0])
    assert shown == pytest.approx(round(planned(name).to_dict()["greeks"][key], digits), abs=1e-9)


@pytest.mark.parametrize("name", EVERY)
def test_the_exits_panel_says_the_ladder(name):
    result = planned(name)
    lines, data = exits_lines(result, width=50), result.to_dict()
    heads = plain_text(lines[:1]).removeprefix("EXIT P&L").split()[::2]
    whens = [head if head == "today" or head.startswith("+") else None for head in heads]
    held = [row for row in data["ladder"] if data["exits"]["stop"]["label"] in row["label"].split(", ")]
    cells = plain_text(lines).split("\n")[1 + len(result.targets.outcomes)].removeprefix("stop").split()[1:]
    for index, when in enumerate(whens):
        expected = next(
            one
            for one in held
            if one["when"] == when or (when is None and one["when"] in ("time stop", "expiry"))
        )
        shown_pnl, shown_r = cells[2 * index : 2 * index + 2] if "R" in cells[1] else (cells[2 * index], "-")
        assert read(shown_pnl) == pytest.approx(expected["pnl"], abs=0.51)
        if shown_r != "-":
            assert float(shown_r.removesuffix("R")) == pytest.approx(expected["r_multiple"], abs=0.051)


@pytest.mark.parametrize("name", EVERY)
def test_the_exits_panel_says_the_odds(name):
    lines, data = exits_lines(planned(name), width=44), planned(name).to_dict()
    chance, note = row(lines, "touch stop" if name == "condor" else "stop first")
    odds = data["probability"]
    assert read(chance) == pytest.approx(100 * odds["stop_first"], abs=0.051)
    if name == "condor":  # loses at both of its levels
        assert note == f"{100 * odds['second_stop_first']:.1f}% at 2nd stop"
    else:
        assert note == f"target 1st {100 * odds['target_first']:.1f}%"
    expected = read(row(lines, "expected")[0])
    assert expected == pytest.approx(data["probability"]["expected_pnl"], abs=0.0051)


def test_a_plan_without_targets_has_no_target_rows():
    text = plain_text(exits_lines(plan_preset("iwm-shares", {"exits.targets": []}), width=44))
    assert "target" not in text
    assert [line.split()[0] for line in text.split("\n")] == [
        "EXIT",
        "stop",
        "gap",
        "touch",
        "calibrated",
        "expected",
    ]


@pytest.mark.parametrize("name", EVERY)
def test_the_size_panel_says_units_risk_and_the_limit_that_binds(name):
    data = planned(name).to_dict()["size"]
    lines = size_lines(planned(name), width=44)
    text = " ".join(plain_text(lines).split())
    assert int(row(lines, "position")[0].replace(",", "")) == data["units"]
    assert read(row(lines, "risk ")[0]) == round(data["risk"], 2)
    assert f"{data['binding_limit']}: {data['reason'].partition(': ')[2]}" in text
    assert read(row(lines, "at stop")[0]) == pytest.approx(data["loss_at_stop"], abs=0.0051)
    assert row(lines, "1R")[0] == "unlimited" or read(row(lines, "1R")[0]) == round(data["loss_per_unit"], 2)


@pytest.mark.parametrize("name", EVERY)
def test_every_check_starts_with_its_verdict_and_what_fails_is_said_in_full(name):
    text = plain_text(checks_lines(planned(name), width=44))
    flat = " ".join(text.split())
    for check in planned(name).checks:
        word = check.status.upper()
        bad = f"{word} {check.name}: {' '.join(check.message.split())}"
        assert (check.name if word == "OK" else bad) in flat
        assert f"{word:5}" in {line[:5] for line in text.split("\n")}


@pytest.mark.parametrize("name", EVERY)
def test_checks_with_room_are_all_shown_with_every_word(name):
    flat = " ".join(plain_text(checks_lines(planned(name), width=44, roomy=True)).split())
    for check in planned(name).checks:
        assert f"{check.name}: {' '.join(check.message.split())}" in flat


def test_a_warning_leaves_the_others_room_in_36_rows():
    result = plan(naked_call(), MARKET, account(), dataclasses.replace(EXITS, holding_days=20))
    assert "WARN unlimited loss" in plain_text(checks_lines(result, width=39))
    assert sum(len(panel(result, width=39)) for panel in COLUMN) <= 36


def test_the_default_trade_fits_36_rows_with_all_its_checks():
    result = planned("iwm-call-spread")
    rows = sum(len(panel(result, width=width)) for panel in COLUMN for width in (44,))
    assert rows <= 36
    assert len(exits_lines(result, width=50)) + len(price_lines(result, width=50)) <= 14


@pytest.mark.parametrize("panel", COLUMN)
def test_a_stale_panel_says_so_in_its_first_line(panel):
    result = planned("iwm-call-spread")
    for pinned in (None, planned("iwm-shares")):
        assert "stale" in plain_text(panel(result, width=44, stale=True, pinned=pinned)[:1])
        assert "stale" not in plain_text(panel(result, width=44, pinned=pinned))


@st.composite
def plans(draw):
    """Plans of any trade at any size of account; no exits fit a few of them."""
    trade, equity = draw(trades()), draw(st.sampled_from([2_000.0, 1e5, 5e7, 3e11]))
    days = {"holding_days": draw(st.integers(1, 50))}
    exits = dataclasses.replace(EXITS, stop=draw(st.floats(0.01, 0.4)), **days)
    try:
        return plan(trade, MARKET, account(equity), exits)
    except InvalidInputError:
        return planned("condor")


@pytest.mark.parametrize("width", range(38, 81))
def test_a_stale_title_keeps_clear_of_the_first_heading(width):
    head = plain_text(panel_lines("exits", planned("iwm-call-spread"), width=width, stale=True)[:1])
    assert re.match(r"EXITS,? stale +today ", head)


@examples(25)
@given(
    found=plans(), pinned=st.none() | st.sampled_from(EVERY), width=st.integers(38, 80), stale=st.booleans()
)
def test_no_line_is_wider_than_its_panel(found, pinned, width, stale):
    before = None if pinned is None else planned(pinned)
    for panel in (*COLUMN, summary_lines):
        for line in plain_text(panel(found, width=width, pinned=before, stale=stale)).split("\n"):
            assert len(line) <= width, line
            assert "##" not in line
            assert "nan" not in line.split()


CHANGES = [
    ("max loss", {"trade.legs.1.strike": 315}, 1),
    ("stop first", {"exits.stop": "5%"}, 0),
    ("expected", {"view.drift": "30%"}, 1),
    ("P(profit)", {"view.drift": "30%"}, 1),
    ("delta", {"market.quotes.IWM.spot": 300}, None),
    ("gamma", {"market.quotes.IWM.spot": 300}, None),
    ("position", {"account.risk": "3%"}, None),
    ("stop width", {"exits.stop": "8%"}, 0),
]


@pytest.mark.parametrize(("label", "change", "better"), CHANGES)
def test_a_mark_stands_at_the_better_of_two(label, change, better):
    """The change is the other way round where B becomes worse; no mark where neither is better."""
    before, now = planned("iwm-call-spread"), changed(tuple(change.items()))
    lines = [line for panel in COLUMN for line in panel(now, width=44, pinned=before)]
    shown = next(line for line in plain_text(lines).split("\n") if line.startswith(label))
    cells = (shown[11:22], shown[22:33])
    assert cells[0].rstrip(f" {BETTER}") != cells[1].rstrip(f" {BETTER}")
    assert [BETTER in cell for cell in cells] == [better == 0, better == 1]


@cache
def changed(items):
    values = dict(items)
    legs = {key: value for key, value in values.items() if key.startswith("trade.")}
    if legs:
        return plan_preset("iwm-call-spread", {"trade.legs": _narrower()})
    return plan_preset("iwm-call-spread", values)


def _narrower():
    leg = {"kind": "call", "expiry": dt.date(2026, 9, 18)}
    return [
        leg | {"side": "long", "strike": 295, "vol": "20%"},
        leg | {"side": "short", "strike": 300, "vol": "20%"},
    ]


def test_equal_figures_have_no_mark_and_no_difference():
    result = planned("iwm-call-spread")
    for panel in COLUMN[:3]:
        lines = plain_text(panel(result, width=44, pinned=result)).split("\n")[1:]
        assert all(line.endswith("=") and BETTER not in line for line in lines)


def test_b_minus_a_is_the_difference_of_the_plans():
    before, now = planned("iwm-call-spread"), changed((("market.quotes.IWM.spot", 300),))
    line = next(
        one for one in plain_text(greeks_lines(now, width=44, pinned=before)).split("\n") if "delta" in one
    )
    assert float(line.split()[-1]) == pytest.approx(
        now.report.greeks.delta - before.report.greeks.delta, abs=0.0051
    )


@pytest.mark.parametrize("name", EVERY)
def test_the_summary_has_three_lines_and_says_what_is_wrong_first(name):
    result = planned(name)
    lines = plain_text(summary_lines(result, width=80)).split("\n")
    assert len(lines) == 3
    wrong = [check for check in result.checks if check.status is not CheckStatus.OK]
    assert lines[2].startswith(("FAIL", "WARN") if wrong else "checks OK")
    assert "stale" in plain_text(summary_lines(result, width=80, stale=True)[:1])


def test_the_summary_takes_the_worst_day_the_plan_holds():
    """A bought spread loses most at the stop on its last day, a sold call on its first."""
    for name, when in (("iwm-call-spread", "time stop"), ("naked call", "today")):
        result = planned(name)
        expected = {row.label: row.pnl for row in result.ladder if row.when == when}
        (stop,) = (one for one in worst_pnl(result) if one.key == result.stop.label)
        assert stop.value == expected[result.stop.label]


def test_no_sign_contradicts_the_figure_it_stands_for():
    """31 dollars of 802 are 0.04R: nothing to a tenth, and nothing has no sign."""
    cells = plain_text(exits_lines(planned("condor"), width=50)).split("\n")[2].split()
    assert cells[1:4] == ["-5%", "-31", "0.0R"]


def test_an_unlimited_loss_is_words_at_every_width():
    for width in range(38, 60):
        text = plain_text(price_lines(planned("naked call"), width=width, pinned=planned("condor")))
        assert "inf" not in text
        assert any(words in text for words in ("unlimited", "no limit", "no cap"))


def test_a_sold_delta_has_its_sign_before_the_dollars():
    assert row(greeks_lines(planned("naked call"), width=44), "delta")[1].startswith("-$")


@pytest.mark.parametrize("name", SHIPPED)
def test_no_note_is_cut_in_the_narrowest_column(name):
    for panel in COLUMN[:4]:
        assert "…" not in plain_text(panel(planned(name), width=38))
