"""What the page Chain says is what `riskcalc chain` says."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from riskcalc.chains import read_chain, sample_chain
from riskcalc.cli import main
from riskcalc.domain import OptionType
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.edits import with_contract
from riskcalc.editor.pages.chain import (
    chain_of,
    expiry_cell,
    leg_marks,
    no_chain_text,
    quotes_text,
    read_expiry,
    trade_text,
)
from riskcalc.editor.pages.filters import read_filter
from riskcalc.editor.pages.strikes import VOCABULARY, StrikeLines, StrikeLook
from tests.editor.drafts import shipped
from tests.tui.pages.chains import FAR, NEAR, made_chain, write_chain

RATE = 0.04
SEPTEMBER = dt.date.fromisoformat(NEAR)


@pytest.fixture(scope="module")
def board():
    return read_expiry(made_chain(bad=True), SEPTEMBER, rate=RATE)


def draft_on(chain):
    return open_draft(shipped(), chain=chain)


def lines(board, *, spot=295.39, wanted="", both=True, side=OptionType.CALL, marks=None):
    look = StrikeLook(
        side=side, wanted=read_filter(wanted, VOCABULARY), marks=marks or {}, spot=spot, both=both
    )
    return StrikeLines(table=board.table, look=look)


def put(editor, index, *, strike, expiry=SEPTEMBER, option_type=OptionType.CALL):
    editor.change(
        lambda draft: with_contract(draft, index=index, expiry=expiry, strike=strike, option_type=option_type)
    )


def texts(found, width):
    return ["".join(text for text, _ in found.line(n, width, cursor=False)) for n in range(len(found))]


def line_at(found, width, strike):
    return texts(found, width)[found.place_of(strike)]


def test_expiries_and_gamma_are_those_of_the_command_line(tmp_path, capsys):
    path = write_chain(tmp_path / "quotes.csv", made_chain())
    chain = read_chain(path)

    def answer(*options):
        with pytest.raises(SystemExit):
            main(["chain", str(path), "--json", *options])
        return json.loads(capsys.readouterr().out)

    text = answer("--gamma")
    assert text["rate"] == RATE
    boards = {str(day): read_expiry(chain, day, rate=RATE) for day in chain.expiries()}
    for row in text["expiries"]:
        mine = boards[row["expiry"]].summary
        assert mine.days == row["days"]
        for name in ("atm_vol", "expected_move", "forward"):
            assert getattr(mine, name) == pytest.approx(row[name], rel=1e-12)
    for row in text["gamma"]:
        gross = sum(
            float(board.table.gamma[board.table.strike == row["strike"]].sum()) for board in boards.values()
        )
        assert gross == pytest.approx(row["gross"], rel=1e-9)


def test_an_expiry_says_days_iv_move_and_whether_it_is_monthly():
    chain = sample_chain()
    board = read_expiry(chain, SEPTEMBER, rate=RATE)
    assert expiry_cell(chain, SEPTEMBER, board).lines == ("M Sep 18     60d", "IV 20.2%", "±$24.15 8.2%")
    weekly, leap = dt.date(2026, 9, 4), dt.date(2028, 1, 21)
    assert expiry_cell(chain, weekly, None).lines[0] == "  Sep 04     46d"
    assert expiry_cell(chain, leap, None).lines[0] == "M Jan 21'28 550d"


@pytest.mark.parametrize("width", [78, 118, 198])
def test_a_line_shows_quote_iv_delta_and_open_interest(board, width):
    result = lines(board, both=width >= 108)
    line = line_at(result, width, 290)
    row = board.table.strike.tolist().index(290)
    calls = board.table.sides[OptionType.CALL]
    for text in (
        f"{calls.bid[row]:.2f}",
        f"{calls.ask[row]:.2f}",
        f"{calls.vol[row]:.1%}",
        f"{calls.delta[row]:.2f}",
        "12,000",
        f"{board.table.gamma[row] / 1e6:.1f} █",
    ):
        assert text in line
    assert all(len(text) == width for text in texts(result, width))
    assert "".join(text for text, _ in result.head(width)).split()[0] == "calls"


@pytest.mark.parametrize("width", range(60, 220, 7))
def test_no_line_is_longer_than_its_width(board, width):
    result = lines(board, both=width >= 108)
    assert max(len(text) for text in texts(result, width)) <= width
    assert not any("#" in text for text in texts(result, width))


@pytest.mark.parametrize("width", [-1, 0, 1, 20, 40])
@pytest.mark.parametrize("both", [False, True])
def test_a_screen_that_has_no_room_yet_can_be_drawn(board, width, both):
    result = lines(board, both=both)
    assert len(texts(result, width)) == len(result)
    assert result.head(width)


def test_quotes_that_cannot_be_traded_are_dimmed_and_say_why(board):
    result = lines(board)
    place = result.place_of(300)
    line = texts(result, 118)[place]
    assert "no bid" in line
    assert "bid > ask" in line
    assert ("no bid", "quiet") in [
        (text.strip(), style) for text, style in result.line(place, 118, cursor=False)
    ]
    missing = lines(board, side=OptionType.PUT, both=False)
    assert missing.strike(missing.place_of(305)) != 305


def test_the_spot_stands_between_its_strikes(board):
    result = lines(board)
    around = texts(result, 118)[result.at_spot - 1 : result.at_spot + 2]
    assert "spot 295.39" in around[1]
    assert (result.strike(result.at_spot - 1), result.strike(result.at_spot + 1)) == (295, 300)
    assert not result.selectable(result.at_spot)


def test_strikes_of_the_legs_are_marked():
    draft = draft_on(made_chain())
    marks = leg_marks(draft, SEPTEMBER)
    assert marks == {(295.0, OptionType.CALL): "+1", (325.0, OptionType.CALL): "-1"}
    assert not leg_marks(draft, dt.date.fromisoformat(FAR))
    result = lines(read_expiry(made_chain(), SEPTEMBER, rate=RATE), marks=marks)
    assert "+1" in line_at(result, 118, 295)
    assert "-1" in line_at(result, 118, 325)
    assert "+1" not in line_at(result, 118, 300)


@pytest.mark.parametrize(
    ("wanted", "strikes"),
    [
        ("290-305", {290, 295, 300, 305}),
        ("calls delta 20-40", {305, 310, 315}),
        ("oi>10k 300-320", {300, 310, 320}),
        ("puts 300-305", {300}),
        ("quoted 300-305", {305}),
        ("volume 60", {310}),
        ("500-600", set()),
    ],
)
def test_a_filter_leaves_the_strikes_it_asks_for(board, wanted, strikes):
    result = lines(board, wanted=wanted)
    assert {result.strike(line) for line in range(len(result))} - {None} == strikes


def test_one_side_shows_what_passes_on_that_side(board):
    calls = lines(board, wanted="delta 20-40", both=False)
    puts = lines(board, wanted="delta 20-40", both=False, side=OptionType.PUT)
    assert all(calls.strike(line) > 295 for line in range(len(calls)) if calls.strike(line))
    assert all(puts.strike(line) < 295 for line in range(len(puts)) if puts.strike(line))


def test_without_open_interest_its_columns_give_way():
    result = lines(read_expiry(made_chain(expiries=(NEAR,), oi=False), SEPTEMBER, rate=RATE))
    head = "".join(text for text, _ in result.head(118))
    assert not {"OI", "volume", "gamma"} & set(head.split())
    assert "theta" in head


def test_a_spot_beyond_all_strikes_stands_at_the_end(board):
    assert lines(board, spot=500.0).at_spot == len(lines(board, spot=500.0)) - 1
    assert lines(board, spot=1.0).at_spot == 0


def test_a_contract_goes_on_a_leg_at_its_price_and_undo_takes_it_back():
    chain = made_chain()
    editor = TradeEditor(draft_on(chain))
    before = editor.state.draft
    put(editor, 1, strike=320.0)
    leg = editor.state.draft.entered().option_legs[1]
    quote = chain.quote(expiry=SEPTEMBER, strike=320.0, option_type=OptionType.CALL)
    assert (leg.strike, leg.signed_contracts) == (320.0, -1)
    assert leg.premium == pytest.approx(quote.mid)
    assert "leg 2: -1 call 320 Sep 18 at" in trade_text(editor.state.draft)
    editor.undo()
    assert editor.state.draft is before
    put(editor, 0, expiry=dt.date.fromisoformat(FAR), strike=290.0, option_type=OptionType.PUT)
    assert editor.state.draft.trade.option_legs[0].option_type is OptionType.PUT
    assert trade_text(editor.state.draft).endswith("expiries differ")


@pytest.mark.parametrize(
    ("index", "strike", "said"),
    [
        (0, 300.0, "IWM call 300 2026-09-18: no bid"),
        (0, 301.0, "IWM call 301 2026-09-18: not in the chain; nearest strikes 300 and 305"),
        (5, 310.0, "leg 6 is no option of this trade"),
    ],
)
def test_what_cannot_be_traded_is_refused_and_changes_nothing(index, strike, said):
    editor = TradeEditor(draft_on(made_chain(bad=True)))
    before = editor.state.draft
    put(editor, index, strike=strike)
    assert editor.state.problem.startswith(said)
    assert editor.state.draft is before


def test_a_trade_without_quotes_says_how_to_load_them():
    draft = open_draft(shipped())
    assert chain_of(draft) is None
    text = no_chain_text(draft, "f")
    assert "without quotes of IWM options" in text
    assert "f loads a file" in text


def test_old_quotes_are_said_to_be_old():
    chain = made_chain()
    draft = open_draft(shipped(), chain=chain, today=dt.date(2026, 7, 27))
    assert "5 sessions old" in quotes_text(chain, draft)
    assert "old" not in quotes_text(chain, open_draft(shipped(), chain=chain, today=chain.date))
