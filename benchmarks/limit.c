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

/* Two fourth-order Householder steps on the log of an out-of-the-money price from the seed of riskcalc. */
void implied_vol(ptrdiff_t count, const double *restrict premium, const double *restrict sign,
                 const double *restrict spot, const double *restrict strike, const double *restrict time,
                 const double *restrict rate, const double *restrict yield, double *restrict vol)
{
#pragma omp simd
    for (ptrdiff_t i = 0; i < count; i++) {
        double share = spot[i] * exp(-yield[i] * time[i]), cash = strike[i] * exp(-rate[i] * time[i]);
        double lesser = fmin(share, cash), distance = fabs(log(share / cash));
        double price = (premium[i] - fmax(sign[i] * (share - cash), 0.0)) / lesser;
        double w = log1p(expm1(distance) / price);
        double top = 0.1591583 + w * (0.02913243 + w * (0.003959544 + w * 2.030415e-05));
        double bottom = 1.0 + w * (0.1838977 + w * (0.03110809 + w * (0.002103401 + w * 1.016380e-05)));
        double v = distance / (w * sqrt(top / bottom)), bend = v * v / (12.0 * sqrt(1.0 + distance * distance / 60.0));
        v /= sqrt(1.0 - bend * (1.0 + 0.3 * bend));
        for (int k = 0; k < 2; k++) {
            double h = distance / v, t = 0.5 * v;
            double value = below(t - h) - exp(distance) * below(-t - h);
            double slope = 0.39894228040143268 * exp(-0.5 * (h - t) * (h - t)) / value;
            double newton = -log(value / price) / slope, second = h * h / v - 0.5 * t - slope;
            double third = second * (second - slope) - 3.0 * h * h / (v * v) - 0.25;
            v += newton * (1.0 + 0.5 * second * newton) / (1.0 + newton * (second + third * newton / 6.0));
        }
        vol[i] = v / sqrt(time[i]);
    }
}
