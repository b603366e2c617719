/* American options without cash dividends, from their terms to their Greeks: those that share a boundary together, or
 * one alone; see riskcalc/pricing/american/continuous_exercise.py, deterministic.py and pricing.py.
 */
#ifndef RISKCALC_AMERICAN_OPTIONS_H
#define RISKCALC_AMERICAN_OPTIONS_H

#include "american_put.h"
#include "european.h"

enum { AM_SIGN, AM_SPOT, AM_STRIKE, AM_TIME, AM_VOL, AM_RATE, AM_YIELD, AM_INPUTS };
/* Times of a row whose weights the next row finds: rows of a table mostly have the same times. */
enum { KEPT_WEIGHTS = 12 };

/* As in batch.py, pricing.py, continuous_exercise.py and deterministic.py. */
static const double NEGLIGIBLE_RATE = 1e-9, DETERMINISTIC_TOTAL_VOL = 1e-8;
static const double EXERCISED_TOLERANCE = 1e-12, FLOOR_ROUNDING = 1e-12, FLOOR_TOLERANCE = 1e-5;
static const double EXERCISE_REACH = 8.0;

/* The option as a put of strike 1: by put-call symmetry a call has spot and strike, and rate and yield, exchanged. */
INLINE struct put_terms put_terms_of(const double in[AM_INPUTS], double time)
{
    int call = in[AM_SIGN] > 0.0;
    return (struct put_terms){
        .rate = call ? in[AM_YIELD] : in[AM_RATE],
        .yield = call ? in[AM_RATE] : in[AM_YIELD],
        .vol = in[AM_VOL],
        .time = time,
        .rate_step = call ? 0.0 : 1.0,
        .yield_step = call ? 1.0 : 0.0,
    };
}

/* Value and Greeks of the option that a put of strike 1 stands for, as `put_greeks`. */
INLINE void put_greeks(const double in[AM_INPUTS], const double put[AP_OUTPUTS], double out[BS_OUTPUTS])
{
    double sign = in[AM_SIGN], spot = in[AM_SPOT], strike = in[AM_STRIKE], vol = in[AM_VOL], rate = in[AM_RATE];
    int call = sign > 0.0;
    double scale = call ? spot : strike, scaled_curvature = scale * (put[AP_CURVATURE] - put[AP_SLOPE]);
    double value = scale * put[AP_VALUE], delta = call ? put[AP_VALUE] - put[AP_SLOPE] : put[AP_SLOPE] * strike / spot;
    double carry = rate * value - (rate - in[AM_YIELD]) * spot * delta;
    /* Deep in the money a put held for a dividend has zero gamma too, but is worth more than exercise. */
    int exercised = scaled_curvature == 0.0 && value - sign * (spot - strike) <= EXERCISED_TOLERANCE * scale;
    out[BS_VALUE] = value;
    out[BS_DELTA] = delta;
    out[BS_GAMMA] = scaled_curvature / (spot * spot);
    out[BS_THETA] = exercised ? 0.0 : carry - 0.5 * vol * vol * scaled_curvature;
    out[BS_VEGA] = scale * put[AP_VEGA];
    out[BS_RHO] = scale * put[AP_RHO];
}

/* Exercise at a fixed time on the path without vol: its gain and delta, if they are the best so far. */
INLINE void exercise_at(const double in[AM_INPUTS], double time, double *best, double *delta)
{
    double share = exp(-in[AM_YIELD] * time);
    double gain = in[AM_SIGN] * (in[AM_SPOT] * share - in[AM_STRIKE] * exp(-in[AM_RATE] * time));
    if (gain > *best) {
        *best = gain;
        *delta = in[AM_SIGN] * share;
    }
}

/* Raise a value a little below exercise at a fixed time to it, as `raise_to_floor`; returns 0 for one further below. */
INLINE int raise_to_floor(const double in[AM_INPUTS], double out[BS_OUTPUTS])
{
    double rate = in[AM_RATE], yield = in[AM_YIELD], best = -INFINITY, delta = 0.0;
    double ratio = rate * in[AM_STRIKE] / (yield * in[AM_SPOT]);
    exercise_at(in, 0.0, &best, &delta);
    if (ratio > 0.0 && ratio < INFINITY && rate != yield) {
        double flat = log(ratio) / (rate - yield); /* where the gain is flat in time */
        if (flat > 0.0 && flat < in[AM_TIME]) exercise_at(in, flat, &best, &delta);
    }
    exercise_at(in, in[AM_TIME], &best, &delta);
    double below = larger(best, 0.0) - out[BS_VALUE];
    if (below > 0.0) out[BS_VALUE] = larger(best, 0.0);
    if (below > FLOOR_ROUNDING * larger(in[AM_SPOT], in[AM_STRIKE])) {
        for (int k = BS_VALUE + 1; k < BS_OUTPUTS; k++) out[k] = 0.0;
        out[BS_DELTA] = best > 0.0 ? delta : best == 0.0 ? 0.5 * delta : 0.0;
    }
    return below <= FLOOR_TOLERANCE * in[AM_STRIKE];
}

INLINE void option_at(const double *const columns[AM_INPUTS], int64_t index, double in[AM_INPUTS])
{
    for (int k = 0; k < AM_INPUTS; k++) in[k] = columns[k][index];
}

