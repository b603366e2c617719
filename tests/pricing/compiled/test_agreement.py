"""The compiled core gives what numpy gives, which is the definition: values to 1e-12 of spot and strike."""

from __future__ import annotations

import numpy as np
import pytest

from riskcalc.domain import OptionType
from riskcalc.errors import InvalidInputError
from riskcalc.pricing import VolStatus, black_scholes, implied_vol
from riskcalc.pricing.compiled.loader import choice, using

pytestmark = pytest.mark.skipif(choice().core is None, reason=f"no compiled core: {choice().why}")

NAMES = ("sign", "spot", "strike", "time_to_expiry", "vol", "rate", "dividend_yield")
TOLERANCE = 1e-12
AWKWARD = (0.0, -0.0, 1e-310, 1e-200, 1e-30, 1.0, 1e30, 1e200, 1e308, -1.0, np.nan, np.inf, -np.inf)
"""Numbers that each argument takes in turn, in range or not."""


def random_options(count, seed=11, **ranges):
    rng = np.random.default_rng(seed)
    usual = {
        "spot": (20.0, 400.0),
        "strike": (20.0, 400.0),
        "time_to_expiry": (1 / 365, 3.0),
        "vol": (0.05, 1.5),
        "rate": (-0.03, 0.09),
        "dividend_yield": (-0.02, 0.06),
    }
    options = {name: rng.uniform(*ranges.get(name, bounds), count) for name, bounds in usual.items()}
    return {"sign": rng.choice([-1.0, 1.0], count)} | options


def near_the_money(count):
    """Spots from equal to the strike to a digit in the last place apart, seconds to years before expiry."""
    rng = np.random.default_rng(3)
    options = random_options(count)
    moneyness = rng.choice([0.0, 1.0, -1.0], count) * 10.0 ** rng.uniform(-16, -1, count)
    return options | {
        "spot": options["strike"] * (1.0 + moneyness),
        "time_to_expiry": 10.0 ** rng.uniform(-8, 0, count),
    }


def deep_wings(count):
    rng = np.random.default_rng(5)
    options = random_options(count)
    return options | {
        "spot": options["strike"] * np.exp(rng.uniform(-12, 12, count)),
        "vol": 10.0 ** rng.uniform(-3, 1.3, count),
    }


def awkward(name):
    """Every awkward number as one argument of a call and of a put, on and off the money."""
    sign, spot, number = (part.ravel() for part in np.meshgrid([1.0, -1.0], [90.0, 100.0, 120.0], AWKWARD))
    usual = {"strike": 100.0, "time_to_expiry": 0.5, "vol": 0.2, "rate": 0.04, "dividend_yield": 0.01}
    return {"sign": sign, "spot": spot} | usual | {name: number}


def strided(count):
    """Every second element of a table's columns, one of them backwards, one as single floats."""
    table = np.array([*random_options(2 * count).values()]).T
    options = dict(zip(NAMES, table[::2].T, strict=True))
    return options | {"strike": options["strike"][::-1], "vol": options["vol"].astype(np.float32)}


def unaligned(count):
    """Doubles that start at an odd byte, and in the other byte order."""
    options = random_options(count)
    spot = np.frombuffer(b"x" + options["spot"].tobytes(), dtype=np.uint8)[1:].view(np.float64)
    return options | {"spot": spot, "rate": options["rate"].astype(">f8")}


OPTIONS = {
    "a chain": random_options(5_000),
    "a block and one": random_options(257),
    "seven": random_options(7),
    "one in an array": random_options(1),
    "none": random_options(0),
    "near the money": near_the_money(4_000),
    "deep wings": deep_wings(4_000),
    "rates below zero": random_options(500, rate=(-0.5, 0.0), dividend_yield=(-0.5, 0.0)),
    "no time": random_options(500) | {"time_to_expiry": 0.0},
    "no vol": random_options(500) | {"vol": 0.0},
    "at the money forward without vol": dict.fromkeys(NAMES, 1.0) | {"sign": [1, -1], "vol": 0.0},
    "strides": strided(300),
    "unaligned": unaligned(300),
    "broadcast": random_options(30) | {"strike": np.linspace(80, 130, 20)[:, None], "rate": 0.04},
    "an empty axis": random_options(30) | {"strike": np.ones((0, 1))},
    "numbers": {"sign": 1, "spot": 220.0, "strike": 235, "time_to_expiry": 0.2, "vol": np.float64(0.2)},
    "an enum": {"sign": OptionType.PUT, "spot": 220.0, "strike": 235, "time_to_expiry": 0.2, "vol": 0.2},
    "masked": random_options(9) | {"spot": np.ma.masked_greater(np.linspace(50, 250, 9), 200)},
    **{f"awkward {name}": awkward(name) for name in NAMES},
}


@pytest.mark.parametrize("case", OPTIONS)
def test_black_scholes(case):
    options = OPTIONS[case]
    compiled = black_scholes(**options)
    with using("numpy"):
        defined = black_scholes(**options)
    scale = np.maximum(np.abs(options["spot"]), np.abs(np.asarray(options["strike"], dtype=float)))
    time, vol = (np.asarray(options[name], dtype=float) for name in ("time_to_expiry", "vol"))
    with np.errstate(all="ignore"):
        rates = 1.0 + np.abs(options.get("rate", 0.0)) + np.abs(options.get("dividend_yield", 0.0))
        root = np.sqrt(np.abs(time))
        scales = {
            "value": scale,
            "delta": 1.0,
            "gamma": np.abs(defined.gamma) + 1e-12 * scale,
            "theta": scale * (rates + vol / np.maximum(root, 1e-12)),
            "vega": scale * root,
            "rho": scale * np.maximum(time, 1.0),
        }
        # A forward far above the spot is what its values are made of.
        growth = np.exp(np.abs(time) * (rates - 1.0))
    for name, ours, theirs in zip(compiled._fields, compiled, defined, strict=True):
        assert type(ours) is type(theirs)
        assert ours.shape == theirs.shape
        assert_same(ours, theirs, scales[name] * growth)


