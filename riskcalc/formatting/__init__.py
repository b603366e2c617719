"""Text of numbers and reports, for the command line and the screen."""

from riskcalc.formatting.comparison import comparison_sections, comparison_title
from riskcalc.formatting.numbers import count, money, number, percent, price, r_multiple, whole_money
from riskcalc.formatting.plan import plan_sections, plan_title
from riskcalc.formatting.report import option_sections
from riskcalc.formatting.scan import chain_sections, chain_title, scan_sections, scan_title, smile_section
from riskcalc.formatting.stress import stress_sections, stress_title
from riskcalc.formatting.table import Section

__all__ = [
    "Section",
    "chain_sections",
    "chain_title",
    "comparison_sections",
    "comparison_title",
    "count",
    "money",
    "number",
    "option_sections",
    "percent",
    "plan_sections",
    "plan_title",
    "price",
    "r_multiple",
    "scan_sections",
    "scan_title",
    "smile_section",
    "stress_sections",
    "stress_title",
    "whole_money",
]
