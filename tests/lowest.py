"""Constraints that pin every dependency of pyproject.toml to its lowest allowed version, for pip."""

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
_BOUNDED = re.compile(r"(?P<name>[\w.-]+)(?:\[[\w,-]+\])?>=(?P<lowest>[\w.]+)")


def lowest_versions(pyproject=PYPROJECT):
    """Lowest allowed version of every dependency by its name, extras included; ValueError without one."""
    project = tomllib.loads(pyproject.read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    return dict(_bound(requirement) for requirement in wanted)


def _bound(requirement):
    bounded = _BOUNDED.match(requirement)
    if bounded is None:
        raise ValueError(f"pyproject.toml: {requirement!r} names no lowest version (name>=version)")
    return bounded["name"], bounded["lowest"]


if __name__ == "__main__":
    for name, version in lowest_versions().items():
        print(f"{name}=={version}")  # noqa: T201  the output is a constraints file
