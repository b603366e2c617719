/* American calls on a share with cash dividends only and a rate >= 0; see
 * riskcalc/pricing/american/cash_dividend_calls.py and call_boundary.py, whose names this file keeps.
 *
 * Haug, Haug and Lewis, "Back to Basics: a new approach to the discrete dividend problem", Wilmott, September 2003.
 */
#ifndef RISKCALC_CASH_DIVIDEND_CALLS_H
#define RISKCALC_CASH_DIVIDEND_CALLS_H

#include <stdlib.h>

#include "call_expectation.h"

/* As in cash_dividend_calls.py, call_boundary.py and convergence.py. */
static const double REACH_DEVIATIONS = 6.2, VALID_DEVIATIONS = 5.2, REFINEMENT = 1.5;
static const double BOUNDARY_STEP = 1e-4, BOUNDARY_RESIDUAL = 0.02;
enum { MANY_DIVIDENDS = 12, ROOT_STEPS = 80, IRREGULAR = 1000 };
/* Spots and strikes whose products and logs are safe. */
static const double LEAST_PRICE = 1e-100;

/* What one contract needs: two ex-dates in turn, and nodes being made. */
struct call_work {
    struct pre_dividend_call calls[2];
    struct expectations at, search;
    double nodes[CALL_NODES], weights[CALL_NODES], values[CALL_NODES], vegas[CALL_NODES], rhos[CALL_NODES];
};

/* A bracketed Newton search for the root of a decreasing function; see `decreasing_root`. */
struct root_search {
    double location, low, high, step_tolerance;
    int low_tried, high_tried, above_bracket, converged;
};

INLINE void root_step(struct root_search *root, double value, double slope)
{
    int positive = value > 0.0;
    root->above_bracket |= positive && root->location >= root->high && !root->high_tried;
    int beyond = root->above_bracket || (!positive && root->location <= root->low && !root->low_tried);
    if (positive) {
        root->low = root->location;
        root->low_tried = 1;
    } else {
        root->high = root->location;
        root->high_tried = 1;
    }
    double candidate = root->location - value / fmin(slope, -1e-300);
    if (!(candidate > root->low && candidate < root->high)) {
        int upper = candidate >= root->high, tried = upper ? root->high_tried : root->low_tried;
        candidate = tried ? 0.5 * (root->low + root->high) : upper ? root->high : root->low;
    }
    int small = fabs(candidate - root->location) <= root->step_tolerance && fabs(value) <= BOUNDARY_RESIDUAL;
    int immediate = beyond || value == 0.0;
    if (!immediate) root->location = candidate;
    root->converged = immediate || small;
}

INLINE struct root_search root_between(double start, double low, double high, double step_tolerance)
{
    return (struct root_search){fmin(fmax(start, low), high), low, high, step_tolerance, 0, 0, 0, 0};
}

/* The boundary after a drop that a root stands for: none where exercise never pays. */
INLINE double boundary_of_root(const struct root_search *root, double strike, double gain, double amount, int *converged)
{
    int pays = gain > NEGLIGIBLE * strike, share_lost = strike <= amount;
    double at_strike = log(fmax(strike - amount, exponential(-MAX_LOG_SPOT)));
    double log_spot = pays && !root->above_bracket ? fmax(root->location, at_strike) : MAX_LOG_SPOT;
    *converged = root->converged || !pays || share_lost;
    return share_lost ? -MAX_LOG_SPOT : fmin(log_spot, MAX_LOG_SPOT);
}

