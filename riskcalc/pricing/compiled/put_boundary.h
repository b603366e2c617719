/* Exercise boundary of a put of strike 1 without cash dividends, by spectral collocation; see
 * riskcalc/pricing/american/put_boundary.py and collocation.py, whose names this file keeps.
 *
 * The squared log of the boundary over its limit at expiry is a polynomial in the root of the time to expiry.
 * Andersen, Lake and Offengenden, "High-performance American option pricing", J. Computational Finance 20(1), 2016.
 */
#ifndef RISKCALC_PUT_BOUNDARY_H
#define RISKCALC_PUT_BOUNDARY_H

#include "columns.h"

enum { MAX_NODES = 20, NODE_PITCH = 24, TIME_POINTS = 20, MAX_POINTS = MAX_NODES * TIME_POINTS };
enum { FIXED_POINT_ROUNDS = 6, NEWTON_STEPS = 3, RIGHT_SIDES = 3, SYSTEM_PITCH = 32 };

/* As in put_boundary.py, collocation.py and convergence.py. */
static const double MAX_SMOOTH_PASTING_RATE = 4.0, NEWTON_START_CHANGE = 1e-3, NEWTON_TOLERANCE = 1e-5;
static const double MAX_NEWTON_STEP = 1.0, MAX_ABS_LOG = 600.0, MIN_DEPTH = 1e-15;
static const double MAX_RESIDUAL = 2e-5, MAX_LAST_STEP = 2e-3, MAX_SERIES_TAIL = 6e-2;

/* Tables of one order: the number of nodes, which is at most MAX_NODES. */
struct collocation {
    int64_t order;
    const double *roots;        /* (order): roots of the nodes' times as fractions of the time to expiry */
    const double *delays;       /* (order x TIME_POINTS): times from each node to exercise, as such fractions */
    const double *weights;      /* the same shape: their weights */
    const double *to_points;    /* (order, order x TIME_POINTS): from nodes to the boundary at those times */
    const double *by_point;     /* (order x TIME_POINTS, NODE_PITCH): its transpose, filled up with zeros */
    const double *chebyshev;    /* (order + 1, order + 1): from expiry and nodes to coefficients */
};

struct put_terms {
    double rate, yield, vol, time, rate_step, yield_step;
};

struct put_boundary {
    double limit, limit_rho; /* at expiry; its derivative in vol is 0 */
    double nodes[NODE_PITCH], vega[NODE_PITCH], rho[NODE_PITCH];
    int converged;
};

/* Terms of the integrals that do not depend on the boundary, at all exercise times after all nodes. */
struct exercise_times {
    ptrdiff_t order, count, width; /* nodes; exercise times; nodes filled up to whole vectors */
    double time[NODE_PITCH], deviation_of_node[NODE_PITCH], drift_of_node[NODE_PITCH]; /* the last one fills up */
    double strike_discount_of_node[NODE_PITCH], share_discount_of_node[NODE_PITCH];
    double delay[MAX_POINTS], deviation[MAX_POINTS], inverse[MAX_POINTS], drift[MAX_POINTS];
    double strike_discount[MAX_POINTS], share_discount[MAX_POINTS]; /* times the weights */
};

/* Integrands of the premium at one exercise time, times the quadrature weight; see put_premium.py. */
struct premium {
    double value, slope, curvature, vega, rho, sensitivity;
};

INLINE double normal_density(double x) { return INV_SQRT_2PI * exponential(-0.5 * x * x); }

/* Phi(x), given phi(x). */
INLINE double normal_from_density(double x, double density)
{
    double tail = density * mills(magnitude(x));
    return choose(where(x > 0.0), 1.0 - tail, tail);
}

