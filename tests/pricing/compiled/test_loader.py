"""A core that is missing, broken, of other sources or unwanted leaves numpy; if demanded, it is an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from riskcalc.errors import InvalidInputError
from riskcalc.pricing import black_scholes
from riskcalc.pricing.compiled import build, core, loader

OPTION = {"sign": 1, "spot": 220.0, "strike": 235.0, "time_to_expiry": 0.2, "vol": 0.2}
COMPILER = shutil.which(build.compiler()[0])
QUICK_FLAGS = ("-O0", "-std=c99", "-fvisibility=hidden", "-fPIC", "-shared")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty place where the core is looked for; what is in use is forgotten before and after."""
    library = tmp_path / loader.LIBRARY
    monkeypatch.setattr(loader, "library_path", lambda: str(library))
    monkeypatch.setattr(build, "library_path", lambda: str(library))
    monkeypatch.setattr(loader, "_in_use", None)
    monkeypatch.delenv(loader.VARIABLE, raising=False)
    return library


def compiled(source, place):
    """A library of one's own source."""
    (place.parent / "other.c").write_text(source)
    command = [COMPILER, "-shared", "-fPIC", str(place.parent / "other.c"), "-o", str(place)]
    subprocess.run(command, check=True)


def assert_numpy_computes(because):
    assert loader.choice().name == "numpy"
    assert because in loader.choice().why
    assert black_scholes(**OPTION).value == pytest.approx(2.9, abs=0.5)
    with pytest.raises(InvalidInputError, match="RISKCALC_CORE=c needs the compiled core: libcore"):
        loader.choose("c")


@pytest.mark.usefixtures("place")
def test_without_a_library():
    assert_numpy_computes("was not built")


def test_a_file_that_is_no_library(place):
    place.write_bytes(b"not a library")
    assert_numpy_computes("cannot be loaded")


@needs_compiler
@pytest.mark.parametrize(
    ("source", "found"),
    [("long long abi_version(void) { return 999; }", "interface 999, not"), ("int other;", "interface None")],
)
def test_a_library_of_other_sources(place, source, found):
    compiled(source, place)
    assert_numpy_computes(found)


@pytest.mark.slow
@needs_compiler
def test_what_was_built_is_used_and_can_be_declined(place, monkeypatch):
    monkeypatch.setattr(build, "FLAGS", QUICK_FLAGS)
    build.rebuild()
    assert loader.choice().name == "c"
    value = black_scholes(**OPTION).value
    monkeypatch.setattr(loader, "_in_use", None)
    monkeypatch.setenv(loader.VARIABLE, "numpy")
    assert loader.core() is None
    assert black_scholes(**OPTION).value == pytest.approx(value, rel=1e-14)
    assert place.exists()


@pytest.mark.parametrize("wanted", ["C", "fast", "0"])
def test_an_unknown_core_is_refused(wanted, monkeypatch):
    monkeypatch.setattr(loader, "_in_use", None)
    monkeypatch.setenv(loader.VARIABLE, wanted)
    with pytest.raises(InvalidInputError, match=f"RISKCALC_CORE must be c or numpy, got '{wanted}'"):
        black_scholes(**OPTION)


def test_using_a_core_ends_with_its_block():
    before = loader.choice()
    with loader.using("numpy") as inside:
        assert loader.choice() is inside
    assert loader.choice() is before
    with pytest.raises(InvalidInputError), loader.using("numpy"):
        black_scholes(**OPTION | {"spot": "220"})
    assert loader.choice() is before


@pytest.mark.parametrize("compiler", ["no-such-compiler", "false", f"{sys.executable} -c pass", "'unclosed"])
def test_a_compiler_that_fails_leaves_no_older_library(place, monkeypatch, compiler, capsys):
    place.write_bytes(b"of older sources")
    monkeypatch.setenv("CC", compiler)
    assert build.main() == 1
    assert capsys.readouterr().err.startswith("the compiled core was not built: ")
    assert not list(place.parent.iterdir())


def test_a_wrong_choice_is_one_line_on_the_command_line():
    command = [sys.executable, "-m", "riskcalc", "price", "call", "--spot", "295", "--strike", "300"]
    terms = ["--days", "60", "--vol", "20%"]
    environment = {**os.environ, "RISKCALC_CORE": "fast"}
    done = subprocess.run([*command, *terms], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "riskcalc: RISKCALC_CORE must be c or numpy, got 'fast'\n"


def test_the_sources_ask_for_the_interface_that_is_called():
    text = Path(build.SOURCE).read_text(encoding="utf-8")
    assert f"abi_version(void) {{ return {core.ABI}; }}" in text
