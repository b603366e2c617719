/* European options: the Black-Scholes-Merton value and its five Greeks; see riskcalc/pricing/black_scholes.py.
 *
 * Both normal probabilities come from one exponential. With phi the normal density and M the Mills ratio of
 * the upper tail, Phi(-x) = phi(x) M(x), and share phi(d1) = cash phi(d2).
 */
#ifndef RISKCALC_EUROPEAN_H
#define RISKCALC_EUROPEAN_H

#include "columns.h"

enum { BS_SIGN, BS_SPOT, BS_STRIKE, BS_TIME, BS_VOL, BS_RATE, BS_YIELD, BS_INPUTS };
enum { BS_VALUE, BS_DELTA, BS_GAMMA, BS_THETA, BS_VEGA, BS_RHO, BS_OUTPUTS };

/* A total vol below this changes no double. */
static const double FLAT = 1e-100;

/* Whether the vector loop is exact for an option: in range, and far from overflow. NaN is not. */
INLINE int regular_option(double sign, double spot, double strike, double time, double vol, double rate, double yield)
{
    return (magnitude(sign) == 1.0) & (spot > 1e-60) & (spot < 1e60) & (strike > 1e-60) & (strike < 1e60)
        & (time >= 0.0) & (time < 1e60) & (vol >= 0.0) & (vol < 1e60)
        & (magnitude(rate * time) < 200.0) & (magnitude(yield * time) < 200.0);
}

/* Phi(x), from Phi(-|x|) = phi(x) M(|x|); exact at 0. */
INLINE double normal_probability(double x, double tail)
{
    return x > 0.0 ? 1.0 - tail : x == 0.0 ? 0.5 : tail;
}

/* Value and Greeks of a block; returns how many of its options are not regular. */
INLINE double black_scholes_block(const struct block *block)
{
    const double *restrict signs = block->in[BS_SIGN], *restrict spots = block->in[BS_SPOT];
    const double *restrict strikes = block->in[BS_STRIKE], *restrict times = block->in[BS_TIME];
    const double *restrict vols = block->in[BS_VOL], *restrict rates = block->in[BS_RATE];
    const double *restrict yields = block->in[BS_YIELD];
    double *restrict values = block->out[BS_VALUE], *restrict deltas = block->out[BS_DELTA];
    double *restrict gammas = block->out[BS_GAMMA], *restrict thetas = block->out[BS_THETA];
    double *restrict vegas = block->out[BS_VEGA], *restrict rhos = block->out[BS_RHO];
    double irregular = 0.0;
#pragma omp simd reduction(+ : irregular) simdlen(8)
    for (ptrdiff_t i = 0; i < block->size; i++) {
        double sign = signs[i], spot = spots[i], strike = strikes[i], time = times[i];
        double vol = vols[i], rate = rates[i], yield = yields[i];
        irregular += regular_option(sign, spot, strike, time, vol, rate, yield) ? 0.0 : 1.0;
        double yield_factor = exponential(-yield * time);
        double share = product(spot, yield_factor), cash = product(strike, exponential(-rate * time));
        double inverse = 1.0 / (spot * strike);
        double log_moneyness = log_ratio(spot, strike, spot * spot * inverse) + (rate - yield) * time;
        double root_time = sqrt(time), total_vol = vol * root_time;
        double moving = total_vol > FLAT ? 1.0 : 0.0, inverse_vol = 1.0 / larger(total_vol, FLAT);
        double d1 = log_moneyness * inverse_vol + 0.5 * total_vol, d2 = d1 - total_vol;
        double density = INV_SQRT_2PI * exponential(-0.5 * d1 * d1), moving_density = density * moving;
        /* One division for both Mills ratios. */
        double x1 = magnitude(d1), x2 = magnitude(d2);
        double both = 1.0 / ((x1 + 5.5) * (x2 + 5.5)), over1 = both * (x2 + 5.5), over2 = both * (x1 + 5.5);
        double mills1 = mills_numerator((x1 - 4.0) * over1) * over1;
        double mills2 = mills_numerator((x2 - 4.0) * over2) * over2;
        double probability = normal_probability(sign * d1, density * mills1);
        double share_part = share * probability, cash_tail = share * density * mills2;
        double cash_part = sign * d2 > 0.0 ? cash - cash_tail : cash_tail;
        double decay = 0.5 * vol * vol * inverse_vol * share * moving_density;
        /* Rounding must not push a value below its bound, which is the value without vol. */
        double floor = larger(sign * (share - cash), 0.0), value = sign * (share_part - cash_part);
        values[i] = (value > floor) & (moving > 0.0) ? value : floor;
        deltas[i] = sign * yield_factor * probability;
        gammas[i] = yield_factor * moving_density * inverse_vol * (strike * inverse);
        thetas[i] = sign * (yield * share_part - rate * cash_part) * moving - decay;
        vegas[i] = share * moving_density * root_time;
        rhos[i] = sign * time * cash_part * moving;
    }
    return irregular;
}

