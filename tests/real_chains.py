"""Real chains, their vols and their smiles, each worked out once in a process; none can be changed."""

from functools import cache

from riskcalc.chains import read_chain
from riskcalc.chains.smile import fit_smile
from riskcalc.chains.vols import chain_vols
from tests.outside import reference_file

RATE = 0.04
"""Interest rate at which vols and smiles are shared."""


@cache
def real_chain(name):
    """Chain of a reference file; skips without it."""
    return read_chain(reference_file(f"06_option_chains/{name}"))


@cache
def real_vols(name):
    """Implied vols of a reference file's quotes at `RATE`."""
    return chain_vols(real_chain(name), rate=RATE)


@cache
def real_smile(name):
    """Smile fitted to a reference file's quotes at `RATE`."""
    return fit_smile(real_chain(name), real_vols(name))
