"""``riskcalc report`` writes files in the format of their names, or says in a line why not."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

from riskcalc.chains.sample import SAMPLE_FILE
from riskcalc.reports import libraries
from tests.cli.conftest import run  # noqa: F401 - a fixture
from tests.reports.conftest import SHIPPED, page_of, planned


def test_a_report_is_planned_again(run):  # noqa: F811 - the fixture
    settings = ("--set", "exits.stop=5%", "--set", "market.quotes.IWM.spot=297.5")
    assert run("report", "iwm-call-spread", *settings, "-o", "plan.html") == (0, "wrote plan.html\n", "")
    assert run("plan", "plan.html", "--json") == run("plan", *settings, "--json")
    text = Path("plan.html").read_text(encoding="utf-8")
    assert "--set exits.stop=5% --set market.quotes.IWM.spot=297.5 -o plan.html" in text


def test_every_format_that_needs_no_library(run):  # noqa: F811
    code, out, _ = run("report", "tna-momentum", "-o", "a.html", "-o", "b.svg", "-o", "c.MD")
    assert (code, out) == (0, "wrote a.html\nwrote b.svg\nwrote c.MD\n")
    assert Path("b.svg").read_text(encoding="utf-8").startswith("<svg ")
    text = Path("c.MD").read_text(encoding="utf-8")
    assert text.startswith("# SAMPLE tna-momentum: TNA +1 share")
    assert "riskcalc report tna-momentum -o a.html -o b.svg -o c.MD" in text


def test_a_plan_on_quotes_keeps_their_prices(run):  # noqa: F811
    code, _, err = run("report", "--chain", str(SAMPLE_FILE), "-o", "plan.html")
    assert code == 0
    assert "not their smile" in err
    on_quotes = json.loads(run("plan", "--chain", str(SAMPLE_FILE), "--json")[1])
    again = json.loads(run("plan", "plan.html", "--json")[1])
    assert again["price"] == on_quotes["price"]
    assert again["size"] == on_quotes["size"]
    assert again["trade"]["legs"] == on_quotes["trade"]["legs"]
    assert str(SAMPLE_FILE) in Path("plan.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Missing option '-o'"),
        (("-o", "plan.txt"), "a report must end in .html, .md, .svg, .png or .pdf, got 'plan.txt'"),
        (
            ("-o", "good.html", "-o", "plan"),
            "a report must end in .html, .md, .svg, .png or .pdf, got 'plan'",
        ),
        (("-o", "good.html", "--set", "exits.stop=0"), "stop"),
        (("-o", "good.html", "--at", "mid"), "--at needs --chain"),
        (("-o", "nowhere/plan.html"), "nowhere/plan.html: cannot be written: no such file or directory"),
    ],
)
def test_bad_input_is_a_line_and_nothing_is_written(run, arguments, says):  # noqa: F811
    code, out, err = run("report", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1
    assert not list(Path().glob("*.html"))


@pytest.mark.parametrize(
    ("ending", "error", "says"),
    [
        ("png", ImportError(), 'a report as PNG needs resvg_py: pip install "riskcalc[report]"'),
        ("pdf", ImportError(), 'PDF needs weasyprint: pip install "riskcalc[report]"'),
        ("pdf", OSError("cannot load library 'libpango-1.0-0'\nmore"), "Pango: cannot load"),
    ],
)
def test_a_missing_library_is_a_line(run, monkeypatch, ending, error, says):  # noqa: F811
    def missing(name, *_):
        if name in {"resvg_py", "weasyprint"}:
            raise error
        return importlib.import_module(name)

    monkeypatch.setattr(libraries, "import_module", missing)
    code, _, err = run("report", "-o", "plan.html", "-o", f"plan.{ending}")
    assert code == 2
    assert says in err
    assert len(err.splitlines()) == 1
    assert not Path("plan.html").exists()


def test_png(run):  # noqa: F811
    pytest.importorskip("resvg_py")
    assert run("report", "-o", "plan.png")[0] == 0
    content = Path("plan.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(content[16:20]) == 2 * 800


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_pdf_has_two_pages(name):
    weasyprint = pytest.importorskip("weasyprint")
    assert planned(name)
    assert len(weasyprint.HTML(string=page_of(name)).render().pages) == 2