/* Kim's integrand, with share e^(-yield t) phi(d1) = boundary e^(-rate t) phi(d2) in place of a second density. */
INLINE struct premium premium_at(const struct put_terms *terms, double spot, double log_spot, double level,
                                 double boundary, double delay, double deviation, double inverse, double drift,
                                 double strike_discount, double share_discount)
{
    double d2 = (log_spot - level) * inverse + drift, d1 = d2 + deviation;
    double phi = normal_density(d2), x1 = magnitude(d1), x2 = magnitude(d2);
    double both = 1.0 / ((x1 + 5.5) * (x2 + 5.5)), over1 = both * (x2 + 5.5), over2 = both * (x1 + 5.5);
    double strike_tail = strike_discount * phi * (mills_numerator((x2 - 4.0) * over2) * over2);
    double share_tail = boundary * strike_discount * phi * (mills_numerator((x1 - 4.0) * over1) * over1);
    double strike_paid = choose(where(d2 > 0.0), strike_tail, strike_discount - strike_tail);
    double share_delivered = choose(where(d1 > 0.0), share_tail, spot * share_discount - share_tail);
    double density = strike_discount * phi * inverse, dividends = terms->yield * boundary;
    double net_interest = terms->rate - dividends, sensitivity = net_interest * density;
    double forgone = terms->yield * share_delivered;
    return (struct premium){
        .value = terms->rate * strike_paid - forgone,
        .slope = -sensitivity - forgone,
        .curvature = sensitivity * d2 * inverse + dividends * density - forgone,
        .vega = (terms->rate * deviation + net_interest * d2) * deviation * density,
        .rho = terms->rate_step * (1.0 - terms->rate * delay) * strike_paid
            - terms->yield_step * (1.0 - terms->yield * delay) * share_delivered
            - (terms->rate_step - terms->yield_step) * delay * sensitivity,
        .sensitivity = sensitivity,
    };
}

/* Value, slope, curvature, vega and rho of a European put of strike 1. */
INLINE void european_put(const struct put_terms *terms, double log_spot, double time, double out[5])
{
    double root = sqrt(time), deviation = terms->vol * root;
    double d1 = (log_spot + (terms->rate - terms->yield) * time) / deviation + 0.5 * deviation, d2 = d1 - deviation;
    double strike = exponential(-terms->rate * time) * normal_from_density(-d2, normal_density(d2));
    double share = exponential(log_spot - terms->yield * time), phi = normal_density(d1);
    double share_value = share * normal_from_density(-d1, phi);
    out[0] = strike - share_value;
    out[1] = -share_value;
    out[2] = share * phi / deviation - share_value;
    out[3] = share * phi * root;
    out[4] = time * (terms->yield_step * share_value - terms->rate_step * strike);
}

INLINE void exercise_times_of(const struct put_terms *terms, const struct collocation *tables, struct exercise_times *at)
{
    at->order = tables->order;
    at->count = tables->order * TIME_POINTS;
    at->width = (at->order + LANES - 1) / LANES * LANES;
    for (ptrdiff_t i = 0; i < at->order; i++) at->time[i] = terms->time * tables->roots[i] * tables->roots[i];
    repeat(at->time, at->time[at->order - 1], at->order, at->width);
#pragma omp simd simdlen(8)
    for (ptrdiff_t i = 0; i < at->width; i++) {
        double time = at->time[i], deviation = terms->vol * sqrt(time);
        at->deviation_of_node[i] = deviation;
        at->drift_of_node[i] = (terms->rate - terms->yield) * time;
        at->strike_discount_of_node[i] = exponential(-terms->rate * time);
        at->share_discount_of_node[i] = exponential(-terms->yield * time);
    }
#pragma omp simd simdlen(8)
    for (ptrdiff_t k = 0; k < at->count; k++) {
        double delay = terms->time * tables->delays[k], weight = terms->time * tables->weights[k];
        double deviation = terms->vol * sqrt(delay), inverse = 1.0 / deviation;
        at->delay[k] = delay;
        at->deviation[k] = deviation;
        at->inverse[k] = inverse;
        at->drift[k] = (terms->rate - terms->yield) * delay * inverse - 0.5 * deviation;
        at->strike_discount[k] = weight * exponential(-terms->rate * delay);
        at->share_discount[k] = weight * exponential(-terms->yield * delay);
    }
}

/* Squared depth of the boundary below its limit, at all exercise times after all nodes. */
INLINE void squared_depth(const struct collocation *tables, const double *nodes, double limit, double *restrict square)
{
    ptrdiff_t count = tables->order * TIME_POINTS;
    for (ptrdiff_t k = 0; k < count; k++) square[k] = 0.0;
    for (ptrdiff_t j = 0; j < tables->order; j++) {
        double depth = nodes[j] - limit, at_node = depth * depth;
        const double *restrict row = tables->to_points + j * count;
#pragma omp simd
        for (ptrdiff_t k = 0; k < count; k++) square[k] += at_node * row[k];
    }
}

INLINE double sum_of_node(const double *terms, ptrdiff_t i)
{
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (ptrdiff_t k = 0; k < TIME_POINTS; k++) sum += terms[i * TIME_POINTS + k];
    return sum;
}

