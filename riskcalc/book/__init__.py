"""The book: open positions, their profit and risk, imports from brokers, hedges, and the journal.

What a page shows comes as records: `user_book_risk` or `Book.risk` gives the positions with what is due, the
totals and the shock ladder; `added_by` what a planned trade adds to them; `stress_book` every scenario;
`Book.journal` the statistics, and in `Journal.results` each closed trade in R with the equity curve, in
`Journal.calibration` the bins of stated odds against what happened.
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
