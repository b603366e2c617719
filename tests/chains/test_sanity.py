"""A chain with inconsistent parts is refused or read right, never half."""

import numpy as np
import pytest

from riskcalc.chains import DropReason, chain_summary, read_chain, sample_chain
from riskcalc.domain import ExerciseStyle
from riskcalc.errors import ChainError
from tests.chains.layouts import FRAME, SPOT, occ
from tests.chains.layouts import QUOTES as BASE
from tests.outside import reference_file

PLAIN = FRAME.assign(symbol="IWM", spot=SPOT, quote_time="2026-07-20 16:00")
NAMED = PLAIN.assign(contract=[occ(one) for one in BASE])
CALLS = PLAIN[PLAIN["option_type"] == "call"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"strike": 10}, "strikes from 2,700 to 3,300 do not match a spot of 295.39"),
        ({"spot": 10}, "strikes from 270 to 330 do not match a spot of 2,953.90"),
        ({"spot": 0.1}, "strikes from 270 to 330 do not match a spot of 29.54"),
        ({"spot": 3}, "spot 886.17 does not match these options: their calls and puts imply 295"),
        ({"bid": 100, "ask": 100}, "call less put falls by 100.6 per dollar of strike, not by 1"),
        ({"bid": 0.1, "ask": 0.1}, "call less put falls by 0.1006 per dollar of strike"),
    ],
)
def test_units_that_do_not_belong_together_are_refused(changes, message):
    frame = PLAIN.assign(**{name: PLAIN[name] * factor for name, factor in changes.items()})
    with pytest.raises(ChainError, match=message):
        read_chain(frame)


@pytest.mark.parametrize("changes", [{"spot": 10}, {"strike": 10}, {"bid": 100, "ask": 100}])
def test_calls_alone_are_judged_too(changes):
    with pytest.raises(ChainError, match=r"not match|inconsistent"):
        read_chain(CALLS.assign(**{name: CALLS[name] * factor for name, factor in changes.items()}))


def test_strikes_in_thousandths_are_read_right():
    chain = read_chain(PLAIN.assign(strike=PLAIN["strike"] * 1000))
    assert (chain.strike.min(), chain.strike.max()) == (270, 330)
    assert chain.warnings == ("strikes are in thousandths of a dollar: converted to 270 to 330",)
    beside = read_chain(NAMED.assign(strike=NAMED["strike"] * 1000))
    assert (beside.strike == chain.strike).all()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("strike", 333.0, "column strike says 333, but the option's symbol is IWM260918P00271000"),
        (
            "option_type",
            "call",
            "column option_type says call, but the option's symbol is IWM260918P00271000",
        ),
        (
            "expiry",
            "2026-10-16",
            "column expiry says 2026-10-16, but the option's symbol is IWM260918P00271000",
        ),
    ],
)
def test_columns_that_contradict_the_symbol_are_refused(column, value, message):
    frame = NAMED.copy()
    frame.loc[3, column] = value
    with pytest.raises(ChainError, match=f"row 3, {message}"):
        read_chain(frame)


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        *((text, "RUT") for text in ("^RUT", "$RUT", ".RUT", "RUT.X", "$RUT.X", "I:RUT", "_RUT", "rut")),
        *((text, "SPX") for text in ("I:SPX", "^SPX", "$SPX", "^GSPC")),
        *((text, text) for text in ("RUTW", "SPXW")),
    ],
)
def test_an_index_is_european_however_it_is_spelled(text, symbol):
    for chain in (
        read_chain(PLAIN.assign(symbol=text)),
        read_chain(PLAIN.drop(columns="symbol"), symbol=text),
    ):
        assert (chain.symbol, chain.exercise) == (symbol, ExerciseStyle.EUROPEAN)


@pytest.mark.parametrize("column", ["symbol", "root"])
def test_adjusted_roots_are_left_out(column):
    with pytest.raises(ChainError, match="holds only adjusted or mini contracts"):
        read_chain(PLAIN.assign(**{column: "TZA1"}))
    mixed = PLAIN.copy()
    mixed.loc[:9, "symbol"] = "IWM1"
    assert read_chain(mixed).dropped == {DropReason.NONSTANDARD: 10}


class TestSpot:
    @pytest.mark.parametrize("off", [0.97, 0.985, 0.992, 1.008, 1.02, 1.05])
    def test_a_spot_out_of_step_is_replaced_and_said(self, off):
        frame = sample_chain().to_frame()
        chain = read_chain(frame.assign(spot=SPOT * off))
        assert chain.spot == chain.spot_implied == pytest.approx(SPOT, rel=0.001)
        assert f"spot {SPOT * off:,.2f} is inconsistent with its options" in chain.warnings[0]
        given = read_chain(frame, spot=SPOT * off)
        assert given.spot == SPOT * off
        assert given.spot_implied == chain.spot_implied
        assert "using the given spot" in given.warnings[0]

    @pytest.mark.parametrize("off", [0.9995, 1, 1.0005])
    def test_a_spot_within_the_quotes_stays(self, off):
        chain = read_chain(sample_chain().to_frame().assign(spot=SPOT * off))
        assert (chain.spot, chain.spot_implied, chain.warnings) == (SPOT * off, None, ())

    def test_the_implied_spot_makes_yields_plausible(self):
        path = reference_file("06_option_chains/cboe_quotedata_SPX_2023-09-14.csv")
        chain = read_chain(path, symbol="SPX")
        assert chain.spot == pytest.approx(4510.1, abs=0.3)
        assert "4,505.10" in chain.warnings[0]
        assert abs(chain_summary(chain, rate=0.04).expiries[0].implied_yield) < 0.05
        stated = read_chain(path, symbol="SPX", spot=4505.1)
        assert chain_summary(stated, rate=0.04).expiries[0].implied_yield < -0.3

    def test_quotes_of_other_days_say_nothing_of_the_spot(self):
        chain = read_chain(reference_file("06_option_chains/UWM_2026-07-10_optionsdesk.json"))
        assert chain.spot == pytest.approx(65.15)
        assert chain.spot_implied is None

    def test_a_dividend_before_the_expiry_is_no_contradiction(self):
        frame = sample_chain().to_frame()
        # Calls and puts as if 1.4% went ex before the first expiry: only the forwards know.
        later = frame[frame["expiry"] >= "2026-09-18"]
        near = later[np.abs(later["strike"] / SPOT - 1) < 0.03]
        chain = read_chain(near.assign(spot=SPOT * 1.014))
        assert chain.spot_implied is None

    def test_calls_alone_say_when_the_spot_is_too_high(self):
        chain = read_chain(CALLS.assign(spot=310.0))
        assert chain.warnings == (
            "spot 310.00 is too high for its calls: many are offered below their exercise value",
        )
