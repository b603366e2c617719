"""Reports of plans and other results: pages, pictures and tables, as files, in notebooks and as figures."""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
