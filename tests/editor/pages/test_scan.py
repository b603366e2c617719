"""The scan of the page Chain is that of `riskcalc scan`, and a row of it is the trade that it says."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import numpy as np
import pytest

from riskcalc.chains import read_chain
from riskcalc.cli import main
from riskcalc.domain import CheckStatus, RiskBasis, Side
from riskcalc.domain.events import MarketEvent
from riskcalc.domain.trading_day import ANY_DAY, TradingDay
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.pages.filters import read_filter
from riskcalc.editor.pages.scan import row_draft, run_scan, scan_terms
from riskcalc.editor.pages.scan_lines import VOCABULARY, ScanLines, scan_columns
from riskcalc.errors import ChainError, InvalidInputError
from riskcalc.presets import load_preset
from riskcalc.scanning import row_plan
from tests.tui.pages.chains import NEAR, made_chain, write_chain

KINDS = ("call debit", "call credit", "put debit", "put credit")


def quiet(*_):
    """Report no progress."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_chain(tmp_path_factory.mktemp("chain") / "quotes.csv", made_chain())


@pytest.fixture(scope="module")
def chain(file):
    return read_chain(file)


@pytest.fixture(scope="module")
def draft(chain):
    return open_draft(load_preset("iwm-call-spread"), chain=chain)


@pytest.fixture(scope="module")
def scanned(chain, draft):
    return run_scan(chain, scan_terms(draft, chain), ANY_DAY, progress=quiet)


def lines(scanned, *, sort="view_r", reverse=False, wanted=""):
    return ScanLines.of(scanned, sort=sort, reverse=reverse, wanted=read_filter(wanted, VOCABULARY))


def rows(found):
    return [found.scanned.row(found.row(line)) for line in range(len(found))]


def texts(found, width):
    return ["".join(text for text, _ in found.line(n, width, cursor=False)) for n in range(len(found))]


def test_rows_and_ranks_are_those_of_the_command_line(file, scanned, capsys):
    days = [f"--min-days={scanned.terms.rules.min_days}", f"--max-days={scanned.terms.rules.max_days}"]
    with pytest.raises(SystemExit):
        main(["scan", str(file), "--kind", "all", *days, "--top", "9999", "--json", "--no-book"])
    text = json.loads(capsys.readouterr().out)
    assert text["found"] == len(scanned) > 100
    assert {row["kind"] for row in text["rows"]} == set(KINDS)
    for index, row in enumerate(text["rows"]):
        mine = scanned.row(index)
        assert (mine["kind"], str(mine["expiry"])) == (row["kind"], row["expiry"])
        for name in (
            "long_strike",
            "short_strike",
            "debit",
            "risk",
            "units",
            "prob_profit",
            "view_r",
            "edge",
        ):
            assert float(mine[name]) == pytest.approx(row[name], rel=1e-9, abs=1e-12), name
    assert text["terms"]["far_off"] == scanned.far_off


def test_a_line_shows_what_scan_prints(scanned):
    result = lines(scanned)
    row, line = scanned.row(0), texts(result, 198)[0]
    for text in (
        f"{row['long_strike']:g}/{row['short_strike']:g}",
        str(row["kind"]),
        f"{row['expiry']:%b %d}",
        f"{row['risk']:,.0f}",
        f"{row['prob_profit']:.0%}",
        f"{row['view_r']:.3f}",
        f"{row['value_at_stop'] - row['debit'] - row['cost']:+,.0f}",
    ):
        assert text in line
    head = "".join(text for text, _ in result.head(198))
    assert "rank▼" in head
    assert "R at targets" in head


@pytest.mark.parametrize("width", [60, 79, 119, 150, 199])
def test_lines_fit_and_the_columns_that_matter_stay(scanned, width):
    result = lines(scanned)
    head = "".join(text for text, _ in result.head(width))
    assert max(map(len, [head, *texts(result, width)])) <= width
    assert {"spread", "kind", "expiry", "risk", "rank▼"} <= set(head.split())
    assert ("debit" in head) == ("edge" in head) == (width >= 79)
    assert not any("#" in text for text in texts(result, width))


@pytest.mark.parametrize("column", [column.key for column in scan_columns(2)])
@pytest.mark.parametrize("reverse", [False, True])
def test_every_column_sorts_by_what_it_shows(scanned, column, reverse):
    result = lines(scanned, sort=column, reverse=reverse)
    values = scanned.numbers[column][list(result.order)].astype(float)
    steps = np.diff(values[np.isfinite(values)])
    assert (steps >= 0).all() if result.ascending else (steps <= 0).all()
    unknown = np.isnan(values)
    assert not (unknown[:-1] & ~unknown[1:]).any(), "what is not known comes last"
    mark = "▲" if result.ascending else "▼"
    assert "".join(text for text, _ in result.head(199)).count(mark) == 1


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ("puts", lambda row: "put" in row["kind"]),
        ("credit", lambda row: "credit" in row["kind"]),
        ("bull", lambda row: row["kind"] in {"call debit", "put credit"}),
        (
            "calls debit 290-310",
            lambda row: row["kind"] == "call debit" and _within(row),
        ),
        ("debit>300", lambda row: row["debit"] > 300),
        ("risk<=400 pop>60", lambda row: row["risk"] <= 400 and row["prob_profit"] > 0.6),
        ("width 10", lambda row: abs(row["long_strike"] - row["short_strike"]) == 10),
        (f"{NEAR} size>1", lambda row: str(row["expiry"]) == NEAR and row["units"] > 1),
        ("oi>10k", lambda row: row["open_interest"] > 10_000),
        ("dte 100-200", lambda _: False),
    ],
)
def test_a_filter_leaves_the_rows_it_asks_for(scanned, wanted, holds):
    result = {
        (row["kind"], row["expiry"], row["long_strike"], row["short_strike"])
        for row in rows(lines(scanned, wanted=wanted))
    }
    expected = {
        (row["kind"], row["expiry"], row["long_strike"], row["short_strike"])
        for row in rows(lines(scanned))
        if holds(row)
    }
    assert result == expected


