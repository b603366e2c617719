"""The C limit: plain loops in C with every optimization, from ``limit.c``, beside the compiled core."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest

C_LIMIT = "plain C loop, -Ofast, no checks"
SOURCE = Path(__file__).with_name("limit.c")


@cache
def library():
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    target = Path(tempfile.mkdtemp()) / "limit.so"
    options = ("-Ofast", "-march=native", "-mprefer-vector-width=512", "-fopenmp-simd", "-shared", "-fPIC")
    subprocess.run([compiler, *options, str(SOURCE), "-o", str(target), "-lm"], check=True)  # noqa: S603 - our own source
    return ctypes.CDLL(str(target))


def c_limit(name, columns, *, outputs):
    """Return a call of a loop of ``limit.c``, and the array that it fills again and again."""
    function = getattr(library(), name)
    pointers = [ctypes.c_void_p(np.ascontiguousarray(column).ctypes.data) for column in columns]
    results = np.empty((outputs, len(columns[0])))

    def run():
        function(ctypes.c_ssize_t(results.shape[1]), *pointers, ctypes.c_void_p(results.ctypes.data))
        return results

    run.keeps = columns  # the arrays behind the pointers
    return run
