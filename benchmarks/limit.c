/* What plain C reaches: the formulas alone, without checks, limits or cases, on arrays that exist already.
 * Built by benchmarks/c_limit.py with -Ofast -march=native, which the pricing itself must not use. */
#include <math.h>
#include <stddef.h>

static double below(double x) { return 0.5 * erfc(-0.70710678118654752 * x); }

void black_scholes(ptrdiff_t count, const double *restrict sign, const double *restrict spot,
                   const double *restrict strike, const double *restrict time, const double *restrict vol,
                   const double *restrict rate, const double *restrict yield, double *restrict out)
{
    double *restrict value = out, *restrict delta = out + count, *restrict gamma = out + 2 * count;
    double *restrict theta = out + 3 * count, *restrict vega = out + 4 * count, *restrict rho = out + 5 * count;
#pragma omp simd
    for (ptrdiff_t i = 0; i < count; i++) {
        double root = sqrt(time[i]), total = vol[i] * root, s = sign[i];
        double share = spot[i] * exp(-yield[i] * time[i]), cash = strike[i] * exp(-rate[i] * time[i]);
        double d1 = log(share / cash) / total + 0.5 * total;
        double density = 0.39894228040143268 * exp(-0.5 * d1 * d1);
        double owned = share * below(s * d1), owed = cash * below(s * (d1 - total));
        value[i] = s * (owned - owed);
        delta[i] = s * owned / spot[i];
        gamma[i] = share * density / (spot[i] * spot[i] * total);
        theta[i] = s * (yield[i] * owned - rate[i] * owed) - 0.5 * share * density * vol[i] / root;
        vega[i] = share * density * root;
        rho[i] = s * time[i] * owed;
    }
}
