"""A pair is neither paid for nor received for: no front door calls what a side costs a debit."""

from riskcalc.formatting import plan_tables
from riskcalc.formatting.panel import panel_lines
from riskcalc.presets import plan_preset, shipped_folder

PLAN = plan_preset(shipped_folder() / "iwm-spy-pair.toml")


def test_every_view_of_a_pair_speaks_of_sides():
    cells = [cell for section in plan_tables(PLAN) for row in section.rows for cell in row]
    panels = [line for name in ("price", "greeks", "summary") for line in panel_lines(name, PLAN, width=80)]
    drawn = ["".join(text for text, _ in line) for line in panels]
    assert "each side" in cells
    assert any(line.startswith("each side") for line in drawn)
    assert any(line.startswith("each side 295.39") for line in drawn)
    assert not any("debit" in text for text in [*cells, *drawn])
