"""Dialogs to type prices of today, and the value of a signal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Static

from riskcalc.errors import RiskcalcError
from riskcalc.tui.dialogs.dialog import ERROR, MUTED, Dialog, write_line

if TYPE_CHECKING:
    from riskcalc.editor import TradeEditor

Entry = tuple[str, str, str]
"""Label of a field, what it holds at first, and an example of what can be typed."""


class EntryScreen(Dialog[str | None]):
    """Fields that are written with Enter; closes with what was written, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]
    TITLE_WORDS: ClassVar[str]
    HINT: ClassVar[str]

    def __init__(self, editor: TradeEditor, text: str = "") -> None:
        super().__init__()
        self._editor = editor
        self._first = text

    @property
    def day(self) -> dt.date:
        """Day of what is typed."""
        from riskcalc.environment import today  # noqa: PLC0415 - read when it is asked for

        return self._editor.state.draft.today or today()

    def entries(self) -> tuple[Entry, ...]:
        """The fields."""
        raise NotImplementedError

    def write(self, texts: list[str]) -> str:
        """Write what was typed; return what to say of it."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """A row for each field, a hint, and what is wrong."""
        with Vertical(id="dialog", classes="save entry") as dialog:
            dialog.border_title = f"{self.TITLE_WORDS} {self.day}"
            dialog.border_subtitle = "Enter writes   Esc cancels"
            yield from self._fields()
            yield Static(id="where", markup=False)
            yield Static(id="problem", markup=False)

    def _fields(self) -> Iterator[Horizontal]:
        for label, value, example in self.entries():
            field = Input(value, placeholder=example, compact=True, select_on_focus=False)
            field.cursor_blink = False
            yield Horizontal(Label(label), field, classes="entry")

    def on_mount(self) -> None:
        """Say what the fields take."""
        write_line(self, "#where", self.HINT, style=MUTED)

    def on_input_changed(self) -> None:
        """Clear the problem of what was typed before."""
        write_line(self, "#problem", "", style=ERROR)

    def on_input_submitted(self) -> None:
        """Write all fields; stay open on failure."""
        try:
            problem = self.write([field.value for field in self.query(Input)])
        except RiskcalcError as error:
            write_line(self, "#problem", _without_file(str(error)), style=ERROR)
        else:
            self.dismiss(problem)


class QuoteEntry(EntryScreen):
    """Asks for prices, volatilities and the rate of today."""

    TITLE_WORDS = "Prices of"
    HINT = "prices and IVs by symbol, several with spaces between; what stays empty stays as it is"

    def entries(self) -> tuple[Entry, ...]:
        """Prices, volatilities and the rate."""
        symbol = self._editor.state.draft.trade.symbol
        return (
            ("prices", self._first or f"{symbol}=", "IWM=297.40 SPY=752"),
            ("IV", "", "IWM=19%"),
            ("rate", "", "3.9%"),
        )

    def write(self, texts: list[str]) -> str:
        """Write them to the market of today."""
        from riskcalc.editor.pages.entries import write_typed_quotes  # noqa: PLC0415 - loaded with the engine

        prices, vols, rate = texts
        return write_typed_quotes(prices, vols, rate, day=self.day)


class SignalEntry(EntryScreen):
    """Asks for the value of a signal."""

    TITLE_WORDS = "Signal of"
    HINT = "name and value with the unit of the rule: iwm_flow=-250M"

    def entries(self) -> tuple[Entry, ...]:
        """One signal with its value."""
        return (("signal", self._first, "iwm_flow=-250M"),)

    def write(self, texts: list[str]) -> str:
        """File it with the signals."""
        from riskcalc.editor.pages.entries import file_typed_signal  # noqa: PLC0415 - loaded with the engine

        return file_typed_signal(texts[0], day=self.day)


def _without_file(problem: str) -> str:
    """A problem without the file it would have been written to: the user typed it here."""
    from riskcalc.presets.market_file import market_path  # noqa: PLC0415 - loaded with the engine

    return problem.replace(f"{market_path()}: ", "")
