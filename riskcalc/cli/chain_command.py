"""``riskcalc chain``: summary of a file of option quotes by expiry."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskcalc.cli.options import DAY, MONEY, RATE, as_json, require_usable
from riskcalc.cli.output import print_json, print_tables, say_warnings

if TYPE_CHECKING:
    from riskcalc.chains import Chain
    from riskcalc.domain import ChainSummary

EXAMPLES = """\b
Examples:
  riskcalc chain quotes.csv
  riskcalc chain SPX_quotedata.csv --symbol SPX --csv
  riskcalc chain 2026-09-18.json 2026-10-16.json --spot 295.39
  riskcalc chain --sample --json
  riskcalc chain quotes.csv --gamma
  riskcalc chain --live IWM --max-age 60

Layouts are recognized by content, CSV or JSON, gzipped or zipped: those of Cboe, Yahoo, Schwab, Tradier,
thinkorswim, E*TRADE, Nasdaq, Polygon, Alpaca, ORATS, OptionsDX, Theta Data, OptionMetrics, Databento and
others, and plain tables with the usual column names.
"""
USUAL_RATE = 0.04
"""Default rate if neither the file nor the user gives one."""


@click.command("chain", epilog=EXAMPLES)
@click.argument("files", metavar="[FILE]...", type=click.Path(path_type=Path), nargs=-1)
@click.option("--sample", is_flag=True, help="Read the made-up chain that ships with riskcalc.")
@click.option("--live", metavar="SYMBOL", help="Fetch delayed quotes; needs a network and riskcalc[live].")
@click.option(
    "--max-age",
    type=click.IntRange(min=0),
    default=15,
    show_default=True,
    help="Maximum age of cached quotes [minutes].",
)
@click.option("--symbol", help="Underlying to read, if the file has several or names none.")
@click.option("--spot", type=MONEY, help="Price of the underlying, if the file does not give it.")
@click.option("--date", type=DAY, help="Date of the quotes, if the file does not give it.")
@click.option("--rate", type=RATE, help="Continuous rate per year; default: the file's, else 4%.")
@click.option("--csv", "csv_wanted", is_flag=True, help="Print the expiries as CSV instead of tables.")
@click.option(
    "--quotes", "quotes_wanted", is_flag=True, help="Print all quotes, cleaned and with their status, as CSV."
)
@click.option("--smile", "smile_wanted", is_flag=True, help="Fit each expiry's smile and report the fit.")
@click.option(
    "--gamma",
    "gamma_wanted",
    is_flag=True,
    help="Show gamma by strike, put/call and max pain of the open interest.",
)
@as_json
def command(
    *,
    files: tuple[Path, ...],
    sample: bool,
    live: str | None,
    max_age: int,
    symbol: str | None,
    spot: float | None,
    date: dt.date | None,
    rate: float | None,
    csv_wanted: bool,
    quotes_wanted: bool,
    smile_wanted: bool,
    gamma_wanted: bool,
    json_wanted: bool,
) -> None:
    """Read the quotes in FILE and summarize each expiry.

    Several FILEs of one symbol and day are read as one chain.

    Prints how many quotes were read and how many are usable, with the reason for each excluded or suspect
    one; then for every expiry the implied forward and yield, ATM IV, skew and expected move. Exits with 1 if
    no quote is usable.
    """
    _require_one_form(
        csv=csv_wanted, quotes=quotes_wanted, json=json_wanted, smile=smile_wanted, gamma=gamma_wanted
    )
    if sum((bool(files), sample, live is not None)) != 1:
        raise click.UsageError("give exactly one of FILE, --sample and --live")
    if not files and not (symbol is None and spot is None and date is None):
        raise click.UsageError("--symbol, --spot and --date need a FILE")
    if files:
        from riskcalc.chains import read_chain  # noqa: PLC0415 - help is quick
        from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

        instruments = load_instruments()
        chain, note = read_chain(files, symbol=symbol, spot=spot, date=date, instruments=instruments), ""
    else:
        chain, note = _live(live, max_age) if live is not None else _sample()
    if quotes_wanted:
        click.echo(chain.to_frame().to_csv(index=False), nl=False)
    else:
        plain = partial(_print, csv_wanted=csv_wanted)
        show = _print_gamma if gamma_wanted else _print_with_smile if smile_wanted else plain
        show(chain, rate=_rate(chain, rate), note=note, json_wanted=json_wanted)
    if csv_wanted or quotes_wanted:
        say_warnings(chain.warnings)
    require_usable(chain)


def _require_one_form(*, csv: bool, quotes: bool, json: bool, smile: bool, gamma: bool) -> None:
    """Refuse forms of output that exclude each other."""
    if sum((csv, quotes, json)) > 1:
        raise click.UsageError("give at most one of --csv, --quotes and --json")
    if gamma and (csv or quotes or smile):
        raise click.UsageError("--gamma works with tables and --json, not with --csv, --quotes or --smile")
    if smile and (csv or quotes):
        raise click.UsageError("--smile works with tables and --json, not with --csv or --quotes")


def _rate(chain: Chain, stated: float | None) -> float:
    """Return the given rate, else the chain's, else the default."""
    if stated is not None:
        return stated
    return USUAL_RATE if chain.rate is None else chain.rate