/* The flat boundary of Bjerksund and Stensland (1993) for the time to expiry of each node. */
INLINE void initial_guess(const struct put_terms *terms, const struct exercise_times *at, double limit, double *nodes)
{
    double variance = terms->vol * terms->vol, drift_ratio = (terms->yield - terms->rate) / variance;
    double discriminant = (drift_ratio - 0.5) * (drift_ratio - 0.5) + 2.0 * terms->yield / variance;
    double beta = 0.5 - drift_ratio + sqrt(larger(discriminant, 0.0));
    double start = exp(-limit);
    double perpetual = larger(smaller(beta / larger(beta - 1.0, 1e-9), 1e9), start * (1.0 + 1e-9));
    for (ptrdiff_t i = 0; i < at->order; i++) {
        double rise = (terms->yield - terms->rate) * at->time[i] + 2.0 * at->deviation_of_node[i];
        double fading = exponential(-larger(rise, 0.0) * start / (perpetual - start));
        nodes[i] = smaller(-logarithm(perpetual + (start - perpetual) * fading), limit - MIN_DEPTH);
    }
}

/* N / D of equation FP-A (smooth pasting) or FP-B (value matching) at each node; returns the largest change. */
INLINE double fixed_point_round(const struct put_terms *terms, const struct collocation *tables,
                                const struct exercise_times *at, double limit, int smooth, double *nodes)
{
    double strikes[MAX_POINTS], shares[MAX_POINTS], square[MAX_POINTS], of_node[MAX_POINTS], change = 0.0;
    squared_depth(tables, nodes, limit, square);
    for (ptrdiff_t i = 0; i < at->order; i++) repeat(of_node, nodes[i], i * TIME_POINTS, (i + 1) * TIME_POINTS);
#pragma omp simd simdlen(8)
    for (ptrdiff_t k = 0; k < at->count; k++) {
        double level = limit - sqrt(larger(square[k], MIN_DEPTH * MIN_DEPTH));
        double d2 = (of_node[k] - level) * at->inverse[k] + at->drift[k], d1 = d2 + at->deviation[k];
        double phi2 = normal_density(d2), phi1 = normal_density(d1), below1 = normal_from_density(d1, phi1);
        double strike = smooth ? phi2 * at->inverse[k] : normal_from_density(d2, phi2);
        double share = smooth ? below1 + phi1 * at->inverse[k] : below1;
        strikes[k] = at->strike_discount[k] * strike;
        shares[k] = at->share_discount[k] * share;
    }
    double strike_sums[NODE_PITCH], share_sums[NODE_PITCH], moved[NODE_PITCH];
    for (ptrdiff_t i = 0; i < at->width; i++) {
        strike_sums[i] = i < at->order ? sum_of_node(strikes, i) : 0.0;
        share_sums[i] = i < at->order ? sum_of_node(shares, i) : 0.0;
    }
    double smallest = exponential(-MAX_ABS_LOG);
#pragma omp simd simdlen(8)
    for (ptrdiff_t i = 0; i < at->width; i++) {
        double deviation = at->deviation_of_node[i], inverse = 1.0 / deviation;
        double d2 = (nodes[i] + at->drift_of_node[i]) * inverse - 0.5 * deviation, d1 = d2 + deviation;
        double phi2 = normal_density(d2), phi1 = normal_density(d1), below1 = normal_from_density(d1, phi1);
        double strike = smooth ? phi2 * inverse : normal_from_density(d2, phi2);
        double share = smooth ? below1 + phi1 * inverse : below1;
        double numerator = at->strike_discount_of_node[i] * strike + terms->rate * strike_sums[i];
        double denominator = at->share_discount_of_node[i] * share + terms->yield * share_sums[i];
        double ratio = logarithm(larger(numerator, smallest) / larger(denominator, smallest));
        moved[i] = smaller(larger(ratio, -MAX_ABS_LOG), limit - MIN_DEPTH);
    }
    for (ptrdiff_t i = 0; i < at->order; i++) {
        change = larger(change, magnitude(moved[i] - nodes[i]));
        nodes[i] = moved[i];
    }
    return change;
}

