/* Calls just before an ex-date, as lines in the spot plus values at quadrature nodes, and expectations of them; see
 * riskcalc/pricing/american/pre_dividend.py and quadrature.py, whose names this file keeps.
 */
#ifndef RISKCALC_CALL_EXPECTATION_H
#define RISKCALC_CALL_EXPECTATION_H

#include "put_boundary.h"

enum { MAX_GROUPS = 256, PANEL_NODES = 4 * MAX_GROUPS, CALL_NODES = 2 * PANEL_NODES };
enum { EX_VALUE, EX_SLOPE, EX_CURVATURE, EX_VEGA, EX_RHO, EX_FIELDS };

/* As in pre_dividend.py and quadrature.py. */
static const double MAX_LOG_SPOT = 300.0, DENSITY_REACH = 8.6, NEGLIGIBLE = 1e-9, BASE_GROUPS = 1.5, GROUPS_PER_WIDTH = 0.38;

struct call_contract {
    double strike, vol, rate, expiry;
    ptrdiff_t dividends;
    const double *dividend_times, *dividend_amounts;
};

/* Functions of log-spot at nodes: weight times value, value x offset, value x offset^2, vega and rho. */
struct call_nodes {
    ptrdiff_t count; /* filled up with zeros to whole vectors */
    double middle;
    double offsets[CALL_NODES], columns[EX_FIELDS][CALL_NODES];
};

struct pre_dividend_call {
    double time, hold_line_from, hold_line_cost, hold_line_cost_rho, exercise_boundary;
    int converged;
    struct call_nodes nodes;
};

/* Points at which an expectation is taken, and its five fields there. */
struct expectations {
    double log_spot[CALL_NODES], now[CALL_NODES], center[CALL_NODES], deviation[CALL_NODES];
    double fields[EX_FIELDS][CALL_NODES];
};

/* Gauss-Legendre nodes and weights on [-1, 1] by the number of groups of four; NULL where not tabulated. */
struct gauss_legendre {
    const double *nodes[MAX_GROUPS + 1], *weights[MAX_GROUPS + 1];
};

INLINE double call_deviation(const struct call_contract *contract, double time)
{
    return larger(contract->vol * sqrt(time), NEGLIGIBLE);
}

INLINE double before_drop(double log_spot, double amount) { return logarithm(exponential(log_spot) + amount); }

INLINE double after_drop(double log_spot, double amount)
{
    return logarithm(larger(exponential(log_spot) - amount, exponential(-MAX_LOG_SPOT)));
}

/* Nodes and weights on [low, high] after those there are; returns 0, or the number of groups not tabulated. */
INLINE ptrdiff_t panel_nodes(const struct gauss_legendre *rule, double low, double high, double feature_width,
                             ptrdiff_t *count, double *nodes, double *weights)
{
    double half = 0.5 * fmax(high - low, 0.0), widths = 2.0 * half / feature_width;
    double groups = ceil(fmin(fmax(BASE_GROUPS + GROUPS_PER_WIDTH * (isnan(widths) ? 0.0 : widths), 3.0), MAX_GROUPS));
    ptrdiff_t group = (ptrdiff_t)groups, size = 4 * group;
    if (rule->nodes[group] == NULL) return group;
    for (ptrdiff_t i = 0; i < size; i++) {
        nodes[*count + i] = low + half * (1.0 + rule->nodes[group][i]);
        weights[*count + i] = half * rule->weights[group][i];
    }
    *count += size;
    return 0;
}

/* Whether a panel is not cut short by the largest number of nodes. */
INLINE int resolved(double low, double high, double feature_width)
{
    return BASE_GROUPS + GROUPS_PER_WIDTH * (high - low) / feature_width <= MAX_GROUPS;
}

/* Turn nodes after a drop, with value, vega and rho, into functions of the log-spot before it. */
INLINE void nodes_before_drop(struct call_nodes *out, ptrdiff_t count, const double *restrict log_spot,
                              const double *restrict weights, const double *restrict values,
                              const double *restrict vegas, const double *restrict rhos, double amount)
{
    double sum = 0.0;
    ptrdiff_t filled = (count + LANES - 1) / LANES * LANES;
#pragma omp simd simdlen(8)
    for (ptrdiff_t i = 0; i < count; i++) {
        double before = exponential(log_spot[i]) + amount, weight = weights[i] * (1.0 - amount / before);
        out->offsets[i] = logarithm(before);
        out->columns[EX_VALUE][i] = values[i] * weight;
        out->columns[EX_VEGA][i] = vegas[i] * weight;
        out->columns[EX_RHO][i] = rhos[i] * weight;
    }
    for (ptrdiff_t i = 0; i < count; i++) sum += out->offsets[i];
    out->middle = sum / (double)count;
    for (ptrdiff_t i = 0; i < count; i++) {
        double offset = out->offsets[i] -= out->middle;
        out->columns[EX_SLOPE][i] = out->columns[EX_VALUE][i] * offset;
        out->columns[EX_CURVATURE][i] = out->columns[EX_SLOPE][i] * offset;
    }
    repeat(out->offsets, 0.0, count, filled);
    for (int k = 0; k < EX_FIELDS; k++) repeat(out->columns[k], 0.0, count, filled);
    out->count = filled;
}

