"""The readers under test: each takes a damaged content, and reads it as far as a user would."""

from __future__ import annotations

import datetime as dt
import functools
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import riskcalc as rc
from riskcalc import history
from riskcalc.book import Book
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.session_data import from_data
from riskcalc.editor.session_file import read_session
from riskcalc.events.ics import read_ics
from riskcalc.events.own import read_own_events
from riskcalc.presets import check_preset, parse_assignments
from riskcalc.presets.account_file import read_account
from riskcalc.presets.dividend_files import read_dividend_file
from riskcalc.presets.market_file import read_market
from riskcalc.scanning.sources import chain_sources, read_source
from riskcalc.signals.board import signal_board
from riskcalc.signals.files import read_files
from riskcalc.signals.rules import load_rules
from riskcalc.signals.store import merged
from tests.fuzz import calls, corpus
from tests.fuzz.mutations import VALUES, damaged

DAY = dt.date(2026, 7, 20)
KEYS = (
    *["account.equity", "account.risk", "account.buying_power", "account.costs.commission_per_contract"],
    *[
        "exits.stop",
        "exits.targets",
        "exits.targets.0",
        "exits.close_dte",
        "exits.holding_days",
        "exits.gaps",
    ],
    *["market.date", "market.rate", "market.quotes.IWM.spot", "market.quotes.IWM.vol"],
    *["market.quotes.IWM.dividends", "market.quotes.IWM.dividend_yield", "trade.legs.0.strike"],
    *["trade.legs.0.moneyness", "trade.legs.0.days", "trade.legs.0.expiry", "trade.legs.1.contracts"],
    *["trade.symbol", "view.drift", "view.vol", "entry.min_days", "name", "schema"],
)


@dataclass(frozen=True)
class Reader:
    """One kind of input."""

    name: str
    make: Callable[[random.Random], bytes]
    """Damaged content."""
    read: Callable[[bytes, Path], object]
    """Takes it, and a folder to put it in."""


def _mutated(sound: Callable[[], tuple[bytes, ...]]) -> Callable[[random.Random], bytes]:
    def make(chance: random.Random) -> bytes:
        return damaged(chance.choice(sound()), chance, sound())

    return make


def _preset(content: bytes, folder: Path) -> object:
    (folder / "paid.csv").write_text(corpus.DIVIDENDS)
    path = _written(content, folder / "fuzz.toml")
    check_preset(path)
    return rc.plan_preset(path).to_dict()


def _report(content: bytes, folder: Path) -> object:
    return rc.plan_preset(_written(content, folder / "fuzz.html")).to_dict()


def _scenarios(content: bytes, folder: Path) -> object:
    result = rc.load_scenarios(_written(content, folder / "fuzz.toml"))
    return rc.stress(_planned(), result, account=rc.Account(equity=100_000))


def _market(content: bytes, folder: Path) -> object:
    known = read_market(_written(content, folder / "damaged_market.toml"))
    names = ("iwm-shares", "tna-momentum")
    return [rc.plan_preset(name, today=DAY, market=known).to_dict() for name in names]


def _account(content: bytes, folder: Path) -> object:
    text = read_account(_written(content, folder / "damaged_account.toml"))
    return rc.plan_preset("iwm-shares", {f"account.{key}": value for key, value in text.items()}).to_dict()


def _signal_file(content: bytes, folder: Path) -> object:
    result = read_files([_written(content, folder / "IWM.csv")])
    return signal_board(load_rules(folder / "none.toml"), merged({}, result), day=DAY)


def _signal_rules(content: bytes, folder: Path) -> object:
    return signal_board(load_rules(_written(content, folder / "signals.toml")), {}, day=DAY)


def _calendar(content: bytes, folder: Path) -> object:
    path = _written(content, folder / "releases.ics")
    return [one.to_dict() for one in read_ics(path, start=DAY, end=DAY.replace(year=2027))]


def _own_events(content: bytes, folder: Path) -> object:
    return read_own_events(_written(content, folder / "events.toml"))


def _broker(content: bytes, folder: Path) -> object:
    for old in folder.glob("book.sqlite*"):
        old.unlink()
    path = _written(content, folder / "fuzz.csv")
    with Book(folder / "book.sqlite") as book:
        book.import_file(path, today=DAY, partial=True)
        again = book.import_file(path, today=DAY, partial=True)
        if again.fills:
            raise RuntimeError(f"{again.fills} fills are imported twice")
        return book.risk().to_dict(), book.journal().to_dict(), [trade.to_dict() for trade in book.trades()]


