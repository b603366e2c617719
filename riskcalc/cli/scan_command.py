"""``riskcalc scan``: every vertical spread of one or more chains, ranked by its managed outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO, on_terminal
from riskcalc.cli.book_file import book_answer, book_beside, book_source, book_tables_of, use_of, with_book
from riskcalc.cli.options import DAY, MONEY, RATE, VOL, as_json, live_option, overrides, require_usable
from riskcalc.cli.output import print_json, print_tables, progress_bar, say_warnings
from riskcalc.cli.plan_request import todays_trading_day
from riskcalc.cli.scanned_row import show_row
from riskcalc.environment import today
from riskcalc.errors import InvalidInputError
from riskcalc.presets import DEFAULT_PRESET

if TYPE_CHECKING:
    import pandas as pd

    from riskcalc.book import BookRisk
    from riskcalc.chains import Chain
    from riskcalc.domain import BookUse, TradePlan
    from riskcalc.domain.trading_day import TradingDay
    from riskcalc.scanning import ScanRules
    from riskcalc.scanning.history import ScanTerms
    from riskcalc.scanning.sources import ChainSource

KINDS = ("call debit", "call credit", "put debit", "put credit")
READ_OPTIONS = (
    click.option("--symbol", help="Underlying to read, if a file has several or names none."),
    click.option("--spot", type=MONEY, help="Price of the underlying, if the one FILE does not give it."),
    click.option("--date", type=DAY, help="Date of the quotes, if the one FILE does not give it."),
)
RULE_OPTIONS = (
    click.option(
        "--kind", "kinds", type=click.Choice([*KINDS, "all"]), multiple=True, default=("call debit",),
        show_default=True, help="Kind of spread; may be repeated.",
    ),
    click.option("--min-days", type=int, default=45, show_default=True, help="Minimum DTE."),
    click.option("--max-days", type=int, default=90, show_default=True, help="Maximum DTE."),
    click.option("--min-width", type=MONEY, default=0.0, help="Minimum strike width [dollars]."),
    click.option("--max-width", type=MONEY, help="Maximum strike width [dollars]."),
    click.option("--min-delta", type=float, default=0.0, help="Minimum absolute delta of the long leg."),
    click.option("--max-delta", type=float, default=1.0, help="Maximum absolute delta of the long leg."),
    click.option("--min-open-interest", type=float, default=0.0, help="Minimum open interest of each leg."),
    click.option("--max-quoted-width", type=MONEY, help="Maximum bid-ask width per leg [dollars per share]."),
    click.option("--max-debit", type=MONEY, help="Maximum debit per spread [dollars]."),
    click.option("--all-sizes", is_flag=True, help="Include spreads too large for the account."),
    click.option(
        "--at", type=click.Choice(["mid", "natural", "worst"]), default="mid", show_default=True,
        help="Fill price.",
    ),
    click.option(
        "--sticky", type=click.Choice(["strike", "moneyness"]), default="strike", show_default=True,
        help="Smile rule as the spot moves.",
    ),
    click.option("--european", is_flag=True, help="Value options as European, at an implied yield."),
)  # fmt: skip
EXAMPLES = """\b
Examples:
  riskcalc scan --sample
  riskcalc scan quotes.csv --drift 12% --vol 22% --at natural
  riskcalc scan quotes.csv --kind "put credit" --min-delta 0.2 --max-width 10 --rank prob_profit
  riskcalc scan quotes.csv --open 1
  riskcalc scan quotes.csv --open 1 --screen
  riskcalc scan history/ --csv best.csv --scheduler tcp://localhost:8786
