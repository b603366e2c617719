"""Option chains: `read_chain` returns a `Chain` from a quote file of any known format.

From a chain: `implied_forwards`, then `chain_vols`, then `fit_smile`; `fit_chain` does all three, and
`sticky_smile` makes of it what moves the vols of a trade.

The public names stand in the stub beside this file; each loads on first use, so that a file of prices is read
without what fits smiles.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
