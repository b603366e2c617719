from __future__ import annotations

import json

import pytest

from riskcalc import selfcheck
from riskcalc.cli import COMMANDS, main
from riskcalc.pricing.compiled.loader import using


def test_help_lists_every_command(run):
    code, out, _ = run("--help")
    assert code == 0
    assert all(name in out and text.split(",")[0] in out for name, text in COMMANDS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run, command):
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: riskcalc {command}")


def test_without_a_command_the_default_preset_is_planned(run):
    assert run() == run("plan", "iwm-call-spread")


class TestPlan:
    def test_prints_the_contract_as_json(self, run):
        code, out, err = run("plan", "--json")
        answer = json.loads(out)
        assert (code, err) == (0, "")
        assert answer["trade"]["name"] == "iwm-call-spread"
        assert answer["size"]["units"] >= 1
        assert answer["probability"]["expected_pnl"] == answer["managed"]["expected_pnl"]

    def test_prints_plain_text_without_a_terminal(self, run):
        code, out, _ = run("plan")
        assert code == 0
        assert out.startswith("SAMPLE  iwm-call-spread: IWM 295/325 call spread 2026-09-18")
        for part in (
            "Size",
            "Checks",
            "P&L per Spread",
            "offset by short legs",
            "opens at -7%",
            "breakeven win rate",
        ):
            assert part in out
        assert "\x1b" not in out
        assert "stop_first" not in out
        assert all(line == line.rstrip() for line in out.splitlines())

    def test_set_changes_a_value(self, run):
        _, out, _ = run("plan", "--set", "market.quotes.IWM.spot=300", "--set", "exits.stop=7%", "--json")
        answer = json.loads(out)
        assert answer["market"]["quotes"]["IWM"]["spot"] == 300
        assert answer["exits"]["stop"]["spot"] == pytest.approx(279)

    def test_exits_1_when_a_check_fails(self, run):
        code, out, err = run("plan", "--set", "account.equity=20000")
        assert (code, err) == (1, "")
        assert out.startswith("NO  iwm-call-spread")
        assert "0 spreads  risk budget: one unit risks" in out

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("plan", "iwm-cal-spread"), "iwm-call-spread"),
            (("plan", "--set", "market.quotes.IWM.spot=0"), "spot"),
            (("plan", "--set", "market.quotes.IWM.spot=nan"), "spot"),
            (("plan", "--set", "market.quotes.IWM.spot=inf"), "spot"),
            (("plan", "--set", "market.quotes.IWM.vol=-0.2"), "vol"),
            (("plan", "--set", "account.equity=0"), "equity"),
            (("plan", "--set", "account.risk=0"), "risk"),
            (("plan", "--set", "account.risk=200%"), "risk"),
            (("plan", "--set", "account.riks=1%"), "risk"),
            (("plan", "--set", "exits.stop=0"), "stop"),
            (("plan", "--set", "trade.legs.0.expiry=2020-01-17"), "2020-01-17"),
            (("plan", "--set", "trade.symbol=IWN"), "IWN"),
            (("plan", "--set", "spot"), "must be like exits.stop=7%"),
            (("plan", "--at", "mid"), "--at needs --chain"),
            (("plan", "--chain", "nowhere.csv"), "nowhere.csv"),
            (("plan", "--sticky", "moneyness"), "--sticky needs --chain"),
            (("stress", "--sticky", "moneyness"), "--sticky needs --chain"),
            (("plan", "--chain", "x.csv", "--sticky", "delta"), "'strike', 'moneyness'"),
            (("plan", "nowhere.toml"), "nowhere.toml"),
            (("plan", "--nope"), "--nope"),
            (("plann",), "plann"),
            (("price", "call", "--spot", "295", "--strike", "300", "--days", "60"), "--vol"),
            (("price", "call", "--spot", "295", "--strike", "300", "--vol", "20%"), "--days"),
            (("price", "call", "--spot", "0", "--strike", "300", "--days", "60", "--vol", "20%"), "spot"),
            (("price", "call", "--spot", "295", "--strike", "300", "--days", "-1", "--vol", ".2"), "expiry"),
            (("price", "call", "--spot", "295", "--strike", "200", "--days", "9", "--premium", "5"), "below"),
            (
                ("price", "call", "--spot", "295", "--strike", "300", "--expiry", "soon", "--vol", ".2"),
                "date",
            ),
            (("size", "--equity", "0", "--entry", "60", "--stop", "54"), "equity"),
            (("size", "--equity", "1e5", "--entry", "60", "--stop", "66"), "stop must be below entry"),
            (
                ("size", "--equity", "1e5", "--entry", "12", "--stop", "10"),
                "stop 10 is ambiguous: write $10 or 10%",
            ),
            (("size", "--equity", "1e5", "--entry", "60", "--stop", "low"), "stop must be like"),
            (("size", "--equity", "1e5", "--entry", "60", "--stop", "54", "--risk", "0"), "risk"),
            (("size", "--equity", "1e5", "--entry", "60", "--stop", "54", "--risk", "101"), "101% or $101"),
            (("size", "--equity", "1e5", "--entry", "60", "--stop", "54", "--risk", "0.5"), "0.5% or 50%"),
            (
                ("size", "--equity", "1e5", "--entry", "60", "--stop", "54", "--risk", "$200,000"),
                "at most the",
            ),
            (("size", "--equity", "1,00", "--entry", "60", "--stop", "54"), "--equity must be dollars like"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
    )
    def test_bad_input_is_one_clear_line(self, run, arguments, says):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert says in err
        assert err.startswith("riskcalc: ")
        assert len(err.strip().splitlines()) == 1


