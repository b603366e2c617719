"""Quote files in, one normal form out: `read_chain` gives a `Chain`, whatever the file's format.

From a chain: `implied_forwards`, then `chain_vols`, then `fit_smile`.
"""

from riskcalc.chains.chain import Chain
from riskcalc.chains.forward import ImpliedForward, forward_market, implied_forwards
from riskcalc.chains.quality import DropReason, QuoteStatus
from riskcalc.chains.readers import read_chain
from riskcalc.chains.sample import sample_chain
from riskcalc.chains.smile import Smile, SmileFit, Sticky, fit_smile
from riskcalc.chains.smile_curve import SmileCurve
from riskcalc.chains.summary import chain_summary
from riskcalc.chains.vols import ChainVols, chain_vols

__all__ = [
    "Chain",
    "ChainVols",
    "DropReason",
    "ImpliedForward",
    "QuoteStatus",
    "Smile",
    "SmileCurve",
    "SmileFit",
    "Sticky",
    "chain_summary",
    "chain_vols",
    "fit_smile",
    "forward_market",
    "implied_forwards",
    "read_chain",
    "sample_chain",
]
