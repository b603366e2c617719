"""The page on preset files: complete, and all it shows works."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from riskcalc.cli import main
from riskcalc.domain import RiskLimits, shipped_instruments
from riskcalc.domain.exits import GAPS_BEYOND_STOP
from riskcalc.presets import json_schema, load_preset
from riskcalc.presets.problems import item, keys_at

PAGE = (Path(__file__).parents[2] / "docs" / "presets.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, flags=re.DOTALL)
FULL, *PARTS = [text for kind, text in BLOCKS if kind == "toml"]
(PAYMENTS,) = [text for kind, text in BLOCKS if kind == "csv"]
COMMANDS = [
    line.removeprefix("$ ") for kind, text in BLOCKS if kind == "console" for line in text.splitlines()
]

SECTIONS = dict(re.findall(r"^### (.*)\n((?:(?!^##).*\n)*)", PAGE, flags=re.MULTILINE))
LEGS = [title for title in SECTIONS if title.startswith("`[[trade.legs]]` of kind ")]
TABLES = {
    "Top of the file": ((), None),
    "`[market]`": (("market",), None),
    "`[market.quotes.SYMBOL]`": (("market", "quotes", "IWM"), None),
    "`[[market.quotes.SYMBOL.dividends]]`": (("market", "quotes", "IWM", "dividends", 0), None),
    "`[trade]`": (("trade",), None),
    **{title: (("trade", "legs", 0), {"trade": {"legs": [{"kind": title.split()[-1]}]}}) for title in LEGS},
    "`[entry]`": (("entry",), None),
    "`[[entry.triggers]]`": (("entry", "triggers", 0), None),
    "`[exits]`": (("exits",), None),
    "`[[exits.targets]]`": (("exits", "targets", 0), None),
    "`[account]`": (("account",), None),
    "`[account.costs]`": (("account", "costs"), None),
    "`[view]`": (("view",), None),
}


def rows(title):
    """Each key of a section's table with its default."""
    return dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|", SECTIONS[title], flags=re.MULTILINE))


def shapes():
    """Every table of the JSON schema, by its keys."""
    schema = json_schema()
    forms = [schema, *schema["$defs"].values()]
    tables = [table for form in forms for table in form.get("anyOf", [form]) if "properties" in table]
    return {tuple(table["properties"]): table for table in tables}


def test_every_section_of_the_schema_has_its_table():
    assert set(SECTIONS) == set(TABLES)
    shown = {keys_at(path, data) for path, data in TABLES.values()}
    assert shown == set(shapes())


@pytest.mark.parametrize("title", TABLES)
def test_every_key_is_named_with_its_default_and_no_other(title):
    keys = keys_at(*TABLES[title])
    shape = shapes()[keys]
    assert tuple(rows(title)) == keys
    for key, default in rows(title).items():
        assert (default == "required") == (key in shape.get("required", ())), key
        number = shape["properties"][key].get("default")
        if isinstance(number, int | float):
            assert default == ("false" if number is False else f"{number:g}"), key


def test_the_limits_that_no_preset_states_are_the_domains():
    limits, shown = RiskLimits(), rows("`[account]`")
    assert shown["risk"] == shown["risk_fraction"] == f"{100 * limits.risk_fraction:g}%"
    assert shown["max_heat"] == f"{100 * limits.max_heat_fraction:g}%"
    assert shown["max_position"] == f"{100 * limits.max_position_fraction:g}%"


def test_the_gap_shocks_that_no_preset_states_are_the_usual_ones():
    (line,) = [line for line in SECTIONS["`[exits]`"].splitlines() if line.startswith("| `gap_shocks`")]
    assert (
        " and ".join(f"{100 * beyond:g}" for beyond in GAPS_BEYOND_STOP) + " points beyond the stop" in line
    )
    for symbol in ("TNA", "TZA"):
        known = shipped_instruments()[symbol]
        assert all(f"{100 * shock:g}%" in line for shock in known.gap_shocks)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path))
    (tmp_path / "iwm-dividends.csv").write_text(PAYMENTS)
    (tmp_path / "my-spread.toml").write_text(FULL)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_full_example_loads_and_shows_every_section():
    preset = load_preset("my-spread")
    trade = preset.template.resolve(preset.market)
    assert trade.description == "IWM 295/325 call spread 2026-09-18"
    data = tomllib.loads(FULL)
    assert set(data) == set(keys_at(()))
    assert all(holds(data, path[:-1]) for path, _ in TABLES.values() if path)


def holds(data, path):
    for step in path:
        known, data = item(data, step)
        if not known:
            return False
    return True


@pytest.mark.parametrize("part", [part for part in PARTS if "[trade]" not in part])
def test_every_part_loads_in_place_of_the_full_examples_own(folder, part):
    (quote,) = tomllib.loads(part)["market"]["quotes"].values()
    ((key, value),) = quote.items()
    stated = re.sub(r"(?<=\n)dividends = \[.*?\n\]\n", part.split("\n", 1)[1], FULL, flags=re.DOTALL)
    assert stated != FULL
    (folder / "mine.toml").write_text(stated)
    result = load_preset("mine").market.quotes["IWM"].dividends
    assert key == "dividends"
    assert [value.amount for value in result] == ([] if value == "none" else [0.79, 0.8])


def test_the_pair_on_the_page_is_one():
    (part,) = (tomllib.loads(part) for part in PARTS if "[trade]" in part)
    symbol = part["trade"]["symbol"]
    stated = {
        f"market.quotes.{symbol}.{key}": value for key, value in part["market"]["quotes"][symbol].items()
    }
    usual = load_preset("iwm-spy-pair").market.quote(symbol)
    result = load_preset("iwm-spy-pair", stated).market.quote(symbol)
    assert (result.spot, result.vol, result.dividend_yield) == (usual.spot, usual.vol, -0.003)


@pytest.mark.usefixtures("folder")
def test_the_forecast_is_as_the_page_says():
    market = load_preset("my-spread", {"market.quotes.IWM.dividends.0.amount": 0.79}).market
    (due,) = market.dividends_until("IWM", market.date.replace(month=10))
    assert f"the next ex-date is {due.ex_date} with ${due.amount:g}" in " ".join(PAGE.split())
    assert due.forecast


def test_every_command_runs(folder, capsys):
    (folder / "my-spread.toml").unlink()
    assert len(COMMANDS) >= 9
    for command in COMMANDS:
        with pytest.raises(SystemExit) as stopped:
            main(shlex.split(command)[1:])
        printed = capsys.readouterr()
        assert (stopped.value.code, printed.err) == (0, ""), command


def test_links_lead_to_headings_of_the_page():
    headings = {
        re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)", PAGE, flags=re.MULTILINE)
    }
    links = set(re.findall(r"\]\(#([^)]*)\)", PAGE))
    assert links
    assert links <= headings
