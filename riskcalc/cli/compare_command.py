"""``riskcalc compare``: several presets at equal risk, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.book_file import book_beside, book_source, use_of, with_book
from riskcalc.cli.completion import complete_preset
from riskcalc.cli.options import as_json, live_option, overrides
from riskcalc.cli.output import print_json, print_tables
from riskcalc.cli.plan_request import todays_trading_day
from riskcalc.environment import today
from riskcalc.presets import VEHICLES

if TYPE_CHECKING:
    from riskcalc.book import BookRisk
    from riskcalc.domain import Comparison
    from riskcalc.formatting import Table
    from riskcalc.presets.market_file import KnownMarket

EXAMPLES = """\b
Examples:
  riskcalc compare
  riskcalc compare iwm-shares tna-momentum iwm-call-spread --set account.equity=250000
"""


@click.command("compare", epilog=EXAMPLES)
@click.argument("presets", metavar="[PRESET]...", nargs=-1, shell_complete=complete_preset)
@overrides
@live_option
@with_book
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    *,
    presets: tuple[str, ...],
    settings: dict[str, Any],
    live: bool,
    book_wanted: bool | None,
    json_wanted: bool,
) -> None:
    """Compare presets at equal risk, in the same scenarios of their benchmark.

    Without names: IWM shares, TNA and the IWM call spread. All are sized by the account of the first. Exits
    with 1 if the expiry or the time stop of any of them has passed, since its prices are then old.
    """
    from riskcalc.domain import Verdict  # noqa: PLC0415 - help is quick
    from riskcalc.formatting import comparison_tables, comparison_title  # noqa: PLC0415 - help is quick
    from riskcalc.presets import compare_presets  # noqa: PLC0415 - as above

    names = presets or VEHICLES
    market = _fetch_market(names, settings) if live else None
    risk = book_beside(wanted=book_wanted)
    comparison = compare_presets(
        names, settings, today=today(), market=market, book=use_of(risk), day=todays_trading_day()
    )
    if json_wanted:
        print_json(comparison.to_dict() | _book_answer(comparison, risk))
    else:
        print_tables(
            comparison_title(comparison), [*comparison_tables(comparison), *_book_tables(comparison, risk)]
        )
        click.echo(f"\n{comparison.summary}")
    ctx.exit(EXIT_RISK_SAYS_NO if comparison.market_verdict is Verdict.OLD else EXIT_OK)


def _book_answer(comparison: Comparison, risk: BookRisk | None) -> dict[str, Any]:
    """The book for JSON: what each trade by itself would add."""
    if risk is None:
        return {}
    from riskcalc.book.added import added_by  # noqa: PLC0415 - most comparisons have no book

    added = [[row.to_dict() for row in added_by(vehicle.plan, risk)] for vehicle in comparison.vehicles]
    vehicles = {
        vehicle.name: {row["name"]: row for row in rows}
        for vehicle, rows in zip(comparison.vehicles, added, strict=True)
    }
    return {"book": {"source": book_source(risk), "marked": risk.date.isoformat(), "vehicles": vehicles}}


def _book_tables(comparison: Comparison, risk: BookRisk | None) -> list[Table]:
    """Tables of the book's totals with each trade by itself."""
    if risk is None:
        return []
    from riskcalc.book.added import added_by  # noqa: PLC0415 - most comparisons have no book
    from riskcalc.book.tables import book_after_table  # noqa: PLC0415 - as above

    after = {vehicle.name: added_by(vehicle.plan, risk) for vehicle in comparison.vehicles}
    return [book_after_table(after, source=book_source(risk))]


def _fetch_market(names: Iterable[str], settings: dict[str, Any]) -> KnownMarket:
    """Delayed prices of all underlyings of the presets."""
    from riskcalc.cli.live import fetched_market  # noqa: PLC0415 - most comparisons fetch nothing
    from riskcalc.presets import load_preset  # noqa: PLC0415 - as above
    from riskcalc.presets.market_file import needed_symbols  # noqa: PLC0415 - as above

    loaded = [load_preset(name, settings) for name in names]
    return fetched_market(
        symbol for preset in loaded for symbol in needed_symbols(preset.template.instrument)
    )
