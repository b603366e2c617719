/* Probabilities that a Brownian motion leaves a corridor at its lower end, at its upper end, or not within a time; see
 * riskcalc/analysis/first_passage.py, whose names this file keeps.
 */
#ifndef RISKCALC_EXIT_CHANCES_H
#define RISKCALC_EXIT_CHANCES_H

#include "columns.h"
#include "put_boundary.h"

enum { EC_BELOW, EC_ABOVE, EC_TRAVEL, EC_VARIANCE, EC_INPUTS };
enum { EC_LOWER, EC_UPPER, EC_NEITHER, EC_OUTPUTS };

/* As in first_passage.py. */
static const double SWITCH = 0.4, BEYOND = 50.0, NEGLIGIBLE_EXPONENT = 39.0, LEAST_VARIANCE = 1e-280;
static const double STEEPEST = 1e100, CIRCLE_HALF = 3.14159265358979323846;
static const double LEFT_TO_NUMPY = -1.0;
enum { SERIES_TERMS = 4 };

INLINE double clip_chance(double chance) { return smaller(larger(chance, 0.0), 1.0); }

/* Contribution of the image `gap` behind a level; without a gap, the probability of touching one level. */
INLINE double image(double near, double gap, double travel, double variance, double root)
{
    double pace = fabs(travel), inside = (pace - near - gap) / root, outside = (pace + near + gap) / root;
    double straight = exp(-(pace * gap + (pace - travel) * near) / variance)
        * normal_from_density(inside, normal_density(inside));
    double exponent = gap * (gap + 2.0 * near) + (travel - near) * (travel - near);
    return straight + INV_SQRT_2PI * mills(outside) * exp(-exponent / (2.0 * variance));
}

/* Probability of touching the level `near` before the level `far`; travel is positive toward `near`. */
INLINE double images(double near, double far, double travel, double variance)
{
    double root = sqrt(variance), total = image(near, 0.0, travel, variance, root);
    for (int turn = 1; turn < SERIES_TERMS; turn++) {
        double behind = 2.0 * (turn * far + (turn - 1) * near), ahead = 2.0 * turn * (near + far);
        double most = 2.0 * NEGLIGIBLE_EXPONENT * variance;
        if (behind * behind <= most) total -= image(near, behind, travel, variance, root);
        if (ahead * ahead > most) break;
        total += image(near, ahead, travel, variance, root);
    }
    return clip_chance(total);
}

/* Probability of leaving a corridor of width 1 at the near end; the drift points away from it. */
INLINE double exit_chance_unlimited(double near, double far, double away)
{
    double pull = 2.0 * fmax(fabs(away), LEAST_VARIANCE);
    return exp(-2.0 * fmax(away, 0.0) * near) * expm1(-pull * far) / expm1(-pull);
}

/* Probability of leaving a corridor of width 1 at the near end after variance `age`. */
INLINE double still_to_come(double near, double away, double age)
{
    double total = 0.0;
    for (int wave = 1; wave <= SERIES_TERMS; wave++) {
        double number = wave * CIRCLE_HALF, decay = away * away + number * number;
        total += 2.0 * number * sin(number * near) / decay * exp(-away * near - decay * age / 2.0);
    }
    return total;
}

INLINE void by_eigenfunctions(double below, double above, double travel, double variance, double out[EC_OUTPUTS])
{
    double width = below + above, steepness = smaller(larger(travel * width / variance, -STEEPEST), STEEPEST);
    double from_lower = below / width, from_upper = above / width, age = variance / (width * width);
    double after_lower = still_to_come(from_lower, steepness, age);
    double after_upper = still_to_come(from_upper, -steepness, age);
    out[EC_LOWER] = clip_chance(exit_chance_unlimited(from_lower, from_upper, steepness) - after_lower);
    out[EC_UPPER] = clip_chance(exit_chance_unlimited(from_upper, from_lower, -steepness) - after_upper);
    out[EC_NEITHER] = after_lower + after_upper;
}

INLINE void exit_chances_of(double below, double above, double travel, double variance, double out[EC_OUTPUTS])
{
    double beyond = 1.0 + fabs(travel) + BEYOND * sqrt(variance);
    below = below > beyond ? beyond : below;
    above = above > beyond ? beyond : above;
    int certain = variance < LEAST_VARIANCE, lower_now = below <= 0.0 || (certain && -travel >= below);
    int upper_now = !lower_now && (above <= 0.0 || (certain && travel >= above));
    out[EC_LOWER] = lower_now;
    out[EC_UPPER] = upper_now;
    out[EC_NEITHER] = 1.0 - lower_now - upper_now;
    if (below != below) {
        out[EC_LOWER] = out[EC_UPPER] = out[EC_NEITHER] = NAN;
    } else if (!(above == above && fabs(travel) <= STEEPEST && variance >= 0.0 && variance <= STEEPEST)) {
        out[EC_LOWER] = LEFT_TO_NUMPY;
    } else if (lower_now || upper_now || certain) {
        return;
    } else if (variance > SWITCH * (below + above) * (below + above)) {
        by_eigenfunctions(below, above, travel, variance, out);
    } else {
        out[EC_LOWER] = images(below, above, -travel, variance);
        out[EC_UPPER] = images(above, below, travel, variance);
        out[EC_NEITHER] = larger(1.0 - out[EC_LOWER] - out[EC_UPPER], 0.0);
    }
}

FOR_EACH_PROCESSOR
static void exit_chances_all(ptrdiff_t count, const struct column *in, double *out)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        double terms[EC_INPUTS], found[EC_OUTPUTS];
        for (int k = 0; k < EC_INPUTS; k++) terms[k] = in[k].values[in[k].constant ? 0 : i];
        exit_chances_of(terms[EC_BELOW], terms[EC_ABOVE], terms[EC_TRAVEL], terms[EC_VARIANCE], found);
        for (int k = 0; k < EC_OUTPUTS; k++) out[k * count + i] = found[k];
    }
}

/* Probabilities as rows of `out`, shape (3, count); LEFT_TO_NUMPY in the first for numbers that no market has. */
EXPORT void exit_chances(int64_t count, const struct column *in, double *out)
{
    exit_chances_all((ptrdiff_t)count, in, out);
}

/* One corridor; `in` need not be aligned. */
EXPORT void exit_chances_single(const void *in, double *out)
{
    double corridor[EC_INPUTS];
    struct column columns[EC_INPUTS];
    single_columns(in, corridor, columns, EC_INPUTS);
    exit_chances_all(1, columns, out);
}

#endif
