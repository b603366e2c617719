"""Quote files in, one normal form out: `read_chain` gives a `Chain`, whatever the file's format."""

from riskcalc.chains.chain import Chain
from riskcalc.chains.quality import DropReason, QuoteStatus
from riskcalc.chains.readers import read_chain

__all__ = ["Chain", "DropReason", "QuoteStatus", "read_chain"]