/* Sums of the columns against a normal density around `shift`, not yet divided by sqrt(2 pi) deviation. */
INLINE void density_sums(const struct call_nodes *nodes, double shift, double variance, double out[EX_FIELDS])
{
    double value = 0.0, first = 0.0, second = 0.0, vega = 0.0, rho = 0.0, factor = -0.5 / variance;
    /* Whole vectors of nodes on either side whose density is below rounding. Nodes rise, but for some without weight. */
    double reach = DENSITY_REACH * sqrt(variance), low = shift - reach, high = shift + reach;
    ptrdiff_t from = 0, to = nodes->count;
    while (from < to && nodes->offsets[from + LANES - 1] < low) from += LANES;
    while (to > from && nodes->offsets[to - LANES] > high) to -= LANES;
#pragma omp simd simdlen(8) reduction(+ : value, first, second, vega, rho)
    for (ptrdiff_t i = from; i < to; i++) {
        double distance = nodes->offsets[i] - shift, density = exponential_of_negative(distance * distance * factor);
        value += density * nodes->columns[EX_VALUE][i];
        first += density * nodes->columns[EX_SLOPE][i];
        second += density * nodes->columns[EX_CURVATURE][i];
        vega += density * nodes->columns[EX_VEGA][i];
        rho += density * nodes->columns[EX_RHO][i];
    }
    out[EX_VALUE] = value;
    out[EX_SLOPE] = first;
    out[EX_CURVATURE] = second;
    out[EX_VEGA] = vega;
    out[EX_RHO] = rho;
}

/* Discounted expectation of a call before an ex-date at the points, with its derivatives: nodes, then both lines. */
INLINE void call_expectation(const struct call_contract *contract, const struct pre_dividend_call *call,
                             ptrdiff_t count, struct expectations *at)
{
    double rate = contract->rate, vol = contract->vol, cost = call->hold_line_cost, cost_rho = call->hold_line_cost_rho;
    double step_up = exponential(call->hold_line_from) - cost, step_down = contract->strike - cost;
    for (ptrdiff_t i = 0; i < count; i++) {
        double time = call->time - at->now[i], deviation = call_deviation(contract, time), sums[EX_FIELDS];
        double center = at->log_spot[i] + (rate - 0.5 * vol * vol) * time;
        at->deviation[i] = deviation;
        at->center[i] = center;
        density_sums(&call->nodes, center - call->nodes.middle, deviation * deviation, sums);
        for (int k = 0; k < EX_FIELDS; k++) at->fields[k][i] = sums[k];
    }
#pragma omp simd simdlen(8)
    for (ptrdiff_t i = 0; i < count; i++) {
        double time = call->time - at->now[i], deviation = at->deviation[i], center = at->center[i];
        double inverse = 1.0 / deviation, inverse_variance = inverse * inverse, scale = INV_SQRT_2PI * inverse;
        double shift = center - call->nodes.middle;
        double m0 = at->fields[EX_VALUE][i] * scale, m1 = at->fields[EX_SLOPE][i] * scale;
        double m2 = at->fields[EX_CURVATURE][i] * scale;
        double value = m0, slope = (m1 - shift * m0) * inverse_variance;
        double curvature = ((m2 - 2.0 * shift * m1 + shift * shift * m0) * inverse_variance - m0) * inverse_variance;
        double hold_d2 = (center - call->hold_line_from) * inverse, exercise_d2 = (center - call->exercise_boundary) * inverse;
        double hold_phi = normal_density(hold_d2), exercise_phi = normal_density(exercise_d2);
        double hold_d1 = hold_d2 + deviation;
        double asset = exponential(center + 0.5 * deviation * deviation)
            * normal_from_density(hold_d1, normal_density(hold_d1));
        double up = hold_phi * inverse, down = exercise_phi * inverse;
        double above_hold = normal_from_density(hold_d2, hold_phi);
        double above_exercise = normal_from_density(exercise_d2, exercise_phi);
        double discount = exponential(-rate * time);
        value = discount * (value + asset - cost * above_hold - step_down * above_exercise);
        slope = discount * (slope + asset + step_up * up - step_down * down);
        curvature = discount
            * (curvature + asset + (step_up + cost - step_up * hold_d2 * inverse) * up
               + step_down * down * exercise_d2 * inverse);
        double vega = discount * at->fields[EX_VEGA][i] * scale;
        double rho = discount * (at->fields[EX_RHO][i] * scale - cost_rho * (above_hold - above_exercise));
        at->fields[EX_VALUE][i] = value;
        at->fields[EX_SLOPE][i] = slope;
        at->fields[EX_CURVATURE][i] = curvature;
        /* For a lognormal spot the direct vega is vol x time x gamma, the direct rho time x delta. */
        at->fields[EX_VEGA][i] = vega + vol * time * (curvature - slope);
        at->fields[EX_RHO][i] = rho + time * (slope - value);
    }
}

#endif
