"""``riskcalc book``: open positions, their profit and risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.book_export import export
from riskcalc.cli.book_file import book_option, midnight, open_book, past_day
from riskcalc.cli.options import DAY, MONEY, as_json, overrides, quotes_options
from riskcalc.cli.output import print_json, print_tables, say_warnings
from riskcalc.environment import today
from riskcalc.errors import InvalidInputError

if TYPE_CHECKING:
    from riskcalc.book import BookTrade, Contract, ImportResult
    from riskcalc.chains import Chain

EXAMPLES = """\b
Examples:
  riskcalc book add iwm-call-spread --units 1 --fill 9.65
  riskcalc book import transactions.csv
  riskcalc book mark IWM=297.40 "IWM 295 call 2026-09-18=13.10"
  riskcalc book
  riskcalc book close 1 --at 12.30

The book is one SQLite file that you alone can read. Nothing is sent anywhere.
"""

date_option = click.option("--date", type=DAY, callback=past_day, help="Day; default: today.")


@click.group("book", invoke_without_command=True, epilog=EXAMPLES)
@book_option
@as_json
@click.pass_context
def command(ctx: click.Context, *, book_path: Path | None, json_wanted: bool) -> None:
    """Show the open trades at their marks: P&L, R, risk to the stops, actions due, and totals."""
    ctx.obj = book_path
    if ctx.invoked_subcommand is not None:
        return
    from riskcalc.book.tables import book_tables  # noqa: PLC0415 - help is quick
    from riskcalc.book.words import age_notes  # noqa: PLC0415 - as above

    with open_book(book_path) as book:
        trades, risk = book.trades(), book.risk(today=today())
    if not json_wanted and not risk.positions:
        closed = f"; {len(trades)} closed: riskcalc journal" if trades else ""
        click.echo(f"no open trades{closed}. riskcalc book add PRESET, or riskcalc book import FILE")
        return
    if not json_wanted:
        print_tables("", book_tables(risk))
        _say_notes((*risk.notes, *age_notes(risk.date, today=today())))
        return
    rows = {position.id: position.to_dict() for position in risk.positions}
    answer = risk.to_dict()
    answer.pop("positions")
    print_json({"trades": [trade.to_dict() | rows.get(trade.id, {}) for trade in trades]} | answer)


@command.command("add")
@click.argument("preset")
@overrides
@quotes_options
@click.option("--fill", type=float, help="Net price of a unit per share; a credit is negative.")
@click.option("--units", type=click.IntRange(min=1), help="Units; default: the size of the plan.")
@click.option("--tag", "tags", multiple=True, help="Word to group trades by; may be repeated.")
@date_option
@as_json
@click.pass_obj
def add(
    path: Path | None,
    /,
    *,
    preset: str,
    settings: dict[str, Any],
    fill: float | None,
    units: int | None,
    tags: tuple[str, ...],
    date: dt.date | None,
    json_wanted: bool,
    **quotes: Any,  # noqa: ANN401 - the options of a file of quotes
) -> None:
    """Record the entry of PRESET as planned, with its plan and 1R."""
    from riskcalc.cli.plan_request import planned  # noqa: PLC0415 - help is quick

    plan = planned(preset, settings, **quotes)
    with open_book(path, must_exist=False) as book:
        name = Path(preset).stem if preset.endswith(".toml") else preset
        day = midnight(date or today())
        trade = book.add(plan, time=day, units=units, fill=fill, preset=name, tags=tags)
    _show_trade(trade, json_wanted=json_wanted)


@command.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="List what would be imported, without writing it.")
@click.option("--partial", is_flag=True, help="Import the other rows even if some cannot be matched.")
@as_json
@click.pass_context
def import_files(
    ctx: click.Context, /, *, files: tuple[Path, ...], dry_run: bool, partial: bool, json_wanted: bool
) -> None:
    """Import brokers' transactions or positions; the same file twice changes nothing.

    Exits with 1, and leaves the file out, if a row cannot be matched.
    """
    with open_book(ctx.obj, must_exist=False) as book:
        results = [
            (file, book.import_file(file, today=today(), dry_run=dry_run, partial=partial)) for file in files
        ]
        trades = book.trades()
    if json_wanted:
        print_json(_import_answer(results, trades))
    else:
        from riskcalc.book.words import import_line  # noqa: PLC0415 - help is quick

        for file, result in results:
            click.echo(import_line(file, result))
            for row in (*result.problems, *result.skipped):
                click.echo(f"  line {row.line}: {row.reason}")
    failed = any(result.problems and not result.written for _, result in results)
    ctx.exit(EXIT_RISK_SAYS_NO if failed else EXIT_OK)


def _import_answer(results: list[tuple[Path, ImportResult]], trades: tuple[BookTrade, ...]) -> dict[str, Any]:
    answers = [(file, result.to_dict()) for file, result in results]
    return {
        "fills": sum(answer["fills"] for _, answer in answers),
        "duplicates": sum(answer["duplicates"] for _, answer in answers),
        "confirmed": sum(answer["confirmed"] for _, answer in answers),
        "skipped": [row | {"file": str(file)} for file, answer in answers for row in answer["skipped"]],
        "written": all(answer["written"] for _, answer in answers),
        "sources": [answer["source"] for _, answer in answers],
        "trades": [trade.to_dict() for trade in trades],
    }


@command.command("mark")
@click.argument("prices", metavar="[NAME=PRICE]...", nargs=-1)
@click.option("--chain", "chain_file", type=click.Path(path_type=Path), multiple=True, help="File of quotes.")
@click.option(
    "--live", is_flag=True, help="Fetch delayed quotes of the open positions; needs riskcalc[live]."
)
@date_option
@click.pass_obj
def mark(
    path: Path | None,
    /,
    *,
    prices: tuple[str, ...],
    chain_file: tuple[Path, ...],
    live: bool,
    date: dt.date | None,
) -> None:
    """Record today's prices of open positions: typed, from a file of quotes, or fetched.

    Without prices, uses the spots of `riskcalc quote`.
    """
    if live and (chain_file or date):
        raise click.UsageError("--live takes the place of --chain and --date")
    from riskcalc.book.prices import chain_prices, marked_line, market_prices, typed_prices  # noqa: PLC0415 - help is quick

    with open_book(path) as book:
        missing: list[str] = []
        marked, day, open_trades = typed_prices(prices), date or today(), book.trades(status="open")
        if chain_file:
            from riskcalc.chains import read_chain  # noqa: PLC0415 - most marks read no chain

            chain = read_chain(chain_file, date=date)
            quoted, missing = chain_prices(chain, open_trades)
            marked, day = quoted | marked, chain.date
        elif live:
            marked, missing, day = _live_prices(open_trades, marked)
        elif not prices:
            marked, day = market_prices(open_trades, date=date, today=today())
        if not marked:
            raise InvalidInputError("no price is given for anything held")
        book.mark(marked, day=day)
    say_warnings(missing)
    click.echo(marked_line(marked, day))


def _live_prices(
    trades: Sequence[BookTrade], typed: dict[Contract, float]
) -> tuple[dict[Contract, float], list[str], dt.date]:
    """Fetched prices of all underlyings held, overridden by typed ones; contracts not quoted; the day."""
    from riskcalc.book.prices import chain_prices  # noqa: PLC0415 - help is quick
    from riskcalc.cli.live import fetched_chain  # noqa: PLC0415 - most marks fetch nothing

    marked: dict[Contract, float] = {}
    missing: list[str] = []
    days = []
    for symbol in dict.fromkeys(trade.symbol for trade in trades):
        chain = fetched_chain(symbol).chain
        quoted, unquoted = chain_prices(chain, trades)
        marked, missing = marked | quoted, missing + unquoted
        days.append(chain.date)
    return marked | typed, missing, max(days, default=today())


@command.command("close")
@click.argument("number", metavar="ID", type=int)
@click.option("--at", "price", type=float, required=True, help="Net price of a unit per share.")
@click.option("--units", type=float, help="Units closed; default: all.")
@click.option("--costs", type=MONEY, default=0.0, help="Commissions and fees [dollars].")
@click.option("--spot", type=MONEY, help="Price of the underlying at the close, for the journal.")
@click.option(
    "--chain",
    "chain_file",
    type=click.Path(path_type=Path),
    multiple=True,
    help="File of quotes with the price of the underlying at the close.",
)
@date_option
@as_json
@click.pass_obj
def close(
    path: Path | None,
    /,
    *,
    number: int,
    price: float,
    units: float | None,
    costs: float,
    spot: float | None,
    chain_file: tuple[Path, ...],
    date: dt.date | None,
    json_wanted: bool,
) -> None:
    """Record the exit of trade ID, or of some of its units.

    The journal reads from the price of the underlying whether the stop or a target came first: that of
    --spot, else of --chain, else that day's mark or `riskcalc quote`. A trade in shares needs none.
    """
    from riskcalc.book.prices import closing_spot  # noqa: PLC0415 - help is quick

    day = date or today()
    with open_book(path) as book:
        held = book.trade(number)
        spot, missing = closing_spot(
            held,
            price,
            spot=spot,
            chain=_quotes(held, chain_file if spot is None else ()),
            day=day,
            marks=book.marks(),
        )
        trade = book.close(number, price=price, time=midnight(day), units=units, costs=costs, spot=spot)
    _show_trade(trade, json_wanted=json_wanted)
    if spot is not None and not json_wanted and any(holding.contract.is_option for holding in held.holdings):
        click.echo(f"  with {trade.symbol} at {spot:,.2f}")
    say_warnings(missing)


def _quotes(trade: BookTrade, chain_file: tuple[Path, ...]) -> Chain | None:
    """The chain quoted at a close, for the spot then; None without a file or options."""
    if not chain_file or not any(holding.contract.is_option for holding in trade.holdings):
        return None
    from riskcalc.chains import read_chain  # noqa: PLC0415 - most read no chain

    return read_chain(chain_file, symbol=trade.symbol)


@command.command("note")
@click.argument("number", metavar="ID", type=int)
@click.argument("words", metavar="TEXT")
@click.pass_obj
def note(path: Path | None, /, *, number: int, words: str) -> None:
    """Add a note to trade ID."""
    with open_book(path) as book:
        book.note(number, words, time=midnight(today()))
    click.echo(f"note added to trade {number}")


@command.command("show")
@click.argument("number", metavar="ID", type=int)
@as_json
@click.pass_obj
def show(path: Path | None, /, *, number: int, json_wanted: bool) -> None:
    """Show trade ID with its legs and notes."""
    with open_book(path) as book:
        trade, notes = book.trade(number), book.notes(number)
    if json_wanted:
        note_data = [{"time": time.isoformat(), "text": words} for time, words in notes]
        print_json(trade.to_dict() | {"notes": note_data})
        return
    _show_trade(trade, json_wanted=False)
    for holding in trade.holdings:
        click.echo(f"  {holding.quantity:+g} {holding.contract.label} at {holding.entry:.2f}")
    if trade.plan:
        click.echo(f"  {_describe_plan(trade.plan)}")
    for time, words in notes:
        click.echo(f"  {time:%Y-%m-%d}: {words}")


def _describe_plan(text: str) -> str:
    """Describe exits and odds of the plan at entry in one line."""
    from riskcalc.book.plan_facts import plan_facts  # noqa: PLC0415 - help is quick
    from riskcalc.formatting.numbers import percent, price  # noqa: PLC0415 - as above

    plan = plan_facts(text)
    targets = f", target{'s' if len(plan.targets) > 1 else ''} {', '.join(map(price, plan.targets))}"
    last = f", time stop {plan.time_stop}" if plan.time_stop else ""
    odds = ", ".join(
        f"P({name}) {percent(plan.odds[name], digits=0)}" for name in ("stop first", "target first")
    )
    exits = f"stop {price(plan.stops[0])}{targets if plan.targets else ''}{last}"
    return f"planned {plan.date}: {exits}; {odds}"


command.add_command(export)


@command.command("stress")
@click.option(
    "--scenarios", "scenario_file", type=click.Path(path_type=Path), help="File of additional scenarios."
)
@as_json
@click.pass_obj
def stress(path: Path | None, /, *, scenario_file: Path | None, json_wanted: bool) -> None:
    """Show the P&L of the whole book in every scenario, no stop applied."""
    from riskcalc.book.stress import stress_book  # noqa: PLC0415 - help is quick
    from riskcalc.book.tables import stress_tables  # noqa: PLC0415 - as above
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - as above
    from riskcalc.presets import load_scenarios  # noqa: PLC0415 - as above

    scenarios = load_scenarios(scenario_file)
    with open_book(path) as book:
        trades = book.trades(status="open")
        stress_result = stress_book(trades, book.marks(), scenarios, instruments=book.instruments)
    if json_wanted:
        data = to_plain(stress_result)
        print_json({"date": data["date"], "stress": data["rows"], "notes": data["notes"]})
        return
    if not trades:
        click.echo("no open trades")
        return
    print_tables("", stress_tables(stress_result))
    _say_notes(stress_result.notes)


def _show_trade(trade: BookTrade, *, json_wanted: bool) -> None:
    from riskcalc.book.words import trade_line  # noqa: PLC0415 - help is quick

    if json_wanted:
        print_json(trade.to_dict())
    else:
        click.echo(trade_line(trade))


def _say_notes(notes: tuple[str, ...]) -> None:
    if notes:
        click.echo()
    for note_text in notes:
        click.echo(f"note: {note_text}")
