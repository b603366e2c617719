from __future__ import annotations

import math

import pytest

from riskcalc.domain import Scenario
from riskcalc.errors import InvalidInputError


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"name": " "}, "name must not be empty"),
        ({"meaning": ""}, "meaning must not be empty"),
        ({"moves": {"IWM": -1.01}}, "moves.IWM must be a number >= -1, got -1.01"),
        ({"moves": {"IWM": math.nan}}, "moves.IWM must be a finite number, got nan"),
        ({"moves": {"IWM": "-5%"}}, "moves.IWM must be a number, got '-5%'"),
        ({"sessions": 0}, "sessions must be a whole number >= 1, got 0"),
        ({"sessions": 2.5}, "sessions must be a whole number >= 1, got 2.5"),
        ({"sessions": 2521}, "sessions must be at most 2,520, got 2521"),
        ({"vol_shift": math.inf}, "vol_shift must be a finite number, got inf"),
        ({"rate_shift": math.nan}, "rate_shift must be a finite number, got nan"),
    ],
)
def test_a_scenario_is_valid_or_says_why_not(parts, says):
    with pytest.raises(InvalidInputError) as refused:
        Scenario(**{"name": "a", "meaning": "b"} | parts)
    assert str(refused.value) == says


def test_a_fall_to_nothing_is_the_largest():
    assert Scenario(name="a", meaning="b", moves={"IWM": -1.0}, sessions=2520).moves["IWM"] == -1
