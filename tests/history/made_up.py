"""Made-up bars, and files of them in the layouts of vendors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from riskcalc.history import Bars, sample_prices


def few(count=30):
    """The last bars of the sample as a table."""
    bars = sample_prices()
    columns = {name.title(): getattr(bars, name)[-count:] for name in ("open", "high", "low", "close")}
    return pd.DataFrame({"Date": bars.dates[-count:].astype(str), **columns})


def bars_of(open_, high, low, close, *, start="2026-01-05"):
    """Bars on weekdays from a Monday on."""
    days = np.busday_offset(start, np.arange(len(close)), roll="forward")
    rows = {"open": open_, "high": high, "low": low, "close": close}
    return Bars(
        symbol="A", dates=days, **{name: np.array(values, dtype=float) for name, values in rows.items()}
    )


def random_bars(seed, count=400, vol=0.02, start="2026-01-05"):
    """Bars of a coarse walk, with gaps and days that touch far levels on both sides."""
    random = np.random.default_rng(seed)
    steps = random.standard_normal((count, 6)) * vol / 2
    path = np.cumsum(steps.ravel()).reshape(count, 6)
    prices = np.round(100 * np.exp(path), 2)
    days = prices[:, 1:]
    return bars_of(days[:, 0], days.max(axis=1), days.min(axis=1), days[:, -1], start=start)


def three_lines(table, symbols=("IWM",)):
    """yfinance's three header lines, with the same prices for each symbol."""
    names = ["Close", "High", "Low", "Open"]
    pairs = [(name, symbol) for name in names for symbol in symbols]
    head = [
        ",".join(["Price", *(name for name, _ in pairs)]),
        ",".join(["Ticker", *(symbol for _, symbol in pairs)]),
        "Date" + "," * len(pairs),
    ]
    rows = [
        ",".join([row.Date, *(str(getattr(row, name)) for name, _ in pairs)]) for row in table.itertuples()
    ]
    return "\n".join([*head, *rows]) + "\n"


def american(table):
    """Newest first, quoted, American dates, volume with a suffix."""
    rows = [
        f'"{day[5:7]}/{day[8:]}/{day[:4]}","{close:,}","{open_}","{high}","{low}","35.69M","+0.10%"'
        for day, open_, high, low, close in table.iloc[::-1].itertuples(index=False)
    ]
    return "\n".join(['"Date","Price","Open","High","Low","Vol.","Change %"', *rows]) + "\n"


def zoned(table):
    """Dates with a zone, and columns of dividends and splits."""
    return table.assign(Date=table.Date + " 00:00:00-05:00", Dividends=0.0, **{"Stock Splits": 0.0}).to_csv(
        index=False
    )


def raw_with_split(table, *, row=20, ratio=2.0):
    """Prices before a split as they were, and the split on its morning."""
    table = table.copy()
    table.iloc[:row, 1:] = table.iloc[:row, 1:] * ratio
    split = np.ones(len(table))
    split[row] = ratio
    return table.assign(split_coefficient=split)


LAYOUTS = {
    "flat": lambda table: table.assign(Volume=1).to_csv(index=False),
    "an adjusted close": lambda table: table.assign(**{"Adj Close": table.Close * 0.93}).to_csv(index=False),
    "three header lines": three_lines,
    "newest first": american,
    "zoned": zoned,
    "Alpha Vantage": lambda table: (
        raw_with_split(table)
        .rename(columns=str.lower)
        .rename(columns={"date": "timestamp"})
        .to_csv(index=False)
    ),
    "index of pandas": lambda table: table.rename(columns={"Date": ""}).to_csv(index=False),
    "Cboe": lambda table: (
        table.assign(Date=pd.to_datetime(table.Date).dt.strftime("%m/%d/%Y"))
        .rename(columns=str.upper)
        .to_csv(index=False)
    ),
    "semicolons": lambda table: table.to_csv(index=False, sep=";"),
    "epochs": lambda table: table.assign(
        Date=pd.to_datetime(table.Date).dt.as_unit("s").astype("int64")
    ).to_csv(index=False),
    "a footer": lambda table: table.to_csv(index=False) + '"Downloaded from Barchart.com as of 07-20-2026"\n',
}