"""
BEST = "view_r"


def read_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for reading files."""
    return _apply_options(READ_OPTIONS, command)


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that select the listed spreads."""
    return _apply_options(RULE_OPTIONS, command)


def _apply_options(
    options: tuple[Callable[..., Any], ...], command: Callable[..., Any]
) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


@click.command("scan", epilog=EXAMPLES)
@click.argument("paths", metavar="FILE...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--sample", is_flag=True, help="Scan the made-up chain that ships with riskcalc.")
@live_option
@click.option(
    "--preset",
    default=DEFAULT_PRESET,
    show_default=True,
    help="Preset for account, exits, costs, rate and dividends.",
)
@overrides
@with_book
@read_options
@click.option("--drift", type=RATE, help="Drift of the spot you expect, per year.")
@click.option("--vol", type=VOL, help="Realized vol you expect, per year.")
@click.option(
    "--rank",
    default=BEST,
    show_default=True,
    metavar="COLUMN",
    help="Column of --csv to rank by, or break_even_drift.",
)
@rule_options
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Rows to show.")
@click.option("--csv", "csv_path", type=click.Path(path_type=Path), help="Write all rows to a CSV file.")
@click.option(
    "--parquet",
    "parquet_path",
    type=click.Path(path_type=Path),
    help="Write all rows as Parquet; into a folder, a file per chain.",
)
@click.option("--open", "opened", type=click.IntRange(min=1), metavar="ROW", help="Print the plan of a row.")
@click.option("--screen", is_flag=True, help="With --open: open the row on the terminal screen.")
@click.option("--scheduler", metavar="ADDRESS", help="Scan on a Dask cluster: tcp://host:8786.")
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    sample: bool,
    live: bool,
    top: int,
    csv_path: Path | None,
    parquet_path: Path | None,
    opened: int | None,
    screen: bool,
    scheduler: str | None,
    book_wanted: bool | None,
    json_wanted: bool,
    **request: Any,  # noqa: ANN401 - whatever click read of the terms
) -> None:
    """Rank every vertical spread in FILEs and folders of quotes by its managed outcome.

    Under the neutral view, spreads are ranked by the edge of their quotes against the fitted smile, after
    costs, per $ of risk; it is mostly negative. --drift and --vol add the effect of your view.
    """
    if sum((bool(paths), sample, live)) != 1:
        raise click.UsageError("give either FILEs and folders or --sample, or --live")
    if screen and (opened is None or not on_terminal()):
        raise click.UsageError("--screen needs --open ROW and a terminal")
    risk = book_beside(wanted=book_wanted)
    if risk is not None:
        click.echo(f"riskcalc: heat and buying power {book_source(risk)}", err=True)
    terms = _terms(book=use_of(risk), **request)
    if live:
        paths = (_fetched(request["preset"], request["settings"]),)
    folder = parquet_path if parquet_path is not None and parquet_path.is_dir() else None
    file = None if folder else parquet_path
    # Whatever is written has all rows; else only those that are shown are built.
    limit = None if csv_path or file else max(top, opened or 0)
    frame = _run_scan(paths, terms, scheduler, top=limit, folder=folder)
    _write(frame, csv_path, file)
    day = todays_trading_day()
    if opened is not None:
        row = _row(frame, opened)
        source = _source(row, paths, terms)
        if screen:
            scanned = row.get("symbol", frame.attrs["symbol"])
            show_row(row, source, scanned=scanned, book_wanted=book_wanted, **request)
            return
        from riskcalc.planning.day_checks import hold_against  # noqa: PLC0415 - help is quick

        answer = hold_against(_plan_of(row, source, terms, live=live), day)
        _print_plan(answer, risk, json_wanted=json_wanted)
        ctx.exit(EXIT_OK if answer.ok else EXIT_RISK_SAYS_NO)
    for problem in frame.attrs.get("problems", ()):
        click.echo(f"riskcalc: excluded: {problem}", err=True)
    say_warnings(frame.attrs.get("warnings", ()))
    _print_rows(frame, terms, day, top=top, json_wanted=json_wanted)


def _print_rows(
    frame: pd.DataFrame, terms: ScanTerms, day: TradingDay, *, top: int, json_wanted: bool
) -> None:
    """Print the best rows, with the checks of the trading day."""
    from riskcalc.scanning.day_checks import scan_day_checks  # noqa: PLC0415 - help is quick

    checks = scan_day_checks(frame, terms, day, top=top)
    if json_wanted:
        from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - as above

        print_json(_as_data(frame, top) | {"checks": to_plain(checks)})
    else:
        from riskcalc.formatting import scan_tables, scan_title  # noqa: PLC0415 - help is quick
        from riskcalc.formatting.checks import day_tables  # noqa: PLC0415 - as above

        print_tables(scan_title(frame), (*scan_tables(frame, top=top), *day_tables(checks)))


def _terms(
    *,
    preset: str,
    settings: dict[str, Any],
    symbol: str | None,
    spot: float | None,
    date: dt.date | None,
    drift: float | None,
    vol: float | None,
    rank: str,
    book: BookUse | None,
    **rules: Any,  # noqa: ANN401 - whatever click read of the rules
) -> ScanTerms:
    from riskcalc.domain import View  # noqa: PLC0415 - help is quick
    from riskcalc.presets import load_instruments, load_preset  # noqa: PLC0415 - as above
    from riskcalc.presets.overrides import require_not_of_chain  # noqa: PLC0415 - as above
    from riskcalc.scanning.history import ScanTerms  # noqa: PLC0415 - as above

    loaded = load_preset(preset, settings, book=book)
    require_not_of_chain(settings, symbol=loaded.template.instrument.symbol)
    return ScanTerms(
        market=loaded.market,
        account=loaded.account,
        exits=loaded.exits,
        view=View(
            drift=loaded.view.drift if drift is None else drift, vol=loaded.view.vol if vol is None else vol
        ),
        rules=_rules(**rules),
        rank=rank,
        calibration=loaded.calibration,
        symbol=symbol,
        spot=spot,
        date=date,
        instruments=load_instruments(),
    )


def _rules(*, kinds: tuple[str, ...], all_sizes: bool, european: bool, **rules: Any) -> ScanRules:  # noqa: ANN401 - as above
    from riskcalc.scanning import ScanRules, SpreadKind, Valuation  # noqa: PLC0415 - help is quick

    given = {name: value for name, value in rules.items() if value is not None}
    return ScanRules(
        kinds=tuple(SpreadKind(kind) for kind in (KINDS if "all" in kinds else kinds)),
        fitting_only=not all_sizes,
        valuation=Valuation.EUROPEAN if european else Valuation.AMERICAN,
        **given,
    )


def _run_scan(
    paths: tuple[Path, ...],
    terms: ScanTerms,
    scheduler: str | None,
    *,
    top: int | None,
    folder: Path | None,
) -> pd.DataFrame:
    """Scan one chain, or several into one table."""
    from riskcalc.scanning.history import scan_history  # noqa: PLC0415 - help is quick
    from riskcalc.scanning.sources import chain_sources  # noqa: PLC0415 - as above

    given = terms.spot is not None or terms.date is not None
    if not paths:
        if given or terms.symbol is not None:
            raise click.UsageError("--symbol, --spot and --date need a FILE")
        from riskcalc.chains.sample import SAMPLE_NOTE, sample_chain  # noqa: PLC0415 - as above

        if folder is not None:
            raise click.UsageError("a folder of --parquet needs FILEs")
        frame = terms.scan(sample_chain(), top=top)
        frame.attrs["note"] = SAMPLE_NOTE
        return frame
    sources = chain_sources(paths, join=given)
    if len(sources) > 1 and given:
        raise click.UsageError(f"--spot and --date need a single chain, got {len(sources)}")
    if len(sources) == 1 and scheduler is None and folder is None:
        chain = terms.read(sources[0])
        require_usable(chain)
        with progress_bar("expiries") as report_progress:
            frame = terms.scan(chain, top=top, progress=report_progress)
        frame.attrs["warnings"] = [*chain.warnings, *_note_old_quotes(chain)]
        return frame
    with progress_bar("chains") as report_progress:
        return scan_history(
            sources, terms, scheduler=scheduler, top=top, folder=folder, cores=True, progress=report_progress
        )


def _note_old_quotes(chain: Chain) -> list[str]:
    """Return a warning if the quotes of a chain are not today's."""
    from riskcalc.domain.sessions import age_in_sessions  # noqa: PLC0415 - help is quick

    age = age_in_sessions(chain.date, today()) or 0
    return [f"quotes of {chain.date} are {age} sessions old"] if age > 1 else []


