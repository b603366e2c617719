"""``riskcalc quote``: today's market, typed, from a chain or live, for every preset."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli.completion import complete_symbol
from riskcalc.cli.live import fetched_chains, vol_of_chain
from riskcalc.cli.options import DAY, MONEY, RATE, as_json, require_usable
from riskcalc.cli.output import print_json, print_tables, say_warnings
from riskcalc.environment import today
from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from riskcalc.chains import Chain
    from riskcalc.presets.market_file import KnownMarket, KnownQuote

EXAMPLES = """\b
Examples:
  riskcalc quote
  riskcalc quote IWM=297.40 TNA=71.20 SPY=752 --vol IWM=19% --rate 3.9%
  riskcalc quote --chain quotes.csv
  riskcalc quote --live IWM SPY

A leveraged fund without an IV of its own takes that of its benchmark times the leverage.
"""


@click.command("quote", epilog=EXAMPLES)
@click.argument(
    "prices",
    metavar="[SYMBOL=PRICE]...",
    nargs=-1,
    shell_complete=lambda *given: complete_symbol(*given, end="="),
)
@click.option(
    "--vol", "vols", multiple=True, metavar="SYMBOL=IV", help="At-the-money IV, about 60 days: IWM=19%."
)
@click.option("--yield", "yields", multiple=True, metavar="SYMBOL=YIELD", help="Dividend yield: TNA=0.8%.")
@click.option("--rate", type=RATE, help="Continuous risk-free rate per year: 3.9%.")
@click.option("--date", "day", type=DAY, help="Day of the prices; default: today, or that of the chain.")
@click.option(
    "--chain",
    "chain_file",
    type=click.Path(path_type=Path),
    multiple=True,
    help="File of quotes: takes spot, date and the IV near 60 days from it. May be repeated.",
)
@click.option("--chain-spot", type=MONEY, help="Price of the underlying, if the file does not give it.")
@click.option(
    "--live", is_flag=True, help="Fetch delayed quotes of the SYMBOLs; needs a network and riskcalc[live]."
)
@as_json
def command(
    *,
    prices: tuple[str, ...],
    vols: tuple[str, ...],
    yields: tuple[str, ...],
    rate: float | None,
    day: dt.date | None,
    chain_file: tuple[Path, ...],
    chain_spot: float | None,
    live: bool,
    json_wanted: bool,
) -> None:
    """Set today's market: prices and IVs that every preset uses in place of its own.

    Without arguments, lists what is known and how old it is. A preset with market.pinned = true keeps its own
    market; --set and --chain of a plan go over this one.
    """
    if live and chain_file:
        raise click.UsageError("give at most one of --live and --chain")
    if not live and not chain_file and chain_spot is not None:
        raise click.UsageError("--chain-spot needs a --chain")
    now = today()
    if live:
        _write_live(prices, vols, yields, rate=rate, day=day, now=now)
    elif chain_file:
        _write_chain(chain_file, prices, vols, yields, rate=rate, day=day, now=now, spot=chain_spot)
    elif prices or vols or yields or rate is not None:
        _write(_typed_quotes(prices, vols, yields, date=_day(day, now)), rate=rate, date=_day(day, now))
    elif day is not None:
        raise click.UsageError("--date needs prices: IWM=297.40")
    _show(now, json_wanted=json_wanted)


def _day(day: dt.date | None, now: dt.date) -> dt.date:
    """The day of typed prices, which cannot be in the future."""
    if day is not None and day > now:
        raise InvalidInputError(f"--date must be today, {now}, or before, got {day}")
    return now if day is None else day


def _write(quotes: Mapping[str, KnownQuote], *, rate: float | None, date: dt.date) -> None:
    from riskcalc.presets.market_file import write_quotes  # noqa: PLC0415 - help is quick

    write_quotes(quotes, rate=rate, date=date)


def _typed_quotes(
    prices: Iterable[str], vols: Iterable[str], yields: Iterable[str], *, date: dt.date
) -> dict[str, KnownQuote]:
    from riskcalc.presets.typed_quotes import typed_quotes  # noqa: PLC0415 - help is quick

    return typed_quotes(prices, vols, yields, date=date)


def _write_chain(
    files: tuple[Path, ...],
    prices: tuple[str, ...],
    vols: tuple[str, ...],
    yields: tuple[str, ...],
    *,
    rate: float | None,
    day: dt.date | None,
    now: dt.date,
    spot: float | None,
) -> None:
    from riskcalc.chains import read_chain  # noqa: PLC0415 - help is quick
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

    chain = read_chain(files, spot=spot, date=day, instruments=load_instruments())
    say_warnings(chain.warnings)
    require_usable(chain)
    quotes = _of_chain(chain, rate=rate, source="chain") | _typed_quotes(
        prices, vols, yields, date=_day(chain.date, now)
    )
    _write(quotes, rate=rate, date=chain.date)


def _of_chain(chain: Chain, *, rate: float | None, source: str) -> dict[str, KnownQuote]:
    """Spot and IV of a chain's underlying."""
    from riskcalc.domain import instrument  # noqa: PLC0415 - help is quick
    from riskcalc.presets.typed_quotes import updated_quotes  # noqa: PLC0415 - as above

    symbol = instrument(chain.symbol).symbol
    vol = vol_of_chain(chain, rate=rate)
    return updated_quotes({symbol: chain.spot}, {symbol: vol}, {}, date=chain.date, source=source)


