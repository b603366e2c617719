"""Plans beside a book: heat and buying power come from it everywhere, are said, and are written nowhere."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import subprocess
import sys

import pytest

import riskcalc as rc
from riskcalc.book import Book, Contract, Fill
from riskcalc.book.use import book_use, user_book_risk
from riskcalc.domain import BookUse
from riskcalc.editor import TradeEditor, open_draft, session_file
from riskcalc.environment import book_path
from riskcalc.errors import BookError
from riskcalc.presets import user_folder
from riskcalc.tui.app import LaunchOptions
from tests.tui.driving import drive, text

NOON = dt.datetime(2026, 7, 20, 12, 0)  # noqa: DTZ001 - New York
DAY = dt.date(2026, 7, 21)
USE = BookUse(open_risk=3_000, buying_power=20_000, source="the book")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own, without a book."""
    monkeypatch.setenv("RISKCALC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RISKCALC_TODAY", DAY.isoformat())
    monkeypatch.delenv("RISKCALC_SESSION", raising=False)
    monkeypatch.delenv("RISKCALC_PRESETS", raising=False)


@pytest.fixture
def held():
    """The risk of a book of 56 shares of IWM."""
    with Book(book_path()) as book:
        book.add(rc.plan_preset("iwm-shares"), time=NOON)
    return user_book_risk()


