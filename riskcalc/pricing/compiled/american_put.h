/* American puts of strike 1 without cash dividends at a spot and a time, given the boundary; see
 * riskcalc/pricing/american/continuous_exercise.py and put_premium.py.
 */
#ifndef RISKCALC_AMERICAN_PUT_H
#define RISKCALC_AMERICAN_PUT_H

#include "put_boundary.h"

enum { VALUE_POINTS = 48, VALUE_PITCH = 56 }; /* exercise times of a value; one more, filled up, for the boundary now */
enum { AP_VALUE, AP_SLOPE, AP_CURVATURE, AP_VEGA, AP_RHO, AP_OUTPUTS };

/* As in collocation.py. */
static const double MIN_NODE_DISTANCE = 1e-200;

/* Quadrature over exercise times between now and expiry, as fractions of that time. */
struct time_quadrature {
    const double *delay, *weight, *root_remaining; /* (VALUE_POINTS) */
};

/* The boundary at the exercise times of a value, and the terms of its integrals that no spot changes. */
struct value_times {
    double time, exercise_level;
    double level[VALUE_PITCH], boundary[VALUE_PITCH], vega[VALUE_PITCH], rho[VALUE_PITCH];
    double delay[VALUE_POINTS], deviation[VALUE_POINTS], inverse[VALUE_POINTS], drift[VALUE_POINTS];
    double strike_discount[VALUE_POINTS], share_discount[VALUE_POINTS];
};

/* Weights of the boundary's nodes at the exercise times of a value, for one share of the boundary's time to expiry. */
struct node_weights {
    double root_fraction; /* nan: none yet */
    double of_node[MAX_NODES][VALUE_PITCH];
};

/* Barycentric weights of the nodes at roots of remaining fractions of the time. */
INLINE void node_weights_at(const struct collocation *tables, const double *restrict roots, struct node_weights *weights)
{
    double sum[VALUE_PITCH];
    for (ptrdiff_t k = 0; k < VALUE_PITCH; k++) sum[k] = 0.5 / choose(where(roots[k] == 0.0), MIN_NODE_DISTANCE, roots[k]);
    for (ptrdiff_t j = 0; j < tables->order; j++) {
        double sign = (j % 2 ? 1.0 : -1.0) * (j == tables->order - 1 ? 0.5 : 1.0), node = tables->roots[j];
        double *restrict ratios = weights->of_node[j];
#pragma omp simd simdlen(8)
        for (ptrdiff_t k = 0; k < VALUE_PITCH; k++) {
            double distance = roots[k] - node;
            ratios[k] = sign / choose(where(distance == 0.0), MIN_NODE_DISTANCE, distance);
            sum[k] += ratios[k];
        }
    }
    for (ptrdiff_t k = 0; k < VALUE_PITCH; k++) sum[k] = 1.0 / sum[k];
    for (ptrdiff_t j = 0; j < tables->order; j++)
#pragma omp simd simdlen(8)
        for (ptrdiff_t k = 0; k < VALUE_PITCH; k++) weights->of_node[j][k] *= sum[k];
}

/* The boundary and its derivatives at the exercise times that the weights are for. */
INLINE void boundary_at(const struct put_boundary *boundary, ptrdiff_t order, const struct node_weights *weights,
                        struct value_times *at)
{
    double square[VALUE_PITCH] = {0.0}, depths[VALUE_PITCH] = {0.0}, vegas[VALUE_PITCH] = {0.0}, rhos[VALUE_PITCH] = {0.0};
    for (ptrdiff_t j = 0; j < order; j++) {
        double depth = boundary->nodes[j] - boundary->limit;
        double at_square = depth * depth, at_vega = depth * boundary->vega[j], at_rho = depth * boundary->rho[j];
        const double *restrict of_node = weights->of_node[j];
#pragma omp simd simdlen(8)
        for (ptrdiff_t k = 0; k < VALUE_PITCH; k++) {
            square[k] += of_node[k] * at_square;
            depths[k] += of_node[k] * depth;
            vegas[k] += of_node[k] * at_vega;
            rhos[k] += of_node[k] * at_rho;
        }
    }
#pragma omp simd simdlen(8)
    for (ptrdiff_t k = 0; k < VALUE_PITCH; k++) {
        double least = MIN_DEPTH * MIN_DEPTH, depth = sqrt(larger(square[k], least));
        double slope = choose(where(square[k] > least), -1.0 / depth, 0.0), in_expiry = 1.0 - slope * depths[k];
        at->level[k] = boundary->limit - depth;
        at->boundary[k] = exponential(at->level[k]);
        at->vega[k] = slope * vegas[k];
        at->rho[k] = slope * rhos[k] + in_expiry * boundary->limit_rho;
    }
}

