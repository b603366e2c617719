"""Results of a benchmark run as Markdown."""

from __future__ import annotations

import math
import os
import platform
from importlib import metadata

from benchmarks.measure import OURS

PACKAGES = ("numpy", "scipy", "numba", "vollib", "fast-vollib", "QuantLib", "mpmath", "pytest-benchmark")
HEADER = """\
| task | implementation | time per option | time / ours | largest error |
| --- | --- | ---: | ---: | --- |"""


def markdown(results):
    """One row per task and implementation, then the machine and the versions."""
    measured = [
        entry["extra_info"] | {"seconds": seconds_per_option(entry)} for entry in results["benchmarks"]
    ]
    ours = {row["task"]: row["seconds"] for row in measured if row["implementation"] == OURS}
    lines = [table_row(row, ours.get(row["task"], math.nan)) for row in measured]
    return "\n".join([HEADER, *lines, "", machine(results["machine_info"]), "", versions()])


def seconds_per_option(entry):
    return entry["stats"]["min"] / entry["extra_info"]["options"]


def table_row(row, ours):
    error = f"{row['error']:.0e} {row['remark']}".strip() if "error" in row else "-"
    ratio = row["seconds"] / ours
    cells = (row["task"], row["implementation"], duration(row["seconds"]), f"{ratio:,.1f}", error)
    return f"| {' | '.join(cells)} |"


def duration(seconds):
    scale, unit = next(
        (s, u) for s, u in ((1e9, "ns"), (1e6, "µs"), (1e3, "ms")) if seconds * s < 1000 or u == "ms"
    )
    return f"{seconds * scale:.3g} {unit}"


def machine(info):
    cpu = f"{info['cpu']['brand_raw']}, {os.cpu_count()} cores"
    return f"Best of several rounds on {cpu}; numba {numba_threads()}."


def numba_threads():
    try:
        import numba  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        return "is not installed"
    return f"uses {numba.get_num_threads()} threads, everything else one"


def versions():
    return (
        ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)])
        + "."
    )


def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
