/* Exponential, logarithm and Mills ratio without branches, so that loops over them run on vector registers.
 *
 * The coefficients come from scripts/core_polynomials.py. Errors are a few units in the last place, measured
 * over the stated ranges; outside them the callers do not look at the result.
 */
#ifndef RISKCALC_ELEMENTARY_H
#define RISKCALC_ELEMENTARY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

/* One version of a loop per generation of processor, chosen when the library is loaded. */
#if defined(RISKCALC_PLAIN) || !defined(__x86_64__) || !defined(__linux__) || !defined(__GLIBC__) \
    || !defined(__GNUC__) || defined(__clang__)
#define FOR_EACH_PROCESSOR
#elif __GNUC__ >= 12
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#endif

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define EXPORT __attribute__((visibility("default")))
#else
#define EXPORT
#endif

static const double INV_SQRT_2PI = 0.39894228040143267794;
static const double SQRT_HALF_PI = 1.2533141373155002512;

INLINE double from_bits(uint64_t bits) { double x; memcpy(&x, &bits, sizeof x); return x; }
INLINE uint64_t to_bits(double x) { uint64_t bits; memcpy(&bits, &x, sizeof bits); return bits; }
INLINE double larger(double a, double b) { return a > b ? a : b; }
INLINE double smaller(double a, double b) { return a < b ? a : b; }
INLINE double magnitude(double x) { return from_bits(to_bits(x) & 0x7fffffffffffffffULL); }

/* All bits of a condition, to choose by: compilers turn long chains of ?: into branches, which stop vectors. */
INLINE uint64_t where(int condition) { return 0 - (uint64_t)condition; }
INLINE double choose(uint64_t condition, double yes, double no)
{
    return from_bits((to_bits(yes) & condition) | (to_bits(no) & ~condition));
}

/* (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2. */
INLINE double exponential_part(double r)
{
    double s = r * r;
    double even = 0.50000000000000010211 + s * (0.041666666666624161903 + s * (
        0.0013888888917196719077 + s * (0.000024801521322368693266 + s * (
        2.7620075879983366586e-7))));
    double odd = 0.16666666666666667452 + s * (0.0083333333333300644495 + s * (
        0.00019841269863040545271 + s * (2.7557268480310025526e-6 + s * (
        2.5100375832561233664e-8))));
    return even + r * odd;
}

/* e^x; 0 below -708, and bounded at e^709. Cody and Waite's reduction by multiples of ln 2. */
INLINE double exponential(double x)
{
    const double rounder = 0x1.8p52; /* adding it rounds to a whole number, kept in the low bits */
    double bounded = smaller(larger(x, -708.0), 709.0);
    double shifted = bounded * 1.4426950408889634074 + rounder;
    double whole = shifted - rounder;
    double r = (bounded - whole * 0x1.62e42fefap-1) - whole * 0x1.cf79abc9e3b39p-40;
    double power = from_bits((to_bits(shifted) + 1023) << 52);
    return x < -708.0 ? 0.0 : (1.0 + (r + r * r * exponential_part(r))) * power;
}

/* e^x for x <= 0, and e^-708 below -708: two comparisons less. */
INLINE double exponential_of_negative(double x)
{
    const double rounder = 0x1.8p52;
    double bounded = larger(x, -708.0), shifted = bounded * 1.4426950408889634074 + rounder, whole = shifted - rounder;
    double r = (bounded - whole * 0x1.62e42fefap-1) - whole * 0x1.cf79abc9e3b39p-40;
    return (1.0 + (r + r * r * exponential_part(r))) * from_bits((to_bits(shifted) + 1023) << 52);
}

/* Fraction and exponent: x = m 2^e with m in [sqrt(1/2), sqrt(2)), for normal x > 0. */
INLINE uint64_t split(double x, double *exponent)
{
    uint64_t bits = to_bits(x) + (0x3ff0000000000000ULL - 0x3fe6a09e667f3bcdULL);
    *exponent = from_bits((bits >> 52) | 0x4330000000000000ULL) - (0x1p52 + 1023.0);
    return bits;
}

