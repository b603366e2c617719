"""Numbers and reports as text, once for the command line and the screen."""

from riskcalc.formatting.comparison import comparison_tables, comparison_title
from riskcalc.formatting.plan import plan_tables, plan_title
from riskcalc.formatting.report import option_tables
from riskcalc.formatting.scan import chain_tables, chain_title, scan_tables, scan_title, smile_table
from riskcalc.formatting.stress import stress_tables, stress_title
from riskcalc.formatting.table import Table

__all__ = [
    "Table",
    "chain_tables",
    "chain_title",
    "comparison_tables",
    "comparison_title",
    "option_tables",
    "plan_tables",
    "plan_title",
    "scan_tables",
    "scan_title",
    "smile_table",
    "stress_tables",
    "stress_title",
]
