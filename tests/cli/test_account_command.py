"""The account said once: account.toml under presets, their own words over it, the sample below it."""

import json
import shlex

import pytest

import riskcalc as rc
from riskcalc.domain import RiskBasis, Source
from riskcalc.editor import TradeEditor, open_draft
from riskcalc.editor.command_line import reproduce
from riskcalc.presets import load_preset, parse_assignments, plan_preset, save_preset
from riskcalc.presets.account_file import read_account, set_account


@pytest.fixture(autouse=True)
def path(tmp_path, monkeypatch):
    """The user's account, not written yet: beside the presets."""
    monkeypatch.delenv("RISKCALC_HOME", raising=False)
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "presets"))
    return tmp_path / "account.toml"


def size(run, *arguments):
    code, out, err = run("size", *arguments, "--json")
    return json.loads(out)["size"] if code < 2 else err


class TestOrder:
    def test_set_goes_over_the_preset_that_over_the_file_and_that_over_the_sample(self, tmp_path):
        assert load_preset("iwm-shares").account == rc.Account(
            equity=100_000, costs=rc.Costs(commission_per_contract=0.65)
        )
        assert load_preset("iwm-shares").sources.equity is Source.SAMPLE
        set_account(["equity=50000", "risk=2%", "commission_per_contract=1"])
        account = load_preset("iwm-call-spread").account
        assert (account.equity, account.risk_budget) == (50_000, 1_000)
        assert account.costs.commission_per_contract == 1
        assert load_preset("iwm-shares").sources.equity is Source.ACCOUNT_FILE
        own = save_preset(load_preset("iwm-shares", {"account.equity": 80_000}), "mine", folder=tmp_path)
        assert load_preset(own).account.equity == 80_000
        assert load_preset(own).account.limits.risk_fraction == 0.02
        assert load_preset(own).sources.equity is Source.PRESET
        set_over = load_preset(own, {"account.equity": 90_000})
        assert (set_over.account.equity, set_over.sources.equity) == (90_000, Source.SET)

    def test_a_risk_in_dollars_takes_the_place_of_one_in_per_cent(self):
        set_account(["equity=50000", "risk_dollars=400"])
        assert load_preset("iwm-shares").account.risk_budget == 400
        assert load_preset("iwm-shares", {"account.risk": "2%"}).account.risk_budget == 1_000

    def test_a_saved_preset_says_only_what_is_its_own(self, tmp_path):
        set_account(["equity=50000"])
        path = save_preset(load_preset("iwm-shares", {"account.max_heat": "5%"}), "mine", folder=tmp_path)
        text = path.read_text(encoding="utf-8")
        assert 'max_heat = "5%"' in text
        assert "equity =" not in text
        set_account(["equity=70000"])
        assert load_preset(path).account.equity == 70_000

    def test_a_file_with_its_own_account_keeps_its_own_costs(self, tmp_path):
        path = tmp_path / "own.toml"
        text = load_preset("iwm-call-spread").path.read_text(encoding="utf-8")
        path.write_text(text[: text.index("[account]")] + "[account]\nequity = 10_000\n", encoding="utf-8")
        assert load_preset(path).account == rc.Account(equity=10_000)

    def test_the_screen_tunes_it_and_its_line_says_the_rest(self):
        set_account(["equity=50000", "slippage_per_share=0.01"])
        editor = TradeEditor(open_draft(load_preset("iwm-shares")))
        editor.enter("account.risk", "2")
        options = shlex.split(reproduce(editor.state.draft))[4::2]
        assert plan_preset("iwm-shares", parse_assignments(options)).to_dict() == editor.state.plan.to_dict()


