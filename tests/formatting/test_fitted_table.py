"""Tables in a given width: whole words and numbers, whatever the width."""

from __future__ import annotations

import pytest

from riskcalc.formatting.fitted_table import fitted_tables
from riskcalc.formatting.metric import Style
from riskcalc.formatting.table import Table

HEADER = ("signal", "value", "rule", "state", "age", "source")
ROWS = (
    ("high_yield_widening", "+59 bp", "above +100 bp", "FIRED", "1", "BAMLH0A0HYM2, a file of FRED"),
    (
        "  iwm_over_sma200",
        "+7.67%",
        "all of iwm_over_ema20, iwm_over_sma50, and one more",
        "armed OLD",
        "3",
        "",
    ),
)
SIGNALS = Table(title="Signals", header=HEADER, rows=ROWS, left=frozenset({0, 2, 3, 5}))


def fitted(width, *tables):
    return fitted_tables(tables or (SIGNALS,), width=width, spare=("source", "age"))


def texts(found):
    lines = [found.head, *(line for row in found.rows for line in row)]
    return ["".join(text for text, _ in line) for line in lines]


@pytest.mark.parametrize("width", range(58, 130, 3))
def test_no_line_is_longer_than_the_width_and_no_word_is_broken(width):
    (result,) = fitted(width)
    lines = texts(result)
    assert max(map(len, lines)) <= width
    heads = lines[0].split()
    shown = " ".join(lines[1:]).split()
    for row in ROWS:
        for heading, cell in zip(HEADER, row, strict=True):
            if heading in heads:
                assert set(cell.split()) <= set(shown), (heading, cell)


@pytest.mark.parametrize(
    ("width", "left_out"), [(130, ()), (80, ()), (75, ("source",)), (56, ("source", "age"))]
)
def test_columns_go_by_priority(width, left_out):
    (result,) = fitted(width)
    heads = texts(result)[0].split()
    assert {name for name in HEADER if name not in heads} == set(left_out)


def test_tables_of_the_same_columns_are_aligned():
    short = Table(title="", header=HEADER, rows=(("a", "1", "x", "met", "0", ""),), left=SIGNALS.left)
    first, second = fitted(90, SIGNALS, short)
    assert texts(first)[0] == texts(second)[0]
    assert texts(first)[0].index("rule") == texts(second)[1].index("x")


def test_an_indented_name_keeps_its_indent_and_a_row_its_colors():
    (result,) = fitted(60)
    fired, old = result.rows
    assert "".join(text for text, _ in old[0]).startswith("  iwm_over_sma200")
    assert Style.BAD in {style for _, style in fired[0]}
    assert Style.WARN in {style for _, style in old[0]}


def test_a_table_without_rows_has_its_headings_and_none_has_nothing():
    (result,) = fitted(80, Table(title="", header=HEADER, rows=(), left=SIGNALS.left))
    assert (result.rows, texts(result)[0].split()) == ((), list(HEADER))
    assert fitted_tables([], width=80) == []
