"""Daily prices: files of any layout, realized volatility, and historical outcomes of exits.

The public names stand in the stub beside this file; each loads on first use, so that the calibration that a
plan reads costs no numerical library.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
