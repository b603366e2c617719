"""How exact a printed figure is."""

from decimal import Decimal

import pytest


def printed(text):
    """The figure, give or take half a unit in its last printed digit."""
    return pytest.approx(
        float(text), rel=0, abs=float(Decimal(5).scaleb(Decimal(text).as_tuple().exponent - 1))
    )
