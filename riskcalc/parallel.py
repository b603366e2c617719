"""One function over many items: on the cores of this machine, or on a cluster, with progress."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, TypeVar

from riskcalc.errors import InvalidInputError, RiskcalcError

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Called with the items done and the total."""

FEW = 4
"""Items below which starting processes takes longer than they save."""

CHUNKS = 8
"""Of each core: few enough that sending them is cheap, many enough that progress is seen."""


def with_progress(results: Iterable[Result], total: int, progress: Progress | None) -> Iterator[Result]:
    """Yield results, reporting progress after each."""
    report = progress or (lambda *_: None)
    report(0, total)
    for done, result in enumerate(results, start=1):
        report(done, total)
        yield result


def distribute(
    function: Callable[..., Result],
    items: Sequence[Item],
    *,
    scheduler: str | None,
    what: str,
    error: type[RiskcalcError],
    progress: Progress | None = None,
    **shared: Any,  # noqa: ANN401 - arguments of the function
) -> list[Result]:
    """Return the result of each item: on the cluster of a scheduler, or on all cores without one.

    Parameters are those of `on_cluster`.
    """
    if scheduler is None:
        return on_cores(function, items, progress=progress, **shared)
    return on_cluster(
        function, items, scheduler=scheduler, what=what, error=error, progress=progress, **shared
    )


def on_cores(
    function: Callable[..., Result],
    items: Sequence[Item],
    *,
    progress: Progress | None = None,
    **shared: Any,  # noqa: ANN401 - arguments of the function
) -> list[Result]:
    """Return the result of each item, computed on all cores.

    Parameters
    ----------
    function : callable
        Defined in a module, since other processes import it.
    items : sequence
        Each is its first argument.
    progress : callable, optional
        Called with the items done and the total.
    **shared
        Its other arguments, the same for all.
    """
    work = partial(function, **shared)
    workers = min(_cores(), len(items))
    if len(items) < FEW or workers < 2:
        return list(with_progress(map(work, items), len(items), progress))
    # A forked process would inherit the locks of a thread that draws the progress.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        size = max(len(items) // (CHUNKS * workers), 1)
        return list(with_progress(pool.map(work, items, chunksize=size), len(items), progress))
    finally:
        pool.shutdown(cancel_futures=True)


def on_cluster(
    function: Callable[..., Result],
    items: Sequence[Item],
    *,
    scheduler: str,
    what: str,
    error: type[RiskcalcError],
    progress: Progress | None = None,
    **shared: Any,  # noqa: ANN401 - arguments of the function
) -> list[Result]:
    """Return the result of each item, computed on a Dask cluster, which reassigns work of a lost worker.

    Parameters
    ----------
    function : callable
        Defined in a module of riskcalc, which the workers have.
    items : sequence
        Each is its first argument.
    scheduler : str
        Address of the scheduler: ``tcp://host:8786``.
    what : str
        What an item is, in words.
    error : type
        Raised where an item kills the workers that try.
    progress : callable, optional
        Called with the items done and the total.
    **shared
        Its other arguments, the same for all.

    Raises
    ------
    InvalidInputError
        Dask is not installed, or no scheduler answers at the address.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra
    except ImportError:
        raise InvalidInputError('a scheduler needs Dask: pip install "riskcalc[cluster]"') from None
    try:
        # A client that is made with an address it cannot read warns when it is forgotten.
        distributed.comm.get_address_host_port(scheduler)
        client = distributed.Client(scheduler, set_as_default=False, timeout="5s")
    except (OSError, ValueError) as problem:
        raise InvalidInputError(f"no Dask scheduler answers at {scheduler}: {problem}") from problem
    with client:
        futures = client.map(function, items, pure=False, **shared)
        for _ in with_progress(distributed.as_completed(futures, loop=client.loop), len(futures), progress):
            pass
        try:
            return list(client.gather(futures))
        except distributed.KilledWorker as problem:
            raise error(f"the cluster lost one worker after another over one {what}: {problem}") from problem


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
