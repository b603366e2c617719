"""Elements of HTML and SVG as text, everything in them escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from riskcalc.errors import printable

Attribute = str | float | None
"""Text, a number written to a hundredth, or None for an attribute that is left out."""

EMPTY = frozenset({"br", "line", "meta", "path", "polygon", "polyline", "rect"})
"""Elements without content."""


def element(tag: str, *content: str, **attributes: Attribute) -> str:
    """Return an element.

    Parameters
    ----------
    tag : str
        Its name.
    content : str
        Markup inside, as it stands; see `words` for text.
    attributes : str, float or None
        ``stroke_width=2`` is written ``stroke-width="2"``, and ``class_`` is ``class``.

    Examples
    --------
    >>> element("text", words("P&L < 0"), x=1.23456, class_="tick", dx=None)
    '<text x="1.23" class="tick">P&amp;L &lt; 0</text>'
    """
    attribute_text = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in EMPTY:
        return f"<{tag}{attribute_text}/>"
    return f"<{tag}{attribute_text}>{''.join(content)}</{tag}>"


def words(text: str) -> str:
    """Return text as markup: special and unprintable characters escaped."""
    return escape(printable(text), quote=False)


def lines(parts: Iterable[str]) -> str:
    """Return parts of markup, each on its own line."""
    return "\n".join(part for part in parts if part)


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return escape(printable(value))
    rounded = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded
