/* European implied volatility by Householder steps on the log of the price; see riskcalc/pricing/implied_vol.py.
 *
 * Elements that this file does not solve get the status UNSOLVED, and the caller leaves them to numpy: inputs far
 * out of range, prices above half their bound, and searches that do not end.
 */
#ifndef RISKCALC_IMPLIED_VOL_H
#define RISKCALC_IMPLIED_VOL_H

#include "columns.h"

enum { IV_PREMIUM, IV_SIGN, IV_SPOT, IV_STRIKE, IV_TIME, IV_RATE, IV_YIELD, IV_INPUTS };
enum { IV_VOL, IV_STATUS, IV_OUTPUTS };

/* VolStatus of implied_vol.py. */
static const double OK = 0.0, BELOW_INTRINSIC = 1.0, ABOVE_BOUND = 2.0, NO_TIME = 3.0, NOT_FINITE = 4.0;
static const double UNSOLVED = -1.0;

/* As in implied_vol.py. */
static const double ROUNDING = 4.0 * DBL_EPSILON;
static const double HALF_LOG_2PI = 0.91893853320467274178;
static const double MIN_DISTANCE = 1e-100;
static const double NEAR_BOUND = 0.5;
static const double SMALL_HALF_VOL = 5e-4;
static const double STEP_TOLERANCE = 2e-4;
enum { FIRST_STEPS = 2, MAX_STEPS = 16 };
/* Prices, as a share of their bound, whose log is safe. */
static const double LEAST_SHARE_OF_BOUND = 1e-290;
/* Least argument at which `mills` is exact. */
static const double LEAST_MILLS = -0.75;

/* The equation of each element: log of the price over its density = target, in total vol. */
struct searches {
    double target[BLOCK], distance[BLOCK], total_vol[BLOCK], moved[BLOCK];
};

/* Bachelier's inverse, bent to the lognormal. */
INLINE double seed(double bound_over_value, double distance)
{
    double w = rough_log_of_1_plus(smaller(exponential_minus_1(distance) * bound_over_value, 1e300));
    double numerator = 0.1591583 + w * (0.02913243 + w * (0.003959544 + w * 2.030415e-05));
    double denominator = 1.0 + w * (0.1838977 + w * (0.03110809 + w * (0.002103401 + w * 1.016380e-05)));
    double total_vol = distance / (w * sqrt(numerator / denominator));
    double bend = total_vol * total_vol / (12.0 * sqrt(1.0 + distance * distance / 60.0));
    return total_vol / sqrt(larger(1.0 - bend * (1.0 + 0.3 * bend), 0.05));
}

/* The price over its density: M(h - t) - M(h + t), with one division for both; for a small t its expansion. */
INLINE double mills_gap(double h, double t, int with_small)
{
    double x1 = larger(h - t, LEAST_MILLS), x2 = h + t;
    double both = 1.0 / ((x1 + 5.5) * (x2 + 5.5)), over1 = both * (x2 + 5.5), over2 = both * (x1 + 5.5);
    double gap = mills_numerator((x1 - 4.0) * over1) * over1 - mills_numerator((x2 - 4.0) * over2) * over2;
    if (!with_small) return gap;
    double first = 1.0 - h * mills(h), third = (3.0 + h * h) * first - 1.0;
    return t < SMALL_HALF_VOL ? 2.0 * t * (first + t * t / 6.0 * third) : gap;
}

/* A fourth-order Householder step on the log of the price. */
INLINE double householder_step(double target, double distance, double total_vol, int with_small)
{
    double inverse_vol = 1.0 / total_vol, h = distance * inverse_vol, t = 0.5 * total_vol;
    double gap = mills_gap(h, t, with_small), slope = 1.0 / gap;
    double newton = -(logarithm(gap) - 0.5 * (h * h + t * t) - target) * gap;
    double second = h * h * inverse_vol - 0.5 * t - slope;
    double ratio = h * inverse_vol;
    double third = second * (second - slope) - 3.0 * ratio * ratio - 0.25;
    double step = newton * (1.0 + 0.5 * second * newton) / (1.0 + newton * (second + third * newton / 6.0));
    /* A step back may overshoot zero; none that is right halves its start. */
    return larger(step, -0.5 * total_vol);
}

