"""The table of docs/instruments.md is that of the file; RISKCALC_REGENERATE=1 writes it anew."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

from riskcalc.domain import Instrument, PayoutSchedule, Settlement, shipped_instruments
from riskcalc.domain.instrument_table import TABLE_FILE
from riskcalc.presets.instrument_file import InstrumentShape, read_instruments

PAGE = Path(__file__).parents[2] / "docs" / "instruments.md"
BEGIN, END = (f"<!-- instruments.toml: {place} -->\n" for place in ("begin", "end"))
HEAD = "| symbol | name | options | benchmark or beta | fee | dividends | ticks | strike step | gap shocks |"


def options_of(row: Instrument) -> str:
    settled = "cash" if row.cash_settled else "shares"
    at_open = {
        (Settlement.PM, Settlement.PM): "",
        (Settlement.AM, Settlement.PM): ", third Fridays at the open",
        (Settlement.AM, Settlement.AM): ", at the open",
    }[row.usual_monthly_settlement, row.usual_weekly_settlement]
    return f"{row.exercise.title()}, {settled}{at_open}"


def followed_by(row: Instrument) -> str:
    if row.benchmark:
        return f"{row.leverage:+g}x {row.benchmark}"
    return "" if row.beta is None else f"beta {row.beta:g} to {row.beta_to}, {row.beta_as_of}"


def table() -> str:
    names = {
        symbol: row["name"] for symbol, row in tomllib.loads(TABLE_FILE.read_text())["instruments"].items()
    }
    lines = [HEAD, re.sub(r"[^|]+", " --- ", HEAD)]
    for symbol, row in shipped_instruments().items():
        gaps = " and ".join(f"{100 * shock:g}%" for shock in row.gap_shocks)
        cells = (
            f"`{symbol}`",
            names[symbol],
            options_of(row),
            followed_by(row),
            f"{100 * row.fee:g}%" if row.fee else "",
            "yield" if row.payouts is PayoutSchedule.INDEX else row.payouts.value,
            f"{row.tick:.2f}, {row.tick_from_3:.2f}",
            f"{row.strike_step:g}",
            gaps,
        )
        lines.append(re.sub(r" +", " ", f"| {' | '.join(cells)} |"))
    return "\n".join(lines) + "\n"


def test_the_table_is_that_of_the_file():
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    shown, _, after = rest.partition(END)
    if os.environ.get("RISKCALC_REGENERATE"):
        PAGE.write_text(before + BEGIN + table() + END + after, encoding="utf-8")
    else:
        assert shown == table()


def test_every_key_of_a_row_is_named_and_no_other():
    keys = PAGE.read_text(encoding="utf-8").partition("## Keys")[2].partition("## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", keys, flags=re.MULTILINE) == list(InstrumentShape.model_fields)


def test_the_example_is_read(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    path = tmp_path / "instruments.toml"
    path.write_text(text, encoding="utf-8")
    result = read_instruments(path)
    assert (result["TSLL"].benchmark, result["TSLL"].leverage) == ("TSLA", 2)
    assert result["TSLA"].strike_step == 5