def _instruments(content: bytes, folder: Path) -> object:
    known = rc.load_instruments(_written(content, folder / "fuzz.toml"))
    return [one.settlement(DAY) for one in known.values()]


def _dividends(content: bytes, folder: Path) -> object:
    path = _written(content, folder / "paid.csv")
    read_dividend_file(path)
    return rc.plan_preset("iwm-shares", {"market.quotes.IWM.dividends": str(path)})


def _session(content: bytes, folder: Path) -> object:
    bench, _ = from_data(read_session(_written(content, folder / "session.json")))
    return [field.text(bench.state.draft) for field in bench.fields]


def _chain(content: bytes, folder: Path) -> object:
    path = _written(content, folder / "quotes.csv")
    try:
        return _use(rc.read_chain(path))
    except rc.ChainError:
        # What the file does not say is given, so that more of it is read.
        return _use(rc.read_chain(path, symbol="IWM", spot=295.0, date=DAY))


def _parquet(content: bytes, folder: Path) -> object:
    path = _written(content, folder / "history.parquet")
    return [_use(read_source(source)) for source in chain_sources([path])[:3]]


def _prices(content: bytes, folder: Path) -> object:
    path = _written(content, folder / "IWM.csv")
    bars = history.read_prices(path)
    measured = history.realized_vol(bars, window=21), history.yang_zhang_vol(bars, window=21)
    exits = history.ExitMoves(stop=0.06, targets=(0.1,), sessions=5)
    history.backtest(rc.load_preset("iwm-shares"), bars).to_dict()
    return measured, history.price_history(bars, calibration=rc.Calibration(), exits=exits).to_dict()


def _vols(content: bytes, folder: Path) -> object:
    vols = history.read_vols(_written(content, folder / "RVX.csv"))
    return history.measured_k(history.sample_prices(), vols, sessions=2)


def _use(chain: rc.Chain) -> object:
    summary = rc.chain_summary(chain, rate=0.04).to_dict()
    if chain.symbol == "IWM":
        rc.plan_preset("iwm-call-spread", chain=chain)
    return summary


def _setting(content: bytes, folder: Path) -> object:  # noqa: ARG001 - one signature
    text = content.decode(errors="surrogateescape")
    return rc.plan_preset("iwm-call-spread", parse_assignments(text.split("\n"))).to_dict()


def _backtest(content: bytes, folder: Path) -> object:  # noqa: ARG001 - one signature
    text = content.decode(errors="surrogateescape")
    preset = rc.load_preset("iwm-call-spread", parse_assignments(text.split("\n")))
    return history.backtest(preset, _few_bars(), entries="each").to_dict()


@functools.cache
def _few_bars() -> history.Bars:
    bars = history.sample_prices()
    prices = {name: getattr(bars, name)[-150:] for name in ("open", "high", "low", "close")}
    return history.Bars(symbol="IWM", dates=bars.dates[-150:], **prices)


def _make_setting(chance: random.Random) -> bytes:
    keys = [chance.choice(KEYS) for _ in range(chance.choice((1, 1, 2, 3)))]
    lines = "\n".join(f"{key}={chance.choice(VALUES)}" for key in keys).encode(errors="surrogatepass")
    return lines if chance.random() < 0.7 else damaged(lines, chance, (lines,))


def _typed(content: bytes, folder: Path) -> object:  # noqa: ARG001 - as above
    bench = TradeEditor(open_draft(rc.load_preset("iwm-call-spread")))
    for line in content.decode(errors="replace").split("\n"):
        place, _, text = line.partition(" ")
        number = int(place) if place.isdecimal() and len(place) < 9 else 0
        key = bench.fields[number % len(bench.fields)].key
        bench.check(key, text)
        bench.enter(key, text)
    return [field.text(bench.state.draft) for field in bench.fields]


def _make_typed(chance: random.Random) -> bytes:
    lines = [f"{chance.randrange(99)} {chance.choice(VALUES)}" for _ in range(3)]
    return "\n".join(lines).encode(errors="replace")


