import csv
import io

import numpy as np
import pytest

from riskcalc.chains import QuoteStatus, sample_chain
from riskcalc.chains.sample import (
    DATE,
    DIVIDEND,
    DIVIDEND_DATE,
    RATE,
    SAMPLE_FILE,
    SPOT,
    SYMBOL,
    sample_text,
)
from riskcalc.presets import load_preset


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_shipped_file_is_what_the_function_makes():
    shipped, made = rows(SAMPLE_FILE.read_text(encoding="utf-8")), rows(sample_text())
    assert len(shipped) == len(made)
    for old, new in zip(shipped, made, strict=True):
        for price in ("bid", "ask"):  # another processor may round the last cent the other way
            assert float(old.pop(price)) == pytest.approx(float(new.pop(price)), abs=0.0101)
        assert old == new


def test_it_says_on_every_row_that_it_is_made_up():
    assert {row["source"] for row in rows(SAMPLE_FILE.read_text(encoding="utf-8"))} == {"made-up"}


def test_its_market_is_that_of_the_shipped_presets():
    market = load_preset("iwm-call-spread").market
    quote = market.quote(SYMBOL)
    assert (market.date, market.rate, quote.spot) == (DATE, RATE, SPOT)
    later = [
        dividend
        for dividend in market.dividends_until(SYMBOL, DATE.replace(month=11))
        if dividend.ex_date > DATE
    ]
    assert [(one.ex_date, one.amount) for one in later] == [(DIVIDEND_DATE, DIVIDEND)]


def test_it_looks_like_a_market():
    chain = sample_chain()
    days = (chain.expiry - np.datetime64(chain.date)).astype(int)
    assert days.min() >= 20
    assert days.max() <= 120
    counts = chain.quality_counts()
    assert counts[QuoteStatus.OK] > 0.95 * len(chain)
    assert counts[QuoteStatus.CROSSED] == counts[QuoteStatus.BELOW_INTRINSIC] == 0
    near = np.abs(chain.strike / chain.spot - 1) < 0.05
    assert ((chain.ask - chain.bid)[near] < 0.2).all()
