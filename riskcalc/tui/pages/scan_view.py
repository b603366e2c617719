"""The scan of the page Chain: run in a thread with progress, shown as a sorted and filtered table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.widget import Widget
from textual.worker import Worker, get_current_worker

from riskcalc.errors import RiskcalcError
from riskcalc.tui.pages.chain_view import ChainView
from riskcalc.tui.pages.row_list import RowList

if TYPE_CHECKING:
    from riskcalc.chains import Chain
    from riskcalc.domain.trading_day import TradingDay
    from riskcalc.editor.pages.filters import Vocabulary
    from riskcalc.editor.pages.scan import Scan
    from riskcalc.editor.pages.scan_lines import ScanLines
    from riskcalc.scanning.history import ScanTerms
    from riskcalc.tui.trade_screen import TradeScreen


IN_SCAN = {
    "use-row": "open",
    "scan": "strikes",
    "previous-expiry": "sort",
    "reverse-sort": "reverse",
    "pin-row": "pin as A",
    "rescan": "rescan",
    **dict.fromkeys(("next-leg", "swap-side", "reload", "load-quotes"), ""),
}
"""The key line while the table is shown."""
WITHOUT_QUOTES = dict.fromkeys(("use-row", "filter", "scan", "next-leg", "previous-expiry", "swap-side"), "")
"""The key line without a chain."""


class ScanStopped(Exception):  # noqa: N818 - nothing went wrong
    """The scan was canceled."""


class ScanView(ChainView):
    """The chain with a scan of its verticals, in place of the strikes while it is shown."""

    def __init__(self, trade: TradeScreen) -> None:
        super().__init__(trade)
        self.table_rows = RowList(id="scan")
        self.scanned: Scan | None = None
        """The last scan of this chain."""
        self._scanning: Worker[None] | None = None

    def compose_page(self) -> Iterator[Widget]:
        """The table between strikes and filter."""
        *before, filter_input = super().compose_page()
        yield from before
        yield self.table_rows
        yield filter_input

    @property
    def in_scan(self) -> bool:
        """Whether the table of the scan is shown."""
        return self.has_class("-scan")

    def briefs(self) -> Mapping[str, str]:
        """Keys of the table, of the strikes, or of what loads quotes."""
        if self.in_scan or self.has_class("-empty"):
            return IN_SCAN if self.in_scan else WITHOUT_QUOTES
        return {"swap-side": "calls"} if self.state.get("side") == "put" else {}

    @property
    def rows(self) -> RowList:
        """The list that the keys move in."""
        return self.table_rows if self.in_scan else self.strikes

    @property
    def filter_name(self) -> str:
        """Name of the filter in the session: strikes and scan have one each."""
        return "scan_filter" if self.in_scan else "filter"

    @property
    def vocabulary(self) -> Vocabulary:
        """What the filter of the list may say."""
        from riskcalc.editor.pages import scan_lines  # noqa: PLC0415 - after the first frame

        return scan_lines.VOCABULARY if self.in_scan else super().vocabulary

    @property
    def lines(self) -> ScanLines | None:
        """The lines of the table."""
        return cast("ScanLines | None", self.table_rows.rows)

    def reload(self) -> None:
        """Drop a scan of other quotes."""
        if self.scanned is not None and self.scanned.source is not self.chain:
            self.scanned = None
        if self.scanned is None:
            self.remove_class("-scan")
        super().reload()
        self.show_keys()

    def show_chain(self) -> None:
        """Show the table, or expiries and strikes."""
        if self.in_scan:
            self.show_scan()
        else:
            super().show_chain()

    def show_scan(self) -> None:
        """Show the scan in its order, the cursor on the row it was on."""
        from riskcalc.editor.pages.scan_lines import ScanLines  # noqa: PLC0415 - after the first frame

        if self.scanned is None:
            return
        before = self.lines
        same = before is not None and before.scanned is self.scanned
        row = before.row(self.table_rows.cursor) if before is not None and same else None
        sort, _, order = self.state.get("sort", "").partition(" ")
        lines = ScanLines.of(self.scanned, sort=sort, reverse=order == "reverse", wanted=self._filter())
        if lines != before:
            self.table_rows.show(lines, cursor=lines.line_of(row))
        self.about_row.show(*lines.about(self._terms_text()))

    def scan(self, *, again: bool = False) -> None:
        """Show the scan under the trade's terms, scanning where there is none under them."""
        from riskcalc.editor.pages.scan import scan_terms  # noqa: PLC0415 - after the first frame

        chain = self.chain
        if chain is None or self._scanning is not None:
            return
        try:
            terms = scan_terms(self.editor.state.draft, chain)
        except RiskcalcError as error:
            self.problem(str(error))
            return
        if self.scanned is not None and self.scanned.terms == terms and not again:
            self._open_table()
            return
        self.message.show_progress("scanning", done=0.0)
        work = partial(self._scan, chain, terms, self.editor.day)
        self._scanning = self.run_worker(work, thread=True, group="scan")

    def cancel_scan(self) -> bool:
        """Stop scanning; return whether there was a scan to stop."""
        if self._scanning is None:
            return False
        self._scanning.cancel()
        self._scanning = None
        self.note("stopped scanning")
        return True

    def close_table(self) -> None:
        """Go back to the strikes."""
        self.remove_class("-scan")
        self.show_chain()
        self.show_keys()
        self.about = self._usage()
        self.message.show(self.about)

    def sort_by(self, key: str) -> None:
        """Sort by a column; by the same one again from its other end."""
        sort, _, order = self.state.get("sort", self._default_sort).partition(" ")
        reverse = key == sort and order != "reverse"
        self.keep(sort=f"{key} reverse" if reverse else key)
        self.show_scan()

    def _scan(self, chain: Chain, terms: ScanTerms, day: TradingDay) -> None:
        """Scan in a thread; one that was canceled ends with the expiry it is at and says nothing."""
        from riskcalc.editor.pages.scan import run_scan  # noqa: PLC0415 - after the first frame

        worker = get_current_worker()

        def advance(done: int, total: int) -> None:
            if worker.is_cancelled:
                raise ScanStopped
            progress = f"scanning expiry {min(done + 1, total)} of {total}"
            self.app.call_from_thread(self._progress, progress, done / max(total, 1))

        try:
            result: Scan | str = run_scan(chain, terms, day, before=self.scanned, progress=advance)
        except RiskcalcError as error:
            result = str(error)
        except ScanStopped:
            return
        if not worker.is_cancelled:
            self.app.call_from_thread(self._scanned, result)

    def _progress(self, words: str, done: float) -> None:
        if self._scanning is not None:
            self.message.show_progress(words, done=done)

    def _scanned(self, result: Scan | str) -> None:
        self._scanning = None
        if isinstance(result, str):
            self.problem(result)
        elif result.source is self.chain:
            self.scanned = result
            self._open_table()

    def _open_table(self) -> None:
        self.add_class("-scan")
        self.show_scan()
        self.show_keys()
        self.about = self._usage()
        self.message.show(self.about)

    @property
    def _default_sort(self) -> str:
        from riskcalc.scanning.scan import DEFAULT_RANK  # noqa: PLC0415 - after the first frame

        return DEFAULT_RANK

    def _terms_text(self) -> str:
        """That the trade's terms are others than the scan's, where they are."""
        from riskcalc.editor.pages.scan import scan_terms  # noqa: PLC0415 - after the first frame

        chain = self.chain
        if chain is None or self.scanned is None:
            return ""
        changed = scan_terms(self.editor.state.draft, chain) != self.scanned.terms
        return f"the trade's terms have changed: {self.key('rescan')} scans again" if changed else ""

    def _usage(self) -> str:
        if not self.in_scan:
            return super()._usage()
        return (
            f"{self.key('use-row')} opens the spread as the trade, {self.key('pin-row')} pins it as A; "
            "$ per spread, rank: expected R under the view. "
            f"{self.key('filter')} filters: puts credit dte 45-60 risk<500 pop>60"
        )
