"""What the page Book writes is what the commands write; what is refused is one line and writes nothing."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from functools import partial

import pytest
from textual.widgets import Input, Static

import riskcalc as rc
from riskcalc import cli
from riskcalc.book import Book
from riskcalc.book.trades import mark_key
from riskcalc.chains import read_chain
from riskcalc.chains.sample import SAMPLE_FILE
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.pages import book_forms
from riskcalc.editor.pages.book_forms import add_form, close_form, mark_form
from riskcalc.editor.pages.book_tools import hedge_form, import_form
from riskcalc.editor.pages.forms import Typed
from riskcalc.editor.pages.trade_details import draft_of_trade, trade_tables
from riskcalc.errors import InvalidInputError, RiskcalcError
from riskcalc.tui.app import LaunchOptions
from tests.tui.driving import drive, settle, text
from tests.tui.pages.book_files import NOON, OPENING, TODAY, answer, make_book, on_page

PLANNED = ("trade", "market", "price", "greeks", "exits", "probability")
SHARES = LaunchOptions(preset="iwm-shares", today=TODAY, book_wanted=True)


pytestmark = pytest.mark.usefixtures("book_day")


@pytest.fixture(scope="module")
def state():
    return TradeEditor(open_draft(rc.load_preset("iwm-call-spread"), today=TODAY)).state


def command(*words):
    with contextlib.suppress(SystemExit):
        cli.main(list(words))


def contents(path):
    """Everything a book says, without the keys of its fills."""
    with Book(path) as book:
        fills = [
            (
                fill.time,
                fill.contract,
                fill.quantity,
                fill.price,
                fill.costs,
                fill.kind,
                fill.opens,
                fill.spot,
            )
            for fill in book.fills()
        ]
        # A plan's checks and account are those of the day and the book around it.
        trades = [
            trade.to_dict()
            | {part: (json.loads(trade.plan) if trade.plan else {}).get(part) for part in PLANNED}
            for trade in book.trades()
        ]
        return fills, trades, [book.notes(trade["id"]) for trade in trades], book.marks()


async def fill_in(pilot, **values):
    """Type into the fields of the dialog that is open, and press Enter."""
    await settle(pilot)
    for name, value in values.items():
        pilot.app.screen.query_one(f"#field-{name}", Input).value = value
    await pilot.press("enter")
    await settle(pilot)


def test_each_action_writes_what_its_command_writes(home, monkeypatch, capsys):
    async def script(pilot):
        message = []
        await pilot.press("a")
        await fill_in(pilot, units="20", fill="296.10", tags="swing, core")
        message.append(pilot.app.screen.message.text)
        await pilot.press("m")
        await fill_in(pilot, **{"price-0": "297.40"}, others="TNA=61.20")
        message.append(pilot.app.screen.message.text)
        await pilot.press("x")
        await fill_in(pilot, price="298.5", units="5", costs="1.30")
        message.append(pilot.app.screen.message.text)
        await pilot.press("n")
        await fill_in(pilot, note="sold a quarter")
        message.append(pilot.app.screen.message.text)
        return message, pilot.app.main_screen.editor.state.draft.account.open_risk

    message, open_risk = on_page("B", script, opening=SHARES)
    assert message[0].startswith("added trade 1: IWM +20 shares, open")
    assert message[1] == "marked IWM 297.40, TNA 61.20 on 2026-07-21"
    assert message[2].startswith("trade 1: IWM +20 shares, open, realized +$10.70 with costs")
    assert message[3] == "note added to trade 1"
    result = contents(home / "book.sqlite")
    with Book(home / "book.sqlite") as book:
        assert open_risk == pytest.approx(book.risk(today=TODAY).totals.risk, abs=0.01)
    monkeypatch.setenv("RISKCALC_HOME", str(home / "other"))
    command(
        "book", "add", "iwm-shares", "--units", "20", "--fill", "296.10", "--tag", "swing", "--tag", "core"
    )
    command("book", "mark", "IWM=297.40", "TNA=61.20")
    command("book", "close", "1", "--at", "298.5", "--units", "5", "--costs", "1.30")
    command("book", "note", "1", "sold a quarter")
    capsys.readouterr()
    assert result == contents(home / "other" / "book.sqlite")


def test_the_trade_is_added_from_its_own_page_too(home):
    async def script(pilot):
        await pilot.press("A")
        await fill_in(pilot)
        return text(pilot.app), pilot.app.main_screen.editor.state

    shown, state = drive(script, opening=OPENING)
    assert "added trade 1: 1 x IWM 295/325 call spread" in shown
    assert state.draft.account.open_risk > 0
    with Book(home / "book.sqlite") as book:
        (trade,) = book.trades()
    assert sum(holding.quantity * holding.entry for holding in trade.holdings) == pytest.approx(
        9.639725, abs=1e-5
    )


def typed(form, **values):
    """Values of a form as they are, with some changed."""
    return Typed(values={field.name: field.value for field in form.fields} | values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"units": "0"}, "units must be a whole number of at least 1, got '0'"),
        ({"units": "1.5"}, "units must be a whole number of at least 1, got '1.5'"),
        ({"units": ""}, "units must be a number, got ''"),
        ({"fill": "nan"}, "fill must be a number, got 'nan'"),
        ({"fill": "-500"}, "a net price of -500 would give a leg a price below 0"),
        ({"date": "21.7."}, "date must be a date like 2026-09-18, got '21.7.'"),
    ],
    ids=str,
)
def test_a_wrong_entry_is_one_line_and_makes_no_book(home, state, values, said):
    form = add_form(state)
    with pytest.raises(InvalidInputError) as caught:
        form.work(typed(form, **values))
    assert str(caught.value) == said
    assert not (home / "book.sqlite").exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"price": ""}, "price must be a number, got ''"),
        ({"units": "57"}, "units must be at most the 56 held, got 57"),
        ({"units": "0"}, "units must be a number > 0, got 0"),
        ({"costs": "-1"}, "costs must be"),
        ({"price": "-3"}, "a price below 0"),
    ],
    ids=str,
)
def test_a_wrong_exit_is_one_line_and_writes_nothing(home, state, values, said):
    path = home / "book.sqlite"
    make_book(path)
    before = contents(path)
    with Book(path) as book:
        form = close_form(book.trade(2), state)
    with pytest.raises(RiskcalcError) as caught:
        form.work(typed(form, **values))
    assert said in str(caught.value)
    assert contents(path) == before


def test_the_spot_at_a_close_is_typed_or_that_of_the_mark(home, state):
    path = home / "book.sqlite"
    make_book(path)
    with Book(path) as book:
        form = close_form(book.trade(1), state)
    form.work(typed(form, price="10.80"))
    assert {fill.spot for fill in contents_fills(path) if not fill.opens} == {297.4}
    make_book(home / "typed.sqlite")
    form = close_form(trade_1(home / "typed.sqlite"), state, home / "typed.sqlite")
    message = form.work(typed(form, price="10.80", spot="291.5", date="2026-07-22")).said
    assert {fill.spot for fill in contents_fills(home / "typed.sqlite") if not fill.opens} == {291.5}
    assert "closed" in message


def trade_1(path):
    with Book(path) as book:
        return book.trade(1)


def contents_fills(path):
    with Book(path) as book:
        return book.fills()


def test_a_close_whose_spot_is_not_known_says_so(home, state):
    make_book(home / "book.sqlite")
    form = close_form(trade_1(home / "book.sqlite"), state)
    message = form.work(typed(form, price="10.80", date="2026-07-28")).said
    assert "the price of IWM on 2026-07-28 is not known" in message


def test_marks_need_a_price_and_a_book(home, state):
    form = mark_form(None, state)
    with pytest.raises(InvalidInputError, match="there is no book yet"):
        form.work(typed(form, others="IWM=297"))
    make_book(home / "book.sqlite")
    with pytest.raises(InvalidInputError, match="no price is given for anything held"):
        form.work(typed(form))
    with pytest.raises(InvalidInputError, match="a price must be like"):
        form.work(typed(form, others="IWM"))


def test_without_typed_prices_the_market_of_today_marks(home, state):
    make_book(home / "book.sqlite")
    command("quote", "IWM=298.25", "--date", "2026-07-21")
    form = mark_form(None, state)
    assert form.work(typed(form)).said == "marked IWM 298.25 on 2026-07-21"


def test_a_chain_of_the_trade_fills_in_its_prices(home):
    chain = read_chain(SAMPLE_FILE)
    draft = open_draft(rc.load_preset("iwm-call-spread"), chain=chain, today=TODAY)
    quoted = TradeEditor(draft).state
    with Book(home / "book.sqlite") as book:
        trade = book.add(quoted.plan, time=NOON, units=1)
    form = mark_form(trade, quoted)
    assert form.fields[0].value == f"{chain.spot:.2f}"
    form.work(typed(form))
    with Book(home / "book.sqlite") as book:
        marks = book.marks()
    for holding in trade.holdings:
        contract = holding.contract
        quote = chain.quote(expiry=contract.expiry, strike=contract.strike, option_type=contract.option_type)
        assert marks[mark_key(contract)] == (chain.date, pytest.approx(quote.mid, abs=0.005))


def test_a_close_proposes_the_later_of_chain_and_marks(home):
    chain = read_chain(SAMPLE_FILE)
    draft = open_draft(rc.load_preset("iwm-call-spread"), chain=chain, today=TODAY)
    state = TradeEditor(draft).state
    add_form(state).work(typed(add_form(state)))
    path = home / "book.sqlite"
    legs = draft.trade.legs
    mids = [
        chain.quote(expiry=leg.expiry, strike=leg.strike, option_type=leg.option_type).mid for leg in legs
    ]
    form = close_form(trade_1(path), state)
    assert form.fields[0].value == f"{mids[0] - mids[1]:.2f}"
    assert form.about.endswith(f"price: mid of the chain of {chain.date}")
    with Book(path) as book:
        contracts = [holding.contract for holding in book.trade(1).holdings]
        book.mark(dict(zip(contracts, (12.0, 2.0), strict=True)), day=chain.date)
    form = close_form(trade_1(path), state)
    assert (form.fields[0].value, form.about.endswith(f"price: marked {chain.date}")) == ("10.00", True)


PLAIN = "date,symbol,quantity,price\n2026-07-20,TNA,10,60.0\n2026-07-20,SPY,5,750.0\n"


def test_a_file_is_shown_before_it_is_imported(home):
    file = home / "fills.csv"
    file.write_text(PLAIN)

    async def script(pilot):
        await pilot.press("i")
        await fill_in(pilot, file=str(file))
        shown, early = text(pilot.app), (home / "book.sqlite").exists()
        await pilot.press("enter")
        await settle(pilot)
        return shown, early, pilot.app.screen.message.text

    shown, early, message = on_page("B", script)
    assert "2 new fills, 0 known" in shown
    assert "Enter imports them" in shown
    assert not early
    assert message == "imported 2 fills of fills.csv"
    with Book(home / "book.sqlite") as book:
        assert [trade.symbol for trade in book.trades()] == ["TNA", "SPY"]


def test_rows_that_cannot_be_placed_are_listed_and_left_out_only_when_confirmed(home, state):
    file = home / "fills.csv"
    file.write_text(
        "date,symbol,quantity,price,action\n2026-07-20,TNA,10,60.0,\n2026-07-21,IWM,-3,297.0,sell to close\n"
    )
    form = import_form(state)
    result = form.work(typed(form, file=str(file)))
    assert not (home / "book.sqlite").exists()
    assert "1 rows cannot be placed" in result.said
    assert any("IWM" in line and line.startswith("! line 3") for line in result.lines)
    assert "without the rows that cannot be placed" in result.confirm
    done = form.work(Typed(values={"file": str(file)}, confirmed=True))
    assert done.said == "imported 1 fill of fills.csv, 1 rows left out"
    again = form.work(typed(form, file=str(file)))
    assert not again.confirm


@pytest.mark.parametrize(("file", "said"), [("", "file must name"), ("no-such.csv", "no-such.csv")])
def test_a_file_that_cannot_be_read_is_one_line(home, state, file, said):
    form = import_form(state)
    with pytest.raises(RiskcalcError, match=said):
        form.work(typed(form, file=file))
    assert not (home / "book.sqlite").exists()


def test_a_sized_hedge_is_added_with_its_shares(home):
    make_book(home / "book.sqlite")

    async def script(pilot):
        await pilot.press("f4")
        await settle(pilot)
        await pilot.press("h", "tab", "tab", "tab", *"50%", "enter")
        await settle(pilot)
        assert "Enter opens it as the trade" in text(pilot.app)
        await pilot.press("enter")
        await settle(pilot)
        screen = pilot.app.main_screen
        assert pilot.app.screen is screen
        assert screen.editor.state.draft.preset.name == "tza-hedge"
        shares = screen.hedge_units
        assert f"{shares:,} shares of TZA hedge the book" in screen.message.text
        await pilot.press("A")
        await settle(pilot)
        assert pilot.app.screen.values["units"] == str(shares)
        await pilot.press("enter")
        await settle(pilot)
        screen.editor.undo()
        return shares, screen.hedge_units

    shares, of_another_trade = drive(script, opening=LaunchOptions(today=TODAY, book_wanted=True))
    assert of_another_trade == 0
    with Book(home / "book.sqlite") as book:
        hedges = [trade for trade in book.trades() if trade.symbol == "TZA"]
    assert shares > 0
    assert [holding.quantity for trade in hedges for holding in trade.holdings][-1] == shares


def test_a_hedge_is_that_of_the_command(home, state, capsys):
    make_book(home / "book.sqlite")
    form = hedge_form(state)
    result = form.work(typed(form, to="1000"))
    message = answer(capsys, "hedge", "--to", "1000", "--at", "risk-off-5")
    cells = {row[0]: row[1] for table in result.tables[:1] for row in table.rows}
    assert cells["hedge"] == f"buy {message['units']:,} shares: TZA"
    assert cells["IWM-equivalent after"] == f"${message['exposure_after']:,.2f}"
    after = {row[0]: row[2] for row in result.tables[1].rows}
    assert after["risk-off-5"] == f"-${-message['after']['risk-off-5']:,.2f}"
    share = form.work(typed(form, share="50%", kind="spy"))  # the proposed loss gives way
    assert share == form.work(typed(form, to="", share="50%", kind="spy"))
    assert "sell short" in dict(row[:2] for row in share.tables[0].rows)["hedge"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "gold"}, "with must be one of TZA, SPY, put, got 'gold'"),
        ({"at": "doom"}, "at must be one of"),
        ({"to": ""}, "either the loss"),
        ({"to": "", "share": "0"}, "offset"),
        ({"to": "1000", "share": "50%"}, "either the loss"),
        ({"to": "-5"}, "to must be"),
    ],
    ids=str,
)
def test_a_wrong_hedge_is_one_line(home, state, values, said):
    make_book(home / "book.sqlite")
    form = hedge_form(state)
    with pytest.raises(RiskcalcError, match=said):
        form.work(typed(form, **values))


def test_a_second_writer_is_said_and_nothing_is_lost(home, monkeypatch):
    path = home / "book.sqlite"
    make_book(path)
    before = contents(path)
    monkeypatch.setattr(book_forms, "Book", partial(Book, wait=0.05))

    async def script(pilot):
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await pilot.press("n")
        await fill_in(pilot, note="mine")
        in_dialog = str(pilot.app.screen.query_one("#problem", Static).content)
        kept = pilot.app.screen.values["note"]
        await pilot.press("escape")
        await settle(pilot)
        message = pilot.app.screen.message
        other.execute("ROLLBACK")
        other.close()
        return in_dialog, kept, message.kind, message.text

    in_dialog, kept, kind, said = on_page("B", script)
    assert kept == "mine"
    assert kind == "problem"
    assert said.startswith("nothing was written: ")
    assert said.removeprefix("nothing was written: ") in in_dialog
    assert contents(path) == before


def test_a_folder_that_cannot_be_written_is_one_line(home, state):
    (home / "file").write_text("")
    form = add_form(state, home / "file" / "book.sqlite")
    with pytest.raises(RiskcalcError, match=r"book\.sqlite"):
        form.work(typed(form))


@pytest.mark.parametrize(
    "preset", ["iwm-call-spread", "iwm-shares", "tna-momentum", "iwm-spy-pair", "tza-hedge"]
)
def test_a_plan_of_the_book_opens_as_it_was(home, state, preset):
    plan = rc.plan_preset(preset)
    with Book(home / "book.sqlite") as book:
        trade = book.add(plan, time=NOON, units=1, preset=preset)
        draft = draft_of_trade(trade, state)
        ledger = next(iter(book.ledger.trades.values()))
    again = draft.plan().to_dict()
    wanted = plan.to_dict()
    assert again["trade"]["legs"] == wanted["trade"]["legs"]
    assert again["price"] == wanted["price"]
    assert again["exits"]["stop"] == wanted["exits"]["stop"]
    assert again["exits"]["time_stop"] == wanted["exits"]["time_stop"]
    moves = [
        [one["level"]["move"] for one in result["exits"]["targets"]["outcomes"]] for result in (again, wanted)
    ]
    assert moves[0] == pytest.approx(moves[1])
    tables = trade_tables(trade, ledger, ())
    assert [table.title for table in tables] == ["Fills", "Plan at Entry against Now"]


def test_a_trade_whose_preset_is_gone_opens_by_its_plan_and_one_without_a_plan_does_not(home, state):
    with Book(home / "book.sqlite") as book:
        gone = book.add(rc.plan_preset("tna-momentum"), time=NOON, units=1, preset="no-such-preset")
        assert draft_of_trade(gone, state).trade.symbol == "TNA"
        file = home / "fills.csv"
        file.write_text(PLAIN)
        book.import_file(file, today=TODAY)
        imported = next(trade for trade in book.trades() if trade.symbol == "SPY")
    with pytest.raises(InvalidInputError, match="has no plan"):
        draft_of_trade(imported, state)


def test_opening_and_showing_a_trade_from_the_page(home):
    make_book(home / "book.sqlite")

    async def script(pilot):
        await pilot.press("enter")
        await settle(pilot)
        shown = text(pilot.app)
        await pilot.press("escape", "o")
        await settle(pilot)
        return shown, pilot.app.screen is pilot.app.main_screen, pilot.app.main_screen.editor.state.title

    shown, on_trade, title = on_page("B", script)
    assert "Plan at Entry against Now" in shown
    assert on_trade
    assert title == "iwm-call-spread-1"


def test_actions_on_a_trade_say_where_there_is_none():
    async def script(pilot):
        message = {}
        for key in ("x", "n", "enter", "o"):
            await pilot.press(key)
            await settle(pilot)
            message[key] = pilot.app.screen.message.text
        return message

    assert set(on_page("B", script).values()) == {"no trade is selected"}