/* Step all searches, or those that the last step still moved; returns how many this one moves. */
INLINE double step_searches(struct searches *search, ptrdiff_t size, int all, int with_small)
{
    double moving = 0.0;
#pragma omp simd reduction(+ : moving) simdlen(8)
    for (ptrdiff_t i = 0; i < size; i++) {
        double total_vol = search->total_vol[i];
        double step = householder_step(search->target[i], search->distance[i], total_vol, with_small);
        double stepped = total_vol + step, going = all ? 1.0 : search->moved[i];
        double moved = magnitude(step) <= STEP_TOLERANCE * stepped ? 0.0 : going;
        search->total_vol[i] = going > 0.0 ? stepped : total_vol;
        search->moved[i] = moved;
        moving += moved;
    }
    return moving;
}

/* Statuses, and the equations of the elements that have a vol to find; returns the number of small vols. */
INLINE double begin_searches(const struct block *block, struct searches *search)
{
    const double *restrict premiums = block->in[IV_PREMIUM], *restrict signs = block->in[IV_SIGN];
    const double *restrict spots = block->in[IV_SPOT], *restrict strikes = block->in[IV_STRIKE];
    const double *restrict times = block->in[IV_TIME], *restrict rates = block->in[IV_RATE];
    const double *restrict yields = block->in[IV_YIELD];
    double *restrict statuses = block->out[IV_STATUS];
    double small = 0.0;
#pragma omp simd simdlen(8)
    for (ptrdiff_t i = 0; i < block->size; i++) {
        double premium = premiums[i], sign = signs[i], spot = spots[i], strike = strikes[i], time = times[i];
        double rate = rates[i], yield = yields[i];
        uint64_t regular = where(regular_option(sign, spot, strike, magnitude(time), 1.0, rate, yield));
        double share = product(spot, exponential(-yield * time)), cash = product(strike, exponential(-rate * time));
        double log_moneyness = log_ratio(spot, strike, spot / strike) + (rate - yield) * time;
        double bound = choose(where(sign > 0.0), share, cash), lesser = smaller(share, cash);
        double time_value = premium - larger(sign * (share - cash), 0.0);
        double status = choose(where(premium >= bound), ABOVE_BOUND, OK);
        uint64_t below = where(premium < 0.0) | where(time_value < -ROUNDING * bound);
        status = choose(below, BELOW_INTRINSIC, status);
        status = choose(where(time > 0.0), status, NO_TIME);
        status = choose(where(magnitude(premium) < 1e300), status, NOT_FINITE);
        uint64_t solvable = where(status == OK) & where(time_value > 0.0);
        uint64_t usual = where(time_value <= NEAR_BOUND * lesser) & where(time_value >= LEAST_SHARE_OF_BOUND * lesser);
        uint64_t searched = regular & solvable & usual;
        statuses[i] = choose(regular & (usual | ~solvable), status, UNSOLVED);
        /* Elements without a search get one that ends at once. */
        search->target[i] = choose(searched, time_value / lesser, 0.04);
        search->distance[i] = choose(searched, larger(magnitude(log_moneyness), MIN_DISTANCE), MIN_DISTANCE);
        search->moved[i] = choose(searched, 1.0, 0.0);
    }
    /* A loop of its own: in one the compiler turns the choices above into branches. */
#pragma omp simd reduction(+ : small) simdlen(8)
    for (ptrdiff_t i = 0; i < block->size; i++) {
        double price = search->target[i], distance = search->distance[i];
        double total_vol = seed(1.0 / price, distance);
        search->target[i] = logarithm(price) - 0.5 * distance + HALF_LOG_2PI;
        search->total_vol[i] = total_vol;
        small += total_vol < 2.5 * SMALL_HALF_VOL ? 1.0 : 0.0;
    }
    return small;
}

