"""Cash dividends in a preset: none, a list, or a file beside it; read, set over and saved."""

import dataclasses
import datetime as dt

import pytest

from riskcalc.domain import CashDividend
from riskcalc.errors import PresetError
from riskcalc.presets import check_preset, load_preset, parse_assignments, preset_text, save_preset
from tests.presets.texts import SPREAD

KEY = "market.quotes.IWM.dividends"
PAYMENTS = "Date,Dividends\n2026-03-17 00:00:00-04:00,0.79\n2026-06-16 00:00:00-04:00,0.8\n"
MARCH = CashDividend(ex_date=dt.date(2026, 3, 17), amount=0.79)
JUNE = CashDividend(ex_date=dt.date(2026, 6, 16), amount=0.8)
SEPTEMBER = CashDividend(ex_date=dt.date(2026, 9, 15), amount=0.85)


def text_with(dividends):
    return SPREAD.replace('vol = "20%"}', f'vol = "20%", dividends = {dividends}}}')


FILE = text_with('"iwm.csv"')
LIST = text_with("""[  # by ex-date
  { ex_date = 2026-03-17, amount = 0.790 },  # lower than usual
  { ex_date = 2026-06-16, amount = 0.80 },  # declared
]""")
HEADERS = SPREAD.replace("quotes.IWM = {", "[market.quotes.IWM]\n").replace(', vol = "20%"}', "\nvol = 0.2")
HEADERS = HEADERS.replace(
    "[trade]",
    """# those of this year
[[market.quotes.IWM.dividends]]
ex_date = 2026-03-17  # the first
amount = 0.79
[[market.quotes.IWM.dividends]]
ex_date = 2026-06-16
amount = 0.80  # declared
[trade]""",
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of presets with the payments beside them, and another one to work in."""
    result, elsewhere = tmp_path / "own", tmp_path / "work"
    result.mkdir()
    elsewhere.mkdir()
    (result / "iwm.csv").write_text(PAYMENTS)
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("RISKCALC_PRESETS", str(result))
    return result


@pytest.fixture
def made(folder):
    def write(text):
        path = folder / "mine.toml"
        path.write_text(text)
        return path

    return write


def dividends(preset):
    return preset.market.quotes["IWM"].dividends


class TestReading:
    @pytest.mark.parametrize("text", [FILE, LIST, HEADERS], ids=["file", "list", "headers"])
    def test_a_file_and_a_list_say_the_same(self, made, text):
        path = made(text)
        assert dividends(load_preset(path)) == (MARCH, JUNE)
        assert check_preset(path) == ()

    @pytest.mark.parametrize("said", ['"none"', '" None "', "[]"])
    def test_none_is_the_same_as_leaving_it_out_but_said(self, made, said):
        preset = load_preset(made(text_with(said)))
        assert preset == load_preset(made(SPREAD))
        assert preset.market.dividends_until("IWM", dt.date(2030, 1, 1)) == ()

    def test_the_next_ones_are_forecast_and_marked_so(self, made):
        market = load_preset(made(FILE)).market
        (due,) = market.dividends_until("IWM", dt.date(2026, 9, 18))
        assert (due.ex_date, due.forecast) == (dt.date(2026, 9, 15), True)

    def test_an_absolute_path_needs_no_folder(self, made, folder):
        preset = load_preset(made(text_with(f"'{folder / 'iwm.csv'}'")))
        assert dividends(preset) == (MARCH, JUNE)

    def test_what_is_wrong_with_the_file_stands_beside_the_presets_own_problems(self, made, folder):
        path, payments = made(FILE.replace("stop = 6", "stop = 0")), folder / "iwm.csv"
        payments.write_text("date,amount\nJune,0.8\n2026-06-16,much\n")
        first, second, own = check_preset(path)
        assert first.startswith(f"{path}: {KEY}: {payments}: line 2: the ex-date must be")
        assert second.startswith(f"{path}: {KEY}: {payments}: line 3: the amount must be")
        assert own.startswith(f"{path}: exits.stop must be")

    def test_a_file_that_is_not_there(self, made, folder):
        path = made(text_with('"none.csv"'))
        reason = "cannot be read: no such file or directory"
        assert check_preset(path) == (f"{path}: {KEY}: {folder / 'none.csv'}: {reason}",)


class TestOverrides:
    @pytest.mark.parametrize(
        "text", [SPREAD, FILE, LIST, HEADERS], ids=["left out", "file", "list", "headers"]
    )
    def test_none_replaces_all(self, made, text):
        assert dividends(load_preset(made(text), {KEY: "none"})) == ()

    def test_one_amount_and_one_payment_more(self, made):
        added = parse_assignments([f"{KEY}.0.amount=0.9", f"{KEY}.2={{ex_date=2026-09-15, amount=0.85}}"])
        preset = load_preset(made(LIST), added)
        assert dividends(preset) == (dataclasses.replace(MARCH, amount=0.9), JUNE, SEPTEMBER)

    def test_a_list_of_tables(self, made):
        listed = parse_assignments([f"{KEY}=[{{ex_date=2026-09-15, amount=0.85}}]"])
        assert dividends(load_preset(made(FILE), listed)) == (SEPTEMBER,)
        tables = [{"ex_date": dt.date(2026, 9, 15), "amount": 0.85}]
        assert dividends(load_preset(made(FILE), {KEY: tables})) == (SEPTEMBER,)

    def test_a_file_is_looked_for_where_one_works(self, made, folder):
        path = made(SPREAD)
        with pytest.raises(PresetError, match=f"override: {KEY}: iwm.csv: cannot be read: no such file"):
            load_preset(path, {KEY: "iwm.csv"})
        (folder.parent / "work" / "iwm.csv").write_text("date,amount\n2026-09-15,0.85\n")
        assert dividends(load_preset(path, {KEY: "iwm.csv"})) == (SEPTEMBER,)
        assert dividends(load_preset(path, {KEY: "../own/iwm.csv"})) == (MARCH, JUNE)

    def test_a_broken_file_does_not_matter_once_it_is_replaced(self, made):
        assert dividends(load_preset(made(text_with('"gone.csv"')), {KEY: "none"})) == ()

    def test_a_payment_of_a_file_cannot_be_set(self, made):
        with pytest.raises(PresetError, match=r"dividends\.0\.amount cannot be set: .* is a single value"):
            load_preset(made(FILE), {f"{KEY}.0.amount": 0.9})


class TestSaving:
    @pytest.mark.parametrize("text", [FILE, LIST, HEADERS, text_with('"none"'), text_with('"NONE"')])
    def test_what_does_not_change_keeps_its_text(self, made, text):
        path = made(text)
        save_preset(load_preset(path), "mine", force=True)
        assert path.read_text() == text
        assert preset_text(load_preset(path)) == text

    def test_a_file_stays_named_when_something_else_changes(self, made):
        preset = load_preset(made(FILE), {"exits.stop": "7%"})
        for name in ("mine", "copy"):
            saved = save_preset(preset, name, force=True)
            assert 'dividends = "iwm.csv"' in saved.read_text()
            assert dividends(load_preset(saved)) == (MARCH, JUNE)

    def test_in_another_folder_the_payments_of_a_file_are_written_out(self, made, tmp_path):
        saved = save_preset(load_preset(made(FILE)), "mine", folder=tmp_path / "other")
        assert "iwm.csv" not in saved.read_text()
        assert "    {ex_date = 2026-03-17, amount = 0.79},\n" in saved.read_text()
        assert dividends(load_preset(saved)) == (MARCH, JUNE)

    def test_an_absolute_path_is_right_in_any_folder(self, made, folder, tmp_path):
        text = text_with(f"'{folder / 'iwm.csv'}'")
        saved = save_preset(load_preset(made(text)), "mine", folder=tmp_path / "other")
        assert saved.read_text() == text

    @pytest.mark.parametrize("other", ["", "other"], ids=["same folder", "other folder"])
    @pytest.mark.parametrize("text", [FILE, LIST, HEADERS], ids=["file", "list", "headers"])
    def test_dividends_that_end_are_said_to_end(self, made, tmp_path, folder, text, other):
        preset = load_preset(made(text), {KEY: "none"})
        saved = save_preset(preset, "mine", folder=tmp_path / other if other else folder, force=True)
        assert 'dividends = "none"' in saved.read_text()
        assert dividends(load_preset(saved)) == ()

    @pytest.mark.parametrize("text", [SPREAD, FILE, LIST, HEADERS, text_with('"none"')])
    def test_payments_that_are_set_over_are_written_out(self, made, text):
        tables = [{"ex_date": one.ex_date, "amount": one.amount} for one in (JUNE, SEPTEMBER)]
        saved = save_preset(load_preset(made(text), {KEY: tables}), "mine", force=True)
        assert dividends(load_preset(saved)) == (JUNE, SEPTEMBER)
        assert "stop = 6\n" in saved.read_text()

    def test_payments_of_a_file_given_with_an_override_are_written_out(self, made, folder):
        saved = save_preset(load_preset(made(SPREAD), {KEY: str(folder / "iwm.csv")}), "mine", force=True)
        assert "iwm.csv" not in saved.read_text()
        assert dividends(load_preset(saved)) == (MARCH, JUNE)

    @pytest.mark.parametrize(
        ("text", "before", "after"),
        [(LIST, "amount = 0.80 ", "amount = 0.9 "), (HEADERS, "amount = 0.80 ", "amount = 0.9 ")],
        ids=["list", "headers"],
    )
    def test_an_edit_of_one_payment_keeps_the_comments_of_all(self, made, text, before, after):
        saved = save_preset(load_preset(made(text), {f"{KEY}.1.amount": 0.9}), "mine", force=True)
        assert saved.read_text() == text.replace(before, after)

    def test_a_payment_more_keeps_the_comments_of_the_others(self, made):
        more = {f"{KEY}.2": {"ex_date": "2026-09-15", "amount": 0.85}}
        saved = save_preset(load_preset(made(LIST), more), "mine", force=True)
        declared = "  { ex_date = 2026-06-16, amount = 0.80 },  # declared\n"
        added = "  {ex_date = 2026-09-15, amount = 0.85},\n"
        assert saved.read_text() == LIST.replace(declared, declared + added)

    def test_the_payments_a_preset_was_read_with_are_saved_though_the_file_changed(self, made, folder):
        preset = load_preset(made(FILE))
        (folder / "iwm.csv").write_text("date,amount\n2026-09-15,0.85\n")
        assert dividends(load_preset(save_preset(preset, "mine", force=True))) == (MARCH, JUNE)

    def test_a_forecast_is_computed_and_so_never_saved(self, made):
        preset = load_preset(made(FILE))
        market = preset.market
        quote = dataclasses.replace(
            market.quote("IWM"), dividends=market.dividends_until("IWM", SEPTEMBER.ex_date)
        )
        told = dataclasses.replace(preset, market=dataclasses.replace(market, quotes={"IWM": quote}))
        with pytest.raises(PresetError, match="or a dividend a forecast"):
            save_preset(told, "told")