def _write(frame: pd.DataFrame, csv_path: Path | None, parquet_path: Path | None) -> None:
    from riskcalc.presets.files import replacing  # noqa: PLC0415 - help is quick

    try:
        if csv_path is not None:
            with replacing(csv_path) as part:
                frame.to_csv(part, index=False)
        if parquet_path is not None:
            with replacing(parquet_path) as part:
                frame.to_parquet(part, index=False)
    except ImportError:
        raise InvalidInputError('--parquet needs pyarrow: pip install "riskcalc[parquet]"') from None
    except OSError as error:
        raise InvalidInputError(f"the table cannot be written: {error}") from error


def _fetched(preset: str, settings: dict[str, Any]) -> Path:
    """The file of delayed quotes of a preset's underlying."""
    from riskcalc.chains.live import kept_path  # noqa: PLC0415 - most scans fetch nothing
    from riskcalc.cli.live import fetched_chain  # noqa: PLC0415 - as above
    from riskcalc.presets import load_preset  # noqa: PLC0415 - as above

    symbol = load_preset(preset, settings).template.instrument.symbol
    fetched_chain(symbol)
    return kept_path(symbol)


def _plan_of(row: dict[str, Any], source: ChainSource | None, terms: ScanTerms, *, live: bool) -> TradePlan:
    """The plan of a row, from the chain that it came from."""
    from riskcalc.chains import sample_chain  # noqa: PLC0415 - help is quick
    from riskcalc.domain import PlanSources, Source  # noqa: PLC0415 - help is quick
    from riskcalc.scanning import row_plan  # noqa: PLC0415 - as above
    from riskcalc.scanning.scan import ensure_fitted  # noqa: PLC0415 - as above

    chain = sample_chain() if source is None else terms.read(source)
    say_warnings(chain.warnings)
    fitted = ensure_fitted(chain, terms.market, terms.rules)
    quoted = Source.SAMPLE if source is None else Source.LIVE if live else Source.CHAIN
    return row_plan(
        row,
        fitted,
        rules=terms.rules,
        account=terms.account,
        exits=terms.exits,
        view=terms.view,
        sources=PlanSources(spot=quoted, date=quoted, vol=quoted, today=today()),
    )


