from __future__ import annotations

import pytest

from riskcalc.formatting.exits import R_TENTHS, R_WIDTH
from riskcalc.formatting.metric import cut, plain_text
from riskcalc.formatting.numbers import DOLLARS, PNL, fit
from riskcalc.formatting.stress import scenario_lines
from riskcalc.formatting.table import Table, document_lines, table_lines
from riskcalc.planning import stress
from riskcalc.presets import load_preset, load_scenarios, shipped_scenarios
from tests.formatting.plans import SHIPPED, planned


def stressed(name):
    plan = planned(name)
    return plan, stress(
        plan, load_scenarios(shipped_scenarios()), account=load_preset("iwm-call-spread").account
    )


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("width", [60, 72, 110])
def test_every_scenario_has_its_figures_within_the_width(name, width):
    plan, rows = stressed(name)
    lines = plain_text(scenario_lines(plan, rows, width=width)).split("\n")
    assert max(map(len, lines)) <= width
    for row in rows:
        line = next(line for line in lines if line.startswith(f"{row.scenario.name} "))
        move, amount, r, *verdict = line.removeprefix(row.scenario.name).split()
        assert float(move.removesuffix("%")) == pytest.approx(100 * row.move, abs=0.051)
        assert float(amount.replace(",", "").replace("$", "")) == pytest.approx(row.pnl_all_units, abs=0.0051)
        assert float(r.removesuffix("R")) == pytest.approx(row.r_multiple, abs=0.0051)
        assert " ".join(verdict) == ("within" if row.holds else "EXCEEDED")


def test_the_sentence_on_top_counts_what_breaks_and_names_the_worst():
    plan, rows = stressed("tna-momentum")
    broken = [row for row in rows if not row.holds]
    worst = min(broken, key=lambda row: row.pnl_all_units)
    text = " ".join(plain_text(scenario_lines(plan, rows, width=110)).split())
    assert (
        f"{len(broken)} of {len(rows)} scenarios exceed the risk budget; worst: {worst.scenario.name}" in text
    )


def test_nothing_held_breaks_nothing():
    plan, rows = planned("size 0"), stressed("iwm-call-spread")[1]
    assert "No position" in plain_text(scenario_lines(plan, rows, width=72))


def test_a_table_is_aligned_and_tightened_only_where_it_must_be():
    section = Table(title="Title", header=("", "a", "b"), rows=(("one", "1", "22"), ("two", "333", "4")))
    assert plain_text(table_lines(section, width=20)) == "Title\n       a   b\none    1  22\ntwo  333   4"
    assert plain_text(table_lines(section, width=9)) == "Title\n      a  b\none   1 22\ntwo 333  4"


def test_a_document_starts_with_its_summary():
    section = Table(title="Title", rows=(("one", "1"),))
    result = plain_text(document_lines((section,), summary="All is well.", width=20))
    assert result == "All is well.\n\nTitle\none  1"


@pytest.mark.parametrize(
    ("amount", "width", "text"),
    [
        (-12_036.03, 10, "-12,036.03"),
        (-12_036.03, 9, "-12,036"),
        (-12_036.03, 5, "-12k"),
        (1_234_567.8, 6, "+1.23m"),
        (0.0, 4, "0.00"),
        (-0.001, 4, "0.00"),
        (float("inf"), 8, "no limit"),
    ],
)
def test_the_longest_spelling_that_fits_is_taken(amount, width, text):
    assert fit(PNL.variants(amount), width) == text


def test_a_large_multiple_of_a_tiny_loss_fits_its_column():
    assert [fit(R_TENTHS.variants(r), R_WIDTH - 1) for r in (-12.34, 123.4, 1_234.0, 250_000.0, 8.4e13)] == [
        "-12R", "+123R", "+1kR", "+2e5R", "+8e13",
    ]  # fmt: skip


def test_a_number_is_never_cut():
    assert fit([DOLLARS.text(-123_456.0)], 5) == "#####"
    assert cut("words and more", 6) == "words…"
