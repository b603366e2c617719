"""Editor of one trade: fields and their steps, undo, A/B and the session file.

It knows no screen: a terminal, a test or a notebook can drive it. The public names stand in the stub beside
this file; each loads on first use, so that a screen can be painted before the engine is loaded.
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
