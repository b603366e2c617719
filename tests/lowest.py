"""The lowest versions that pyproject.toml allows, as constraints of pip: ``python tests/lowest.py``."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
USED = ("parquet", "cluster", "live", "plot", "report", "web")
"""Extras that run; those of tests and documentation are tools, which may be the newest."""


def lowest(project):
    """Pins of what the project depends on, one to a line."""
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for name in USED for one in extras[name])]
    pairs = (re.match(r"([\w-]+)(?:\[.*\])?>=([\d.]+)", one).groups() for one in wanted)
    return [f"{name}=={version}" for name, version in pairs]


if __name__ == "__main__":
    pins = lowest(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"])
    sys.stdout.write("".join(f"{pin}\n" for pin in pins))
