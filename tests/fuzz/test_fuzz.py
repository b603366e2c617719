"""A few inputs of every reader, always the same ones; `make fuzz` tries others for a minute."""

import pytest

from tests.fuzz.__main__ import table
from tests.fuzz.readers import READERS, Reader
from tests.fuzz.running import run

CASES = 2 * len(READERS)


def test_damaged_inputs_are_read_or_refused_in_plain_words():
    counts = run(seed=17, seconds=600, cases=CASES)
    assert sum(count.total for count in counts.values()) == CASES
    assert not any(count.tracebacks for count in counts.values()), table(counts)


@pytest.mark.parametrize(
    ("raised", "place"),
    [(KeyError("a"), "KeyError at test_fuzz.py"), (RuntimeWarning("b"), "RuntimeWarning at test_fuzz.py")],
)
def test_whatever_else_is_raised_is_a_finding_with_its_number(raised, place):
    def breaks(content, folder):  # noqa: ARG001 - as readers are called
        raise raised

    counts = run(seed=1, seconds=60, cases=3, readers=[Reader("breaks", lambda chance: b"x", breaks)])  # noqa: ARG005
    (result,) = counts["breaks"].tracebacks.items()
    assert result[0].startswith(place)
    assert result[1].startswith("1:0: b'x'")
    assert counts["breaks"].total == 3


def test_what_takes_too_long_is_ended(monkeypatch):
    def endless(content, folder):  # noqa: ARG001 - as readers are called
        while True:
            pass

    monkeypatch.setattr("tests.fuzz.running.MOST_SECONDS", 0.05)
    counts = run(seed=1, seconds=60, cases=1, readers=[Reader("endless", lambda chance: b"", endless)])  # noqa: ARG005
    assert "TooLongError" in next(iter(counts["endless"].tracebacks))
