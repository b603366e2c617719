import subprocess
import sys

import pytest

import riskcalc.sizing

HEAVY = ("numpy", "scipy", "pandas", "holidays")


@pytest.mark.parametrize("heavy", HEAVY)
def test_sizing_answers_without_arrays(heavy):
    asks = (
        "import sys; from riskcalc.sizing import size_by_stop;"
        "size_by_stop(equity=5e4, risk_fraction=0.01, entry=60, stop=54);"
        f"sys.exit({heavy!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asks], check=False).returncode == 0


def test_every_public_name_is_there():
    assert all(hasattr(riskcalc.sizing, name) for name in riskcalc.sizing.__all__)
