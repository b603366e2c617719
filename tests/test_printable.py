"""No text of a file reaches a terminal raw, whatever column or key it stands in."""

import json

import pytest

import riskcalc as rc
from riskcalc.cli.output import print_json, print_tables
from riskcalc.errors import ChainError, InvalidInputError, PresetError, printable
from riskcalc.formatting import Table
from tests.chains.samples import COLUMNS, usual_rows, yfinance_csv

EVIL = "\x1b[2J\x1b]0;title\x07\x9b31m\u202e\ud800\u2028"


@pytest.mark.parametrize("error", [ChainError, InvalidInputError, PresetError])
def test_errors_write_control_characters_out(error):
    text = str(error(f"column {EVIL}: bad\nline 2"))
    assert text.split("\n", maxsplit=1)[0].isprintable()
    assert text.startswith(r"column \x1b[2J\x1b]0;title\x07\x9b31m\u202e\ud800\u2028: bad")
    assert text.endswith("\nline 2")


def test_what_prints_stays_as_it_is():
    assert (
        printable("Grüße, 20 %\N{NO-BREAK SPACE}\N{EURO SIGN} 日本")
        == "Grüße, 20 %\N{NO-BREAK SPACE}\N{EURO SIGN} 日本"
    )


@pytest.mark.parametrize("column", COLUMNS)
def test_a_chain_with_an_evil_cell(tmp_path, column):
    rows = usual_rows()
    rows[3][column] = f"7{EVIL[:-2]}"
    path = tmp_path / "quotes.csv"
    path.write_text(yfinance_csv(rows), encoding="utf-8")
    try:
        text = json.dumps(rc.chain_summary(rc.read_chain(path), rate=0.04).to_dict(), ensure_ascii=False)
    except rc.RiskcalcError as error:
        text = str(error)
    assert all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize(
    "key", ["symbol", "bid", "strike", "option_type", "quote_time", "\x1b[2Jbid", "b\nid"]
)
def test_a_json_chain_with_an_evil_value_or_key(tmp_path, key):
    record = {
        "symbol": "IWM",
        "expiry": "2026-09-18",
        "strike": 100,
        "option_type": "call",
        "bid": 4,
        "ask": 5,
    }
    path = tmp_path / "quotes.json"
    path.write_text(json.dumps([record | {key: EVIL}]))
    with pytest.raises(rc.RiskcalcError) as error:
        rc.read_chain(path, spot=100.0)
    assert all(line.isprintable() for line in str(error.value).split("\n"))


def test_tables_and_json_write_them_out(capsys):
    section = Table(title=EVIL, header=(EVIL, "b"), rows=((EVIL, "1"),))
    print_tables(EVIL, [section])
    print_json({"name": EVIL})
    printed = capsys.readouterr().out
    assert all(line.isprintable() for line in printed.split("\n"))
    assert json.loads(printed[printed.rindex("{") :])["name"] == EVIL


def test_a_preset_with_an_evil_name_is_planned_plainly(tmp_path, capsys):
    from riskcalc.cli import main  # noqa: PLC0415 - beside its one use

    text = (rc.presets.shipped_folder() / "iwm-shares.toml").read_text()
    path = tmp_path / "a.toml"
    path.write_text('name = "\\u001b[2J"\n' + text.replace("name = ", "# "))
    with pytest.raises(SystemExit):
        main(["plan", str(path)])
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
