"""Lines of toned text as Textual content, in the theme's own colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

STYLES = {
    "plain": "",
    "title": "bold $text-primary",
    "quiet": "$foreground-muted",
    "good": "$text-success",
    "bad": "$text-error",
    "warn": "bold $text-warning",
}
"""Style of each tone; a `Tone` is its own key."""


def toned(lines: Iterable[Sequence[tuple[str, str]]], *, dimmed: bool = False) -> Content:
    """Lines as one content; dimmed where they are older than the inputs."""
    parts: list[str | tuple[str, str]] = []
    for line in lines:
        parts += [(text, STYLES[tone]) for text, tone in line]
        parts.append("\n")
    content = Content.assemble(*parts[:-1])
    return content.stylize("dim") if dimmed else content
