"""Today's market at every front door: which prices are used, how old they are, and what is said of it."""

import datetime as dt
import json

import pytest

import riskcalc as rc
from riskcalc.chains import live
from riskcalc.domain import Verdict
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.session_data import from_data, to_data
from riskcalc.presets import load_preset, save_preset
from riskcalc.trading_day import read_trading_day
from tests.chains.test_live import NOW, Ticker
from tests.outside import reference_file
from tests.rows import sample

TODAY = dt.date(2026, 11, 30)
CHAIN = "06_option_chains/IWM_2026-07-20_yfinance_layout.csv"
TYPED = ("quote", "IWM=297.40", "TNA=71.20", "SPY=752", "--vol", "IWM=19%", "--rate", "3.9%")


@pytest.fixture(autouse=True)
def on(monkeypatch):
    """Fix the day; 2026-11-30 unless a test says another."""

    def fix(day):
        monkeypatch.setenv("RISKCALC_TODAY", str(day))

    fix(TODAY)
    return fix


def planned(run, *arguments):
    code, out, err = run("plan", *arguments, "--json")
    return code, json.loads(out) if out else err


def age_check(plan):
    (check,) = [check for check in plan["checks"] if check["name"] == "market age"]
    return check


def own_preset(tmp_path, name="iwm-call-spread", **overrides):
    """A preset of the user's own, with the market of the sample's day."""
    preset = load_preset(name, overrides, as_written=True)
    return save_preset(preset, "mine", folder=tmp_path / "elsewhere", force=True)


