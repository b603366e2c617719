"""What one command costs from a cold start: ``python -m benchmarks.cold_start``.

Process time, user and system, of whole runs in turns, beside bare Python and ``import numpy``.
The ratios carry over to other machines, the milliseconds do not. The medians are printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

BARE, NUMPY = "bare Python", "import numpy"
RISKCALC = [sys.executable, "-m", "riskcalc"]
TASKS = {
    BARE: [sys.executable, "-c", "pass"],
    NUMPY: [sys.executable, "-c", "import numpy"],
    "import riskcalc": [sys.executable, "-c", "import riskcalc"],
    "riskcalc --help": [*RISKCALC, "--help"],
    "riskcalc size": [*RISKCALC, "size", "--equity", "50000", "--entry", "60", "--stop", "54"],
    "riskcalc price": [
        *[*RISKCALC, "price", "call", "--spot", "295", "--strike", "300"],
        *["--days", "60", "--vol", "20%"],
    ],
    "riskcalc plan": [*RISKCALC, "plan"],
    "riskcalc chain --sample": [*RISKCALC, "chain", "--sample"],
}
BARS = {
    "riskcalc --help": (4.0, BARE),
    "riskcalc size": (4.0, BARE),
    "riskcalc price": (2.5, NUMPY),
    "riskcalc plan": (3.5, NUMPY),
}
"""Most that a command may cost, as a multiple of a task beside it."""


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11, help="runs of each task")
    options = parser.parse_args(arguments)
    print("\n".join(table(measure(options.rounds))))


def measure(rounds):
    """Return the median process time of each task [s]; a first round, which fills the caches, is left out."""
    times = {task: [] for task in TASKS}
    with tempfile.TemporaryDirectory() as folder:
        # No files of the user are read; modules are compiled once, as where riskcalc is installed.
        isolated = {"HOME": folder, "RISKCALC_HOME": folder, "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        environment = {**os.environ, **isolated}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(rounds + 1):
            for task, command in TASKS.items():
                times[task].append(process_time(command, environment=environment))
    return {task: statistics.median(seconds[1:]) for task, seconds in times.items()}


def process_time(command, *, environment):
    """Return user and system time of one run [s]."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as started:  # noqa: S603 - our own command
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {started.returncode}")
    return used.ru_utime + used.ru_stime


def table(times):
    """Return a Markdown table of process times and their ratios."""
    return [
        "| run | process time | beside bare Python | beside `import numpy` | at most |",
        "| --- | ---: | ---: | ---: | --- |",
        *(
            f"| {task} | {1000 * seconds:.0f} ms | {seconds / times[BARE]:.1f} "
            f"| {seconds / times[NUMPY]:.1f} | {bar(task, times)} |"
            for task, seconds in times.items()
        ),
    ]


def bar(task, times):
    """Return what a task may cost, and whether it costs more."""
    if task not in BARS:
        return ""
    most, reference = BARS[task]
    return f"{most} x {reference}{'' if times[task] <= most * times[reference] else ': exceeded'}"


if __name__ == "__main__":
    main(sys.argv[1:])
