"""The keys: one table that dispatches them and feeds the help, the key line and the command palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from riskcalc.tui import edit_actions as edit
from riskcalc.tui import file_actions as file
from riskcalc.tui import view_actions as view

if TYPE_CHECKING:
    from riskcalc.tui.main_screen import MainScreen

BIG_STEP = 10
"""Steps of a page key."""

SHOWN = {
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "colon": ":",
    "plus": "+",
    "minus": "-",
    "escape": "Esc",
}
"""How a key is written where its Textual name is not what is printed on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One command and the keys that call it."""

    keys: tuple[str, ...]
    """Textual's names."""
    run: Callable[[MainScreen], object]
    section: str
    words: str
    """What it does, in the help and in the command palette."""
    brief: str = ""
    """Its entry in the key line; empty leaves it out there."""

    @property
    def shown(self) -> str:
        """The keys as they are printed on a keyboard."""
        return " ".join(shown(key) for key in self.keys)


def shown(key: str) -> str:
    """A key's name as people write it: ``PgUp``, ``shift+Up``, ``J``."""
    if key in SHOWN:
        return SHOWN[key]
    *modifiers, name = key.split("+")
    return "+".join([*modifiers, name if len(name) == 1 else name.capitalize()])


def _key(keys: str, section: str, words: str, run: Callable[[MainScreen], object], brief: str = "") -> Key:
    return Key(keys=tuple(keys.split()), run=run, section=section, words=words, brief=brief)


KEYS = (
    _key("up l right", "Tune", "one step up", partial(edit.step, count=1), "up/dn step"),
    _key("down h left", "Tune", "one step down", partial(edit.step, count=-1)),
    _key("pageup shift+up L", "Tune", "ten steps up", partial(edit.step, count=BIG_STEP), "PgUp/Dn x10"),
    _key("pagedown shift+down H", "Tune", "ten steps down", partial(edit.step, count=-BIG_STEP)),
    _key("j", "Tune", "next field", partial(edit.move, count=1), "j/k field"),
    _key("k", "Tune", "field before", partial(edit.move, count=-1)),
    _key("n tab", "Tune", "next main field, past the details behind it", partial(edit.move_main, count=1)),
    _key("N shift+tab", "Tune", "main field before", partial(edit.move_main, count=-1)),
    _key("home", "Tune", "first field", edit.first),
    _key("end", "Tune", "last field", edit.last),
    _key("enter", "Tune", "commit what was typed; without that, edit the value", edit.commit),
    _key(
        "backspace", "Tune", "take back a character; without any, type a value from nothing", edit.backspace
    ),
    _key("escape", "Tune", "revert what was typed, cancel work, close; never quits", edit.revert),
    _key("r", "Tune", "field back to its value at opening", edit.reset),
    _key("u", "Tune", "undo", edit.undo, "u undo"),
    _key("U", "Tune", "redo", edit.redo),
    _key("J", "Legs", "all strikes one step down, widths locked", partial(edit.shift_strikes, count=-1)),
    _key("K", "Legs", "all strikes one step up, widths locked", partial(edit.shift_strikes, count=1)),
    _key("a", "Legs", "add a leg; among the exits, a target", edit.add),
    _key("d", "Legs", "delete the leg or target of this field", edit.delete),
    _key("c", "Compare", "pin A and go on with B; again: let A go", edit.pin, "c compare"),
    _key("x", "Compare", "swap A and B", edit.swap),
    _key("p", "Views", "payoff", partial(view.look_at, name="payoff")),
    _key("m", "Views", "heatmap", partial(view.look_at, name="heatmap")),
    _key("g", "Views", "Greeks over the price", partial(view.look_at, name="greeks")),
    _key("e", "Views", "exits and scenarios", partial(view.look_at, name="exits")),
    _key("v", "Views", "vehicles at equal risk", partial(view.look_at, name="vehicles"), "v vehicles"),
    _key("z", "Views", "maximise the view; again: back", view.maximise),
    _key("left_square_bracket", "Views", "crosshair to lower prices", partial(view.crosshair, count=-1)),
    _key("right_square_bracket", "Views", "crosshair to higher prices", partial(view.crosshair, count=1)),
    _key("plus equals_sign", "Views", "zoom in", partial(view.zoom, count=1)),
    _key("minus", "Views", "zoom out", partial(view.zoom, count=-1)),
    _key("0", "Views", "zoom back, crosshair away", view.zoom_reset),
    _key("b", "Views", "colours: green-red or blue-orange", view.palette),
    _key("t", "Views", "theme: dark, light and others", view.theme),
    _key("s", "Files", "save", file.save, "s save"),
    _key("S", "Files", "save under another name", file.save_as),
    _key("o", "Files", "open a preset, with a preview", file.open_preset, "o open"),
    _key("f", "Files", "plan on a file of real quotes", file.load_quotes),
    _key("y", "Files", "copy the command line that reproduces this trade", file.copy_command),
    _key("question_mark", "Help", "this help", file.show_help, "? help"),
    _key("colon ctrl+p", "Help", "command palette", file.commands, ": cmd"),
    _key("q", "Help", "quit; the session is kept", file.leave, "q quit"),
)
"""Every command, in the order of the help."""

BY_KEY = {name: key for key in KEYS for name in key.keys}
"""The command of a key."""

STEPPING = frozenset(name for name, key in BY_KEY.items() if getattr(key.run, "func", None) is edit.step)
"""The keys whose hits are added up; any other acts on the trade after them."""


def key_line(width: int) -> str:
    """The commonest keys in one line of at most ``width`` characters; whole words or nothing."""
    line = ""
    for brief in (key.brief for key in KEYS if key.brief):
        longer = f"{line}  {brief}" if line else brief
        if len(longer) > width:
            break
        line = longer
    return line