def _row(frame: pd.DataFrame, number: int) -> dict[str, Any]:
    if number > len(frame):
        raise InvalidInputError(f"--open must be a row of the {frame.attrs['found']:,} found, got {number}")
    return {str(name): value for name, value in frame.iloc[number - 1].items()}


def _source(row: dict[str, Any], paths: tuple[Path, ...], terms: ScanTerms) -> ChainSource | None:
    """The chain that a row came from; None for the sample."""
    from riskcalc.scanning.sources import chain_sources, source_names  # noqa: PLC0415 - help is quick

    given = terms.spot is not None or terms.date is not None
    names = source_names(chain_sources(paths, join=given))
    sources = {name: source for source, name in names.items()}
    return sources[row["source"]] if "source" in row else next(iter(sources.values()), None)


def _print_plan(answer: TradePlan, risk: BookRisk | None, *, json_wanted: bool) -> None:
    from riskcalc.formatting import plan_tables, plan_title  # noqa: PLC0415 - help is quick

    if json_wanted:
        return print_json(answer.to_dict() | book_answer(answer, risk))
    return print_tables(plan_title(answer), [*plan_tables(answer), *book_tables_of(answer, risk)])


def _as_data(frame: pd.DataFrame, top: int) -> dict[str, Any]:
    """Return the terms and the first rows as plain data; unknown values are null."""
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - as above

    rows = frame.head(top).assign(expiry=lambda table: table["expiry"].dt.strftime("%Y-%m-%d"))
    known = rows.astype(object).where(rows.notna(), None)
    data = {"terms": frame.attrs, "found": frame.attrs["found"], "rows": known.to_dict(orient="records")}
    return {name: to_plain(value) for name, value in data.items()}