/* `weights` are those of another option with the same share of its boundary's time, or are made. */
INLINE void value_times_of(const struct put_terms *terms, const struct put_boundary *boundary,
                           const struct collocation *tables, const struct time_quadrature *quadrature, double time,
                           struct node_weights *weights, struct value_times *at)
{
    double fraction = sqrt(time / terms->time), roots[VALUE_PITCH];
    if (fraction != weights->root_fraction) {
        for (ptrdiff_t k = 0; k < VALUE_POINTS; k++) roots[k] = fraction * quadrature->root_remaining[k];
        repeat(roots, fraction, VALUE_POINTS, VALUE_PITCH);
        node_weights_at(tables, roots, weights);
        weights->root_fraction = fraction;
    }
    boundary_at(boundary, tables->order, weights, at);
    at->time = time;
    at->exercise_level = fraction == 1.0 ? boundary->nodes[tables->order - 1] : at->level[VALUE_POINTS];
#pragma omp simd simdlen(8)
    for (ptrdiff_t k = 0; k < VALUE_POINTS; k++) {
        double delay = time * quadrature->delay[k], weight = time * quadrature->weight[k];
        double deviation = terms->vol * sqrt(delay), inverse = 1.0 / deviation;
        at->delay[k] = delay;
        at->deviation[k] = deviation;
        at->inverse[k] = inverse;
        at->drift[k] = (terms->rate - terms->yield) * delay * inverse - 0.5 * deviation;
        at->strike_discount[k] = weight * exponential(-terms->rate * delay);
        at->share_discount[k] = weight * exponential(-terms->yield * delay);
    }
}

/* European value plus premium; the value of exercise at and below the boundary. */
INLINE void american_put(const struct put_terms *terms, const struct value_times *at, double log_spot, double out[5])
{
    double spot = exponential(log_spot), value = 0.0, slope = 0.0, curvature = 0.0, vega = 0.0, rho = 0.0,
           premium_vega = 0.0;
    if (log_spot <= at->exercise_level) {
        out[AP_VALUE] = 1.0 - spot;
        out[AP_SLOPE] = out[AP_CURVATURE] = -spot;
        out[AP_VEGA] = out[AP_RHO] = 0.0;
        return;
    }
#pragma omp simd simdlen(8) reduction(+ : value, slope, curvature, vega, rho, premium_vega)
    for (ptrdiff_t k = 0; k < VALUE_POINTS; k++) {
        struct premium premium = premium_at(terms, spot, log_spot, at->level[k], at->boundary[k], at->delay[k],
                                            at->deviation[k], at->inverse[k], at->drift[k], at->strike_discount[k],
                                            at->share_discount[k]);
        value += premium.value;
        slope += premium.slope;
        curvature += premium.curvature;
        premium_vega += premium.vega;
        vega += premium.sensitivity * at->vega[k];
        rho += premium.rho + premium.sensitivity * at->rho[k];
    }
    european_put(terms, log_spot, at->time, out);
    out[AP_VALUE] += value;
    out[AP_SLOPE] += slope;
    out[AP_CURVATURE] += curvature;
    out[AP_VEGA] += vega + premium_vega / terms->vol;
    out[AP_RHO] += rho;
}

#endif
