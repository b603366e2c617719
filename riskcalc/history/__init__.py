"""Daily prices: files of any layout, realized volatility, and historical outcomes of exits.

The public names stand in the stub beside this file; each loads on first use, so that the calibration that a
plan reads costs no numerical library.
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