/* Solve a system with RIGHT_SIDES right sides, beside the matrix, by elimination with row pivots. */
INLINE void solve_system(double system[][SYSTEM_PITCH], ptrdiff_t order)
{
    ptrdiff_t columns = order + RIGHT_SIDES;
    for (ptrdiff_t i = 0; i < order; i++) {
        ptrdiff_t pivot = i;
        for (ptrdiff_t row = i + 1; row < order; row++)
            if (fabs(system[row][i]) > fabs(system[pivot][i])) pivot = row;
        for (ptrdiff_t j = i; j < columns; j++) {
            double kept = system[i][j];
            system[i][j] = system[pivot][j];
            system[pivot][j] = kept;
        }
        double inverse = 1.0 / system[i][i];
        for (ptrdiff_t row = i + 1; row < order; row++) {
            double factor = system[row][i] * inverse;
#pragma omp simd
            for (ptrdiff_t j = i + 1; j < columns; j++) system[row][j] -= factor * system[i][j];
        }
    }
    for (ptrdiff_t i = order - 1; i >= 0; i--)
        for (ptrdiff_t side = order; side < columns; side++) {
            double sum = system[i][side];
            for (ptrdiff_t j = i + 1; j < order; j++) sum -= system[i][j] * system[j][side];
            system[i][side] = sum / system[i][i];
        }
}

/* Value-matching residuals, and the Newton step, vega and rho of the nodes as right sides of the solved system. */
INLINE void newton_system(const struct put_terms *terms, const struct collocation *tables,
                          const struct exercise_times *at, const struct put_boundary *boundary, const double *nodes,
                          double *residual, double system[][SYSTEM_PITCH])
{
    double square[MAX_POINTS], of_node[MAX_POINTS], spots[MAX_POINTS], by_square[MAX_POINTS], parts[5][MAX_POINTS];
    double limit = boundary->limit, least = MIN_DEPTH * MIN_DEPTH;
    squared_depth(tables, nodes, limit, square);
    double spot_of_node[NODE_PITCH], held[5][NODE_PITCH];
#pragma omp simd simdlen(8)
    for (ptrdiff_t i = 0; i < at->width; i++) {
        double value[5];
        spot_of_node[i] = exponential(nodes[i]);
        european_put(terms, nodes[i], at->time[i], value);
        for (int k = 0; k < 5; k++) held[k][i] = value[k];
    }
    for (ptrdiff_t i = 0; i < at->order; i++) {
        repeat(of_node, nodes[i], i * TIME_POINTS, (i + 1) * TIME_POINTS);
        repeat(spots, spot_of_node[i], i * TIME_POINTS, (i + 1) * TIME_POINTS);
    }
#pragma omp simd simdlen(8)
    for (ptrdiff_t k = 0; k < at->count; k++) {
        double depth = sqrt(larger(square[k], least)), slope = choose(where(square[k] > least), -1.0 / depth, 0.0);
        double level = limit - depth;
        struct premium premium = premium_at(terms, spots[k], of_node[k], level, exponential(level), at->delay[k],
                                            at->deviation[k], at->inverse[k], at->drift[k], at->strike_discount[k],
                                            at->share_discount[k]);
        parts[0][k] = premium.value;
        parts[1][k] = premium.slope;
        parts[2][k] = premium.vega;
        parts[3][k] = premium.rho;
        parts[4][k] = premium.sensitivity;
        by_square[k] = premium.sensitivity * slope;
    }
    for (ptrdiff_t i = 0; i < at->order; i++) {
        double row[NODE_PITCH] = {0.0}, in_limit = sum_of_node(parts[4], i), spot = spot_of_node[i];
        int empty = 1;
        for (ptrdiff_t k = i * TIME_POINTS; k < (i + 1) * TIME_POINTS; k++) {
            const double *restrict by_point = tables->by_point + k * NODE_PITCH;
#pragma omp simd
            for (ptrdiff_t j = 0; j < NODE_PITCH; j++) row[j] += by_square[k] * by_point[j];
        }
        for (ptrdiff_t j = 0; j < at->order; j++) {
            system[i][j] = row[j] * (nodes[j] - limit);
            in_limit -= system[i][j];
        }
        system[i][i] += held[1][i] + sum_of_node(parts[1], i) + spot;
        for (ptrdiff_t j = 0; j < at->order; j++) empty &= system[i][j] == 0.0;
        /* A node on which nothing depends stays. */
        if (empty) system[i][i] = 1.0;
        residual[i] = held[0][i] + sum_of_node(parts[0], i) - 1.0 + spot;
        double vega = held[3][i] + sum_of_node(parts[2], i) / terms->vol;
        double rho = held[4][i] + sum_of_node(parts[3], i) + in_limit * boundary->limit_rho;
        double *sides = &system[i][at->order];
        sides[0] = empty ? 0.0 : -residual[i];
        sides[1] = empty ? 0.0 : -vega;
        sides[2] = empty ? 0.0 : -rho;
    }
    solve_system(system, at->order);
}

/* The larger of two numbers; nan if one of them is. */
INLINE double larger_or_nan(double a, double b) { return a != a || b <= a ? a : b; }

