"""Work off the key path: the newest request is answered, older ones that still wait are dropped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.worker import get_current_worker

if TYPE_CHECKING:
    from textual.widget import Widget

T = TypeVar("T")


class Background:
    """One thread at a time for a widget; a thread cannot be stopped, so what waits is replaced."""

    def __init__(self, owner: Widget) -> None:
        self._owner = owner
        self._busy = False
        self._next: tuple[Callable[[], Any], Callable[[Any], None]] | None = None

    def ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run `work` in a thread and hand its answer to `then` on the screen, unless asked anew before."""
        if self._busy:
            self._next = (work, then)
            return
        self._busy = True
        self._owner.run_worker(partial(self._run, work, then), thread=True)

    def _run(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        worker = get_current_worker()
        answer = work()
        if not worker.is_cancelled:
            self._owner.app.call_from_thread(self._arrived, then, answer)

    def _arrived(self, then: Callable[[Any], None], answer: object) -> None:
        self._busy = False
        newer, self._next = self._next, None
        if newer is not None:
            self.ask(*newer)
        elif self._owner.is_attached:
            then(answer)
