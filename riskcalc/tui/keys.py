"""The key table, used by bindings, help, key line and command palette."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from textual.binding import Binding, BindingType

from riskcalc.records import dataclass

SHOWN = {
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "escape": "Esc",
}
"""Displayed names of keys that differ from Textual's names."""

KEEPS_TYPING = frozenset({"commit", "backspace", "revert", "quit"})
"""Commands that keep a typed text; any other applies it first."""

LAST = frozenset({"page-today", "help", "quit"})
"""Commands that the key line names before any other."""
WHERE_ROOM = frozenset({"load-quotes", "write-report", "add-to-book"})
"""Commands that the key line names after all others."""
LEAST_WIDTH = 58
"""From this width on: that of the smallest screen without its edges [cells]."""

STEPS = frozenset({"step-up", "step-down", "step-up-10", "step-down-10"})
"""Commands whose key presses are added up before others run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One command: the keys that call it and the action that runs it."""

    name: str
    """Its name in a keymap; the id of its Textual binding."""
    keys: tuple[str, ...]
    """Textual's names."""
    action: str
    """Textual's action of the main screen, like ``step(1)``."""
    section: str
    words: str
    """Description in the help and the command palette."""
    brief: str = ""
    """Text in the key line; empty omits it."""
    brief_keys: str = ""
    """Keys in the key line, for a pair of commands; empty uses the first key."""
    pair: str = ""
    """Name of the opposite command, which shares the entry in the key line."""

    @property
    def shown(self) -> str:
        """The keys as printed on a keyboard."""
        return " ".join(shown(key) for key in self.keys)

    @property
    def binding(self) -> Binding:
        """Textual's binding."""
        return Binding(",".join(self.keys), self.action, self.words, id=self.name)


def shown(key: str) -> str:
    """Return a key's name as people write it: ``PgUp``, ``shift+Up``, ``J``."""
    if key in SHOWN:
        return SHOWN[key]
    *modifiers, name = key.split("+")
    return "+".join([*modifiers, name if len(name) == 1 else name.capitalize()])


def _section(section: str, *rows: tuple[str, ...]) -> tuple[Key, ...]:
    """Commands of a section from rows of name, keys, action, words and the entry in the key line."""
    return tuple(
        Key(
            name=name,
            keys=tuple(keys.split()),
            action=action,
            section=section,
            words=words,
            **dict(zip(("brief", "brief_keys", "pair"), entry, strict=False)),
        )
        for name, keys, action, words, *entry in rows
    )


_LINE = ("pages", "F1-F5", "page-journal")
"""Entry of all pages in the key line; the last page is the pair."""

_SWITCHES = _section(
    "Pages",
    ("page-today", "f1 D", "show_page('today')", "Today: the market, signals, events, what is due", *_LINE),
    ("page-trade", "f2 T", "show_page('trade')", "Trade: the trade being planned"),
    ("page-chain", "f3 C", "show_page('chain')", "Chain: expiries, strikes, scan of the quotes"),
    ("page-book", "f4 B", "show_page('book')", "Book: open trades, their risk, what is due"),
    ("page-journal", "f5 W", "show_page('journal')", "Journal: closed trades, was I right"),
)
"""Commands that open a page, in the order of the tabs."""