/* Log of a European put, and minus its slope in log-spot, exact however small the put. */
INLINE double log_put(double log_spot, double log_strike, double discounted_strike, double deviation, double *elasticity)
{
    double d1 = (log_spot - log_strike) / deviation + 0.5 * deviation, d2 = d1 - deviation;
    double gap, tail;
    if (d2 > 0.0) {
        tail = mills(d1) / SQRT_HALF_PI;
        gap = larger(mills(d2) / SQRT_HALF_PI - tail, NEGLIGIBLE * NEGLIGIBLE);
        *elasticity = tail / gap;
        return log_spot - 0.5 * d1 * d1 + logarithm(0.5 * gap);
    }
    tail = exponential(log_spot) * normal_from_density(-d1, normal_density(d1));
    gap = larger(discounted_strike * normal_from_density(-d2, normal_density(d2)) - tail, NEGLIGIBLE * NEGLIGIBLE);
    *elasticity = tail / gap;
    return logarithm(gap);
}

/* The boundary before the last drop, where the European put is worth the dividend minus the interest. */
INLINE double last_boundary(const struct call_contract *contract, double discounted_strike, double deviation, int *converged)
{
    double strike = contract->strike, amount = contract->dividend_amounts[contract->dividends - 1];
    double gain = amount - (strike - discounted_strike), log_strike = log(discounted_strike);
    double target = log(fmin(fmax(gain, NEGLIGIBLE * strike), discounted_strike * (1.0 - NEGLIGIBLE)));
    double start = log(fmax(discounted_strike - exponential(target), NEGLIGIBLE * discounted_strike));
    struct root_search root = root_between(start, -MAX_LOG_SPOT, MAX_LOG_SPOT, BOUNDARY_STEP * deviation);
    for (int step = 0; step < ROOT_STEPS && !root.converged; step++) {
        double elasticity, found = log_put(root.location, log_strike, discounted_strike, deviation, &elasticity);
        root_step(&root, found - target, -elasticity);
    }
    return boundary_of_root(&root, strike, gain, amount, converged);
}

/* The least present cost, just after ex-date i, of exercising later. */
INLINE double least_deferred_cost(const struct call_contract *contract, ptrdiff_t i)
{
    double missed = 0.0, least = INFINITY, now = contract->dividend_times[i];
    for (ptrdiff_t j = i + 1; j < contract->dividends; j++) {
        double discount = exponential(-contract->rate * (contract->dividend_times[j] - now));
        least = fmin(least, contract->strike * discount + missed);
        missed += discount * contract->dividend_amounts[j];
    }
    return fmin(least, contract->strike * exponential(-contract->rate * (contract->expiry - now)) + missed);
}

/* The boundary before drop i, searched for between logs of spots at which the later call is exact. */
INLINE double earlier_boundary(const struct call_contract *contract, const struct pre_dividend_call *later, ptrdiff_t i,
                               double lowest, double highest, struct expectations *at, int *converged)
{
    double strike = contract->strike, amount = contract->dividend_amounts[i], now = contract->dividend_times[i];
    double deferred_cost = least_deferred_cost(contract, i), gain = amount + deferred_cost - strike;
    *converged = 1;
    if (strike <= amount) return -MAX_LOG_SPOT;
    if (!(gain > NEGLIGIBLE * strike)) return MAX_LOG_SPOT;
    double target = log(gain), low = fmax(log(strike - amount), lowest), high = fmax(low, highest);
    double start = later->exercise_boundary < MAX_LOG_SPOT ? after_drop(later->exercise_boundary, amount) : log(strike);
    double tolerance = BOUNDARY_STEP * call_deviation(contract, contract->expiry - now);
    struct root_search root = root_between(start, low, high, tolerance);
    for (int step = 0; step < ROOT_STEPS && !root.converged; step++) {
        at->log_spot[0] = root.location;
        at->now[0] = now;
        call_expectation(contract, later, 1, at);
        double spot = exponential(root.location);
        double put = larger(at->fields[EX_VALUE][0] - spot + deferred_cost, 1e-3 * NEGLIGIBLE * strike);
        root_step(&root, logarithm(put) - target, smaller(at->fields[EX_SLOPE][0] - spot, -NEGLIGIBLE * put) / put);
    }
    return boundary_of_root(&root, strike, gain, amount, converged);
}

