"""Files that stay outside the repository; tests that read them skip when they are absent."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


def reference_file(relative):
    """Path of a reference file, from RISKCALC_REFERENCE or the folder shared beside the repository."""
    default = REPOSITORY.parent / "shared" / "reference"
    path = Path(os.environ.get("RISKCALC_REFERENCE", default)) / relative
    if not path.is_file():
        pytest.skip(f"market file {relative} may not be shipped, and RISKCALC_REFERENCE has none")
    return path