def _write_live(
    symbols: tuple[str, ...],
    vols: tuple[str, ...],
    yields: tuple[str, ...],
    *,
    rate: float | None,
    day: dt.date | None,
    now: dt.date,
) -> None:
    from riskcalc.presets.market_file import read_market  # noqa: PLC0415 - help is quick

    if day is not None:
        raise click.UsageError("--live takes the day of the quotes: leave out --date")
    typed = tuple(text for text in symbols if "=" in text)
    live_symbols = [text for text in symbols if "=" not in text] or list(read_market().quotes) or ["IWM"]
    quotes: dict[str, KnownQuote] = {}
    for chain in fetched_chains(live_symbols):
        quotes |= _of_chain(chain, rate=rate, source="live")
    _write(quotes | _typed_quotes(typed, vols, yields, date=now), rate=rate, date=now)


def _show(now: dt.date, *, json_wanted: bool) -> None:
    from riskcalc.presets.market_file import market_path, read_market  # noqa: PLC0415 - help is quick

    market = read_market()
    if json_wanted:
        print_json(_as_data(market, now))
    elif not market.quotes and market.rate is None:
        click.echo(
            f"no market of today yet ({market_path()}): plans use the prices of their presets, "
            "and the shipped ones have a sample.\n"
            "Give today's: riskcalc quote IWM=PRICE --vol IWM=IV --rate 3.9%"
        )
    else:
        from riskcalc.formatting.market import known_market_table  # noqa: PLC0415 - help is quick

        print_tables("", [known_market_table(_as_data(market, now))])


def _as_data(market: KnownMarket, now: dt.date) -> dict[str, Any]:
    """Return the stored quotes for JSON, with their age in sessions."""
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - help is quick
    from riskcalc.domain.sessions import age_in_sessions  # noqa: PLC0415 - as above
    from riskcalc.presets.market_file import market_path  # noqa: PLC0415 - as above

    quotes = {
        symbol: to_plain(quote)
        | {
            "vol_date": to_plain(quote.day_of_vol if quote.vol is not None else None),
            "age_sessions": age_in_sessions(quote.date, now),
        }
        for symbol, quote in market.quotes.items()
    }
    return {
        "path": str(market_path()),
        "today": now.isoformat(),
        "rate": market.rate,
        "rate_date": to_plain(market.rate_date),
        "quotes": quotes,
    }
