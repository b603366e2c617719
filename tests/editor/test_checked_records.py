"""Presets of a session come from their records as from their texts, and from the texts where in doubt."""

import dataclasses
import json
import subprocess
import sys

import pytest

from riskcalc.domain import Calibration
from riskcalc.domain.serialization import to_plain
from riskcalc.editor import TradeEditor, checked_records, open_draft, session_file
from riskcalc.editor.book_account import NO_ACCOUNT
from riskcalc.presets import load_preset, write_calibration
from riskcalc.presets.account_file import inherited_accounts, set_account
from tests.editor.drafts import DAY, SHIPPED, SkewedChain, editor, shipped

RULES = """\
schema = 1
[market]
date = 2026-07-20
time = 10:30:00
rate = "4%"
pinned = true
signals = { sp500_move = "-3.4%", vix = 25 }
[market.quotes.RUT]
spot = 2950.0
vol = "21%"
[trade]
symbol = "RUT"
settlement = "pm"
[[trade.legs]]
kind = "put"
side = "short"
delta = 0.3
days = 45
[[trade.legs]]
kind = "put"
side = "long"
strike = 2700
days = 45
[exits]
stop = "$2800"
targets = ["+3%"]
holding_days = 20
[account]
equity = 250000
risk = "$900"
[entry]
combine = { entry = "all", stop = "any" }
triggers = [
    { signal = "sp500_move", below = "-3%", meaning = "sold off" },
    { signal = "vix", above = 20, role = "stop" },
]
[view]
drift = "8%"
vol = "calibrated"
"""


def from_texts():
    """The session as it is read without its records."""
    path = session_file.session_path()
    data = json.loads(path.read_text())
    for draft in ("draft", "pinned"):
        if data[draft]:
            data[draft].pop("checked")
    kept = path.read_text()
    path.write_text(json.dumps(data))
    found = session_file.restore(today=DAY)
    path.write_text(kept)
    return found


def values(found):
    """All that a restored editor holds; fields that comparison leaves out are in the plain data."""
    restored, note = found
    drafts = (restored.state.draft, restored.state.pinned_draft)
    return drafts, [to_plain(one) for one in drafts], restored.state.dirty, note


def read_in_full(monkeypatch):
    """Say for which texts the schema was asked."""
    asked = []
    real = checked_records.opened

    def opened(data, which, *, path):
        found = real(data, which, path=path)
        asked.extend([] if found else [which])
        return found

    monkeypatch.setattr(checked_records, "opened", opened)
    return asked


def many_rules(folder):
    path = folder / "rules.toml"
    path.write_text(RULES)
    return TradeEditor(open_draft(load_preset(path), today=DAY))


@pytest.mark.parametrize("name", [*SHIPPED, "many rules", "pinned", "quotes"])
def test_records_are_what_the_texts_say(name, tmp_path, own_files, monkeypatch):
    if name == "many rules":
        found = many_rules(tmp_path)
    elif name == "quotes":
        found = TradeEditor(open_draft(shipped(), chain=SkewedChain()), chain_path=own_files / "gone.csv")
    else:
        found = editor("iwm-call-spread" if name == "pinned" else name)
    if name == "pinned":
        found.pin()
    for field in found.fields:
        found.step(field.key, 1)
    assert session_file.save(found) == ""
    asked = read_in_full(monkeypatch)
    expected = from_texts()
    assert asked
    asked.clear()
    assert values(session_file.restore(today=DAY)) == values(expected)
    assert asked == []


@pytest.mark.parametrize("change", ["a text", "a record", "another version", "another kind"])
def test_texts_hold_where_anything_was_changed(change, monkeypatch):
    found = editor()
    session_file.save(found)
    path, asked = session_file.session_path(), read_in_full(monkeypatch)
    data = json.loads(path.read_text())
    if change == "a text":
        data["draft"] |= {text: data["draft"][text].replace("295.39", "301.5") for text in ("rules", "exact")}
    elif change == "a record":
        written = json.dumps(data["draft"]["checked"]["records"]).replace("295.39", "301.5")
        data["draft"]["checked"]["records"] = json.loads(written)
    elif change == "another kind":
        data["draft"]["checked"] = [1]
    else:
        monkeypatch.setattr(checked_records, "_code", list)
    path.write_text(json.dumps(data))
    again, note = session_file.restore()
    assert (again.state.draft.quote.spot, note) == (301.5 if change == "a text" else 295.39, "")
    assert asked == ["rules", "exact"]


@pytest.mark.parametrize(
    "of",
    [
        {"record": ["os:system", {}]},
        {"record": ["riskcalc.presets.files:write_whole", {"path": "x", "text": "y"}]},
        {"enum": ["riskcalc.domain.account:Account", "x"]},
        {"unknown": []},
        {"date": "yesterday"},
        {"record": ["riskcalc.domain.account:Account", {"equity": -1.0}]},
        {"record": ["riskcalc.domain.account:Account", {"unknown": 1.0}]},
    ],
)
def test_only_checked_records_are_made_even_under_a_seal(of, tmp_path):
    path = tmp_path / "one.toml"
    texts = {"rules": ""}
    written = checked_records.sealed(texts, {"rules": shipped()})
    assert checked_records.opened(texts | {"checked": written}, "rules", path=path) == dataclasses.replace(
        shipped(), path=path
    )
    records = written["records"] | {"rules": written["records"]["rules"] | {"account": of}}
    broken = {"records": records, "seal": checked_records._seal(texts, records)}
    assert checked_records.opened(texts | {"checked": broken}, "rules", path=path) is None


def test_a_new_calibration_and_account_reach_a_session_with_records(tmp_path, monkeypatch):
    session_file.save(many_rules(tmp_path))
    write_calibration(Calibration(k=0.81, k_source="measured", date=DAY, error=0.05), symbol="RUT")
    set_account(["open_risk=750"])
    asked = read_in_full(monkeypatch)
    expected = from_texts()
    asked.clear()
    found = session_file.restore(today=DAY)
    assert values(found) == values(expected)
    assert (found[0].state.draft.view.k, found[0].state.draft.account.open_risk) == (0.81, 750)
    assert asked == []


def test_without_an_account_presets_take_the_defaults():
    assert inherited_accounts({}).beside == NO_ACCOUNT


def test_a_session_with_records_loads_no_schema():
    session_file.save(editor())
    code = (
        "import sys; from riskcalc.editor import session_file; found, note = session_file.restore();"
        "found.plan_now(); print(note, found.state.title, sorted({'pydantic', 'tomlkit'} & {*sys.modules}))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "iwm-call-spread []"
