"""Run mutated inputs for some time and count what became of them; seed and number name an input."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskcalc.errors import RiskcalcError
from tests.fuzz.readers import READERS, Reader

SECONDS = 60.0
"""Time of a run."""
MOST_SECONDS = 10.0
"""Processor time that one input may take."""
SHOWN_LINES = 12
ROOT = Path(__file__).parents[2]


class TooLongError(Exception):
    """An input takes longer than any may."""


@dataclass
class Count:
    """What became of the inputs of one reader."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    slowest_case: str = ""
    tracebacks: dict[str, str] = field(default_factory=dict)
    """Text of each distinct one, by the last place of ours in it."""
    times: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Inputs."""
        return self.read + self.refused + sum(self.times.values())


def run(
    *,
    seed: int,
    seconds: float,
    cases: int | None = None,
    readers: Sequence[Reader] = READERS,
    only: int | None = None,
) -> dict[str, Count]:
    """Feed each reader in turn until the time is over.

    Parameters
    ----------
    seed : int
        Decides every input.
    seconds : float
        Time to run for.
    cases : int, optional
        Most inputs, for a run of always the same ones.
    readers : sequence of Reader
        Whom to feed.
    only : int, optional
        Number of the one input to run.
    """
    counts = {reader.name: Count() for reader in readers}
    end, number = time.monotonic() + seconds, only or 0
    with tempfile.TemporaryDirectory() as name, _alone(Path(name)), warnings.catch_warnings():
        warnings.simplefilter("error")
        while time.monotonic() < end and (cases is None or number < cases):
            reader = readers[number % len(readers)]
            _feed(reader, counts[reader.name], f"{seed}:{number}", Path(name))
            if only is not None:
                break
            number += 1
    return counts


def _feed(reader: Reader, count: Count, case: str, folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what writes damaged files may warn
        content = reader.make(random.Random(f"{reader.name}:{case}"))  # noqa: S311 - not for secrets
    start = time.process_time()
    try:
        with _bounded(MOST_SECONDS):
            reader.read(content, folder)
        count.read += 1
    except RiskcalcError as error:
        count.refused += 1
        _require_plain(error, count, case)
    except (OSError, ValueError) as error:
        if reader.name == "sessions" and _from_reading(error):
            count.refused += 1  # set aside by the one caller, which says so
        else:
            _note(error, count, case, content)
    except Exception as error:  # noqa: BLE001 - any other is what is looked for
        _note(error, count, case, content)
    taken = time.process_time() - start
    if taken > count.slowest:
        count.slowest, count.slowest_case = taken, case


def _from_reading(error: Exception) -> bool:
    return any(frame.name == "read_session" for frame in traceback.extract_tb(error.__traceback__))


def _require_plain(error: RiskcalcError, count: Count, case: str) -> None:
    """A message that moves the cursor of a terminal is a finding, too."""
    text = str(error)
    if not text.strip() or any(not line.isprintable() for line in text.split("\n")):
        place = f"message {text[:80]!r}"
        count.times[place] += 1
        count.tracebacks.setdefault(place, f"{case}: {text!r}")


def _note(error: Exception, count: Count, case: str, content: bytes) -> None:
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    place = f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"
    count.times[place] += 1
    if place not in count.tracebacks:
        lines = "".join(traceback.format_exception(error)).splitlines()[-SHOWN_LINES:]
        count.tracebacks[place] = "\n".join([f"{case}: {content[:300]!r}", *lines])


def _is_ours(filename: str) -> bool:
    return Path(filename).is_relative_to(ROOT) and "site-packages" not in filename


@contextlib.contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """End what takes more processor time; other programs on the machine do not count."""

    def stop(*_: object) -> None:
        raise TooLongError(f"takes more than {seconds:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep the user's own presets, scenarios and session out of it."""
    own = {"RISKCALC_PRESETS": folder / "own", "RISKCALC_SESSION": folder / "session.json"}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update({name: str(path) for name, path in own.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
