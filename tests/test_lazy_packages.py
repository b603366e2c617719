"""Public names load on first use, and stand before modules of the same name."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import riskcalc
from riskcalc.lazy_packages import LazyPackage, public_names
from tests.rows import sample

ROOT = Path(riskcalc.__file__).parent
STUBS = sorted(ROOT.rglob("__init__.pyi"))
PACKAGES = [".".join(("riskcalc", *stub.parent.relative_to(ROOT).parts)) for stub in STUBS]


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@pytest.mark.parametrize("stub", STUBS, ids=PACKAGES)
def test_stubs_are_read_as_python_reads_them(stub):
    imports = [node for node in ast.parse(stub.read_text()).body if isinstance(node, ast.ImportFrom)]
    assert public_names(str(stub)) == {
        name.name: "." * node.level + (node.module or "") for node in imports for name in node.names
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_of_a_package_loads(package):
    module = import_module(package)
    assert isinstance(module, LazyPackage)
    assert module.__all__ == sorted(module.__all__)
    assert set(module.__all__) <= set(dir(module))
    assert all(getattr(module, name) is getattr(module, name) for name in module.__all__)
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'no_such_name'"):
        module.no_such_name  # noqa: B018 - the access is the test


@pytest.mark.parametrize(
    "code",
    sample(
        [
            "from riskcalc.planning import plan; import riskcalc.planning.plan",
            "import riskcalc.planning.plan; from riskcalc.planning import plan",
            "import riskcalc.planning; riskcalc.planning.compare; plan = riskcalc.planning.plan",
            "from riskcalc.planning import *",
        ],
        1,
    ),
)
def test_a_function_stands_before_the_module_of_its_name(code):
    assert run(f"{code}\nprint(type(plan).__name__)") == "function"


def test_a_module_may_be_a_public_name():
    assert run("from riskcalc.analysis import payoff; print(payoff.__name__)") == "riskcalc.analysis.payoff"


def test_a_package_imports_none_of_its_names():
    code = "import riskcalc.domain, sys; print(*(name for name in sys.modules if 'riskcalc.' in name))"
    assert run(code) == "riskcalc.lazy_packages riskcalc.domain"
