"""Small quote files with invented numbers, in the layouts that users have."""

import csv
import io

COLUMNS = (
    "contractSymbol",
    "lastTradeDate",
    "strike",
    "lastPrice",
    "bid",
    "ask",
    "volume",
    "openInterest",
    "impliedVolatility",
    "contractSize",
    "currency",
    "optionType",
    "expirationDate",
    "underlyingPrice",
    "quoteTime",
)


def quote_row(*, expiry="2026-09-18", strike=100.0, kind="call", root="IWM", **values):
    """One row of a yfinance dump on 2026-07-20, spot 101; keywords replace cells."""
    contract = f"{root}{expiry[2:].replace('-', '')}{kind[0].upper()}{round(strike * 1000):08d}"
    return {
        "contractSymbol": contract,
        "lastTradeDate": "2026-07-17 19:59:00+00:00",
        "strike": strike,
        "lastPrice": 4.1,
        "bid": 4.0,
        "ask": 4.2,
        "volume": "",
        "openInterest": 12,
        "impliedVolatility": 0.21,
        "contractSize": "REGULAR",
        "currency": "USD",
        "optionType": kind,
        "expirationDate": expiry,
        "underlyingPrice": 101.0,
        "quoteTime": "2026-07-20 13:45:00",
    } | values


def yfinance_csv(rows, *, without=(), delimiter=","):
    """The rows as CSV text, some columns left out."""
    columns = [column for column in COLUMNS if column not in without]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def usual_rows():
    """Calls and puts at three strikes and two expiries."""
    return [
        quote_row(expiry=expiry, strike=strike, kind=kind)
        for expiry in ("2026-08-21", "2026-09-18")
        for strike in (95.0, 100.0, 105.0)
        for kind in ("call", "put")
    ]
