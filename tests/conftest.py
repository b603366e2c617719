"""Two hypothesis profiles: the same examples every run and no clock, so a red run is a real one.

`repeatable` is the default run's; `thorough` (`make test-slow`, CI) tries several times as many.
"""

import gc
import os
import tempfile
import warnings
from pathlib import Path

# One thread for linear algebra, set before numpy loads: the workers fill the cores already.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Folders of its own and a fixed day: no test sees the user's files, or the clock. What is kept beside the
# presets moves with a test's own RISKCALC_PRESETS.
_HOME = os.path.join(tempfile.gettempdir(), f"riskcalc-tests-{os.getpid()}")  # noqa: PTH118
os.environ.pop("RISKCALC_HOME", None)
os.environ["RISKCALC_PRESETS"] = os.path.join(_HOME, "presets")  # noqa: PTH118
os.environ["RISKCALC_SESSION"] = os.path.join(_HOME, "session.json")  # noqa: PTH118
os.environ["RISKCALC_TODAY"] = "2026-07-20"

import pytest  # noqa: E402 - the threads first
from _pytest.doctest import DoctestModule  # noqa: E402 - the threads first
from _pytest.runner import runtestprotocol  # noqa: E402 - the threads first
from hypothesis import settings  # noqa: E402 - the threads first

TESTS = Path(__file__).parent
EXAMPLE = b">>> "

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=12)
settings.register_profile("thorough", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("repeatable")

# Nothing that is made while tests are collected goes away: to look for it takes a sixth of the time.
gc.disable()


class Examples:
    """Looks for doctests where there are examples: in some modules of riskcalc, and in no test."""

    @staticmethod
    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(file_path):
        found = yield
        if TESTS not in file_path.parents and EXAMPLE in file_path.read_bytes():
            return found
        return [collector for collector in found if not isinstance(collector, DoctestModule)]


def pytest_configure(config):
    """Choose the modules by a plugin: a hook of this folder is asked about its own files alone."""
    config.pluginmanager.register(Examples())


def pytest_runtest_protocol(item, nextitem):
    """Report of a test on a worker what is not as usual: two of three reports say that nothing happened.

    With `--durations` all are sent: set-up and end of a test have times too.
    """
    if not hasattr(item.config, "workerinput") or item.config.option.durations is not None:
        return None
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_collection_finish():
    """Keep what is loaded by now, some thousand tests among it, out of every later garbage collection."""
    from tests import worked_once  # noqa: PLC0415 - of no use where tests are handed out, not run

    worked_once.remember()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="module")
def cluster():
    """A Dask cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed", reason="riskcalc[cluster] is not installed")
    with warnings.catch_warnings():
        # Distributed says on which port its dashboard is when the usual one is taken.
        warnings.filterwarnings("ignore", message="Port .* is already in use", category=UserWarning)
        running = distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        )
    with running:
        yield running