class TestPrice:
    ask = ("price", "call", "--spot", "220", "--strike", "220", "--days", "60", "--rate", "4.5%")

    def test_values_one_contract(self, run):
        code, out, _ = run(*self.ask, "--dividend-yield", "1.2%", "--vol", "22%", "--json")
        answer = json.loads(out)
        assert code == 0
        assert answer["trade"]["legs"][0]["price"] == pytest.approx(8.39778, abs=5e-6)
        assert answer["greeks"]["delta"] == pytest.approx(54.09, abs=0.01)

    def test_solves_the_vol_from_a_premium(self, run):
        _, out, _ = run(*self.ask, "--dividend-yield", "1.2%", "--premium", "8.39778", "--json")
        assert json.loads(out)["trade"]["legs"][0]["vol"] == pytest.approx(0.22, abs=1e-6)

    def test_states_the_odds_at_the_vol_that_the_premium_implies(self, run):
        ask = ("price", "call", "--spot", "295", "--strike", "300", "--days", "60", "--date", "2026-07-20")
        code, out, _ = run(*ask, "--premium", "7.85", "--json")
        odds = json.loads(out)["probability"]
        assert code == 0
        # The closed form at the vol of 19.376%: N(d2) at the breakeven, and spot x vol x sqrt(60 / 365).
        assert (odds["profit"], odds["expected_move"]) == (
            pytest.approx(0.309, abs=5e-4),
            pytest.approx(23.17, abs=5e-3),
        )

    @pytest.mark.parametrize("kind", ["call", "put"])
    @pytest.mark.parametrize("symbol", ["IWM", "RUT"])
    @pytest.mark.parametrize("carry", [("4%", "0%"), ("1%", "3%")])
    def test_a_premium_and_the_vol_it_implies_give_one_report(self, run, kind, symbol, carry):
        rate, dividend_yield = carry
        ask = ("price", kind, "--spot", "295", "--strike", "300", "--days", "60", "--date", "2026-07-20")
        ask += ("--symbol", symbol, "--rate", rate, "--dividend-yield", dividend_yield, "--json")
        by_premium = json.loads(run(*ask, "--premium", "13.5")[1])
        (leg,) = by_premium["trade"]["legs"]
        by_vol = json.loads(run(*ask, "--vol", str(leg["vol"]))[1])
        assert by_premium["market"]["quotes"][symbol]["vol"] == leg["vol"]
        for part in ("price", "greeks", "probability"):
            assert by_premium[part].keys() == by_vol[part].keys()
            for name, value in by_vol[part].items():
                expected = (
                    value if value is None or isinstance(value, str) else pytest.approx(value, rel=1e-6)
                )
                assert by_premium[part][name] == expected, name

    def test_prints_a_table(self, run):
        code, out, _ = run(*self.ask, "--vol", "22%")
        assert code == 0
        assert "theta per day" in out