def answer(run, *arguments):
    code, out, err = run(*arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def sold_call():
    call = Contract(
        symbol="IWM", expiry=dt.date(2026, 9, 18), strike=325, option_type=rc.OptionType.CALL, multiplier=100
    )
    return Fill(key="a", time=NOON, contract=call, quantity=-1, price=2.0, opens=True, source="broker")


@pytest.mark.parametrize("command", [("plan", "tna-momentum"), ("compare",), ("stress", "tna-momentum")])
def test_every_answer_says_what_the_book_uses_and_the_trade_adds(run, held, command):
    result = answer(run, *command)["book"]
    assert result["source"].startswith("from the book, marked 2026-07-20: 1 open trade, risk $992.51")
    rows = result["totals"] if "totals" in result else result["vehicles"]["tna-momentum"]
    assert rows["risk"]["before"] == pytest.approx(held.totals.risk)
    assert rows["buying_power"]["after"] == pytest.approx(
        held.totals.buying_power + rows["buying_power"]["added"]
    )
    out = run(*command)[1]
    assert "Heat and Buying Power from the book, marked 2026-07-20: 1 open trade" in out
    assert "book" not in answer(run, *command, "--no-book")


@pytest.mark.parametrize("command", ["plan", "compare", "stress", "report"])
def test_a_book_that_is_asked_for_must_exist(run, tmp_path, command):
    more = ("-o", str(tmp_path / "plan.md")) if command == "report" else ()
    code, out, err = run(command, *more, "--book")
    assert (code, out) == (2, "")
    assert "there is no book yet; make it with riskcalc book add PRESET" in err


@pytest.mark.parametrize("command", ["plan", "compare", "stress", "scan"])
def test_a_damaged_book_is_said_and_can_be_left_out(run, command):
    book_path().parent.mkdir(exist_ok=True)
    book_path().write_bytes(b"no book at all, " * 100)
    more = ("--sample", "--max-width", "5") if command == "scan" else ()
    code, out, err = run(command, *more)
    assert (code, out) == (2, "")
    assert err.endswith("is not a book, or it is damaged; --no-book leaves it out\n")
    assert run(command, *more, "--no-book")[0] == 0


def test_a_screen_beside_a_damaged_book_says_how_to_open():
    book_path().parent.mkdir(exist_ok=True)
    book_path().write_bytes(b"no book at all, " * 100)
    with pytest.raises(BookError, match="riskcalc screen --no-book leaves it out"):
        LaunchOptions(preset="iwm-shares", today=DAY, book_wanted=True).editor(lambda *_: None)


def test_sizes_keep_within_what_the_book_leaves(run):
    limits = ("--set", "account.max_heat=1.5%")
    free = [vehicle["size"]["units"] for vehicle in answer(run, "compare", *limits)["vehicles"]]
    assert run("book", "add", "iwm-shares")[0] == 0
    left = [vehicle["size"]["units"] for vehicle in answer(run, "compare", *limits)["vehicles"]]
    assert all(0 <= fewer < more for fewer, more in zip(left, free, strict=True))
    assert [
        vehicle["size"]["units"] for vehicle in answer(run, "compare", *limits, "--no-book")["vehicles"]
    ] == free


def test_a_size_keeps_within_what_the_book_leaves(run):
    asked = ("size", "--equity", "20000", "--entry", "60", "--stop", "54")
    assert answer(run, *asked)["size"]["units"] == 33
    assert run("book", "add", "iwm-shares")[0] == 0
    code, out, err = run(*asked, "--json")
    # The heat limit of 1,200 dollars leaves 207.49 beside the book: the risk budget of 200 still binds.
    assert (code, json.loads(out)["size"]["units"]) == (0, 33)
    tight = run(*asked, "--max-heat", "5.5%", "--json")
    assert json.loads(tight[1])["size"]["units"] == int((1100 - 992.51) / 6)
    assert err.startswith("riskcalc: heat and buying power from the book, marked 2026-07-20: 1 open trade")
    assert answer(run, *asked, "--max-heat", "5.5%", "--open-risk", "0")["size"]["units"] == 33
    assert answer(run, *asked, "--no-book")["size"]["units"] == 33


def test_scenarios_of_the_book_and_the_trade_add_up(run, held):
    result = answer(run, "stress", "tna-momentum")
    alone = {row["scenario"]["name"]: row["pnl_all_units"] for row in result["stress"]}
    book = {row["scenario"]: row["pnl"] for row in answer(run, "book", "stress")["stress"]}
    assert result["book"]["marked"] == held.date.isoformat()
    for row in result["book"]["stress"]:
        assert (row["before"], row["added"]) == (book[row["scenario"]], alone[row["scenario"]])
        assert row["after"] == row["before"] + row["added"]


@pytest.mark.parametrize(
    ("settings", "open_risk", "free"),
    [
        ({}, 3_000, 80_000),
        ({"account.open_risk": 500}, 500, 80_000),
        ({"account.buying_power": 5_000}, 3_000, 5_000),
        ({"account.equity": 50_000}, 3_000, 30_000),
        ({"account.equity": 10_000}, 3_000, 0),
    ],
)
def test_what_is_set_goes_over_the_book(settings, open_risk, free):
    account = rc.load_preset("iwm-shares", settings, book=USE).account
    assert (account.open_risk, account.free_buying_power) == (open_risk, free)


def test_the_book_goes_over_the_account_file_and_takes_off_its_buying_power(run):
    assert run("account", "set", "equity=50000", "buying_power=90000", "open_risk=100")[0] == 0
    account = rc.load_preset("iwm-shares", book=USE).account
    assert (account.open_risk, account.free_buying_power) == (3_000, 70_000)


def test_open_trades_without_a_limit_leave_no_room(run):
    with Book(book_path()) as book:
        book.record([sold_call()])
        book.mark({Contract(symbol="IWM"): 295.0, sold_call().contract: 2.0}, day=DAY)
    code, out, _ = run("plan", "iwm-shares", "--set", "account.equity=1000000000")
    assert code == 1
    assert "the open trades can lose without limit" in out


@pytest.mark.parametrize("name", ["iwm-shares", "iwm-call-spread"])
def test_the_book_is_written_into_no_preset(name):
    plain = TradeEditor(open_draft(rc.load_preset(name)))
    plain.save_as("unheld")
    beside = TradeEditor(open_draft(rc.load_preset(name, book=USE)))
    beside.save_as("beside")
    folder = user_folder()
    texts = [(folder / f"{one}.toml").read_text(encoding="utf-8") for one in ("unheld", "beside")]
    assert texts[0].replace("unheld", "beside") == texts[1]
    beside.enter("account.buying_power", "30000")
    beside.save()
    account = rc.load_preset("beside", book=USE).account
    assert (account.free_buying_power, account.open_risk) == (30_000, 3_000)
    assert "buying_power_used" not in (folder / "beside.toml").read_text(encoding="utf-8")


def test_the_command_line_of_the_screen_leaves_the_book_to_the_command():
    editor = TradeEditor(open_draft(rc.load_preset("iwm-shares", book=USE)))
    assert editor.reproduce() == "riskcalc plan iwm-shares"
    editor.enter("account.open_risk", "500")
    assert editor.reproduce().startswith("riskcalc plan iwm-shares --set account.open_risk=500")
    assert "buying_power" not in editor.reproduce()


def test_the_command_line_of_a_screen_without_the_book_leaves_it_out(held):
    editor = TradeEditor(open_draft(rc.load_preset("iwm-shares")))
    assert editor.reproduce() == "riskcalc plan iwm-shares --no-book"
    editor.hold_beside(held)
    assert editor.reproduce() == "riskcalc plan iwm-shares"


def test_an_edited_equity_moves_the_buying_power_that_is_left():
    editor = TradeEditor(open_draft(rc.load_preset("iwm-shares", book=USE)))
    editor.enter("account.equity", "50000")
    assert editor.state.draft.account.free_buying_power == 30_000


def test_a_session_takes_the_book_anew_and_keeps_what_was_typed(held):
    editor = TradeEditor(open_draft(rc.load_preset("iwm-shares", book=USE)))
    editor.enter("account.buying_power", "12345")
    assert session_file.save(editor) == ""
    restored, note = session_file.restore(book=book_use(held))
    account = restored.state.draft.account
    assert (note, account.open_risk) == ("", pytest.approx(held.totals.risk, abs=0.01))
    assert account.free_buying_power == 12_345
    gone, _ = session_file.restore()
    assert gone.state.draft.account.open_risk == 0
    assert gone.state.draft.account.free_buying_power == 12_345


def test_an_editor_follows_a_book_that_changes(held):
    editor = TradeEditor(open_draft(rc.load_preset("iwm-shares")))
    editor.enter("account.equity", "50000")
    editor.hold_beside(held)
    state = editor.state
    rows = {row.name: row for row in state.added}
    assert state.draft.account.open_risk == pytest.approx(held.totals.risk, abs=0.01)
    assert rows["risk"].after == pytest.approx(held.totals.risk + state.plan.size.risk)
    editor.undo()
    assert editor.state.draft.account.free_buying_power == pytest.approx(100_000 - 16_541.84 / 2)
    assert not editor.state.dirty
    editor.hold_beside(None)
    assert (editor.state.added, editor.state.draft.account.open_risk) == ((), 0)


@pytest.mark.usefixtures("held")
def test_the_screen_shows_the_book_in_its_fields_and_panel():
    async def script(pilot):
        await pilot.pause()
        return text(pilot.app)

    opened = LaunchOptions(preset="iwm-shares", today=DAY, book_wanted=True)
    shown = drive(script, opening=opened)
    assert "BOOK  $, with this trade" in shown
    assert "open risk   1,985.02  now 993 +993" in shown
    assert "Open risk         992.51 $" in shown
    assert "the book, marked 2026-07-20: 1 open trade" in shown
    without = drive(script, opening=dataclasses.replace(opened, book_wanted=False))
    assert "BOOK" not in without
    assert "Open risk              0 $" in without


@pytest.mark.slow
def test_without_a_book_sqlite_is_not_loaded():
    words = "plan", "compare", "stress", "screen"
    program = (
        "import sys\nfrom riskcalc.cli import main\n"
        f"for word in {words}:\n"
        "    try:\n        main([word])\n    except SystemExit:\n        pass\n"
        "print('sqlite3' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.split()[-1] == "False"