def quoted(options):
    """Premiums of options with a value, as arguments of `implied_vol`, some moved to bounds and beyond."""
    with using("numpy"):
        premium = np.array(black_scholes(**options).value)
    quotes = {name: values for name, values in options.items() if name != "vol"}
    rng = np.random.default_rng(1)
    kind = rng.integers(12, size=premium.shape)
    moved = np.select(
        [kind == 0, kind == 1, kind == 2, kind == 3],
        [premium - 1.0, premium + 200.0, premium * 0.0, np.nan],
        premium,
    )
    return quotes | {"premium": moved}


LAST_DIGITS = 64 * np.finfo(float).eps


@pytest.mark.parametrize("case", OPTIONS)
def test_implied_vol(case):
    quotes = quoted(OPTIONS[case])
    compiled = implied_vol(**quotes)
    with using("numpy"):
        defined = implied_vol(**quotes)
    assert type(compiled.vol) is type(defined.vol)
    assert compiled.status.dtype == defined.status.dtype == np.int8
    assert np.array_equal(compiled.status, defined.status)
    terms = {name: values for name, values in quotes.items() if name != "premium"}
    with using("numpy"):
        vega = black_scholes(**terms, vol=np.nan_to_num(defined.vol)).vega
    # What the last digits of spot, strike and premium move the vol by.
    scale = np.maximum(np.abs(terms["spot"]), np.abs(np.asarray(terms["strike"], dtype=float)))
    with np.errstate(all="ignore"):
        by_rounding = LAST_DIGITS * scale / vega / TOLERANCE
    assert_same(compiled.vol, defined.vol, np.maximum(1.0, by_rounding))


@pytest.mark.parametrize("case", ["a chain", "near the money", "deep wings", "awkward time_to_expiry"])
def test_implied_vol_of_one_option_is_that_of_an_array(case):
    """The call on plain numbers goes another way through the core than one on arrays."""
    quotes = quoted(OPTIONS[case])
    columns = dict(zip(quotes, np.broadcast_arrays(*quotes.values()), strict=True))
    together = implied_vol(**columns)
    for i in range(0, len(together.vol), max(len(together.vol) // 40, 1)):
        one = implied_vol(**{name: float(column[i]) for name, column in columns.items()})
        assert (type(one.vol), type(one.status)) == (np.float64, np.int8)
        assert one.status == together.status[i]
        assert one.vol == pytest.approx(together.vol[i], rel=1e-12, abs=1e-14, nan_ok=True)


def test_the_core_solves_usual_chains_itself():
    quotes = quoted(OPTIONS["a chain"])
    names = ("premium", *(name for name in NAMES if name != "vol"))
    columns = [np.asarray(quotes[name]) for name in names]
    status = choice().core.columns("implied_vol", columns, columns[0].shape)[1]
    assert np.mean(status < 0) < 0.1
    assert {int(code) for code in status if code >= 0} >= {VolStatus.OK, VolStatus.BELOW_INTRINSIC}


def assert_same(ours, theirs, scale):
    """Equal to the tolerance, nan for nan and inf for inf."""
    with np.errstate(all="ignore"):
        near = np.abs(ours - theirs) <= TOLERANCE * scale
    same = near | (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    assert same.all(), (np.flatnonzero(~same)[:5], ours[~same][:5], theirs[~same][:5])


def test_an_element_does_not_depend_on_its_place():
    options = random_options(600)
    together = np.array(black_scholes(**options))
    for start in (1, 7, 255, 599):
        apart = black_scholes(**{name: values[start:] for name, values in options.items()})
        assert np.array_equal(np.array(apart), together[:, start:])
    one = black_scholes(**{name: float(values[41]) for name, values in options.items()})
    assert one == tuple(together[:, 41])
    quotes = {name: values for name, values in options.items() if name != "vol"} | {"premium": together[0]}
    vols = implied_vol(**quotes).vol
    for start in (1, 7, 255, 599):
        apart = implied_vol(**{name: values[start:] for name, values in quotes.items()}).vol
        assert np.array_equal(apart, vols[start:], equal_nan=True)


@pytest.mark.parametrize("bad", [True, "100", None, 10**400, [1.0, "x"], 1j])
def test_arguments_that_are_no_numbers_are_refused_alike(bad):
    option = OPTIONS["numbers"] | {"spot": bad}
    with pytest.raises(InvalidInputError) as compiled:
        black_scholes(**option)
    with using("numpy"), pytest.raises(InvalidInputError) as defined:
        black_scholes(**option)
    assert str(compiled.value) == str(defined.value)


def test_shapes_that_do_not_broadcast_are_refused():
    with pytest.raises(InvalidInputError, match=r"shapes must broadcast to one, got .*spot \(2,\)"):
        black_scholes(**OPTIONS["numbers"] | {"spot": [1.0, 2.0], "strike": [1.0, 2.0, 3.0]})
