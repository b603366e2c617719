"""The adapter of yfinance, on made-up frames of its shape: no network is asked, nothing is Yahoo's data."""

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from riskcalc.chains.live import live_chain
from riskcalc.errors import ChainError
from tests.chains.samples import quote_row

NOW = dt.datetime(2026, 7, 20, 20, 5, tzinfo=dt.UTC)
AT_CLOSE = 1784577600  # 2026-07-20 16:00 in New York, in seconds
QUARTER = dt.timedelta(minutes=15)
ADDED = ("optionType", "expirationDate", "underlyingPrice", "quoteTime")


def table(expiry, kind, strikes=(95.0, 100.0), root="IWM"):
    made = [quote_row(expiry=expiry, strike=strike, kind=kind, root=root) for strike in strikes]
    return pd.DataFrame(made).drop(columns=list(ADDED))


class Ticker:
    """Answers as ``yfinance.Ticker`` does."""

    def __init__(self, options=("2026-08-21", "2026-09-18"), underlying=None, error=None, root="IWM"):
        self.root = root
        self.options = options
        self.underlying = underlying or {"regularMarketPrice": 101.0, "regularMarketTime": AT_CLOSE}
        self.error = error

    def option_chain(self, date):
        if self.error:
            raise self.error
        calls, puts = (table(date, kind, root=self.root) for kind in ("call", "put"))
        return SimpleNamespace(calls=calls, puts=puts, underlying=self.underlying)


def fetch(folder, ticker, *, now=NOW, symbol="iwm"):
    return live_chain(symbol, now=now, max_age=QUARTER, folder=folder, open_ticker=lambda _: ticker)


def refuse(_):
    raise AssertionError("fetched again")


def test_all_expiries_are_one_chain(tmp_path):
    result = fetch(tmp_path, Ticker())
    chain = result.chain
    assert (chain.symbol, chain.date, chain.spot, len(chain)) == ("IWM", dt.date(2026, 7, 20), 101.0, 8)
    assert chain.quote_time == dt.datetime(2026, 7, 20, 16, 0)  # noqa: DTZ001 - New York, unmarked
    assert result.note == "delayed quotes from Yahoo, fetched now"


def test_fetched_quotes_are_used_again_until_they_are_old(tmp_path):
    fetch(tmp_path, Ticker())
    soon = NOW + dt.timedelta(minutes=14, seconds=30)
    again = live_chain("IWM", now=soon, max_age=QUARTER, folder=tmp_path, open_ticker=refuse)
    assert again.note == "delayed quotes from Yahoo, fetched 14 min ago"
    late = fetch(tmp_path, Ticker(options=("2026-08-21",)), now=NOW + dt.timedelta(minutes=16))
    assert (len(late.chain), late.age) == (4, dt.timedelta(0))


def test_quotes_stamped_in_the_future_are_fetched_anew(tmp_path):
    fetch(tmp_path, Ticker(), now=NOW + dt.timedelta(days=1))
    assert len(fetch(tmp_path, Ticker(options=("2026-08-21",))).chain) == 4


@pytest.mark.parametrize(
    ("ticker", "message"),
    [
        (Ticker(options=()), "IWM: Yahoo has no options on this symbol, or there is no network"),
        (
            Ticker(error=ConnectionError("no route to host\nmore")),
            "IWM: live quotes could not be fetched: no route",
        ),
        (Ticker(error=ValueError("")), "IWM: live quotes could not be fetched: ValueError"),
        (Ticker(underlying={"regularMarketTime": AT_CLOSE}), "column underlyingPrice.*give the spot"),
    ],
)
def test_what_goes_wrong_is_one_line_and_is_not_kept(tmp_path, ticker, message):
    with pytest.raises(ChainError, match=message) as error:
        fetch(tmp_path, ticker)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_an_answer_without_a_side_is_no_chain(tmp_path):
    ticker = Ticker()
    ticker.option_chain = lambda _: SimpleNamespace(calls=None, puts=None, underlying=None)
    with pytest.raises(ChainError, match="Yahoo returned no calls for 2026-08-21"):
        fetch(tmp_path, ticker)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ChainError, match="fetched quotes cannot be cached"):
        fetch(tmp_path / "file", Ticker())


def test_a_symbol_is_no_path(tmp_path):
    with pytest.raises(ChainError, match=r"--live must be a symbol like IWM, got '\.\./X'"):
        fetch(tmp_path, Ticker(), symbol="../x")


def test_without_the_extra_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "yfinance", None)
    with pytest.raises(ChainError, match=r"live quotes need yfinance: pip install 'riskcalc\[live\]'"):
        live_chain("IWM", now=NOW, max_age=QUARTER, folder=tmp_path)