KEYS = (
    *_section(
        "Edit",
        ("step-up", "up l right", "step(1)", "one step up", "step", "up/dn", "step-down"),
        ("step-down", "down h left", "step(-1)", "one step down"),
        ("step-up-10", "pageup shift+up L", "step(10)", "ten steps up", "x10", "PgUp/Dn", "step-down-10"),
        ("step-down-10", "pagedown shift+down H", "step(-10)", "ten steps down"),
        ("next-field", "j", "move_field(1)", "next field", "field", "j/k", "previous-field"),
        ("previous-field", "k", "move_field(-1)", "previous field"),
        ("next-main-field", "n tab", "move_main_field(1)", "next main field, skipping details"),
        ("previous-main-field", "N shift+tab", "move_main_field(-1)", "previous main field"),
        ("first-field", "home", "first_field", "first field"),
        ("last-field", "end", "last_field", "last field"),
        ("commit", "enter", "commit", "commit the typed value; with nothing typed, edit the value"),
        (
            "backspace",
            "backspace",
            "backspace",
            "delete a character; with nothing typed, type from an empty field",
        ),
        ("revert", "escape", "revert", "revert the typed value, cancel, close; never quits"),
        ("reset-field", "r", "reset_field", "reset the field to its opening value"),
        ("undo", "u", "undo", "undo", "undo"),
        ("redo", "U", "redo", "redo"),
    ),
    *_section(
        "Legs",
        ("strikes-down", "J", "shift_strikes(-1)", "all strikes one step down, widths locked"),
        ("strikes-up", "K", "shift_strikes(1)", "all strikes one step up, widths locked"),
        ("add", "a", "add", "add a leg; among the exits, a target"),
        ("delete", "d", "delete", "delete the leg or target of this field"),
    ),
    *_section(
        "Compare",
        ("pin", "c", "pin", "pin the trade as A and continue with B; again: unpin", "compare"),
        ("swap", "x", "swap", "swap A and B"),
    ),
    *_section(
        "Views",
        ("view-payoff", "p", "show_view('payoff')", "payoff"),
        ("view-heatmap", "m", "show_view('heatmap')", "heatmap"),
        ("view-greeks", "g", "show_view('greeks')", "Greeks by price"),
        ("view-exits", "e", "show_view('exits')", "exits and scenarios"),
        ("view-vehicles", "v", "show_view('vehicles')", "vehicles at equal risk", "vehicles"),
        ("view-events", "E", "show_view('events')", "events before the exits, gamma clusters"),
        ("maximize-view", "z", "maximize_view", "maximize the view; again: back"),
        ("crosshair-down", "left_square_bracket", "move_crosshair(-1)", "crosshair to lower prices"),
        ("crosshair-up", "right_square_bracket", "move_crosshair(1)", "crosshair to higher prices"),
        ("zoom-in", "plus equals_sign", "zoom(1)", "zoom in"),
        ("zoom-out", "minus", "zoom(-1)", "zoom out"),
        ("reset-zoom", "0", "reset_zoom", "reset the zoom, hide the crosshair"),
        ("next-colors", "b", "next_colors", "colors: green-red or blue-orange"),
        ("next-theme", "t", "next_theme", "theme: dark, light and others"),
    ),
    *_SWITCHES,
    *_section(
        "Files",
        ("save", "s", "save", "save", "save"),
        ("save-as", "S", "save_as", "save under another name"),
        ("open-preset", "o", "open_preset", "open a preset, with a preview", "open"),
        ("load-quotes", "f", "load_quotes", "load a file of real quotes", "file"),
        ("write-report", "R", "write_report", "write a report: HTML, Markdown, SVG, PNG or PDF", "report"),
        ("add-to-book", "A", "add_to_book", "add the trade to the book", "to book"),
        ("copy-command", "y", "copy_command", "copy the command line that reproduces this trade"),
    ),
    *_section(
        "Help",
        ("help", "question_mark", "show_help", "this help", "help"),
        ("command-palette", "colon ctrl+p", "command_palette", "command palette", "cmd"),
        ("quit", "q", "quit", "quit; the session is saved", "quit"),
    ),
)
"""Every command of the trade's page, in the order of the help."""

_ON_EVERY_PAGE = (
    *_section("Page", ("reload", "r", "reload", "read your files again", "reload")),
    *(key for key in KEYS if key.name in {"next-theme", "help", "command-palette", "quit"}),
)
"""Commands of every page beside the trade."""

