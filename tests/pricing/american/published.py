"""The rows of `tests/reference` that hold American prices."""

import csv
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "reference"


def rows(name):
    with (REFERENCE / name).open() as lines:
        yield from csv.DictReader(line for line in lines if not line.startswith("#"))


def contract(row):
    """Arguments of `american`."""
    schedule = [pair.split(":") for pair in row.get("dividends", "").split(";") if pair]
    return {
        "sign": 1 if row["flag"] == "c" else -1,
        "spot": float(row["spot"]),
        "strike": float(row["strike"]),
        "time_to_expiry": float(row["t"]),
        "rate": float(row["r"]),
        "dividend_yield": float(row.get("q", 0.0)),
        "vol": float(row["vol"]),
        "dividend_times": [float(time) for time, _ in schedule],
        "dividend_amounts": [float(amount) for _, amount in schedule],
    }


def label(row):
    return f"{row['contract']} {row['flag']} {row['spot']}/{row['strike']} T={row['t']}"