/* Logs of spots before ex-date i within that many standard deviations of any spot now. */
INLINE void spot_range(const struct call_contract *contract, ptrdiff_t points, ptrdiff_t nows, const double *spot,
                       const double *now, ptrdiff_t i, double deviations, double *lowest, double *highest)
{
    double date = contract->dividend_times[i], paid = 0.0, low = INFINITY, high = -INFINITY;
    for (ptrdiff_t j = 0; j < i; j++)
        paid += exponential(contract->rate * (date - contract->dividend_times[j])) * contract->dividend_amounts[j];
    for (ptrdiff_t p = 0; p < points; p++) {
        double time = date - now[nows == 1 ? 0 : p], deviation = call_deviation(contract, time);
        double growth = contract->rate * time, reach = deviation * (deviations + 0.5 * deviation);
        low = smaller(spot[p] * exponential(growth - reach), low);
        high = larger(logarithm(spot[p]) + growth + reach, high);
    }
    *lowest = log(fmax(low - paid, exponential(-MAX_LOG_SPOT)));
    *highest = fmin(high, MAX_LOG_SPOT);
}

INLINE double time_value_width(double deviation)
{
    return fmin(deviation * (REACH_DEVIATIONS + 0.5 * deviation), MAX_LOG_SPOT);
}

INLINE double refinement(const struct call_contract *contract)
{
    return contract->dividends > MANY_DIVIDENDS ? REFINEMENT : 1.0;
}

INLINE double exercise_boundary(const struct call_contract *contract, double boundary, double amount)
{
    return contract->strike <= amount ? log(contract->strike) : before_drop(boundary, amount);
}

/* The call before the last drop: a European call's time value at nodes, intrinsic as a line. */
INLINE ptrdiff_t last_pre_dividend(const struct call_contract *contract, const struct gauss_legendre *rule,
                                   struct call_work *work, double lowest, double highest, double interval,
                                   struct pre_dividend_call *call)
{
    ptrdiff_t last = contract->dividends - 1, count = 0, missing;
    double amount = contract->dividend_amounts[last], time_left = contract->expiry - contract->dividend_times[last];
    double deviation = call_deviation(contract, time_left), inverse = 1.0 / deviation, root_left = sqrt(time_left);
    double discounted_strike = contract->strike * exponential(-contract->rate * time_left), kink = log(discounted_strike);
    int converged;
    double boundary = last_boundary(contract, discounted_strike, deviation, &converged);
    double width = time_value_width(deviation);
    double feature = fmin(deviation, call_deviation(contract, interval)) / refinement(contract);
    lowest = after_drop(lowest, amount);
    highest = after_drop(highest, amount);
    double below_from = fmax(kink - width, lowest), below_to = fmin(fmin(kink, boundary), highest);
    double above_from = fmax(kink, lowest), above_to = fmin(fmin(kink + width, boundary), highest);
    if ((missing = panel_nodes(rule, below_from, below_to, feature, &count, work->nodes, work->weights))) return missing;
    if ((missing = panel_nodes(rule, above_from, above_to, feature, &count, work->nodes, work->weights))) return missing;
#pragma omp simd simdlen(8)
    for (ptrdiff_t k = 0; k < count; k++) {
        double d1 = (work->nodes[k] - kink) * inverse + 0.5 * deviation, spot = exponential(work->nodes[k]);
        double sign = d1 < 0.5 * deviation ? 1.0 : -1.0, phi1 = normal_density(d1), d2 = d1 - deviation;
        double strike = discounted_strike * normal_from_density(sign * d2, normal_density(d2));
        work->values[k] = larger(sign * (spot * normal_from_density(sign * d1, phi1) - strike), 0.0);
        work->vegas[k] = spot * phi1 * root_left;
        work->rhos[k] = sign * time_left * strike;
    }
    nodes_before_drop(&call->nodes, count, work->nodes, work->weights, work->values, work->vegas, work->rhos, amount);
    call->time = contract->dividend_times[last];
    call->exercise_boundary = exercise_boundary(contract, boundary, amount);
    call->hold_line_from = fmin(before_drop(kink, amount), call->exercise_boundary);
    call->hold_line_cost = discounted_strike + amount;
    call->hold_line_cost_rho = -time_left * discounted_strike;
    call->converged = converged && resolved(below_from, below_to, feature) && resolved(above_from, above_to, feature);
    return 0;
}

