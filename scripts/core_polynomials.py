"""Fit the polynomials of ``riskcalc/pricing/compiled/elementary.h`` and print them as C.

Chebyshev interpolation in 60 digits, rewritten in powers: ``python -m scripts.core_polynomials``.
"""

from __future__ import annotations

import mpmath as mp

MILLS_CENTER, MILLS_POLE = mp.mpf(4), mp.mpf("5.5")


def main() -> None:
    """Print each polynomial, lowest power first, with its largest error beside the function."""
    mp.mp.dps = 60
    half_ln2 = mp.log(2) / 2
    show("EXP: (e^r - 1 - r) / r^2", exp_part, -half_ln2, half_ln2, degree=9)
    show("LOG: (atanh(f) / f - 1) / f^2 in f^2", log_part, mp.mpf(0), (3 - mp.sqrt(8)) ** 2, degree=6)
    show("MILLS: (x + 5.5) mills(x) in (x - 4) / (x + 5.5)", mills_part, mp.mpf(-1), mp.mpf(1), degree=25)


def exp_part(r: mp.mpf) -> mp.mpf:
    """Return what the exponential adds to 1 + r, over r^2."""
    return mp.nsum(lambda k: r**k / mp.factorial(k + 2), [0, 40]) if r else mp.mpf(1) / 2


def log_part(square: mp.mpf) -> mp.mpf:
    """Return what atanh(f) / f adds to 1, over f^2, as a function of f^2."""
    return mp.nsum(lambda k: square**k / (2 * k + 3), [0, 60])


def mills_part(u: mp.mpf) -> mp.mpf:
    """Return the Mills ratio of the upper tail times x + 5.5, which has a limit at infinity."""
    x = (MILLS_CENTER + MILLS_POLE * u) / (1 - u)
    if x > 100:
        terms = ((-1) ** k * mp.fac2(2 * k - 1) / x ** (2 * k) for k in range(30))
        return (1 + MILLS_POLE / x) * mp.fsum(terms)
    return (x + MILLS_POLE) * mp.sqrt(mp.pi / 2) * mp.erfc(x / mp.sqrt(2)) * mp.exp(x * x / 2)


def show(name: str, function, low: mp.mpf, high: mp.mpf, *, degree: int) -> None:  # noqa: ANN001 - a function
    """Print one polynomial on [low, high]."""
    powers = fitted(function, low, high, degree)
    points = [low + (high - low) * (mp.mpf(i) + mp.mpf("0.5")) / 997 for i in range(997)]
    error = max(abs(mp.polyval(powers[::-1], x) / function(x) - 1) for x in points)
    print(f"{name}: largest relative error {mp.nstr(error, 2)}")  # noqa: T201 - what it is for
    for power in powers:
        print(f"    {mp.nstr(power, 20)},")  # noqa: T201 - as above


def fitted(function, low: mp.mpf, high: mp.mpf, degree: int) -> list[mp.mpf]:  # noqa: ANN001 - a function
    """Return the coefficients, lowest power first, of the interpolant at Chebyshev nodes."""
    nodes = [mp.cos(mp.pi * (2 * k + 1) / (2 * degree + 2)) for k in range(degree + 1)]
    points = [(low + high) / 2 + (high - low) / 2 * node for node in nodes]
    matrix = mp.matrix([[x**i for i in range(degree + 1)] for x in points])
    return list(mp.lu_solve(matrix, mp.matrix([function(x) for x in points])))


if __name__ == "__main__":
    main()
