"""What the filter of the dialog "Open" finds, and what it takes for a path."""

from __future__ import annotations

import pytest

from riskcalc.tui.dialogs.open_screen import Choice, is_path, matching


def test_matching_puts_names_before_descriptions():
    found = (
        Choice(name="first", origin="yours", description="like second"),
        Choice(name="second", origin="shipped", description=""),
    )
    assert [one.name for one in matching(found, "second")] == ["second", "first"]
    assert [one.name for one in matching(found, "SHIPPED sec")] == ["second"]
    assert matching(found, "third") == ()


@pytest.mark.parametrize(
    ("text", "wanted"), [("iwm", False), ("a.toml", True), ("~/x", True), ("c:\\x", True), ("", False)]
)
def test_what_is_a_path(text, wanted):
    assert is_path(text) is wanted