/* The call before drop i: after it the value is the expectation of the following ex-date. */
INLINE ptrdiff_t earlier_pre_dividend(const struct call_contract *contract, const struct gauss_legendre *rule,
                                      struct call_work *work, const struct pre_dividend_call *later, ptrdiff_t i,
                                      double interval, const double reach[2], const double valid[2],
                                      struct pre_dividend_call *call)
{
    double time = contract->dividend_times[i], amount = contract->dividend_amounts[i], time_left = contract->expiry - time;
    double width = time_value_width(call_deviation(contract, time_left));
    double worthless_below = log(contract->strike) - contract->rate * time_left - width;
    double lowest = after_drop(reach[0], amount), highest = after_drop(reach[1], amount);
    int converged;
    double boundary = earlier_boundary(contract, later, i, after_drop(valid[0], amount), after_drop(valid[1], amount),
                                       &work->search, &converged);
    double start = fmax(lowest, worthless_below), end = fmin(boundary, highest);
    double feature = call_deviation(contract, interval) / refinement(contract);
    ptrdiff_t count = 0, missing = panel_nodes(rule, start, end, feature, &count, work->at.log_spot, work->weights);
    if (missing) return missing;
    repeat(work->at.now, time, 0, count);
    call_expectation(contract, later, count, &work->at);
    nodes_before_drop(&call->nodes, count, work->at.log_spot, work->weights, work->at.fields[EX_VALUE],
                      work->at.fields[EX_VEGA], work->at.fields[EX_RHO], amount);
    double deferred_cost = least_deferred_cost(contract, i);
    call->time = time;
    call->exercise_boundary = exercise_boundary(contract, boundary, amount);
    /* Spots above `end` are not reached: there the value only guides the search for earlier boundaries. */
    call->hold_line_from = fmin(before_drop(fmax(end, log(deferred_cost)), amount), call->exercise_boundary);
    call->hold_line_cost = deferred_cost + amount;
    call->hold_line_cost_rho = 0.0;
    call->converged = later->converged && converged && resolved(start, end, feature);
    return 0;
}

