/* Arguments of kernels: columns of doubles, each contiguous or one number for all elements. */
#ifndef RISKCALC_COLUMNS_H
#define RISKCALC_COLUMNS_H

#include <float.h>
#include <math.h>

#include "elementary.h"

/* Elements computed together: their inputs and outputs stay in the first-level cache. A multiple of LANES. */
enum { BLOCK = 256, LANES = 8, MOST_COLUMNS = 8 };

struct column {
    const double *values;
    int64_t constant; /* 1: values[0] stands for every element */
};

/* Inputs and outputs of up to BLOCK elements, as contiguous arrays. */
struct block {
    const double *in[MOST_COLUMNS];
    double *out[MOST_COLUMNS];
    ptrdiff_t size; /* elements to compute: `count` rounded up to whole vectors, so that all run the same code */
    ptrdiff_t count;
    double inputs[MOST_COLUMNS][BLOCK], outputs[MOST_COLUMNS][BLOCK];
};

/* Columns of one element each. */
INLINE void single_columns(const void *in, double *numbers, struct column *columns, int inputs)
{
    memcpy(numbers, in, (size_t)inputs * sizeof *numbers);
    for (int k = 0; k < inputs; k++) columns[k] = (struct column){&numbers[k], 1};
}

INLINE void repeat(double *out, double value, ptrdiff_t from, ptrdiff_t to)
{
    for (ptrdiff_t i = from; i < to; i++) out[i] = value;
}

/* Point a block at elements from `start` on; the last one is filled up with copies of its last element. */
INLINE void begin_block(struct block *block, const struct column *in, int inputs, double *out, int outputs,
                        ptrdiff_t start, ptrdiff_t count)
{
    block->count = count - start < BLOCK ? count - start : BLOCK;
    block->size = (block->count + LANES - 1) / LANES * LANES;
    int partial = block->size != block->count;
    for (int k = 0; k < inputs; k++) {
        double *copy = block->inputs[k];
        const double *values = in[k].values;
        block->in[k] = in[k].constant || partial ? copy : values + start;
        if (in[k].constant) {
            if (start == 0) repeat(copy, values[0], 0, block->size);
        } else if (partial) {
            memcpy(copy, values + start, (size_t)block->count * sizeof *copy);
            repeat(copy, copy[block->count - 1], block->count, block->size);
        }
    }
    for (int k = 0; k < outputs; k++) block->out[k] = partial ? block->outputs[k] : out + k * count + start;
}

/* Copy what a block that was filled up has computed. */
INLINE void end_block(const struct block *block, double *out, int outputs, ptrdiff_t start, ptrdiff_t count)
{
    if (block->size == block->count) return;
    for (int k = 0; k < outputs; k++)
        memcpy(out + k * count + start, block->out[k], (size_t)block->count * sizeof *out);
}

#endif
