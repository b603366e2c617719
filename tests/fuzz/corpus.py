"""Sound files of every kind, small ones, that mutations start from."""

from __future__ import annotations

import gzip
import io
import json
import os
from functools import cache
from pathlib import Path

import riskcalc as rc
from riskcalc.domain.instrument_table import TABLE_FILE
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.session_file import snapshot
from riskcalc.presets import self_contained, shipped_folder, shipped_scenarios
from riskcalc.presets.embedded import embedded_json
from riskcalc.signals.rules import shipped_rules
from tests.chains import samples, test_read_brokers, test_read_cboe
from tests.history.made_up import LAYOUTS, few

DIVIDENDS = "ex_date,amount\n" + "".join(
    f"20{year}-{month:02d}-1{year % 7},0.{month}{year}\n" for year in (24, 25, 26) for month in (3, 6, 9, 12)
)


@cache
def presets() -> tuple[bytes, ...]:
    """The shipped presets, and one that names a file of dividends."""
    texts = [path.read_bytes() for path in sorted(shipped_folder().glob("*.toml"))]
    named = [
        text.replace(b"[market.quotes.IWM]\n", b'[market.quotes.IWM]\ndividends = "paid.csv"\n')
        for text in texts[:1]
    ]
    return (*texts, *named)


@cache
def reports() -> tuple[bytes, ...]:
    """The data of a report, whole pages being pictures for the most part."""
    preset = rc.load_preset("iwm-call-spread")
    held = self_contained(preset, preset.sources)
    return (f"<!DOCTYPE html><html><body>{embedded_json(held)}</body></html>".encode(),)


@cache
def instruments() -> tuple[bytes, ...]:
    """The shipped instruments."""
    return (TABLE_FILE.read_bytes(),)


@cache
def markets() -> tuple[bytes, ...]:
    """A market of today with all of its keys."""
    return (
        b"""schema = 1
rate = "3.9%"
rate_date = 2026-11-30

[quotes.IWM]
date = 2026-11-30
spot = 297.4
vol = "19%"
vol_date = 2026-11-27
dividend_yield = "1.1%"
borrow_fee = "0.3%"
dividends = [{ ex_date = 2026-09-15, amount = 0.80 }, { ex_date = 2026-12-15, amount = 0.85 }]
source = "typed"

[quotes.TNA]
date = 2026-11-30
spot = 71.2
""",
    )


HOLDINGS = """iShares Russell 2000 ETF
Fund Holdings as of,"Jul 17, 2026"
Shares Outstanding,"250,000,000.00"

Ticker,Name,Sector,Asset Class,Market Value,Weight (%)
"A","A","Energy","Equity","5,000.00","100.00"
"""
"""Of a fund, in the layout of iShares."""


@cache
def accounts() -> tuple[bytes, ...]:
    """An account with its keys in a table, and one without."""
    keys = b'equity = 50_000\nrisk = "1%"\nbuying_power = "$32,000"\nmax_heat = "6%"\nrisk_basis = "gap"\n'
    return b"schema = 1\n[account]\n" + keys + b"[account.costs]\ncommission_per_contract = 0.65\n", keys


@cache
def brokers() -> tuple[bytes, ...]:
    """A file of every broker's layout."""
    return tuple(
        path.read_bytes() for path in sorted((Path(__file__).parents[1] / "book" / "layouts").iterdir())
    )


@cache
def signal_files() -> tuple[bytes, ...]:
    """A download of FRED, and holdings of a fund."""
    return (
        b"observation_date,DGS10\n2026-07-15,4.21\n2026-07-16,.\n2026-07-17,4.49\n",
        HOLDINGS.encode(),
    )


@cache
def signal_rules() -> tuple[bytes, ...]:
    """The shipped rules."""
    return (shipped_rules().read_bytes(),)


