"""What the filter of the dialog "Open" finds, and what it takes for a path."""

from __future__ import annotations

import pytest

from riskcalc.tui.dialogs.open_screen import Choice, is_path, matching


def test_matching_puts_names_before_descriptions():
    result = (
        Choice(name="first", origin="yours", description="like second"),
        Choice(name="second", origin="shipped", description=""),
    )
    assert [choice.name for choice in matching(result, "second")] == ["second", "first"]
    assert [choice.name for choice in matching(result, "SHIPPED sec")] == ["second"]
    assert matching(result, "third") == ()


@pytest.mark.parametrize(
    ("text", "wanted"), [("iwm", False), ("a.toml", True), ("~/x", True), ("c:\\x", True), ("", False)]
)
def test_what_is_a_path(text, wanted):
    assert is_path(text) is wanted
