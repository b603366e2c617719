"""Quotes of one underlying on one day, in one normal form: a `Chain`."""

from riskcalc.chains.chain import Chain
from riskcalc.chains.quality import DropReason, QuoteStatus

__all__ = ["Chain", "DropReason", "QuoteStatus"]
