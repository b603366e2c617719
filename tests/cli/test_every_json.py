"""Every command with ``--json`` prints JSON, and nothing else."""

from __future__ import annotations

import json

import click
import pytest

from riskcalc.cli import cli
from tests.history.made_up import LAYOUTS, few

SPREAD = ("price", "call", "--spot", "295", "--strike", "300", "--days", "60", "--vol", "20%")
LINES = {
    "plan": ("plan", "iwm-shares"),
    "quote": ("quote", "IWM=297.40"),
    "account": ("account",),
    "account set": ("account", "set", "equity=50000"),
    "compare": ("compare", "iwm-shares", "tna-momentum"),
    "stress": ("stress", "iwm-shares"),
    "chain": ("chain", "--sample"),
    "scan": ("scan", "--sample", "--top", "3"),
    "signals": ("signals",),
    "events": ("events",),
    "history": ("history", "PRICES"),
    "backtest": ("backtest", "iwm-shares", "PRICES"),
    "book": ("book",),
    "book add": ("book", "add", "iwm-shares"),
    "book close": ("book", "close", "1", "--at", "300"),
    "book import": ("book", "import", "fills.csv"),
    "book show": ("book", "show", "1"),
    "book stress": ("book", "stress"),
    "hedge": ("hedge", "--to", "100"),
    "journal": ("journal",),
    "price": SPREAD,
    "size": ("size", "--equity", "50000", "--entry", "60", "--stop", "54"),
    "presets list": ("presets", "list"),
    "presets show": ("presets", "show", "iwm-call-spread"),
    "selfcheck": ("selfcheck",),
}
SLOW = {"selfcheck", "scan", "chain", "backtest"}
"""Held by tests of their own in the default run."""


def with_json(command, path=()):
    """Names of the commands that have the option."""
    if any("--json" in parameter.opts for parameter in command.params):
        yield " ".join(path)
    for name, inner in getattr(command, "commands", {}).items():
        yield from with_json(inner, (*path, name))


def test_every_such_command_is_here():
    context = click.Context(cli)
    loaded = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    assert {found for name, command in loaded.items() for found in with_json(command, (name,))} == set(LINES)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in LINES]
)
def test_it_prints_json_and_nothing_else(run, tmp_path, monkeypatch, name):
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RISKCALC_TODAY", "2026-07-20")
    (tmp_path / "fills.csv").write_text("date,symbol,quantity,price\n2026-07-20,TNA,100,60.02\n")
    if name.startswith(("book", "hedge", "journal")):
        assert run("book", "add", "iwm-shares")[0] == 0
    prices = tmp_path / "IWM.csv"
    prices.write_text(LAYOUTS["flat"](few(800)))
    code, out, err = run(*(str(prices) if word == "PRICES" else word for word in LINES[name]), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)
