"""The top of the page Today: the verdict in large words, then market, heat and account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from riskcalc.tui.panels import styled_text

if TYPE_CHECKING:
    from riskcalc.editor.pages.today import Today

KINDS = ("good", "warn", "bad")
"""Looks of the verdict."""


class Banner(Vertical):
    """Verdict and facts of a day, set in the width that there is."""

    def __init__(self) -> None:
        super().__init__(id="banner")
        self._verdict = Static(id="verdict", markup=False)
        self._facts = Static(id="facts", markup=False)
        self._today: Today | None = None
        self._remedy = ""
        self._width = 0
        """Cells that the facts are set in; 0 while they are not set."""

    def compose(self) -> ComposeResult:
        """The verdict above the facts."""
        yield self._verdict
        yield self._facts

    def show(self, today: Today, remedy: str) -> None:
        """Show a day; the remedy is said where the market is not today's."""
        self._today, self._remedy = today, remedy
        verdict = today.verdict
        because = f"   {verdict.because}" if verdict.because else ""
        for kind in KINDS:
            self._verdict.set_class(kind == verdict.style, f"-{kind}")
        self._verdict.update(Content.assemble((verdict.words.upper(), "bold"), because))
        self._draw()

    def on_resize(self) -> None:
        """Set the facts in the new width."""
        if self._room() != self._width:
            self._draw()

    def _room(self) -> int:
        """Cells of the facts: as wide as the banner, since empty ones have no size of their own yet."""
        return max(self.content_size.width - self._facts.gutter.width, 0)

    def _draw(self) -> None:
        width = self._room()
        if self._today is None or not width:
            return
        self._width = width
        from riskcalc.formatting.today import fact_lines, with_remedy  # noqa: PLC0415 - loaded with the engine

        facts = with_remedy(self._today.facts, self._remedy)
        self._facts.update(styled_text(fact_lines(facts, width=width)))
