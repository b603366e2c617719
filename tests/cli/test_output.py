import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from riskcalc.chains import chain_summary, sample_chain
from riskcalc.cli import output
from riskcalc.formatting import Table, chain_tables


def printed(section, *, width):
    text = io.StringIO()
    output._write(Console(width=width, file=text, no_color=True), "", [section])
    return [line.rstrip() for line in text.getvalue().splitlines()]


@pytest.fixture(scope="module")
def expiries():
    return chain_tables(chain_summary(sample_chain(), rate=0.04))[1]


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_expiries_keep_their_dates_and_figures_whole(expiries, width):
    lines = printed(expiries, width=width)
    assert max(map(len, lines)) <= width
    for row in expiries.rows:
        assert any(line.split() == list(row) for line in lines)


def test_columns_break_between_words_before_they_break_within():
    row = ("2026-09-18", "one two three", "+2.19 +3.46")
    section = Table(title="", header=("expiry", "words", "R at target"), rows=(row,))
    assert printed(section, width=23) == [
        "                   R at",
        "expiry     words target",
        "2026-09-18   one  +2.19",
        "             two  +3.46",
        "           three",
    ]
    assert printed(section, width=45)[1:] == ["2026-09-18  one two three  +2.19 +3.46"]
    # Too narrow for its words, it still shows all of them.
    assert sorted("".join(printed(section, width=16)).replace(" ", "")) == sorted(
        "".join([*section.header, *row]).replace(" ", "")
    )


def test_a_section_without_rows_is_its_title():
    assert printed(Table(title="Rows", rows=()), width=80)[0] == "Rows"


CELLS = st.text(alphabet="ab 1-±≥é日\x1b\n", max_size=60)


@given(
    title=CELLS,
    columns=st.integers(1, 4).flatmap(
        lambda count: st.lists(st.tuples(*[CELLS] * count), min_size=1, max_size=4)
    ),
    with_header=st.booleans(),
    left=st.sets(st.integers(0, 3)),
)
def test_plain_text_is_what_rich_would_print(title, columns, with_header, left):
    rows, header = (columns[1:], columns[0]) if with_header else (columns, ())
    table = Table(title=title, header=header, rows=tuple(rows), left=frozenset(left))
    plain = output._plain_lines(title, [table, table])
    expected = output._wrapped_lines(title, [table, table])
    assert not plain or [line.rstrip() for line in plain] == [line.rstrip() for line in expected]


@pytest.mark.parametrize("words", ["word " * 60, "word\nsecond " + "word " * 60])
def test_rows_are_broken_between_words_as_rich_breaks_them(words):
    table = Table(title=words, header=("what", "words"), rows=(("a", words), (words, "b")))
    lines = output._plain_lines(words, [table])
    assert max(map(len, lines)) <= output.PLAIN_WIDTH
    assert [line.rstrip() for line in lines] == [
        line.rstrip() for line in output._wrapped_lines(words, [table])
    ]


def test_a_word_wider_than_a_line_is_left_to_rich():
    table = Table(title="", rows=(("word" * 60,),))
    assert output._plain_lines("", [table]) == []
    assert max(map(len, output._wrapped_lines("", [table]))) <= output.PLAIN_WIDTH
