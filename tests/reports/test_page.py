"""The page needs nothing from elsewhere, can be read by a machine, and escapes what it shows."""

from __future__ import annotations

import dataclasses
import re

import pytest

from riskcalc.formatting import plan_tables
from riskcalc.presets.embedded import EmbeddedPreset
from riskcalc.reports.plan_page import plan_page
from riskcalc.reports.tables import html_table, markdown_tables
from tests.reports.conftest import SHIPPED, page_of, parsed, planned

HOSTILE = "<b onclick=x>\"'&</title></style><script>"


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_is_loaded_or_run(name):
    page = page_of(name)
    root = parsed(page)
    attributes = [(tag.tag, key, value) for tag in root.iter() for key, value in tag.items()]
    assert not [one for one in attributes if one[1] in {"src", "href", "srcset", "action", "data"}]
    assert not [one for one in attributes if one[1].startswith("on")]
    assert not re.search(r"@import|url\(|@font-face", page)
    assert [tag.get("type") for tag in root.iter("script")] == ["application/json"]
    (policy,) = (element.get("content") for element in root.iter("meta") if element.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_every_number_of_the_command_line_is_there():
    words = set(" ".join(parsed(page_of()).itertext()).split())
    for table in plan_tables(planned()):
        for row in table.rows:
            for cell in row:
                assert set(cell.split()) <= words, cell


def test_tables_have_captions_and_heads():
    tables = list(parsed(page_of()).iter("table"))
    assert len(tables) == len(plan_tables(planned()))
    for table in tables:
        assert table.find("caption").text
        assert {element.get("scope") for element in table.iter("th")} <= {"row", "col"}
        assert all(row[0].tag == "th" for row in table.find("tbody"))


def test_the_page_follows_the_screen_and_prints():
    page = page_of()
    for part in ("prefers-color-scheme: dark", "@media print", "@page", "tabular-nums", 'lang="en"'):
        assert part in page


def test_names_are_escaped():
    plan = planned()
    report = plan.report
    named = dataclasses.replace(
        plan,
        report=dataclasses.replace(report, trade=dataclasses.replace(report.trade, name=HOSTILE)),
        checks=(dataclasses.replace(plan.checks[0], message=HOSTILE), *plan.checks[1:]),
    )
    page = plan_page(named, preset=EmbeddedPreset(text=HOSTILE), command=f"riskcalc report {HOSTILE}")
    root = parsed(page)
    assert HOSTILE in root.find("head/title").text
    assert len(list(root.iter("script"))) == 1
    assert not list(root.iter("b"))


def test_a_failing_plan_says_so_first():
    plan = planned()
    failed = dataclasses.replace(plan.checks[0], status=type(plan.checks[0].status).FAIL, message="too much")
    page = plan_page(dataclasses.replace(plan, checks=(failed,)), preset=EmbeddedPreset(text=""), command="")
    header = " ".join(parsed(page).find("body/main/header").itertext())
    assert header.startswith("NO")
    assert f"FAIL {failed.name}: too much" in header


def test_markdown_shows_every_cell():
    table = plan_tables(planned())[0]
    text = markdown_tables([table])
    lines = text.splitlines()
    assert lines[0] == f"## {table.title}"
    assert len(lines) == len(table.rows) + 4
    assert all(line.count("|") == len(table.rows[0]) + 1 for line in lines[2:])


def test_markdown_and_html_escape_cells():
    table = dataclasses.replace(plan_tables(planned())[0], rows=(("a|b", "<i>", "`x`\ny"),))
    assert markdown_tables([table]).endswith("| a\\|b | \\<i\\> | \\`x\\` y |")
    assert "&lt;i&gt;" in html_table(table)