INLINE double largest(const double *values, ptrdiff_t count)
{
    double most = 0.0;
    for (ptrdiff_t i = 0; i < count; i++) most = larger_or_nan(most, fabs(values[i]));
    return most;
}

/* Whether the last coefficients of the squared depth are small beside the largest. */
INLINE int series_resolved(const struct collocation *tables, const double *nodes, double limit)
{
    ptrdiff_t order = tables->order, size = order + 1;
    double most = 0.0, tail = 0.0;
    for (ptrdiff_t row = 0; row < size; row++) {
        double sum = 0.0;
        for (ptrdiff_t j = 0; j < order; j++) {
            double depth = nodes[j] - limit;
            sum += tables->chebyshev[row * size + j + 1] * depth * depth;
        }
        most = larger_or_nan(most, fabs(sum));
        if (row >= order - 1) tail = larger_or_nan(tail, fabs(sum));
    }
    return tail <= MAX_SERIES_TAIL * most;
}

/* The boundary that value matching gives by Newton; its last step gives vega and rho too. */
INLINE void newton_boundary(const struct put_terms *terms, const struct collocation *tables,
                            const struct exercise_times *at, double *nodes, struct put_boundary *boundary)
{
    ptrdiff_t order = at->order;
    double best_residual = INFINITY, best_step[NODE_PITCH], step[NODE_PITCH], residual[NODE_PITCH];
    double system[NODE_PITCH][SYSTEM_PITCH];
    for (int round = 0; round < NEWTON_STEPS; round++) {
        double raw = 0.0;
        newton_system(terms, tables, at, boundary, nodes, residual, system);
        for (ptrdiff_t i = 0; i < order; i++) {
            double full = system[i][order];
            double next = nodes[i] + smaller(larger(full, -MAX_NEWTON_STEP), MAX_NEWTON_STEP);
            next = smaller(larger(next, -MAX_ABS_LOG), boundary->limit - MIN_DEPTH);
            step[i] = next - nodes[i];
            raw = larger_or_nan(raw, fabs(full));
        }
        /* The later state, unless its residual grew and its step is still large. */
        if (!(largest(residual, order) >= best_residual && largest(step, order) > MAX_LAST_STEP)) {
            best_residual = largest(residual, order);
            for (ptrdiff_t i = 0; i < order; i++) {
                boundary->nodes[i] = nodes[i];
                best_step[i] = step[i];
                boundary->vega[i] = system[i][order + 1];
                boundary->rho[i] = system[i][order + 2];
            }
        }
        for (ptrdiff_t i = 0; i < order; i++) nodes[i] += step[i];
        if (raw < NEWTON_TOLERANCE) break;
    }
    /* Where a large step follows a small residual, the value hardly depends on the nodes. */
    double last_step = largest(best_step, order);
    int insensitive = best_residual <= MAX_RESIDUAL && last_step > MAX_LAST_STEP;
    for (ptrdiff_t i = 0; i < order; i++) boundary->nodes[i] += insensitive ? 0.0 : best_step[i];
    boundary->converged = best_residual <= MAX_RESIDUAL && (insensitive || last_step <= MAX_LAST_STEP)
        && series_resolved(tables, boundary->nodes, boundary->limit);
}

/* The boundary of a put with rate > 0, or with rate = 0 > yield. */
INLINE void solve_put_boundary(const struct put_terms *terms, const struct collocation *tables,
                               struct put_boundary *boundary)
{
    struct exercise_times at;
    double nodes[NODE_PITCH] = {0.0};
    int yield_exceeds_rate = terms->yield > fmax(terms->rate, 0.0);
    int smooth = 2.0 * terms->rate <= MAX_SMOOTH_PASTING_RATE * terms->vol * terms->vol;
    boundary->limit = yield_exceeds_rate ? log(terms->rate / terms->yield) : 0.0;
    boundary->limit_rho
        = yield_exceeds_rate ? terms->rate_step / terms->rate - terms->yield_step / terms->yield : 0.0;
    exercise_times_of(terms, tables, &at);
    initial_guess(terms, &at, boundary->limit, nodes);
    for (int round = 0; round < FIXED_POINT_ROUNDS; round++)
        /* A constant in each call: the loops compute the terms of one equation only. */
        if ((smooth ? fixed_point_round(terms, tables, &at, boundary->limit, 1, nodes)
                    : fixed_point_round(terms, tables, &at, boundary->limit, 0, nodes)) < NEWTON_START_CHANGE) break;
    newton_boundary(terms, tables, &at, nodes, boundary);
}

#endif