/* Value and Greeks of one contract; returns 0, or the groups of nodes that are not tabulated. */
INLINE ptrdiff_t call_greeks(const struct call_contract *contract, const struct gauss_legendre *rule, ptrdiff_t points,
                             ptrdiff_t nows, const double *spot, const double *now, struct call_work *work,
                             double *const out[6], double *converged)
{
    ptrdiff_t last = contract->dividends - 1, missing;
    double latest = now[0], reach[2], valid[2];
    if (!(contract->strike > LEAST_PRICE && contract->strike < 1.0 / LEAST_PRICE)) return IRREGULAR;
    for (ptrdiff_t p = 0; p < points; p++)
        if (!(spot[p] > LEAST_PRICE && spot[p] < 1.0 / LEAST_PRICE)) return IRREGULAR;
    for (ptrdiff_t p = 1; p < nows; p++) latest = fmax(latest, now[p]);
    double shortest = contract->dividend_times[0] - latest;
    struct pre_dividend_call *call = &work->calls[last % 2];
    spot_range(contract, points, nows, spot, now, last, REACH_DEVIATIONS, &reach[0], &reach[1]);
    double interval = last ? contract->dividend_times[last] - contract->dividend_times[last - 1] : shortest;
    if ((missing = last_pre_dividend(contract, rule, work, reach[0], reach[1], interval, call))) return missing;
    for (ptrdiff_t i = last - 1; i >= 0; i--) {
        const struct pre_dividend_call *later = call;
        double before = i ? contract->dividend_times[i] - contract->dividend_times[i - 1] : shortest;
        interval = fmin(before, contract->dividend_times[i + 1] - contract->dividend_times[i]);
        spot_range(contract, points, nows, spot, now, i, REACH_DEVIATIONS, &reach[0], &reach[1]);
        spot_range(contract, points, nows, spot, now, i, VALID_DEVIATIONS, &valid[0], &valid[1]);
        call = &work->calls[i % 2];
        if ((missing = earlier_pre_dividend(contract, rule, work, later, i, interval, reach, valid, call))) return missing;
    }
    *converged = call->converged;
    for (ptrdiff_t from = 0; from < points; from += CALL_NODES) {
        ptrdiff_t size = points - from < CALL_NODES ? points - from : CALL_NODES;
        struct expectations *at = &work->at;
        for (ptrdiff_t p = 0; p < size; p++) {
            at->log_spot[p] = logarithm(spot[from + p]);
            at->now[p] = now[nows == 1 ? 0 : from + p];
        }
        call_expectation(contract, call, size, at);
        for (ptrdiff_t p = 0; p < size; p++) {
            double value = at->fields[EX_VALUE][p], slope = at->fields[EX_SLOPE][p], at_spot = spot[from + p];
            double scaled_curvature = at->fields[EX_CURVATURE][p] - slope;
            out[0][from + p] = value;
            out[1][from + p] = slope / at_spot;
            out[2][from + p] = scaled_curvature / (at_spot * at_spot);
            /* Theta follows from the Black-Scholes equation. */
            out[3][from + p]
                = contract->rate * (value - slope) - 0.5 * contract->vol * contract->vol * scaled_curvature;
            out[4][from + p] = at->fields[EX_VEGA][p];
            out[5][from + p] = at->fields[EX_RHO][p];
        }
    }
    return 0;
}

FOR_EACH_PROCESSOR
static void cash_dividend_calls_all(ptrdiff_t rows, ptrdiff_t points, ptrdiff_t nows, const double *terms,
                                    ptrdiff_t dividends, const double *times, const double *amounts, const double *spot,
                                    const double *now, const struct gauss_legendre *rule, struct call_work *work,
                                    double *out, double *converged)
{
    for (ptrdiff_t row = 0; row < rows; row++) {
        const double *t = terms + row * 4;
        struct call_contract contract = {t[0], t[1], t[2], t[3], dividends, times, amounts};
        double *greeks[6];
        for (int k = 0; k < 6; k++) greeks[k] = out + (k * rows + row) * points;
        ptrdiff_t missing = call_greeks(&contract, rule, points, nows, spot + row * points, now + row * nows, work, greeks,
                                        &converged[row]);
        if (missing) converged[row] = -(double)missing;
    }
}

/* Value and Greeks of calls, shape (6, rows, points). `terms` has strike, vol, rate and expiry per row, `spot` shape
 * (rows, points), `now` that shape or (rows, 1). `converged` (rows) is minus the groups of nodes that a row lacks, or -IRREGULAR for inputs
 * that this file does not take. */
EXPORT void cash_dividend_calls(int64_t rows, int64_t points, int64_t nows, const double *terms, int64_t dividends,
                                const double *times, const double *amounts, const double *spot, const double *now,
                                const struct gauss_legendre *rule, double *out, double *converged)
{
    struct call_work *work = malloc(sizeof *work);
    for (int64_t row = 0; row < rows; row++) converged[row] = 0.0;
    if (work == NULL) return;
    cash_dividend_calls_all(rows, points, nows, terms, dividends, times, amounts, spot, now, rule, work, out, converged);
    free(work);
}

#endif