def _within(row):
    return all(290 <= row[name] <= 310 for name in ("long_strike", "short_strike"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_opens_as_the_trade_that_it_says_and_undo_brings_the_old_one_back(draft, scanned, kind):
    index = next(n for n in range(len(scanned)) if scanned.row(n)["kind"] == kind)
    row, editor = scanned.row(index), TradeEditor(draft)
    editor.change(lambda before: row_draft(before, scanned, index))
    assert not editor.state.problem
    plan = editor.state.plan
    alone = row_plan(
        row,
        scanned.fitted,
        rules=scanned.terms.rules,
        account=draft.account,
        exits=draft.exits,
        view=draft.view,
    )
    for name in ("max_loss", "max_profit"):
        assert getattr(plan.report, name) == pytest.approx(getattr(alone.report, name), abs=0.01)
    assert plan.size.units == alone.size.units == row["units"]
    assert plan.report.prob_profit == pytest.approx(row["prob_profit"], abs=1e-4)
    legs = editor.state.draft.trade.option_legs
    assert [leg.strike for leg in legs] == [row["long_strike"], row["short_strike"]]
    assert {leg.expiry for leg in legs} == {row["expiry"]}
    editor.undo()
    assert editor.state.draft is draft


def test_a_stated_side_of_the_exits_goes_with_the_row(draft, scanned):
    bear = next(n for n in range(len(scanned)) if scanned.row(n)["kind"] == "put debit")
    stated = dataclasses.replace(draft, exits=dataclasses.replace(draft.exits, side=Side.LONG))
    assert row_draft(stated, scanned, bear).exits.side is Side.SHORT
    assert row_draft(draft, scanned, bear).exits.side is None


def test_terms_are_those_of_the_trade_and_its_account(draft, chain):
    terms = scan_terms(draft, chain)
    entry = draft.preset.entry
    assert (terms.rules.min_days, terms.rules.max_days) == (entry.min_days or 45, entry.max_days or 90)
    assert (terms.account, terms.exits, terms.view) == (draft.account, draft.exits, draft.view)
    # What is tuned of the market is no term: the scan is on the quotes.
    assert scan_terms(draft.with_quote(spot=300.0, vol=0.3), chain) == terms
    assert scan_terms(draft.with_account(open_risk=100.0), chain) != terms


def test_heat_of_the_book_leaves_out_spreads(draft, chain, scanned):
    account = draft.account
    full = draft.with_account(open_risk=account.equity * account.limits.max_heat_fraction - 300)
    result = run_scan(chain, scan_terms(full, chain), ANY_DAY, before=scanned, progress=quiet)
    assert result.fitted is scanned.fitted
    assert 0 < len(result) < len(scanned)
    assert result.columns["risk"].max() <= 300


def test_events_of_the_day_are_checked(draft, chain, scanned):
    event = MarketEvent(date=dt.date.fromisoformat(NEAR) - dt.timedelta(days=1), what="CPI", source="made up")
    day = TradingDay(events=(event,))
    result = run_scan(chain, scan_terms(draft, chain), day, before=scanned, progress=quiet)
    assert [check.status for check in result.checks] == [CheckStatus.WARN]
    message = [text for text, _ in lines(result).about()]
    assert any(text.startswith("WARN ") and "CPI" in text for text in message)
    assert not scanned.checks


def test_progress_is_told_and_what_it_raises_ends_the_scan(draft, chain, scanned):
    told = []

    def stop(done, total):
        told.append((done, total))
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_scan(chain, scan_terms(draft, chain), ANY_DAY, before=scanned, progress=stop)
    assert told == [(0, 2), (1, 2)]


def test_what_cannot_be_scanned_says_why(draft, chain):
    by_stop = draft.with_account(limits=dataclasses.replace(draft.account.limits, risk_basis=RiskBasis.STOP))
    with pytest.raises(InvalidInputError, match="risk_basis must be max_loss for a scan"):
        run_scan(chain, scan_terms(by_stop, chain), ANY_DAY, progress=quiet)
    terms = scan_terms(draft, chain)
    late = dataclasses.replace(terms, rules=dataclasses.replace(terms.rules, min_days=300, max_days=400))
    with pytest.raises(ChainError, match="300"):
        run_scan(chain, late, ANY_DAY, progress=quiet)
