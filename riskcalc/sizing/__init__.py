"""Position sizing: units an account can carry, Kelly fractions, margin and risk of ruin.

The public names are in the stub beside this file; each is imported when it is first used.
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
