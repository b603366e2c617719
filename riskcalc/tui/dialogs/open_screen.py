"""Dialog to open a preset: a filtered list with a preview."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from riskcalc.errors import RiskcalcError
from riskcalc.records import dataclass
from riskcalc.tui.dialogs.dialog import Dialog
from riskcalc.tui.option_lists import OptionList
from riskcalc.tui.panels import Background, styled_text

if TYPE_CHECKING:
    from riskcalc.domain import TradePlan
    from riskcalc.editor import TradeEditor
    from riskcalc.formatting.metric import Line

NARROWEST_PREVIEW = 38
"""Minimum width of the preview [cells]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A preset in the list."""

    name: str
    origin: str
    """``yours`` or ``shipped``."""
    description: str
    """Description, or a note if the preset cannot be read."""


def choices() -> tuple[Choice, ...]:
    """Read every preset that has a name; slow, for a thread."""
    from riskcalc.presets import preset_names  # noqa: PLC0415 - not needed for the first frame

    return tuple(
        Choice(name=listed.name, origin=listed.origin, description=_description(listed.name))
        for listed in preset_names()
    )


def matching(choices: tuple[Choice, ...], text: str) -> tuple[Choice, ...]:
    """The presets that hold every word in name, origin or description; those with it in the name first."""
    words = text.lower().split()
    held = [choice for choice in choices if all(word in _searched(choice) for word in words)]
    return tuple(sorted(held, key=lambda choice: not all(word in choice.name.lower() for word in words)))


def is_path(text: str) -> bool:
    """Whether a text names a file rather than filters the list."""
    wanted = text.strip()
    return "/" in wanted or "\\" in wanted or wanted.endswith(".toml")


def preview(editor: TradeEditor, name: str, *, width: int) -> list[Line]:
    """Preview of a preset, or why it cannot be opened; slow, for a thread."""
    from riskcalc.formatting.panel import preview_lines  # noqa: PLC0415 - not needed for the first frame

    plan = editor.preview(name)
    if isinstance(plan, str):
        return preview_lines(name, description="", plan=plan, badge="", width=width)
    description, verdict = _description(name), _verdict(editor, name, plan)
    return preview_lines(name, description=description, plan=plan, badge=verdict, width=width)


def _verdict(editor: TradeEditor, name: str, plan: TradePlan) -> str:
    from riskcalc.editor import open_draft  # noqa: PLC0415 - as above
    from riskcalc.editor.state import badge  # noqa: PLC0415 - as above
    from riskcalc.presets import load_preset  # noqa: PLC0415 - not needed for the first frame

    preset = load_preset(name, book=editor.state.draft.preset.book)
    return badge(plan, open_draft(preset), stale=False).text


def _description(name: str) -> str:
    from riskcalc.presets import load_preset  # noqa: PLC0415 - not needed for the first frame

    try:
        return load_preset(name).description
    except RiskcalcError:
        return "cannot be read"


def _searched(choice: Choice) -> str:
    return f"{choice.name} {choice.origin} {choice.description}".lower()


MOVES = {"up": -1, "down": 1, "pageup": -5, "pagedown": 5}
"""Keys that move in the list, and how far, while the cursor stays in the filter."""


class OpenScreen(Dialog[str | None]):
    """Closes with the name or path to open, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close")]

    def __init__(self, editor: TradeEditor) -> None:
        super().__init__()
        self._editor = editor
        self._choices: tuple[Choice, ...] = ()
        self._previewed = ""
        self._clicked = ""
        self._listing = Background(self)
        self._preview = Background(self)

    def compose(self) -> ComposeResult:
        """The filter, the list, and the preview beside it."""
        with Vertical(id="dialog", classes="open") as dialog:
            dialog.border_title = "Open"
            dialog.border_subtitle = "type to filter, or a path   Enter opens   Esc closes"
            field = Input(placeholder="filter or path", compact=True)
            field.cursor_blink = False
            yield field
            with Horizontal():
                options = OptionList(compact=True)
                options.can_focus = False
                yield options
                with VerticalScroll(id="preview-scroll", can_focus=False):
                    yield Static("reading the presets…", id="preview", markup=False)

    def on_mount(self) -> None:
        """Read the presets off the key path."""
        self._listing.ask(choices, self._fill)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter the list; a path gets a preview only."""
        self._show_matching(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the path that was typed, or what is under the cursor."""
        wanted = self._wanted(event.value)
        if wanted:
            self.dismiss(wanted)

    def on_option_list_option_highlighted(self, _: OptionList.OptionHighlighted) -> None:
        """Preview the highlighted preset."""
        self._show_preview()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Preview the clicked preset; a second click opens it."""
        before, self._clicked = self._clicked, event.option_id or ""
        if self._clicked == before:
            self.dismiss(event.option_id)

    def on_key(self, event: events.Key) -> None:
        """Move in the list without leaving the filter."""
        if event.key in MOVES:
            event.stop()
            event.prevent_default()
            listed = self.query_one(OptionList)
            # The list's own paging needs lines that it has not laid out yet when keys come fast.
            if listed.highlighted is not None:
                last = listed.option_count - 1
                listed.highlighted = min(max(listed.highlighted + MOVES[event.key], 0), last)

    def _fill(self, choices: tuple[Choice, ...]) -> None:
        self._choices = choices
        for field in self.query(Input):  # none where the presets were read after the dialog closed
            self._show_matching(field.value)

    def _show_matching(self, text: str) -> None:
        choices = () if is_path(text) else matching(self._choices, text)
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options(Option(_words(choice), id=choice.name) for choice in choices)
        listed.highlighted = 0 if choices else None
        self._show_preview()

    def _wanted(self, text: str) -> str:
        """The typed path, else the highlighted name; empty for neither."""
        if is_path(text):
            return text.strip()
        listed = self.query_one(OptionList)
        option = None if listed.highlighted is None else listed.get_option_at_index(listed.highlighted)
        return option.id or "" if option else ""

    def _show_preview(self) -> None:
        name = self._wanted(self.query_one(Input).value)
        if name == self._previewed:
            return
        self._previewed = name
        if not name:
            self._draw([(("no preset matches", "quiet"),)] if self._choices else [])
            return
        width = max(NARROWEST_PREVIEW, self.query_one("#preview-scroll").content_size.width)
        self._preview.ask(lambda: preview(self._editor, name, width=width), self._draw)

    def _draw(self, lines: Iterable[Sequence[tuple[str, str]]]) -> None:
        for shown in self.query("#preview").results(Static):  # none once the dialog closes
            shown.update(styled_text(lines))


def _words(choice: Choice) -> Content:
    """Name and origin, then what it is about."""
    return Content.assemble(
        (choice.name, "bold"), (f"  {choice.origin}", "italic"), f"\n{choice.description}"
    )
