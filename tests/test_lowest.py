"""The constraints of `make test-lowest` are the bounds of pyproject.toml."""

import pytest

from tests.lowest import lowest_versions


def test_every_dependency_is_pinned_to_its_bound(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[project]\ndependencies = ["numpy>=2.0", "textual>=8.2,<9"]\n'
        '[project.optional-dependencies]\ndev = ["dask[distributed]>=2024.8"]\n'
    )
    assert lowest_versions(path) == {"numpy": "2.0", "textual": "8.2", "dask": "2024.8"}


def test_a_dependency_without_a_bound_is_named(tmp_path):
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\ndependencies = ["numpy"]\n[project.optional-dependencies]\n')
    with pytest.raises(ValueError, match="'numpy' names no lowest version"):
        lowest_versions(path)


def test_every_dependency_of_the_project_has_a_bound():
    assert {"numpy", "scipy", "pandas", "textual", "pytest"} <= set(lowest_versions())
