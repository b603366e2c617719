"""``riskcalc screen``: the terminal screen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from riskcalc.cli import on_terminal
from riskcalc.cli.book_file import require_wanted, with_book
from riskcalc.cli.completion import complete_preset
from riskcalc.cli.options import overrides, quotes_options, require_chain_for
from riskcalc.environment import today

EXAMPLES = """\b
Examples:
  riskcalc screen
  riskcalc screen tna-momentum --set account.equity=50000
  riskcalc screen iwm-call-spread --chain quotes.csv --at natural
  riskcalc screen --serve              in a browser; needs riskcalc[web]
"""


@click.command("screen", epilog=EXAMPLES)
@click.argument("preset", default="", shell_complete=complete_preset)
@overrides
@quotes_options
@with_book
@click.option("--serve", is_flag=True, help="Serve the screen to browsers; needs riskcalc[web].")
@click.option("--host", default="localhost", help="With --serve: address to listen on; default: localhost.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    help="With --serve: port to listen on; default: 8000.",
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    preset: str,
    serve: bool,
    host: str,
    port: int,
    settings: dict[str, Any],
    chain_file: tuple[Path, ...],
    live: bool,
    at: str | None,
    chain_spot: float | None,
    chain_date: dt.date | None,
    sticky: str | None,
    book_wanted: bool | None,
) -> None:
    """Open the terminal screen with PRESET, or with the last session.

    The last session is opened if no PRESET, quotes or settings are given. Without a terminal, or on a dumb
    one, prints the plan.
    """
    if serve:
        _serve(ctx, preset, host=host, port=port, book_wanted=book_wanted)
        return
    if _given_parameters(ctx) & {"host", "port"}:
        raise click.UsageError("--host and --port need --serve")
    if live and (chain_file or chain_spot is not None or chain_date is not None):
        raise click.UsageError("--live takes the place of --chain, --chain-spot and --chain-date")
    if not chain_file and not live:
        require_chain_for(at=at, chain_spot=chain_spot, chain_date=chain_date, sticky=sticky)
    require_wanted(wanted=book_wanted)
    options = {"settings": settings, "chain_file": chain_file, "at": at, "sticky": sticky, "live": live}
    if not on_terminal():
        from riskcalc.cli.plan_command import command as plan  # noqa: PLC0415 - the screen needs no plan command

        named = {"preset": preset} if preset else {}
        ctx.invoke(
            plan, **named, **options, chain_spot=chain_spot, chain_date=chain_date, book_wanted=book_wanted
        )
        return
    if len(chain_file) > 1:
        raise click.UsageError("the screen reads a single file of quotes, got several --chain")
    from riskcalc.tui.app import LaunchOptions, run  # noqa: PLC0415 - help needs no screen

    run(
        LaunchOptions(
            preset=preset,
            settings=settings,
            chain=chain_file[0] if chain_file else None,
            at=at or "mid",
            sticky=sticky or "strike",
            chain_spot=chain_spot,
            chain_date=chain_date,
            live=live,
            today=today(),
            held_against_day=True,
            book_wanted=book_wanted is not False,
        )
    )


def _serve(ctx: click.Context, preset: str, *, host: str, port: int, book_wanted: bool | None) -> None:
    """Serve the screen in a browser; refuse options that the served screen would not receive."""
    given = _given_parameters(ctx) - {"preset", "serve", "host", "port", "book_wanted"}
    if given:
        options = ", ".join(option.opts[0] for option in ctx.command.params if option.name in given)
        raise click.UsageError(
            f"--serve takes a PRESET and --no-book, and quotes on the screen: leave out {options}"
        )
    from riskcalc.cli.serve import serve_screen  # noqa: PLC0415 - help needs no server

    require_wanted(wanted=book_wanted)
    serve_screen(preset, host=host, port=port, book_wanted=book_wanted)


def _given_parameters(ctx: click.Context) -> set[str]:
    """Names of the parameters given on the command line."""
    return {
        option.name
        for option in ctx.command.params
        if option.name and ctx.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    }
