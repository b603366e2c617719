"""Textual's option lists with page keys that do nothing where the terminal shows no row.

Textual's own look a row up that has not been laid out, and end the program: in the lists of a page, in the
dialog of presets, and in the command palette.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import OptionList

__all__ = ["OptionList"]


def _where_shown(action: Callable[[OptionList], None]) -> Callable[[OptionList], None]:
    def act(options: OptionList) -> None:
        if options.scrollable_content_region:
            action(options)

    return act


# Of the class itself, since the palette makes its own list.
OptionList.action_page_up = _where_shown(OptionList.action_page_up)  # type: ignore[method-assign]
OptionList.action_page_down = _where_shown(OptionList.action_page_down)  # type: ignore[method-assign]