class TestTyped:
    def test_it_is_kept_and_every_preset_takes_it(self, run):
        code, out, _ = run(*TYPED, "--json")
        known = json.loads(out)
        assert (code, known["rate"], known["quotes"]["IWM"]["spot"]) == (0, 0.039, 297.4)
        assert known["quotes"]["IWM"]["age_sessions"] == 0
        for name, spot, vol in (
            ("iwm-call-spread", 297.4, 0.19),
            ("iwm-shares", 297.4, 0.19),
            ("tna-momentum", 71.2, 0.57),
        ):
            code, plan = planned(run, name)
            quote = plan["market"]["quotes"][plan["trade"]["symbol"]]
            assert (quote["spot"], quote["vol"]) == (spot, pytest.approx(vol)), name
            assert (plan["market"]["date"], plan["market"]["rate"]) == ("2026-11-30", 0.039)
            assert (plan["market"]["source"], plan["market"]["age_sessions"]) == ("market.toml", 0)
            assert (code, plan["verdict"], age_check(plan)["status"]) == (0, "OK", "ok")
        pair = planned(run, "iwm-spy-pair")[1]
        assert (pair["market"]["source"], pair["market"]["quotes"]["IWM/SPY"]["spot"]) == (
            "market.toml",
            297.4,
        )

    def test_the_vols_of_legs_move_by_as_many_points(self, run):
        run(*TYPED)
        legs = planned(run)[1]["trade"]["legs"]
        assert [leg["vol"] for leg in legs] == [pytest.approx(0.19), pytest.approx(0.16)]
        assert rc.plan_preset("iwm-call-spread").to_dict()["trade"]["legs"] == legs

    def test_a_spot_alone_keeps_the_vol_of_its_day_and_warns_once_it_is_old(self, run):
        run("quote", "IWM=290", "--vol", "IWM=21%", "--date", "2026-11-20")
        run("quote", "IWM=297.40")
        plan = planned(run, "iwm-shares")[1]
        assert plan["market"]["quotes"]["IWM"]["vol"] == 0.21
        assert age_check(plan)["status"] == "warn"
        assert "the IV, 21.0%, is of 2026-11-20" in age_check(plan)["message"]

    def test_a_vol_of_the_sample_is_said(self, run):
        run("quote", "IWM=297.40")
        check = age_check(planned(run)[1])
        assert (check["status"], "is the sample's" in check["message"]) == ("warn", True)

    def test_comments_and_other_keys_stay(self, run, tmp_path):
        path = tmp_path / "market.toml"
        path.write_text(
            '# mine\n[quotes.IWM]  # the fund\ndate = 2026-11-27\nspot = 290\nborrow_fee = "1%"\n'
        )
        run("quote", "IWM=297.40")
        text = path.read_text()
        assert text.startswith("# mine\n[quotes.IWM]  # the fund\ndate = 2026-11-30\nspot = 297.4\n")
        assert 'borrow_fee = "1%"' in text

    def test_a_pinned_preset_keeps_its_own(self, run, tmp_path):
        run(*TYPED)
        path = own_preset(tmp_path, **{"market.pinned": True})
        assert "pinned = true" in path.read_text()
        plan = planned(run, str(path))[1]
        assert (plan["market"]["source"], plan["market"]["date"]) == ("preset", "2026-07-20")
        assert planned(run, "iwm-shares", "--set", "market.pinned=true")[1]["market"]["source"] == "sample"

    def test_saving_a_preset_keeps_its_own_market(self, run, tmp_path):
        run(*TYPED)
        run("presets", "save", "mine", "--from", "iwm-shares", "--set", "exits.stop=5%")
        assert "spot = 295.39" in (tmp_path / "user presets" / "mine.toml").read_text()

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("IWM",), "a price must be like IWM=297.40, got 'IWM'"),
            (("I W=5",), "symbol must be 1 to 10 letters or digits"),
            (("IWM=-5",), "spot must be a number > 0"),
            (("IWM=nan",), "IWM price must be dollars"),
            (("IWM=297", "IWM=298"), "IWM has two prices"),
            (("IWM/SPY=0.4",), "IWM/SPY has no price of its own: give IWM and SPY"),
            (("--vol", "IWM=19%"), "IWM has no price yet: give it too, IWM=PRICE"),
            (("IWM=297", "--vol", "IWM=x"), "IWM vol must be"),
            (("IWM=297", "--date", "2026-12-01"), "--date must be today, 2026-11-30, or before"),
            (("--date", "2026-11-27"), "--date needs prices"),
        ],
    )
    def test_what_is_wrong_is_one_line_and_nothing_is_written(self, run, tmp_path, arguments, says):
        code, out, err = run("quote", *arguments)
        assert (code, out) == (2, "")
        assert says in err
        assert err.count("\n") == 1
        assert not (tmp_path / "market.toml").exists()

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("schema = 2\n", "written by schema 2, this riskcalc reads up to 1: update riskcalc"),
            ("[quotes.IWM]\nspot = 290\n", "quotes.IWM.date is missing"),
            ("[quotes.IWM]\ndate = 2026-11-30\nspot = 0\n", "quotes.IWM.spot must be a number > 0, got 0"),
            ('[quotes."X Y"]\ndate = 2026-11-30\nspot = 1\n', "symbol must be 1 to 10 letters or digits"),
            ("prices = 3\n", "prices is not a known key"),
            ("quotes = [", "end of document"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_refused_by_every_command(self, run, tmp_path, text, says):
        path = tmp_path / "market.toml"
        path.write_text(text)
        for command in (
            ("plan",),
            ("compare",),
            ("stress",),
            ("quote",),
            ("quote", "IWM=297"),
            ("scan", "--sample"),
        ):
            code, _, err = run(*command)
            assert (code, str(path) in err, says in err) == (2, True, True), (command, err)
        assert path.read_text() == text


class TestAge:
    """Of a preset of one's own, whose market is of 2026-07-20: time stop 2026-08-28, expiry 2026-09-18."""

    @pytest.mark.parametrize(
        ("day", "said"),
        sample(
            [
                ("2026-07-20", (0, "ok", "OK", 0)),
                ("2026-07-21", (1, "ok", "OK", 0)),
                ("2026-07-22", (2, "warn", "OK", 0)),
                ("2026-07-26", (4, "warn", "OK", 0)),
                ("2026-08-28", (29, "warn", "OK", 0)),
                ("2026-08-29", (29, "fail", "OLD", 1)),
                ("2026-11-30", (93, "fail", "OLD", 1)),
                ("2026-07-17", (-1, "warn", "OK", 0)),
            ],
            2,
            5,
            7,
        ),
    )
    def test_each_front_door_says_the_same(self, run, on, tmp_path, day, said):
        sessions, status, verdict, code = said
        path = own_preset(tmp_path)
        on(day)
        today = dt.date.fromisoformat(day)
        ended, plan = planned(run, str(path))
        assert (ended, plan["verdict"], age_check(plan)["status"]) == (code, verdict, status)
        assert (plan["market"]["source"], plan["market"]["age_sessions"]) == ("preset", sessions)
        held = read_trading_day(today)
        library = rc.plan_preset(path, today=today, day=held)
        assert library.to_dict() == plan
        title = run("plan", str(path))[1].splitlines()[0]
        assert title.startswith(f"{verdict}  ")
        assert (f"{sessions} sessions old" in title) == (sessions > 1)
        editor = TradeEditor(open_draft(load_preset(path), today=today))
        editor.hold_against(held)
        assert editor.state.plan.to_dict() == plan
        assert editor.state.badge.text.startswith("OLD prices of 2026-07-20" if code else "OK")
        assert run("stress", str(path))[0] == code
        assert run("compare", str(path))[0] == code

    def test_without_a_day_there_is_no_check(self, tmp_path):
        plan = rc.plan_preset(own_preset(tmp_path))
        assert "market age" not in [check.name for check in plan.checks]
        assert (plan.verdict, plan.market_age_sessions) == (Verdict.OK, None)

    def test_a_chain_of_another_day_is_old_too(self, run, on):
        path = reference_file(CHAIN)
        code, plan = planned(run, "--chain", str(path))
        assert (code, plan["verdict"], plan["market"]["source"]) == (1, "OLD", "chain")
        on("2026-07-21")
        code, plan = planned(run, "--chain", str(path))
        assert (code, plan["verdict"], plan["market"]["age_sessions"]) == (0, "OK", 1)

    def test_a_session_of_another_day_is_old_too(self, tmp_path):
        editor = TradeEditor(open_draft(load_preset(own_preset(tmp_path))))
        again, _ = from_data(to_data(editor.state, chain_path=None), today=TODAY)
        assert again.state.badge.text.startswith("OLD")
        sample = TradeEditor(open_draft(load_preset("iwm-call-spread"), today=TODAY))
        again, _ = from_data(to_data(sample.state, chain_path=None), today=TODAY)
        assert again.state.badge == sample.state.badge
        assert again.state.badge.text.startswith("SAMPLE 1 spread")

    def test_the_word_today_is_a_date(self, run, tmp_path):
        path = own_preset(tmp_path, "iwm-shares")
        plan = planned(run, str(path), "--set", "market.date=today", "--set", "market.quotes.IWM.spot=297")[1]
        assert (plan["market"]["date"], plan["market"]["source"], plan["verdict"]) == (
            "2026-11-30",
            "set",
            "OK",
        )

    @pytest.mark.parametrize("bad", ["30.11.2026", "yesterday", "1969-12-31"])
    def test_a_day_that_is_none_is_one_line(self, run, on, bad):
        on(bad)
        code, out, err = run("plan")
        assert (code, out) == (2, "")
        assert err == (
            f"riskcalc: RISKCALC_TODAY must be a date from 1970 to 2200, like 2026-09-18, got {bad!r}\n"
        )


class TestSample:
    @pytest.mark.parametrize("day", ["2026-07-20", "2026-08-03", "2027-06-01"])
    @pytest.mark.parametrize("name", ["iwm-call-spread", "iwm-shares", "tna-momentum", "iwm-spy-pair"])
    def test_a_shipped_preset_is_a_sample_on_any_day(self, run, on, name, day):
        on(day)
        code, plan = planned(run, name)
        assert (code, plan["verdict"], plan["market"]["source"]) == (0, "SAMPLE", "sample")
        check = age_check(plan)
        assert check["status"] == "warn"
        assert "riskcalc quote " in check["message"]

    def test_a_first_start_asks_for_nothing(self, run):
        assert run("plan")[1].startswith("SAMPLE  iwm-call-spread")
        assert run("compare")[1].startswith("SAMPLE  iwm-shares")
        assert run("stress")[1].startswith("SAMPLE  iwm-call-spread")
        assert run("scan", "--sample", "--open", "1")[1].startswith("SAMPLE  ")
        assert run("quote")[1].startswith("no market of today yet")

    def test_a_spot_typed_over_it_leaves_its_day(self, run):
        code, plan = planned(run, "--set", "market.quotes.IWM.spot=300")
        assert (code, plan["verdict"], plan["market"]["source"]) == (0, "SAMPLE", "set")
        assert "the date, 2026-07-20, is the sample's" in age_check(plan)["message"]

    def test_a_date_typed_over_it_leaves_its_prices(self, run):
        code, plan = planned(run, "--set", "market.date=today")
        assert (code, plan["verdict"], plan["market"]["source"]) == (0, "SAMPLE", "sample")


class TestChain:
    def test_spot_date_and_vol_near_sixty_days_are_taken(self, run, on):
        on("2026-07-21")
        code, out, _ = run("quote", "--chain", str(reference_file(CHAIN)), "--json")
        known = json.loads(out)["quotes"]["IWM"]
        assert (code, known["spot"], known["date"], known["source"]) == (0, 295.39, "2026-07-20", "chain")
        assert known["vol"] == pytest.approx(0.20, abs=0.02)

    def test_the_chain_goes_over_the_market_of_today(self, run, on):
        on("2026-07-21")
        run("quote", "IWM=290", "--vol", "IWM=30%")
        plan = planned(run, "--chain", str(reference_file(CHAIN)))[1]
        assert (plan["market"]["source"], plan["market"]["quotes"]["IWM"]["spot"]) == ("chain", 295.39)

    @pytest.mark.parametrize(("name", "symbol"), sample([("tna-momentum", "TNA"), ("tza-hedge", "TZA")], 0))
    def test_a_leveraged_fund_plans_on_a_chain_of_its_benchmark(self, run, on, name, symbol):
        on("2026-07-20")
        chain = ("--chain", str(reference_file(CHAIN)))
        code, err = planned(run, name, *chain)
        assert code == 2
        assert f"a chain of IWM gives the volatility of {symbol}, not its price" in err
        typed = planned(run, name, *chain, "--set", f"market.quotes.{symbol}.spot=70")[1]
        quotes = typed["market"]["quotes"]
        assert quotes[symbol]["vol"] == pytest.approx(3 * quotes["IWM"]["vol"])
        assert quotes["IWM"]["spot"] == 295.39
        assert (typed["market"]["source"], typed["verdict"]) == ("set", "OK")
        run("quote", f"{symbol}=70")
        known = planned(run, name, *chain)[1]
        assert (known["market"]["source"], known["market"]["quotes"][symbol]["spot"]) == ("market.toml", 70)

    def test_a_fund_price_of_another_day_is_refused(self, run):
        run("quote", "TNA=70")
        code, err = planned(run, "tna-momentum", "--chain", str(reference_file(CHAIN)))
        assert code == 2
        assert "TNA 70.00 in market.toml is of 2026-11-30, the chain of 2026-07-20" in err


class TestCompare:
    def test_prices_of_two_days_are_refused_with_the_line_that_helps(self, run):
        run("quote", "IWM=297.40", "--vol", "IWM=19%")
        code, _, err = run("compare")
        assert code == 2
        assert "give today's with riskcalc quote TNA=PRICE" in err
        run("quote", "TNA=71.20")
        code, out, _ = run("compare")
        assert (code, "prices of 2026-11-30 (market.toml)" in out.splitlines()[0]) == (0, True)


class TestLive:
    """On recorded frames: no network is asked."""

    @pytest.fixture(autouse=True)
    def frames(self, monkeypatch, on):
        on("2026-07-20")
        monkeypatch.setattr(live, "_open_ticker", lambda symbol: Ticker(root=symbol))

    def test_a_plan_is_on_what_was_fetched(self, run):
        code, out, err = run("plan", "iwm-shares", "--live", "--json")
        plan = json.loads(out)
        assert (code, plan["market"]["source"], plan["market"]["quotes"]["IWM"]["spot"]) == (0, "live", 101.0)
        assert "delayed quotes from Yahoo" in err

    def test_quote_keeps_what_was_fetched(self, run):
        known = json.loads(run("quote", "--live", "IWM", "--json")[1])["quotes"]["IWM"]
        assert (known["spot"], known["date"], known["source"]) == (101.0, "2026-07-20", "live")

    def test_a_comparison_is_on_what_was_fetched(self, run):
        code, out, _ = run("compare", "iwm-shares", "tna-momentum", "--live", "--json")
        result = json.loads(out)["vehicles"]
        assert (code, [one["market"]["source"] for one in result]) == (0, ["live", "live"])

    def test_a_pair_takes_both_of_its_funds(self, run):
        assert json.loads(run("plan", "iwm-spy-pair", "--live", "--json")[1])["market"]["source"] == "live"

    @pytest.mark.parametrize("command", ["plan", "stress", "screen"])
    def test_it_takes_the_place_of_a_chain(self, run, command):
        code, _, err = run(command, "--live", "--chain", "quotes.csv")
        assert (code, "--live takes the place of --chain" in err) == (2, True)


def test_the_recorded_frames_are_of_the_sample_day():
    assert NOW.date() == dt.date(2026, 7, 20)
