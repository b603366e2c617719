"""The compiled kernels are scipy's own, whichever is imported first, and scipy stays whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

OURS = "from riskcalc.pricing.scipy_kernels import erfcx, log_ndtr, ndtr, ndtri, tridiagonal_solver"
PUBLIC = "import scipy.linalg, scipy.linalg.lapack, scipy.optimize, scipy.special, scipy.stats"
SAME = """
assert scipy.special.__file__.endswith("__init__.py") and scipy.linalg.__file__.endswith("__init__.py")
for kernel in (erfcx, log_ndtr, ndtr, ndtri):
    assert getattr(scipy.special, kernel.__name__) is kernel
assert scipy.linalg.lapack.dgtsv is tridiagonal_solver()
assert scipy.linalg.solve([[2.0]], [4.0])[0] == 2 and scipy.stats.norm.cdf(0) == 0.5"""


def run(*code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(code)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(OURS, PUBLIC, id="ours first", marks=pytest.mark.slow),
        pytest.param(PUBLIC, OURS, id="scipy first", marks=pytest.mark.slow),
    ],
)
def test_the_kernels_are_scipys_whichever_is_imported_first(first, second):
    run(first, second, SAME)


def test_the_packages_around_them_are_not_imported():
    unwanted = "{'scipy.special', 'scipy.linalg', 'scipy.linalg._flapack'}"
    assert run(OURS, "import sys", f"print(*{unwanted} & set(sys.modules))") == "\n"


@pytest.mark.slow
def test_another_layout_of_scipy_falls_back_to_its_public_modules():
    publics = {"scipy.special._ufuncs": "scipy.special", "scipy.linalg._flapack": "numpy.linalg"}
    run(
        "import sys",
        "from riskcalc.pricing.scipy_kernels import compiled",
        *(
            f"assert compiled('{hidden}_moved', public='{public}') is sys.modules['{public}']"
            for hidden, public in publics.items()
        ),
        "import scipy.linalg, scipy.special",
        "assert scipy.special.ndtr(0) == 0.5 and scipy.linalg.solve([[2.0]], [4.0])[0] == 2",
    )
