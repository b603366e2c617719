"""Time one implementation of one task and note what the table needs beside the time."""

from __future__ import annotations

OURS = "riskcalc"
NUMPY_CORE = "riskcalc, RISKCALC_CORE=numpy"


def measure(benchmark, function, *, task, implementation, options, rounds=5, iterations=1):
    """Time ``function``, which handles ``options`` options per call, and return its result."""
    benchmark.group = task
    benchmark.extra_info |= {"task": task, "implementation": implementation, "options": options}
    return benchmark.pedantic(function, rounds=rounds, iterations=iterations, warmup_rounds=1)


def note_error(benchmark, error, *, remark=""):
    """Add the largest error against the exact answer, and what to know about it."""
    benchmark.extra_info |= {"error": float(error), "remark": remark}
