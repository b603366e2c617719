"""Presets on the command line: listed, shown, saved, checked, and offered by the shell."""

from __future__ import annotations

import json
import tomllib

import click
import pytest

from riskcalc.cli.completion import complete_account, complete_preset, complete_symbol
from riskcalc.presets import load_preset

SHIPPED = {"iwm-call-spread", "iwm-shares", "iwm-spy-pair", "tna-momentum", "tza-hedge"}


def test_what_is_saved_is_listed_shown_and_found(run, tmp_path):
    code, out, _ = run("presets", "save", "mine", "--from", "iwm-shares", "--set", "exits.stop=5%")
    path = tmp_path / "user presets" / "mine.toml"
    assert (code, out) == (0, f"saved {path}\n")
    listed = json.loads(run("presets", "list", "--json")[1])
    assert {preset["name"] for preset in listed} == SHIPPED | {"mine"}
    table = run("presets", "list")[1]
    assert all(preset["description"] in table for preset in listed)
    assert tomllib.loads(run("presets", "show", "mine")[1]) == tomllib.loads(path.read_text(encoding="utf-8"))
    assert json.loads(run("presets", "show", "mine", "--json")[1])["exits"]["stop"] == 0.05
    assert run("presets", "path", "mine")[1] == f"{path}\n"
    assert run("presets", "path")[1] == f"{path.parent}\n"
    assert load_preset("mine").exits.stop == 0.05
    assert run("presets", "save", "mine", "--from", "tna-momentum")[0] == 2
    assert load_preset("mine").exits.stop == 0.05


def test_each_problem_of_a_preset_is_a_line_and_hides_no_other(run, tmp_path):
    run("presets", "save", "good", "--from", "iwm-shares")
    (tmp_path / "user presets" / "bad.toml").write_text("[exits]\nstop = 2.0\n", encoding="utf-8")
    code, out, err = run("presets", "check")
    assert code == 2
    assert "OK    good" in out
    assert "bad" in err
    assert "OK    bad" not in out
    assert "cannot be read" in run("presets", "list")[1]
    assert run("presets", "check", "good")[0] == 0


def test_the_schema_is_one(run):
    schema = json.loads(run("presets", "schema")[1])
    assert {"market", "account", "exits"} <= set(schema["properties"])


@pytest.mark.parametrize(
    ("complete", "typed", "offered"),
    [
        (complete_preset, "iwm-s", ["iwm-shares", "iwm-spy-pair"]),
        (complete_preset, "x", []),
        (complete_symbol, "tz", ["TZA"]),
        (complete_account, "equ", ["equity="]),
    ],
)
def test_the_shell_offers_what_fits(run, complete, typed, offered):  # noqa: ARG001 - empty folders
    command = click.Command("plan")
    items = complete(click.Context(command), click.Argument(["name"]), typed)
    assert [item.value for item in items] == offered