def _make_quotes(chance: random.Random) -> bytes:
    """A sound table of quotes with numbers at their ends in some of its cells."""
    frame = corpus.small().copy()
    for _ in range(chance.choice((1, 1, 2, 3))):
        name = chance.choice(NUMERIC)
        rows = chance.sample(range(len(frame)), chance.choice((1, 2, len(frame) // 2, len(frame))))
        cells = frame[name].astype(object)
        number = chance.choice(NUMBERS)
        for row in rows:
            cells[row] = _at_an_end(frame[name][row], number)
        frame[name] = cells
    return frame.to_csv(index=False).encode()


def _at_an_end(cell: object, number: str) -> object:
    scaled = number[0] == "x" and isinstance(cell, (int, float))
    return cell * float(number[1:]) if scaled else number.lstrip("x")


NUMERIC = (
    "spot",
    "strike",
    "bid",
    "ask",
    "bid",
    "ask",
    "quoted_vol",
    "open_interest",
    "quoted_delta",
    "expiry",
)
NUMBERS = (
    *[
        "x10",
        "x0.1",
        "x1000",
        "x0.001",
        "x1.05",
        "x0.99",
        "x-1",
        "x0",
        "x1e300",
        "x1e-300",
        "0",
        "1e308",
        "1e-308",
        "1e-320",
        "5e-324",
        "1e16",
    ],
    *["0.01", "1e9", "-1", "nan"],
    *["2026-07-20", "2026-07-21", "2199-12-31", "2028-07-21", "9999-12-31"],
)


def _make_parquet(chance: random.Random) -> bytes:
    """Damaged bytes, or a sound file of a damaged table."""
    sound = chance.choice(corpus.parquets())
    if chance.random() < 0.3:
        return damaged(sound, chance, corpus.parquets())
    frame = pd.read_parquet(io.BytesIO(sound))
    name = chance.choice([*frame.columns, "quote_time", "quote_time"])
    frame[name] = chance.choice(COLUMNS)(len(frame))
    content = io.BytesIO()
    try:
        frame.to_parquet(content, index=False)
    except Exception:  # noqa: BLE001 - what cannot be written is no file to read
        return sound
    return content.getvalue()


COLUMNS: tuple[Callable[[int], object], ...] = (
    lambda n: pd.to_datetime(["2026-07-20 20:00"] * n).tz_localize("UTC"),
    lambda n: pd.to_datetime(["2026-07-20"] * n).tz_localize("Asia/Tokyo"),
    lambda n: pd.to_timedelta(["3 days"] * n),
    lambda n: pd.period_range("2026-07-20", periods=n),
    lambda n: [DAY] * n,
    lambda n: [dt.time(3, 4)] * n,
    lambda n: [None] * n,
    lambda n: [pd.NaT] * (n - 1) + [pd.Timestamp("2026-07-20")],
    lambda n: [{"a": 1}] * n,
    lambda n: [[1, 2]] * n,
    lambda n: [b"\xff\x00"] * n,
    lambda n: ["\x1b[2J"] * n,
    lambda n: ["2026-07-20"] * n,
    lambda n: pd.Categorical(["2026-07-20"] * n),
    lambda n: [1784577600] * n,
    lambda n: [1.7e18] * n,
    lambda n: [float("inf")] * n,
    lambda n: [1e308] * n,
    lambda n: [-1.0] * n,
    lambda n: [True] * n,
    range,
    lambda n: pd.to_datetime(["9999-12-31"] * n),
    lambda n: pd.to_datetime(["0001-01-01"] * n),
)
"""What a column may hold instead."""


def _written(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


_PLANS: list[rc.TradePlan] = []


def _planned() -> rc.TradePlan:
    if not _PLANS:
        _PLANS.append(rc.plan_preset("iwm-call-spread"))
    return _PLANS[0]


READERS = (
    Reader("presets", _mutated(corpus.presets), _preset),
    Reader("reports", _mutated(corpus.reports), _report),
    Reader("scenarios", _mutated(corpus.scenarios), _scenarios),
    Reader("market", _mutated(corpus.markets), _market),
    Reader("account", _mutated(corpus.accounts), _account),
    Reader("signal files", _mutated(corpus.signal_files), _signal_file),
    Reader("signal rules", _mutated(corpus.signal_rules), _signal_rules),
    Reader("calendars", _mutated(corpus.calendars), _calendar),
    Reader("events", _mutated(corpus.own_events), _own_events),
    Reader("brokers", _mutated(corpus.brokers), _broker),
    Reader("instruments", _mutated(corpus.instruments), _instruments),
    Reader("dividends", _mutated(corpus.dividends), _dividends),
    Reader("sessions", _mutated(corpus.sessions), _session),
    Reader("chains", _mutated(corpus.chains), _chain),
    Reader("quotes", _make_quotes, _chain),
    Reader("calls", calls.make, calls.call),
    Reader("prices", _mutated(corpus.prices), _prices),
    Reader("implied vols", _mutated(corpus.prices), _vols),
    Reader("parquet", _make_parquet, _parquet),
    Reader("settings", _make_setting, _setting),
    Reader("backtests", _make_setting, _backtest),
    Reader("typed", _make_typed, _typed),
)