/* ln m + e ln 2 from f = (m - 1) / (m + 1): 2 atanh(f). */
INLINE double log_of_parts(double f, double exponent)
{
    double s = f * f, t = s * s;
    double even = 0.33333333333333348431 + t * (0.14285714312987742461 + t * (
        0.090914445626308610401 + t * (0.073082248425217029302)));
    double odd = 0.19999999999949752245 + t * (0.11111105567397539928 + t * (
        0.076658608002780206343));
    double twice = 2.0 * f;
    return exponent * 0x1.62e42fefap-1 + (twice + (twice * s * (even + s * odd) + exponent * 0x1.cf79abc9e3b39p-40));
}

/* ln x for normal x > 0. */
INLINE double logarithm(double x)
{
    double exponent;
    uint64_t bits = split(x, &exponent);
    double m = from_bits((bits & 0x000fffffffffffffULL) + 0x3fe6a09e667f3bcdULL);
    return log_of_parts((m - 1.0) / (m + 1.0), exponent);
}

/* ln(a / b), exact to the last digits also where a is near b: `quotient` is a / b to any accuracy. */
INLINE double log_ratio(double a, double b, double quotient)
{
    double exponent;
    double scaled = b * from_bits(split(quotient, &exponent) & 0x7ff0000000000000ULL);
    return log_of_parts((a - scaled) / (a + scaled), exponent);
}

/* e^x - 1 for x in [0, 709], to a relative 1e-15. */
INLINE double exponential_minus_1(double x)
{
    return x < 0.34 ? x * (1.0 + x * exponential_part(x)) : exponential(x) - 1.0;
}

/* ln(1 + x) for x >= 0, to a relative 1e-12: for first guesses. */
INLINE double rough_log_of_1_plus(double x)
{
    return x < 1e-4 ? x * (1.0 - x * (0.5 - x / 3.0)) : logarithm(1.0 + x);
}

/* A product of numbers >= 0, rounded: without the comparison a compiler may fuse it into one sum and not into
 * another, and a value at its bound would then not be recognized. */
INLINE double product(double a, double b) { return larger(a * b, 0.0); }

/* (x + 5.5) M(x), as a polynomial in u = (x - 4) / (x + 5.5), for x >= -0.75. */
INLINE double mills_numerator(double u)
{
    double s = u * u;
    double even = 2.2481976376788263372 + s * (2.509830905639321781 + s * (
        1.4569992247916930488 + s * (0.37488624196720488033 + s * (
        0.013411866755721558012 + s * (-0.004433046451852315636 + s * (
        0.00057313126562912328878 + s * (-0.000064965018358722909861 + s * (
        7.9471153738655769415e-6 + s * (-1.2185401810108009119e-6 + s * (
        2.2814444683267805535e-7 + s * (-3.9160206523491277539e-8 + s * (
        3.8579956854078346837e-9))))))))))));
    double odd = -2.5702921305257715212 + s * (-2.085238258631641754 + s * (
        -0.83592499744536204157 + s * (-0.1161206063877206743 + s * (
        0.0080692859468361250783 + s * (0.00022158279521252091277 + s * (
        -0.00015045865127417107152 + s * (0.000032973233094063793607 + s * (
        -6.3046005608400645712e-6 + s * (1.1771341630329135591e-6 + s * (
        -2.0883027306940440659e-7 + s * (3.0494779711626684782e-8 + s * (
        -2.5770959074320415303e-9))))))))))));
    return even + u * odd;
}

/* Mills ratio of the upper tail, M(x) = (1 - Phi(x)) / phi(x), for x >= -0.75. */
INLINE double mills(double x)
{
    double inverse = 1.0 / (x + 5.5);
    return mills_numerator((x - 4.0) * inverse) * inverse;
}

#endif
