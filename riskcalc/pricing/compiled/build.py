"""Compile the core beside its sources: ``python -m riskcalc.pricing.compiled.build``.

Needs the standard library only: the build hook imports it before anything is installed.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from riskcalc.pricing.compiled.loader import library_path

SOURCE = Path(__file__).with_name("core.c")
# No -ffast-math: it reorders sums on which the prices depend. The -fno- flags change no result.
FLAGS = (
    *("-O3", "-std=c99", "-fopenmp-simd", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math"),
    *("-fvisibility=hidden", "-fPIC", "-shared"),
)
PLAIN_FLAGS = ("-O2", "-std=c99", "-DRISKCALC_PLAIN", "-fPIC", "-shared")
"""For a compiler that does not know the others."""
LOADS = "import ctypes, sys; ctypes.CDLL(sys.argv[1]).abi_version()"
"""A program that ends well if it can call the library."""
TIME_LIMIT = 300
"""[seconds] that the compiler gets."""


class BuildError(Exception):
    """The core cannot be compiled here; the text says why."""


def build(target: Path) -> Path:
    """Compile the core and load it once in another process, so that a broken one replaces nothing.

    Parameters
    ----------
    target : Path
        The library to write.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    BuildError
        There is no compiler (``cc``, or what ``CC`` names), it fails, or its library does not load.
    """
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="building-") as folder:
            made = Path(folder) / target.name
            try:
                _compile(made, FLAGS)
            except BuildError:
                _compile(made, PLAIN_FLAGS)
            return made.replace(target)
    except (OSError, ValueError) as error:  # a folder that cannot be written, quotes in CC
        raise BuildError(str(error)) from error


def rebuild() -> Path:
    """Compile the core beside its sources; where that fails, an older one is removed, as it may not fit.

    Returns
    -------
    Path
        The library.

    Raises
    ------
    BuildError
        As `build`.
    """
    library = Path(library_path())
    try:
        return build(library)
    except BuildError:
        library.unlink(missing_ok=True)
        raise


def compiler() -> list[str]:
    """Return the command of the C compiler: ``CC`` of the environment, or ``cc``."""
    return shlex.split(os.environ.get("CC", "")) or ["cc"]


def _compile(made: Path, flags: tuple[str, ...]) -> None:
    """Compile a library and load it in another process."""
    _run([*compiler(), *flags, str(SOURCE), "-o", str(made), "-lm"])
    _run([sys.executable, "-c", LOADS, str(made)])


def _run(command: list[str]) -> None:
    """Run a command; raises BuildError with the last line it writes."""
    try:
        done = subprocess.run(  # noqa: S603 - the compiler that the user names
            command, capture_output=True, text=True, errors="replace", timeout=TIME_LIMIT, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BuildError(f"{command[0]} cannot be run: {error}") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise BuildError(f"{command[0]} failed ({done.returncode}): {lines[-1]}")


def main() -> int:
    """Build in place; says what was built, or why nothing was."""
    try:
        print(f"built {rebuild()}")  # noqa: T201 - a script
    except BuildError as error:
        print(f"the compiled core was not built: {error}", file=sys.stderr)  # noqa: T201 - a script
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
