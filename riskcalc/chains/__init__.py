"""Option chains: `read_chain` returns a `Chain` from a quote file of any known format.

From a chain: `implied_forwards`, then `chain_vols`, then `fit_smile`; `fit_chain` does all three, and
`sticky_smile` makes of it what moves the vols of a trade.
"""

from riskcalc.chains.chain import Chain
from riskcalc.chains.fitted_chain import FittedChain, fit_chain, sticky_smile
from riskcalc.chains.forward import ImpliedForward, forward_market, implied_forwards
from riskcalc.chains.quote_rows import DropReason, QuoteStatus
from riskcalc.chains.readers import read_chain
from riskcalc.chains.sample import sample_chain
from riskcalc.chains.smile import Smile, StickySmile, fit_smile
from riskcalc.chains.smile_curve import SmileCurve
from riskcalc.chains.summary import chain_summary
from riskcalc.chains.vols import ChainVols, chain_vols
from riskcalc.domain import SmileFit

__all__ = [
    "Chain",
    "ChainVols",
    "DropReason",
    "FittedChain",
    "ImpliedForward",
    "QuoteStatus",
    "Smile",
    "SmileCurve",
    "SmileFit",
    "StickySmile",
    "chain_summary",
    "chain_vols",
    "fit_chain",
    "fit_smile",
    "forward_market",
    "implied_forwards",
    "read_chain",
    "sample_chain",
    "sticky_smile",
]
