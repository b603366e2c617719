"""Fields of the view: expected drift and realized vol, which change probabilities but not prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.field import Field, NumberField
from riskcalc.editor.editing.number_entry import Bounds, EvenGrid, up_to_vol

NEUTRAL = "neutral"


def view_fields() -> tuple[Field, ...]:
    """Return the fields of the view."""
    return (DRIFT, VOL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewField(NumberField):
    """Number that defaults to the market's value, shown as ``neutral``; empty text sets it so."""

    market: Callable[[Draft], float]
    """The market's value, from which the first step starts."""

    def text(self, draft: Draft) -> str:
        """Return the number, or that there is none."""
        return NEUTRAL if self.read(draft) is None else NumberField.text(self, draft)

    def step(self, draft: Draft, count: int) -> Draft:
        """Step on the grid, starting from the market's value."""
        start = draft if self.read(draft) is not None else self.write(draft, self.market(draft))
        stepped = NumberField.step(self, start, count)
        return draft if stepped is start else stepped

    def enter(self, draft: Draft, text: str) -> Draft:
        """Set a typed number; nothing, or the word, leaves it to the market."""
        if NEUTRAL.startswith(text.strip().lower()):
            return self.copied(draft, draft.with_view(drift=None, vol=None))
        return NumberField.enter(self, draft, text)

    def position(self, draft: Draft) -> float:
        """Position of the number, or of the market's, on the slider."""
        start = draft if self.read(draft) is not None else self.write(draft, self.market(draft))
        return NumberField.position(self, start)


def _carried(name: str) -> Callable[[Draft, Draft], Draft]:
    def carry(draft: Draft, source: Draft) -> Draft:
        changes: dict[str, Any] = {name: getattr(source.view, name)}
        return draft if getattr(draft.view, name) == changes[name] else draft.with_view(**changes)

    return carry


DRIFT = ViewField(
    key="view.drift",
    section="VIEW",
    label="Drift",
    unit="%",
    help="Drift you expect, -100 to 100% per year; affects probabilities only; empty: neutral",
    read=lambda draft: draft.view.drift,
    write=lambda draft, value: draft.with_view(drift=value),
    market=lambda draft: round(draft.market.rate, 4),
    grid=lambda _: EvenGrid(step=1.0),
    bounds=Bounds(low=-100, high=100),
    span=lambda _: (-30.0, 30.0),
    digits=1,
    signed=True,
    carry=_carried("drift"),
)
VOL = ViewField(
    key="view.vol",
    section="VIEW",
    label="Realized vol",
    unit="%",
    help="Realized vol you expect, 0 to 500%; affects probabilities only; empty: neutral, the IV",
    main=False,
    read=lambda draft: draft.view.vol,
    write=lambda draft, value: draft.with_view(vol=value),
    market=lambda draft: draft.quote.vol,
    grid=lambda _: EvenGrid(step=1.0),
    bounds=Bounds(low=0, high=500),
    span=up_to_vol,
    digits=1,
    carry=_carried("vol"),
)
