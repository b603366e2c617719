"""The command line: one file per command, each imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from riskcalc.errors import RiskcalcError, printable

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = {
    "screen": "Edit a trade on the terminal screen.",
    "plan": "Price, size and check a preset trade.",
    "report": "Write a plan as a file to read, print or send.",
    "quote": "Set today's market: prices and IVs for every preset.",
    "account": "Show or set the account that every preset uses.",
    "compare": "Compare several presets side by side at equal risk.",
    "stress": "Stress a preset trade with named scenarios.",
    "chain": "Read a file of option quotes and summarize each expiry.",
    "scan": "Rank every vertical spread in a chain by its managed outcome.",
    "signals": "Show which signals have fired, and file their data.",
    "events": "List events ahead: meetings, releases, expirations; import calendars.",
    "history": "Measure daily prices, and count how often stop or target was hit first.",
    "backtest": "Run a preset's rules on daily prices, once or for many settings.",
    "book": "Keep a book of trades: add, import, mark, close, and its risk.",
    "hedge": "Size a hedge of the book to a loss or a share.",
    "journal": "Review closed trades in R, and the odds of their plans.",
    "price": "Value one option and its Greeks, or solve its implied vol.",
    "size": "Size a position by the percent-risk rule.",
    "presets": "List, show, save and check presets.",
    "selfcheck": "Compare prices with other libraries on this machine.",
}
"""Name and one-line help of every command; the help page needs no command's module."""

FEWEST_COLUMNS, USUAL_COLUMNS, MOST_COLUMNS = 50, 80, 100
"""Widths of help pages: the least, where no terminal tells, and the most [columns]."""

EXIT_OK, EXIT_RISK_SAYS_NO, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 0, 1, 2, 130


class Interrupted(click.ClickException):
    """The user pressed Ctrl-C; the shell's exit code of that is 130."""

    exit_code = EXIT_INTERRUPTED

    def __init__(self) -> None:
        super().__init__("interrupted")


class PathOption(click.Path):
    """A path; pathlib is imported when one is given."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ANN401 - click's signature
        """Return the path of a text."""
        from pathlib import Path  # noqa: PLC0415 - help needs no path

        return Path(os.fsdecode(super().convert(value, param, ctx)))


class LazyCommands(click.Group):
    """A group that imports a command's module when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"riskcalc.cli.{cmd_name}_command").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word, or an error that suggests the nearest one."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx) from None

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command; Ctrl-C ends it with one line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the command list without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def help_width() -> int:
    """Return the width of help pages [columns]; click would import what compresses files to find it."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (AttributeError, ValueError, OSError):
        columns = USUAL_COLUMNS
    return max(min(columns or USUAL_COLUMNS, MOST_COLUMNS) - 2, FEWEST_COLUMNS)


@click.group(
    cls=LazyCommands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": help_width()},
    epilog="Exit codes: 0 OK, 1 a check failed, 2 invalid input, 130 interrupted. NO_COLOR turns colors off.",
)
@click.version_option(package_name="riskcalc")
@click.option(
    "--chain",
    "chain_file",
    type=PathOption(),
    help="Without a command: open the screen on this file of real quotes.",
)
@click.pass_context
def cli(ctx: click.Context, *, chain_file: Path | None) -> None:
    """Price, plan and size small-cap option spreads, shares and leveraged funds at equal risk.

    Without a command, opens the terminal screen with the last session; without a terminal, prints the plan of
    the default preset, iwm-call-spread.
    """
    if ctx.invoked_subcommand is None:
        command = LazyCommands.get_command(cli, ctx, "screen" if on_terminal() else "plan")
        if command is not None:
            files = () if chain_file is None else (chain_file,)
            ctx.invoke(command, settings={}, chain_file=files, live=False)
    elif chain_file is not None:
        raise click.UsageError(
            f"--chain goes after the command: riskcalc {ctx.invoked_subcommand} --chain ..."
        )


def on_terminal() -> bool:
    """Whether a screen can be drawn: keyboard and display are a terminal, and not a dumb one.

    `textual serve` stands in for the terminal, and says so in the environment.
    """
    if "TEXTUAL_DRIVER" in os.environ:
        return True
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; the one place where errors become messages."""
    # Plugins of pydantic are for programs that set some up; looking for them costs as much as a size.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Our matrices are small: the threads that numpy starts for large ones cost a tenth of a plan.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = cli.main(args=arguments, prog_name="riskcalc", standalone_mode=False)
    except Interrupted as stopped:
        _fail(stopped.message, code=stopped.exit_code)
    except RiskcalcError as error:
        _fail(str(error))
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted", code=EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader left, as `| head` does: point stdout elsewhere so that the exit flush stays silent.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EXIT_OK
    sys.exit(code if isinstance(code, int) else EXIT_OK)


def _fail(message: str, *, code: int = EXIT_BAD_INPUT) -> None:
    click.echo(f"riskcalc: {printable(message)}", err=True)
    sys.exit(code)
