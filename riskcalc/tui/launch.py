"""What the screen opens with, as the command line asked for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskcalc.presets import DEFAULT_PRESET

if TYPE_CHECKING:
    from riskcalc.editor import TradeEditor

Tell = Callable[[str, float], object]
"""Told what is being done and how far it is, as a fraction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchOptions:
    """A preset, quotes and settings; nothing of them means the last session."""

    preset: str = ""
    chain: Path | None = None
    at: str = "mid"
    sticky: str = "strike"
    settings: dict[str, Any] = field(default_factory=dict)
    chain_spot: float | None = None
    chain_date: dt.date | None = None

    @property
    def asks(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.preset or self.chain or self.settings)

    def editor(self, tell: Tell) -> tuple[TradeEditor, str]:
        """Open the editor, with a note to show; imports the engine, so call it in a thread.

        Raises
        ------
        RiskcalcError
            The preset or the quotes cannot be read.
        """
        if not self.asks:
            from riskcalc.editor import session_file  # noqa: PLC0415 - not needed for the first frame

            return session_file.restore()
        from riskcalc.editor import TradeEditor, open_draft  # noqa: PLC0415 - as above
        from riskcalc.presets import load_preset  # noqa: PLC0415 - as above

        name = self.preset or DEFAULT_PRESET
        preset = load_preset(name, self.settings)
        if self.chain is None:
            # What was set differs from the file: only the trade as the file has it counts as saved.
            opened = open_draft(load_preset(name)) if self.settings else None
            return TradeEditor(open_draft(preset), opened=opened), ""
        tell(f"reading {self.chain.name}", 0.2)
        from riskcalc.chains import read_chain  # noqa: PLC0415 - most sessions read no chain

        symbol = preset.template.instrument.symbol
        quotes = read_chain(self.chain, symbol=symbol, spot=self.chain_spot, date=self.chain_date)
        tell(f"planning on {self.chain.name}", 0.7)
        draft = open_draft(preset, chain=quotes, at=self.at, sticky=self.sticky)
        note = f"opened on {self.chain.name} at {self.at}"
        return TradeEditor(draft, chain_path=self.chain), "; ".join([note, *quotes.warnings])
