"""riskcalc: price, plan and size small-cap option spreads, shares and leveraged funds at equal risk.

The public names stand in the stub beside this file; each is loaded when it is first used (PEP 562), so that
importing riskcalc costs next to nothing.

>>> import riskcalc as rc
>>> plan = rc.plan_preset("iwm-call-spread")
>>> plan.size.units
1
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
