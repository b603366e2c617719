"""The book: what is held, its profit and risk, imports from brokers, hedges, and the journal."""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