_CHAIN = _section(
    "Chain",
    (
        "use-row",
        "enter",
        "use_row",
        "put strike and price on the leg; scan: open the row as the trade",
        "use",
    ),
    ("filter", "slash", "filter", "filter: calls, delta 20-40, oi>500, 290-310", "filter"),
    ("scan", "s", "scan", "scan all vertical spreads; again: back to the strikes", "scan"),
    ("next-leg", "n tab", "move_leg(1)", "the next leg takes the strike", "leg"),
    ("previous-leg", "N shift+tab", "move_leg(-1)", "the previous leg takes the strike"),
    (
        "next-expiry",
        "right_square_bracket l right",
        "move_across(1)",
        "next expiry; scan: sort by the next column",
    ),
    (
        "previous-expiry",
        "left_square_bracket h left",
        "move_across(-1)",
        "previous expiry; scan: sort by the previous column",
        *("expiry", "[/]", "next-expiry"),
    ),
    ("row-down", "down j", "move_row(1)", "next row"),
    ("row-up", "up k", "move_row(-1)", "previous row"),
    ("row-down-10", "pagedown shift+down J", "move_row(10)", "ten rows down"),
    ("row-up-10", "pageup shift+up K", "move_row(-10)", "ten rows up"),
    ("first-row", "home", "first_row", "first row"),
    ("last-row", "end", "last_row", "last row"),
    ("row-at-spot", "a", "row_at_spot", "the strikes at the spot"),
    ("swap-side", "p", "swap_side", "calls or puts", "puts"),
    ("rescan", "S", "rescan", "scan again under the trade's terms as they are now"),
    ("reverse-sort", "i", "reverse_sort", "scan: sort from the other end"),
    ("pin-row", "c", "pin_row", "scan: pin the row as A, to compare the trade with"),
)
"""Commands of the page Chain."""

_SHARED = {key.name: key for key in KEYS}
"""Commands of the trade's page that other pages have as well."""

_VIEWS = ("v tab", "next_view", "next view, where there is room for one", "view")

PAGE_KEYS: Mapping[str, tuple[Key, ...]] = {
    "today": (
        *_section(
            "Today",
            ("enter-quotes", "e", "enter_quotes", "type prices of today", "quotes"),
            ("enter-signal", "v", "enter_signal", "type the value of a signal", "signal"),
            ("choose", "enter", "choose", "open what the row stands for", "open"),
        ),
        _SHARED["load-quotes"],
    ),
    "chain": (*_CHAIN, *(_SHARED[name] for name in ("revert", "undo", "redo", "load-quotes"))),
    "book": _section(
        "Book",
        ("book-view", *_VIEWS),
        ("add-trade", "a", "add_trade", "add the trade of the page Trade, as filled", "add"),
        ("close-trade", "x", "close_trade", "close the selected trade, or some of its units", "close"),
        ("mark-prices", "m", "mark_prices", "mark prices", "mark"),
        ("note-trade", "n", "note_trade", "add a note to the selected trade", "note"),
        ("import-file", "i", "import_file", "import a broker's file, with a preview", "import"),
        ("hedge-book", "h", "hedge_book", "size a hedge of the book", "hedge"),
        ("show-trade", "enter", "show_trade", "show fills, plan and notes of the selected trade", "show"),
        ("open-trade", "o", "open_trade", "open its plan at entry as the trade of the page Trade", "open"),
        ("book-down", "j", "move_row(1)", "next trade"),
        ("book-up", "k", "move_row(-1)", "previous trade"),
    ),
    "journal": _section(
        "Journal",
        ("journal-view", *_VIEWS),
        ("filter-journal", "slash", "filter_journal", "filter by preset, tag and first day", "filter"),
        ("show-closed", "enter", "show_trade", "show fills, plan and notes of the selected trade", "show"),
        ("note-closed", "n", "note_trade", "add a note to the selected trade", "note"),
        ("journal-down", "j", "move_row(1)", "next trade"),
        ("journal-up", "k", "move_row(-1)", "previous trade"),
    ),
}
"""Commands of each page beside the trade, without those of every page."""

