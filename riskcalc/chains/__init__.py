"""Option chains: `read_chain` returns a `Chain` from a quote file of any known format.

From a chain: `implied_forwards`, then `chain_vols`, then `fit_smile`; `fit_chain` does all three, and
`sticky_smile` makes of it what moves the vols of a trade.

The public names stand in the stub beside this file; each loads on first use, so that a file of prices is read
without what fits smiles.
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)
