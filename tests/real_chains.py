"""Real chains, their vols and their smiles, each worked out once in a process; none can be changed."""

import dataclasses
from functools import cache

from riskcalc.chains import chain_summary, read_chain
from riskcalc.chains.chain import COLUMNS
from riskcalc.chains.smile import fit_smile
from riskcalc.chains.vols import chain_vols
from tests.outside import reference_file

RATE = 0.037
"""Interest rate of the summer of 2026, at which vols and smiles are shared."""


@cache
def real_chain(name):
    """Chain of a reference file; skips without it."""
    return read_chain(reference_file(f"06_option_chains/{name}"))


def real_vols(name, rate=RATE):
    """Implied vols of a reference file's quotes."""
    return _vols(name, rate)


@cache
def _vols(name, rate):
    return chain_vols(real_chain(name), rate=rate)


@cache
def real_smile(name):
    """Smile fitted to a reference file's quotes at `RATE`."""
    return fit_smile(real_chain(name), real_vols(name))


@cache
def real_summary(name):
    """Summary of a reference file's quotes at `RATE`."""
    return chain_summary(real_chain(name), rate=RATE, vols=real_vols(name))


def part_of(chain, rows):
    """Some rows of a chain: what is asked of one expiry need not solve them all."""
    return dataclasses.replace(chain, **{name: getattr(chain, name)[rows] for name in COLUMNS})