def _sample() -> tuple[Chain, str]:
    from riskcalc.chains.sample import SAMPLE_NOTE, sample_chain  # noqa: PLC0415 - help is quick

    return sample_chain(), SAMPLE_NOTE


def _live(symbol: str, max_age: int) -> tuple[Chain, str]:
    from riskcalc.chains.live import live_chain  # noqa: PLC0415 - help is quick
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

    # The user interface is the one place that may ask the clock.
    now = dt.datetime.now(tz=dt.UTC)
    live = live_chain(symbol, now=now, max_age=dt.timedelta(minutes=max_age), instruments=load_instruments())
    return live.chain, live.note


def _print(chain: Chain, *, rate: float, note: str, csv_wanted: bool, json_wanted: bool) -> None:
    from riskcalc.chains import chain_summary  # noqa: PLC0415 - help is quick
    from riskcalc.formatting import chain_tables  # noqa: PLC0415 - as above

    summary = chain_summary(chain, rate=rate)
    if json_wanted:
        print_json(summary.to_dict() | ({"note": note} if note else {}))
    elif csv_wanted:
        click.echo(_csv(summary), nl=False)
    else:
        print_tables(_title(summary, note), chain_tables(summary))


def _print_with_smile(chain: Chain, *, rate: float, note: str, json_wanted: bool) -> None:
    from riskcalc.chains import chain_summary, chain_vols, fit_smile  # noqa: PLC0415 - help is quick
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - as above
    from riskcalc.formatting import chain_tables, smile_table  # noqa: PLC0415 - as above

    vols = chain_vols(
        chain, rate=rate, exercise=chain.exercise, prices=("mid",), out_of_the_money=("bid", "ask")
    )
    summary, fits = chain_summary(chain, rate=rate, vols=vols), fit_smile(chain, vols).fits
    if json_wanted:
        smiles = [to_plain(fit) | {"free_of_arbitrage": fit.free_of_arbitrage} for fit in fits]
        print_json(summary.to_dict() | {"smiles": smiles} | ({"note": note} if note else {}))
    else:
        print_tables(_title(summary, note), (*chain_tables(summary), smile_table(fits)))


def _print_gamma(chain: Chain, *, rate: float, note: str, json_wanted: bool) -> None:
    from riskcalc.chains import chain_summary, chain_vols  # noqa: PLC0415 - help is quick
    from riskcalc.chains.gamma import gamma_profile  # noqa: PLC0415 - as above
    from riskcalc.formatting.gamma import gamma_tables  # noqa: PLC0415 - as above

    vols = chain_vols(chain, rate=rate, exercise=chain.exercise, prices=("mid",))
    summary, profile = chain_summary(chain, rate=rate, vols=vols), gamma_profile(chain, rate=rate)
    if json_wanted:
        print_json(summary.to_dict() | profile.to_dict() | ({"note": note} if note else {}))
    else:
        print_tables(_title(summary, note), gamma_tables(profile))


def _title(summary: ChainSummary, note: str) -> str:
    from riskcalc.formatting import chain_title  # noqa: PLC0415 - help is quick

    title = chain_title(summary)
    return f"{title} ({note})" if note else title


def _csv(summary: ChainSummary) -> str:
    import pandas as pd  # noqa: PLC0415 - most answers need no table

    return pd.DataFrame(summary.to_dict()["expiries"]).to_csv(index=False)
