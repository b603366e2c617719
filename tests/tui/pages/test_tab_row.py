"""The badge in the row of the tabs."""

import pytest

from riskcalc.tui.pages.tab_row import _cut


@pytest.mark.parametrize(
    ("badge", "width", "shown"),
    [
        (" OK 1 spread  0.97% of 1.00%", 34, " OK 1 spread  0.97% of 1.00%      "),
        (" SAMPLE 1 spread  0.97% of 1.00%", 28, " SAMPLE 1 spread  0.97%     "),
        (" NO: a stop signal has fired", 28, " NO: a stop signal has fired"),
        (" OVER unlimited loss; stop 12.5%", 16, " OVER unlimited…"),
    ],
)
def test_a_badge_drops_its_limit_before_it_is_cut(badge, width, shown):
    assert _cut(badge, width) == shown
