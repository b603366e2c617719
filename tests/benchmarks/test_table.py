"""The printed table says what was measured."""

from __future__ import annotations

from benchmarks.table import markdown


def entry(implementation, seconds, options):
    info = {
        "task": "pricing",
        "implementation": implementation,
        "options": options,
        "error": 4e-16,
        "remark": "(rho)",
    }
    return {"stats": {"min": seconds}, "extra_info": info}


def test_time_per_option_and_ratio_to_ours():
    results = {
        "benchmarks": [entry("peer", 0.02, 2_000), entry("riskcalc", 0.05, 1_000_000)],
        "machine_info": {"cpu": {"brand_raw": "a processor"}},
    }
    text = markdown(results)
    assert "| pricing | peer | 10 µs | 200.0 | 4e-16 (rho) |" in text
    assert "| pricing | riskcalc | 50 ns | 1.0 | 4e-16 (rho) |" in text
    assert "a processor" in text
    assert "numpy 2." in text
