"""A preset before it is opened: name, description, verdict and price, or what is wrong with it."""

from __future__ import annotations

from riskcalc.domain import TradePlan
from riskcalc.formatting.fact import Line, Tone, wrapped
from riskcalc.formatting.panel import price_lines


def preview_lines(
    name: str, *, description: str, found: TradePlan | str, badge: str, width: int
) -> list[Line]:
    """A preset in short.

    Parameters
    ----------
    name : str
        Its name or path.
    description : str
        Its own words; may be empty.
    found : TradePlan or str
        Its plan, or the problem that keeps it from being planned.
    badge : str
        The verdict on the plan in words.
    width : int
        No line is wider [cells], >= 38.

    Returns
    -------
    list of Line
    """
    head = [
        *(((line[0][0], Tone.TITLE),) for line in wrapped(name, width=width, indent=0)),
        *wrapped(description, width=width, indent=0),
        (),
    ]
    if isinstance(found, str):
        problems = [line for text in found.splitlines() for line in wrapped(text, width=width, indent=0)]
        return [*head, (("cannot be opened", Tone.BAD),), *problems]
    tone = Tone.GOOD if badge.startswith("OK") else Tone.BAD
    trade = wrapped(found.report.trade.description, width=width, indent=0)
    return [*head, *trade, ((badge.strip(), tone),), (), *price_lines(found, width=width)]