class TestSize:
    def test_is_the_percent_risk_rule(self, run):
        code, out, _ = run(
            "size", "--equity", "50000", "--risk", "2", "--entry", "60", "--stop", "54", "--json"
        )
        answer = json.loads(out)
        assert code == 0
        assert (answer["stop"], answer["size"]["units"], answer["size"]["risk"]) == (54, 166, 996)

    @pytest.mark.parametrize("stop", ["6%", "-6%", "0.06", "6", "$277.3"])
    def test_reads_a_stop_however_it_is_written(self, run, stop):
        _, out, _ = run("size", "--equity", "1e5", "--entry", "295", "--stop", stop, "--json")
        assert json.loads(out)["stop"] == pytest.approx(277.3)

    def test_a_short_position_stops_above(self, run):
        _, out, _ = run(
            "size", "--equity", "1e5", "--entry", "100", "--stop", "5%", "--side", "short", "--json"
        )
        assert json.loads(out)["stop"] == pytest.approx(105)

    @pytest.mark.parametrize(
        ("more", "units", "binding"),
        [
            (("--risk", "100%"), 500, "position size"),
            (("--risk", "100%", "--max-position", "25%"), 125, "position size"),
            (("--risk", "$200"), 200, "risk budget"),
            (("--risk", "100%", "--buying-power", "$1,000"), 100, "buying power"),
            (("--risk", "100%", "--buying-power", "$1,000", "--margin", "75%"), 66, "buying power"),
            (("--risk", "100%", "--multiplier", "100", "--buying-power", "9000"), 4, "buying power"),
            (("--risk", "1%", "--open-risk", "550"), 50, "portfolio heat"),
            (("--risk", "10%", "--max-heat", "8%"), 500, "position size"),
            (("--risk", "10%", "--max-heat", "4%"), 400, "portfolio heat"),
            (("--risk", "1.2345%", "--fractional"), 123.45, "risk budget"),
        ],
    )
    def test_keeps_the_limits_of_a_plan(self, run, more, units, binding):
        asked = ("size", "--equity", "$10,000", "--entry", "20", "--stop", "$19", *more)
        code, out, _ = run(*asked, "--json")
        size = json.loads(out)["size"]
        assert (code, size["units"], size["binding_limit"]) == (0, units, binding)
        assert size["limits"][binding] == units
        code, out, _ = run(*asked)
        assert f"position size {units:,}".split() == out.splitlines()[1].split()[:3]
        assert f"binding limit {binding}".split() == out.splitlines()[-1].split()[:4]

    def test_a_limit_that_allows_nothing_is_exit_1(self, run):
        asked = ("size", "--equity", "10000", "--entry", "20", "--stop", "$19", "--buying-power", "0")
        code, out, _ = run(*asked)
        assert code == 1
        assert "0 shares  one unit needs $10.00, the buying power is $0.00" in out

    def test_a_cheap_share_sold_short_uses_all_of_its_price(self, run):
        asked = (
            "size",
            "--equity",
            "10000",
            "--entry",
            "4",
            "--stop",
            "$4.40",
            "--side",
            "short",
            "--risk",
            "9%",
        )
        _, out, _ = run(*asked, "--buying-power", "2000", "--json")
        assert json.loads(out)["size"]["units"] == 500

    def test_a_plan_in_shares_and_a_size_agree(self, run):
        _, planned, _ = run("plan", "iwm-shares", "--set", "account.max_position=12%", "--json")
        asked = ("size", "--equity", "100000", "--entry", "295.39", "--stop", "6%", "--max-position", "12%")
        _, sized, _ = run(*asked, "--json")
        planned, sized = json.loads(planned)["size"], json.loads(sized)["size"]
        for key in ("units", "binding_limit", "reason"):
            assert sized[key] == planned[key]
        for key in ("risk", "capital"):
            assert sized[key] == pytest.approx(planned[key])

    def test_exits_1_when_nothing_fits(self, run):
        code, out, _ = run("size", "--equity", "200", "--risk", "5%", "--entry", "714.7", "--stop", "689.59")
        assert code == 1
        assert "0 shares  one unit risks" in out


def test_selfcheck_agrees_with_the_reference_library(run):
    code, out, _ = run("selfcheck", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["ok"]
    assert {row["quantity"] for row in answer["agreement"]} >= {"value", "delta", "implied vol"}
    cores = {"numpy"} if answer["core"].startswith("C ") else set()
    assert {row["peer"] for row in answer["agreement"]} == {"vollib", "QuantLib"} | cores
    assert all(row["cases"] >= 36 for row in answer["agreement"])


def test_selfcheck_does_without_quantlib_and_the_compiled_core(run, monkeypatch):
    monkeypatch.setattr("riskcalc.selfcheck.find_spec", lambda _: None)
    with using("numpy"):
        code, out, _ = run("selfcheck", "--json")
    assert code == 0
    assert {row["peer"] for row in json.loads(out)["agreement"]} == {"vollib"}
    assert json.loads(out)["core"] == "numpy (asked for)"


def test_selfcheck_fails_when_a_price_is_off(run, monkeypatch):
    right = selfcheck.black_scholes

    def wrong(**inputs):
        result = right(**inputs)
        return result._replace(value=result.value * (1 + 1e-9))

    monkeypatch.setattr(selfcheck, "black_scholes", wrong)
    monkeypatch.setattr("riskcalc.selfcheck.find_spec", lambda _: None)
    with using("numpy"):
        code, out, _ = run("selfcheck")
    assert code == 1
    assert "FAIL  value" in out


def test_a_bug_is_not_dressed_up_as_bad_input(monkeypatch):
    monkeypatch.setattr("riskcalc.presets.plan_preset", lambda *_, **__: None)
    with pytest.raises(AttributeError):
        main(["plan"])