FOR_EACH_PROCESSOR
static void american_rows_all(ptrdiff_t rows, ptrdiff_t points, const int64_t *table, const double *const *columns,
                              const struct collocation *tables, const struct time_quadrature *quadrature,
                              ptrdiff_t count, double *out, double *converged)
{
    struct put_boundary boundary;
    struct value_times at;
    struct node_weights weights[KEPT_WEIGHTS];
    double in[AM_INPUTS], put[AP_OUTPUTS], greeks[BS_OUTPUTS];
    for (int slot = 0; slot < KEPT_WEIGHTS; slot++) weights[slot].root_fraction = NAN;
    for (ptrdiff_t row = 0; row < rows; row++, table += points) {
        option_at(columns, table[0], in);
        struct put_terms terms = put_terms_of(in, columns[AM_TIME][table[points - 1]]);
        solve_put_boundary(&terms, tables, &boundary);
        at.time = at.exercise_level = NAN;
        int slot = 0;
        for (ptrdiff_t k = 0; k < points; k++) {
            int64_t i = table[k];
            if (k && i == table[k - 1]) break; /* the end of a short row */
            converged[i] = boundary.converged ? 1.0 : -1.0;
            if (!boundary.converged) continue;
            option_at(columns, i, in);
            if (in[AM_TIME] != at.time) {
                value_times_of(&terms, &boundary, tables, quadrature, in[AM_TIME], &weights[slot], &at);
                slot = (slot + 1) % KEPT_WEIGHTS;
            }
            american_put(&terms, &at, in[AM_SIGN] * log(in[AM_STRIKE] / in[AM_SPOT]), put);
            put_greeks(in, put, greeks);
            converged[i] = raise_to_floor(in, greeks);
            for (int g = 0; g < BS_OUTPUTS; g++) out[g * count + i] = greeks[g];
        }
    }
}

/* Value and Greeks of options, one boundary per row of a table of their indices, shape (rows, points), whose times
 * rise along the row; a short row repeats its last one. `columns` points to the terms, in the order of AM_INPUTS.
 * `out` has shape (6, count), `converged` (count): 1, 0 for a value below its bound, -1 for a boundary that did not
 * converge, whose options have no values. */
EXPORT void american_rows(int64_t rows, int64_t points, const int64_t *table, const double *const *columns,
                          const struct collocation *tables, const struct time_quadrature *quadrature, int64_t count,
                          double *out, double *converged)
{
    american_rows_all(rows, points, table, columns, tables, quadrature, count, out, converged);
}

/* Whether hardly a path is exercised, as `boundary_out_of_reach`, for an option that earns something by exercise. */
static int boundary_out_of_reach(const double in[AM_INPUTS], double earned, double forgone)
{
    double limit = log(fmin(earned / fmax(forgone, earned), 1.0)), variance = in[AM_VOL] * in[AM_VOL];
    double distance = in[AM_SIGN] * log(in[AM_STRIKE] / in[AM_SPOT]) - limit;
    double drift = fmin(earned - forgone - 0.5 * variance, 0.0);
    return earned > 0.0 && distance + drift * in[AM_TIME] >= EXERCISE_REACH * sqrt(variance * in[AM_TIME]);
}

/* Returns 1 with value and Greeks, or 0. Cases out of the usual, and a value at its bounds, are left to numpy. */
static int value_american(const double in[AM_INPUTS], const struct collocation *tables,
                          const struct time_quadrature *quadrature, double out[BS_OUTPUTS])
{
    double sign = in[AM_SIGN], time = in[AM_TIME], vol = in[AM_VOL], rate = in[AM_RATE], yield = in[AM_YIELD];
    int call = sign > 0.0;
    double earned = call ? yield : rate, forgone = call ? rate : yield, total_vol = vol * sqrt(time);
    if (!regular_option(sign, in[AM_SPOT], in[AM_STRIKE], time, vol, rate, yield)) return 0;
    if (!(total_vol > DETERMINISTIC_TOTAL_VOL)) return 0;
    if (earned <= fmin(forgone, 0.0) || boundary_out_of_reach(in, earned, forgone)) {
        struct column columns[BS_INPUTS];
        for (int k = 0; k < BS_INPUTS; k++) columns[k] = (struct column){&in[k], 1};
        black_scholes_all(1, columns, out);
    } else if (earned < 0.0) {
        return 0;
    } else {
        const double *columns[AM_INPUTS];
        const int64_t first = 0;
        double converged;
        for (int k = 0; k < AM_INPUTS; k++) columns[k] = &in[k];
        american_rows_all(1, 1, &first, columns, tables, quadrature, 1, out, &converged);
        if (!(converged > 0.0)) return 0;
    }
    double least = fmax(sign * (in[AM_SPOT] - in[AM_STRIKE]), 0.0);
    double most = (call ? in[AM_SPOT] : in[AM_STRIKE]) * exp(fmax(-earned * time, 0.0));
    double most_delta = exp(fmax(-yield * time, 0.0));
    double gamma_to_rho = out[BS_GAMMA] + out[BS_THETA] + out[BS_VEGA] + out[BS_RHO];
    return out[BS_VALUE] >= least && out[BS_VALUE] <= most && fabs(out[BS_DELTA]) <= most_delta
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
