/* One American option without cash dividends, from its terms to its Greeks: the usual cases of
 * riskcalc/pricing/american/pricing.py, continuous_exercise.py and deterministic.py. All others are left to numpy.
 */
#ifndef RISKCALC_ONE_AMERICAN_H
#define RISKCALC_ONE_AMERICAN_H

#include "american_put.h"
#include "european.h"

enum { AM_SIGN, AM_SPOT, AM_STRIKE, AM_TIME, AM_VOL, AM_RATE, AM_YIELD, AM_INPUTS };

/* As in batch.py and pricing.py. */
static const double NEGLIGIBLE_RATE = 1e-9, DETERMINISTIC_TOTAL_VOL = 1e-8;

/* What exercise at a time fixed today pays on the path without vol. */
static double gain_at(const double in[AM_INPUTS], double time)
{
    return in[AM_SIGN] * (in[AM_SPOT] * exp(-in[AM_YIELD] * time) - in[AM_STRIKE] * exp(-in[AM_RATE] * time));
}

/* The most that exercise at a fixed time pays: now, at expiry, or where the gain is flat. */
static double lower_bound(const double in[AM_INPUTS])
{
    double flat = log(in[AM_RATE] * in[AM_STRIKE] / (in[AM_YIELD] * in[AM_SPOT])) / (in[AM_RATE] - in[AM_YIELD]);
    double best = fmax(fmax(gain_at(in, 0.0), gain_at(in, in[AM_TIME])), 0.0);
    return flat > 0.0 && flat < in[AM_TIME] ? fmax(best, gain_at(in, flat)) : best;
}

/* Value and Greeks of the option that a put of strike 1 stands for, as `put_greeks`. */
static void put_greeks(const double in[AM_INPUTS], const double put[AP_OUTPUTS], double out[BS_OUTPUTS])
{
    double spot = in[AM_SPOT], strike = in[AM_STRIKE], vol = in[AM_VOL], rate = in[AM_RATE];
    int call = in[AM_SIGN] > 0.0;
    double scale = call ? spot : strike, scaled_curvature = scale * (put[AP_CURVATURE] - put[AP_SLOPE]);
    out[BS_VALUE] = scale * put[AP_VALUE];
    out[BS_DELTA] = call ? put[AP_VALUE] - put[AP_SLOPE] : put[AP_SLOPE] * strike / spot;
    out[BS_GAMMA] = scaled_curvature / (spot * spot);
    out[BS_THETA] = rate * out[BS_VALUE] - (rate - in[AM_YIELD]) * spot * out[BS_DELTA]
        - 0.5 * vol * vol * scaled_curvature;
    out[BS_VEGA] = scale * put[AP_VEGA];
    out[BS_RHO] = scale * put[AP_RHO];
}

/* Returns 1 with value and Greeks, or 0. An option that is exercised now, and a value at its lower bound, are left to
 * numpy. */
static int value_american(const double in[AM_INPUTS], const struct collocation *tables,
                          const struct time_quadrature *quadrature, double out[BS_OUTPUTS])
{
    double sign = in[AM_SIGN], time = in[AM_TIME], vol = in[AM_VOL], rate = in[AM_RATE], yield = in[AM_YIELD];
    int call = sign > 0.0;
    double earned = call ? yield : rate, forgone = call ? rate : yield, total_vol = vol * sqrt(time), put[AP_OUTPUTS];
    if (!regular_option(sign, in[AM_SPOT], in[AM_STRIKE], time, vol, rate, yield)) return 0;
    if (!(total_vol > DETERMINISTIC_TOTAL_VOL)) return 0;
    if (earned <= fmin(forgone, 0.0)) {
        struct column columns[BS_INPUTS];
        for (int k = 0; k < BS_INPUTS; k++) columns[k] = (struct column){&in[k], 1};
        black_scholes_all(1, columns, out);
    } else if (earned < 0.0) {
        return 0;
    } else {
        double terms[6] = {earned, forgone, vol, time, call ? 0.0 : 1.0, call ? 1.0 : 0.0}, converged;
        double log_spot = sign * log(in[AM_STRIKE] / in[AM_SPOT]);
        american_puts_all(1, 1, 1, terms, &log_spot, &time, tables, quadrature, put, &converged);
        /* Without curvature it is exercised now. */
        if (!(converged > 0.0) || put[AP_CURVATURE] == put[AP_SLOPE]) return 0;
        put_greeks(in, put, out);
    }
    double most = (call ? in[AM_SPOT] : in[AM_STRIKE]) * exp(fmax(-earned * time, 0.0));
    double most_delta = exp(fmax(-yield * time, 0.0));
    double gamma_to_rho = out[BS_GAMMA] + out[BS_THETA] + out[BS_VEGA] + out[BS_RHO];
    return out[BS_VALUE] > lower_bound(in) && out[BS_VALUE] <= most && fabs(out[BS_DELTA]) <= most_delta
        && isfinite(gamma_to_rho);
}

/* Value and Greeks of one option, then 1, or 0 where there are none; `in` need not be aligned. */
EXPORT void american_single(const void *in, const struct collocation *tables, const struct time_quadrature *quadrature,
                            double *out)
{
    double option[AM_INPUTS];
    memcpy(option, in, sizeof option);
    if (fabs(option[AM_RATE]) < NEGLIGIBLE_RATE) option[AM_RATE] = 0.0;
    if (fabs(option[AM_YIELD]) < NEGLIGIBLE_RATE) option[AM_YIELD] = 0.0;
    out[BS_OUTPUTS] = value_american(option, tables, quadrature, out);
}

#endif