static double normal_distribution(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }

/* One option by the formulas of the numpy kernel, for limits and for inputs out of range (all nan). */
static void black_scholes_edge(const double in[BS_INPUTS], double out[BS_OUTPUTS])
{
    double sign = in[BS_SIGN], spot = in[BS_SPOT], strike = in[BS_STRIKE], time = in[BS_TIME];
    double vol = in[BS_VOL], rate = in[BS_RATE], yield = in[BS_YIELD];
    double yield_factor = exp(-yield * time), share = spot * yield_factor, cash = strike * exp(-rate * time);
    int in_range = fabs(sign) == 1.0 && spot >= 0.0 && strike > 0.0 && time >= 0.0 && vol >= 0.0;
    if (!in_range || !isfinite(spot + share + cash + time + vol + rate + yield)) {
        for (int k = 0; k < BS_OUTPUTS; k++) out[k] = NAN;
        return;
    }
    double gap = spot - strike;
    double log_moneyness = copysign(log1p(fabs(gap / fmin(spot, strike))), gap) + (rate - yield) * time;
    double root_time = sqrt(time), total_vol = vol * root_time;
    double moving = total_vol > FLAT ? 1.0 : 0.0;
    double d1 = log_moneyness / fmax(total_vol, FLAT) + 0.5 * total_vol;
    double probability = normal_distribution(sign * d1);
    double share_part = share * probability, cash_part = cash * normal_distribution(sign * (d1 - total_vol));
    double density = INV_SQRT_2PI * exp(-0.5 * d1 * d1) * moving, share_density = share * density;
    double decay = share_density * vol / fmax(2.0 * root_time, DBL_MIN);
    out[BS_VALUE] = fmax(sign * (share_part - cash_part), fmax(sign * (share - cash), 0.0));
    out[BS_DELTA] = sign * yield_factor * probability;
    out[BS_GAMMA] = yield_factor * density / fmax(spot * total_vol, DBL_MIN);
    out[BS_THETA] = (sign * (yield * share_part - rate * cash_part) - decay) * moving;
    out[BS_VEGA] = share_density * root_time;
    out[BS_RHO] = sign * time * cash_part * moving;
}

/* Compute the options of a block that are not regular again. */
static void black_scholes_edges(const struct block *block)
{
    for (ptrdiff_t i = 0; i < block->count; i++) {
        double in[BS_INPUTS], out[BS_OUTPUTS];
        for (int k = 0; k < BS_INPUTS; k++) in[k] = block->in[k][i];
        if (regular_option(in[0], in[1], in[2], in[3], in[4], in[5], in[6])) continue;
        black_scholes_edge(in, out);
        for (int k = 0; k < BS_OUTPUTS; k++) block->out[k][i] = out[k];
    }
}

FOR_EACH_PROCESSOR
static void black_scholes_all(ptrdiff_t count, const struct column *in, double *out)
{
    struct block block;
    for (ptrdiff_t start = 0; start < count; start += BLOCK) {
        begin_block(&block, in, BS_INPUTS, out, BS_OUTPUTS, start, count);
        if (black_scholes_block(&block) != 0.0) black_scholes_edges(&block);
        end_block(&block, out, BS_OUTPUTS, start, count);
    }
}

/* Value and Greeks as rows of `out`, shape (6, count). */
EXPORT void black_scholes(int64_t count, const struct column *in, double *out)
{
    black_scholes_all((ptrdiff_t)count, in, out);
}

/* One option; `in` need not be aligned. */
EXPORT void black_scholes_single(const void *in, double *out)
{
    double option[BS_INPUTS];
    struct column columns[BS_INPUTS];
    single_columns(in, option, columns, BS_INPUTS);
    black_scholes_all(1, columns, out);
}

#endif
