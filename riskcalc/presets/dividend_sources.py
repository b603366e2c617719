"""Where a preset's cash dividends come from: the text itself, or a file that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskcalc.errors import PresetError
from riskcalc.presets.dividend_file import read_dividend_file
from riskcalc.presets.fields import says_none
from riskcalc.presets.keys import dotted
from riskcalc.presets.problems import Problem


def named_files(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the files that a preset's data name, as written, by symbol."""
    texts = {symbol: quote.get("dividends") for symbol, quote in _quotes(data).items()}
    return {
        symbol: text
        for symbol, text in texts.items()
        if isinstance(text, str) and text.strip() and not says_none(text)
    }


def anchor_files(data: Mapping[str, Any], folder: Path) -> None:
    """Let the files that a preset's data name begin at a folder, in place."""
    for symbol, written in named_files(data).items():
        _quotes(data)[symbol]["dividends"] = str(folder / written)


def read_files(data: Mapping[str, Any]) -> list[Problem]:
    """Put the payments in place of the files that a preset's data name; return what is wrong with those."""
    problems: list[Problem] = []
    for symbol, written in named_files(data).items():
        place = ("market", "quotes", symbol, "dividends")
        payments: list[dict[str, Any]] = []
        try:
            paid = read_dividend_file(Path(written))
            payments += [
                {"ex_date": one.ex_date, "amount": one.amount, "special": one.special} for one in paid
            ]
        except PresetError as error:
            problems += [(place, f"{dotted(place)}: {line}") for line in str(error).splitlines()]
        _quotes(data)[symbol]["dividends"] = payments
    return problems


def _quotes(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The quotes of a preset's data that are tables."""
    market = data.get("market")
    quotes = market.get("quotes") if isinstance(market, dict) else None
    found = quotes if isinstance(quotes, dict) else {}
    return {symbol: quote for symbol, quote in found.items() if isinstance(quote, dict)}
