"""Second implementation of a corridor watched at closes: quadrature of the random walk."""

import numpy as np
from scipy.special import ndtr


def watched_at_closes(*, below, above, travel, deviation, steps, nodes=160):
    """Chances (lower first, upper first, neither) of a Gaussian walk from 0 between -below and above.

    Gauss-Legendre nodes carry the density of the surviving walks; it is smooth, so they are exact to rounding
    while a step is wider than their gaps.
    """
    points, weights = np.polynomial.legendre.leggauss(nodes)
    closes = (above - below) / 2 + (above + below) / 2 * points
    weights *= (above + below) / 2

    def density(move):
        return np.exp(-(((move - travel) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * np.pi))

    lower, upper = ndtr((-below - travel) / deviation), ndtr((travel - above) / deviation)
    alive = density(closes) * weights
    step = weights[:, None] * density(closes[:, None] - closes)
    for _ in range(steps - 1):
        lower += ndtr((-below - closes - travel) / deviation) @ alive
        upper += ndtr((closes + travel - above) / deviation) @ alive
        alive = step @ alive
    return lower, upper, alive.sum()