class TestCommand:
    def test_it_shows_each_value_and_where_it_comes_from(self, run, path):
        assert "The equity is a sample" in run("account")[1]
        code, out, _ = run(
            "account", "set", "equity=$50k", "risk=0.5%", "costs.slippage_per_share=0.01", "--json"
        )
        result = json.loads(out)
        assert (code, result["equity"], result["risk_budget"], result["path"]) == (0, 50_000, 250, str(path))
        assert result["source"] == "account.toml"
        assert result["sources"]["slippage_per_share"] == "account.toml"
        assert result["sources"]["commission_per_contract"] == "sample"
        assert result["sources"]["max_heat"] == "default"
        assert "sample" not in run("account")[1].splitlines()[2]

    def test_comments_and_other_keys_stay_and_a_value_can_be_forgotten(self, run, path):
        path.write_text("# mine\n[account]\nequity = 40000  # IRA\nbuying_power = 9000\n", encoding="utf-8")
        run("account", "set", "equity=45000", "buying_power=")
        assert path.read_text(encoding="utf-8") == "# mine\n[account]\nequity = 45000  # IRA\n"

    def test_keys_without_their_table_are_read_and_kept(self, run, path):
        path.write_text('equity = 40_000\nrisk = "2%"\n', encoding="utf-8")
        assert load_preset("iwm-shares").account.risk_budget == 800
        run("account", "set", "equity=50000")
        assert path.read_text(encoding="utf-8") == 'equity = 50000\nrisk = "2%"\n'

    @pytest.mark.parametrize(
        ("assignment", "says"),
        [
            ("equity=0", "account.equity must be a number > 0"),
            ("equity=nan", "account.equity must be"),
            ("risk=0.5", "account.risk 0.5 is ambiguous"),
            ("equty=5", "equty is not a known key; did you mean equity?"),
            ("equity", "an override must be like"),
            ("risk_basis=worst", "account.risk_basis must be"),
            ("risk=$200,000", "must be at most the equity"),
        ],
    )
    def test_what_is_wrong_is_one_line_and_nothing_is_written(self, run, path, assignment, says):
        code, out, err = run("account", "set", assignment)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert says in err
        assert not path.exists()

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("schema = 2\n[account]\nequity = 5\n", "written by schema 2, this riskcalc reads up to 1"),
            ("[account]\nequty = 5\n", "account.equty is not a known key; did you mean account.equity?"),
            ("", "the file is empty"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_refused_by_every_command(self, run, path, text, says):
        path.write_text(text, encoding="utf-8")
        sizing = ("size", "--entry", "60", "--stop", "54")
        for command in (("plan",), ("account",), ("account", "set", "equity=5"), sizing):
            code, _, err = run(*command)
            assert (code, str(path) in err, says in err) == (2, True, True), err
        assert path.read_text(encoding="utf-8") == text


class TestSize:
    def test_it_takes_the_account_and_its_limits(self, run):
        assert "give --equity, or once for all: riskcalc account set" in size(
            run, "--entry", "100", "--stop", "99.94"
        )
        set_account(["equity=32000", "risk=1%"])
        result = size(run, "--entry", "100", "--stop", "99.94")
        assert (result["units"], result["binding_limit"]) == (320, "position size")
        set_account(["buying_power=5000"])
        result = size(run, "--entry", "100", "--stop", "99.94")
        assert (result["units"], result["binding_limit"]) == (100, "buying power")
        set_account(["buying_power=", "max_position=25%", "open_risk=1900", "slippage_per_share=0.01"])
        result = size(run, "--entry", "100", "--stop", "94")
        # 6 % of 32,000 is 1,920: 20 are left for a loss of 6 a share and 0.02 of slippage both ways.
        assert (result["units"], result["binding_limit"], result["loss_per_unit"]) == (
            3, "portfolio heat", pytest.approx(6.02)
        )  # fmt: skip

    def test_what_is_said_goes_over_it(self, run):
        set_account(["equity=32000", "risk=1%", "buying_power=5000"])
        result = size(run, "--entry", "100", "--stop", "94", "--equity", "100000", "--buying-power", "100000")
        assert (result["units"], result["risk_budget"]) == (166, 1_000)
        result = size(run, "--entry", "100", "--stop", "94", "--risk", "$60", "--cost-per-unit", "0")
        assert result["units"] == 10


class TestGapBasis:
    @pytest.mark.parametrize(
        ("name", "loss"), [("tna-momentum", 15.0), ("tza-hedge", 2.0), ("iwm-shares", 26.5851)]
    )
    def test_the_worst_gap_costs_the_budget(self, name, loss):
        """A gap of 25 % of 60 and of 8 dollars, and of 9 % of 295.39."""
        plan = plan_preset(name, {"account.risk_basis": "gap"})
        assert plan.size.basis == RiskBasis.GAP
        assert plan.size.loss_per_unit == pytest.approx(loss)
        assert plan.size.units == int(1_000 / loss)
        assert plan.size.loss_at_gap <= plan.size.risk_budget
        (check,) = [check for check in plan.checks if check.name == "gap"]
        assert check.status == "ok"

    def test_it_is_never_less_than_the_stop(self):
        stop, gap = (
            plan_preset("iwm-call-spread", {"account.risk_basis": basis}).size for basis in ("stop", "gap")
        )
        assert gap.loss_per_unit >= stop.loss_per_unit

    def test_a_scan_refuses_it(self, run):
        code, _, err = run("scan", "--sample", "--set", "account.risk_basis=gap")
        assert (code, "risk_basis must be max_loss for a scan, which sizes by it, got gap" in err) == (
            2,
            True,
        )


def test_nothing_is_read_where_nothing_is_written():
    assert read_account() == {}
