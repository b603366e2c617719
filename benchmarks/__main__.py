"""Run every ``bench_*.py`` of this folder and print what it measured as a Markdown table."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks.table import markdown

FOLDER = Path(__file__).parent
OPTIONS = (
    "-q",
    "-p",
    "no:cacheprovider",
    "--benchmark-only",
    "--benchmark-disable-gc",
    "--benchmark-columns=min,stddev,rounds",
)
# The repository's own options skip benchmarks and turn the peers' warnings into errors.
OVERRIDES = {
    "addopts": "",
    "filterwarnings": "",
    "python_files": "bench_*.py",
    "python_functions": "bench_*",
}


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        # The user's own files would be taken into what is measured.
        os.environ["RISKCALC_HOME"] = folder
        results = Path(folder) / "results.json"
        overrides = [f"--override-ini={name}={value}" for name, value in OVERRIDES.items()]
        status = pytest.main([str(FOLDER), *OPTIONS, *overrides, f"--benchmark-json={results}", *arguments])
        if status == pytest.ExitCode.OK:
            print(markdown(json.loads(results.read_text(encoding="utf-8"))))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
