"""Analytics of one trade: value, payoff, probabilities, theta, and P&L at every exit.

The public names are in the stub beside this file; each is imported when it is first used.
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