@cache
def calendars() -> tuple[bytes, ...]:
    """A calendar with a zone, a whole day, and a repeated entry with an exception."""
    entries = (
        "DTSTART;TZID=America/New_York:20260812T083000\nSUMMARY:CPI",
        "DTSTART;VALUE=DATE:20260918\nDTEND;VALUE=DATE:20260920\nSUMMARY:two days",
        "UID:1\nDTSTART:20260723T123000Z\nRRULE:FREQ=WEEKLY;UNTIL=20261231T000000Z\nEXDATE:20260730T123000Z\nSUMMARY:w",
    )
    body = "".join(f"BEGIN:VEVENT\n{entry}\nEND:VEVENT\n" for entry in entries)
    return (f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n".encode(),)


@cache
def own_events() -> tuple[bytes, ...]:
    """A row of the user's own, and one that takes a shipped row away."""
    row = b'[[events]]\ndate = 2026-12-10\nwhat = "CPI"\n'
    return (b"schema = 1\n" + row + b'time = "08:30"\n' + row + b"off = true\n",)


@cache
def scenarios() -> tuple[bytes, ...]:
    """The shipped scenarios."""
    return (shipped_scenarios().read_bytes(),)


@cache
def dividends() -> tuple[bytes, ...]:
    """A made-up history of payments, with two delimiters."""
    return DIVIDENDS.encode(), DIVIDENDS.replace(",", ";").encode()


@cache
def sessions() -> tuple[bytes, ...]:
    """What the screen keeps of two trades, one with a second one pinned."""
    editors = [
        TradeEditor(open_draft(rc.load_preset(shipped_folder() / f"{name}.toml")))
        for name in ("iwm-call-spread", "tna-momentum")
    ]
    editors[1].pin()
    return tuple(json.dumps(_kept(editor), indent=1).encode() for editor in editors)


def _kept(editor: TradeEditor) -> dict[str, object]:
    from riskcalc.editor.session_data import to_data  # noqa: PLC0415 - beside its one use

    return {"riskcalc_session": 1, "look": snapshot(editor).look} | to_data(editor.state, chain_path=None)


@cache
def chains() -> tuple[bytes, ...]:
    """One chain or another in every layout, two of them packed."""
    flat = small().to_csv(index=False).encode()
    records = small().astype(str).to_dict(orient="records")
    documents = (
        records,
        {"symbol": "IWM", "quotes": records[:40]},
        test_read_brokers.schwab(
            *(
                test_read_brokers.contract(kind, strike)
                for kind in ("CALL", "PUT")
                for strike in (95.0, 100.0, 105.0)
            )
        ),
        {
            "options": {
                "option": [
                    test_read_brokers.tradier_option(),
                    test_read_brokers.tradier_option("IWM260918C00105000"),
                ]
            }
        },
        test_read_cboe.delayed(
            *(
                test_read_cboe.option(f"IWM260918{kind}00{strike}000")
                for kind in "CP"
                for strike in (100, 105)
            )
        ),
    )
    texts = (
        flat,
        samples.yfinance_csv(samples.usual_rows()).encode(),
        test_read_cboe.table(*(test_read_cboe.row(strike) for strike in (95, 100, 105))).encode(),
        *(json.dumps(document).encode() for document in documents),
    )
    return (*texts, gzip.compress(flat, mtime=0), gzip.compress(texts[3], mtime=0), *_given())


@cache
def parquets() -> tuple[bytes, ...]:
    """A chain as Parquet, plain and with a zone."""
    plain, zoned = small(), small()
    zoned["quote_time"] = zoned["quote_time"].dt.tz_localize("America/New_York")
    return tuple(_parquet(frame) for frame in (plain, zoned))


def _parquet(frame) -> bytes:
    content = io.BytesIO()
    frame.to_parquet(content, index=False)
    return content.getvalue()


@cache
def small():
    """Two expiries of the sample, near the money."""
    frame = rc.sample_chain().to_frame()
    near = frame["strike"].between(270, 330) & frame["expiry"].isin(sorted(frame["expiry"].unique())[2:4])
    return frame[near].drop(columns=["status"]).reset_index(drop=True)


@cache
def prices() -> tuple[bytes, ...]:
    """Made-up prices in every layout."""
    return tuple(layout(few(60)).encode() for layout in LAYOUTS.values())


def _given() -> tuple[bytes, ...]:
    """Made-up layouts that a folder holds, where there is one."""
    folder = Path(os.environ.get("RISKCALC_REFERENCE", "")) / "06_option_chain_layouts"
    files = [path for path in sorted(folder.glob("*.*")) if path.suffix != ".md"] if folder.is_dir() else []
    return tuple(path.read_bytes()[:40_000] for path in files if path.suffix != ".json")