/* Go on with the searches that have not ended, gathered side by side. */
INLINE void finish_searches(struct searches *search, ptrdiff_t size)
{
    struct searches late;
    ptrdiff_t index[BLOCK], count = 0;
    for (ptrdiff_t i = 0; i < size; i++) {
        if (search->moved[i] == 0.0) continue;
        index[count] = i;
        late.target[count] = search->target[i];
        late.distance[count] = search->distance[i];
        late.total_vol[count] = search->total_vol[i];
        late.moved[count++] = 1.0;
    }
    ptrdiff_t filled = (count + LANES - 1) / LANES * LANES;
    repeat(late.target, late.target[0], count, filled);
    repeat(late.distance, late.distance[0], count, filled);
    repeat(late.total_vol, late.total_vol[0], count, filled);
    repeat(late.moved, 0.0, count, filled);
    for (int k = FIRST_STEPS; k < MAX_STEPS; k++)
        if (step_searches(&late, filled, 0, 1) == 0.0) break;
    for (ptrdiff_t i = 0; i < count; i++) {
        search->total_vol[index[i]] = late.total_vol[i];
        search->moved[index[i]] = late.moved[i];
    }
}

/* Turn total vols into vols, and leave to numpy what did not converge or left the range of `mills`. */
INLINE void end_searches(const struct block *block, const struct searches *search, const double *restrict searched)
{
    const double *restrict times = block->in[IV_TIME];
    double *restrict vols = block->out[IV_VOL], *restrict statuses = block->out[IV_STATUS];
#pragma omp simd simdlen(8)
    for (ptrdiff_t i = 0; i < block->size; i++) {
        double total_vol = search->total_vol[i];
        double least = search->distance[i] / total_vol - 0.5 * total_vol;
        int found = (search->moved[i] == 0.0) & (least > LEAST_MILLS + 1e-3);
        double status = (searched[i] == 0.0) | found ? statuses[i] : UNSOLVED;
        double vol = searched[i] > 0.0 ? total_vol / sqrt(times[i]) : 0.0;
        statuses[i] = status;
        vols[i] = status == OK ? vol : NAN;
    }
}

FOR_EACH_PROCESSOR
static void implied_vol_all(ptrdiff_t count, const struct column *in, double *out)
{
    struct block block;
    struct searches search;
    double searched[BLOCK];
    for (ptrdiff_t start = 0; start < count; start += BLOCK) {
        begin_block(&block, in, IV_INPUTS, out, IV_OUTPUTS, start, count);
        double small = begin_searches(&block, &search), moving = 0.0;
        memcpy(searched, search.moved, (size_t)block.size * sizeof *searched);
        for (int k = 0; k < FIRST_STEPS; k++)
            moving = small > 0.0 ? step_searches(&search, block.size, 1, 1) : step_searches(&search, block.size, 1, 0);
        if (moving > 0.0) finish_searches(&search, block.size);
        end_searches(&block, &search, searched);
        end_block(&block, out, IV_OUTPUTS, start, count);
    }
}

/* Implied vols and statuses as rows of `out`, shape (2, count). */
EXPORT void implied_vol(int64_t count, const struct column *in, double *out)
{
    implied_vol_all((ptrdiff_t)count, in, out);
}

/* One option; `in` need not be aligned. */
EXPORT void implied_vol_single(const void *in, double *out)
{
    double option[IV_INPUTS];
    struct column columns[IV_INPUTS];
    single_columns(in, option, columns, IV_INPUTS);
    implied_vol_all(1, columns, out);
}

/* The vol of one option, or nan where there is none or it is left to numpy; `in` need not be aligned. */
EXPORT double implied_vol_number(const void *in)
{
    double found[IV_OUTPUTS];
    implied_vol_single(in, found);
    return found[IV_STATUS] == OK ? found[IV_VOL] : NAN;
}

#endif