COMMANDS = tuple(
    dict.fromkeys((*KEYS, *_ON_EVERY_PAGE[:1], *(key for keys in PAGE_KEYS.values() for key in keys)))
)
"""Every command that a keymap can name."""


def page_table(page: str, keymap: Mapping[str, str]) -> tuple[Key, ...]:
    """Return the keys of a page beside the trade under a keymap; there the digits open pages too.

    A key that the keymap gives to a command of the trade's page is not left to the page's own.
    """
    table = remapped(keymap, (*_SWITCHES, *PAGE_KEYS[page], *_ON_EVERY_PAGE))
    taken = {key for row in table if row.name in keymap and row.name in _SHARED for key in row.keys}
    table = tuple(
        row
        if row.name in keymap or row.name in _SHARED or taken.isdisjoint(row.keys)
        else replace(row, keys=tuple(key for key in row.keys if key not in taken))
        for row in table
    )
    digits = {key.name: _digit(key) for key in _SWITCHES}
    return tuple(
        replace(key, keys=(*key.keys, digits[key.name])) if key.name in digits else key for key in table
    )


def _digit(switch: Key) -> str:
    """The digit of a page is that of its function key."""
    return switch.keys[0].removeprefix("f")


def page_bindings(page: str) -> list[BindingType]:
    """Return Textual's bindings of a page beside the trade."""
    digits = [Binding(_digit(key), key.action, key.words) for key in _SWITCHES]
    return [*(key.binding for key in (*_SWITCHES, *PAGE_KEYS[page], *_ON_EVERY_PAGE)), *digits]


def remapped(keymap: Mapping[str, str], table: tuple[Key, ...] = KEYS) -> tuple[Key, ...]:
    """Return a table with the keys of a Textual keymap: key names with commas, by the command's name."""
    if not keymap:
        return table
    return tuple(_remapped(key, keymap, table) for key in table)


def _remapped(key: Key, keymap: Mapping[str, str], table: tuple[Key, ...]) -> Key:
    keys = tuple(keymap[key.name].split(",")) if key.name in keymap else key.keys
    if not key.brief_keys or not keymap.keys() & {key.name, key.pair}:
        return replace(key, keys=keys)
    (opposite,) = (_remapped(other, keymap, table).keys for other in table if other.name == key.pair)
    return replace(key, keys=keys, brief_keys=f"{shown(keys[0])}/{shown(opposite[0])}")


def with_briefs(table: Iterable[Key], briefs: Mapping[str, str]) -> tuple[Key, ...]:
    """Return a table with other texts in the key line for some commands; an empty one omits the command."""
    return tuple(replace(key, brief=briefs.get(key.name, key.brief)) for key in table)


def keys_of(name: str, table: Iterable[Key] = KEYS) -> str:
    """Return the keys of a command as they are printed on a keyboard."""
    return next(key.shown for key in table if key.name == name)


def key_line(width: int, table: Iterable[Key] = KEYS) -> str:
    """Return the commonest keys in one line of at most ``width`` characters; whole words or nothing.

    Pages, help and quit stay where others have no room, but for widths below that of the smallest screen; a
    short entry may take the room that a longer one before it leaves.
    """
    briefs = [(key.name, f"{key.brief_keys or shown(key.keys[0])} {key.brief}") for key in table if key.brief]
    kept_names = {name for name, _ in briefs if name in LAST and width >= LEAST_WIDTH}
    room = width - sum(len(brief) + 2 for name, brief in briefs if name in kept_names)
    for name, brief in sorted(briefs, key=lambda brief: brief[0] in WHERE_ROOM):
        if name in kept_names:
            continue
        if len(brief) <= room:
            room -= len(brief) + 2
            kept_names.add(name)
    line = "  ".join(brief for name, brief in briefs if name in kept_names)
    return line if len(line) <= width else ""
