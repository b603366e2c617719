"""Calendars: zones, all-day entries, repeats with exceptions, and what is refused; answers by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from riskcalc.errors import PresetError
from riskcalc.events.ics import read_ics
from tests.outside import reference_file

START, END = dt.date(2026, 7, 1), dt.date(2027, 6, 30)


def calendar(*entries):
    body = "".join(f"BEGIN:VEVENT\r\n{entry}\r\nEND:VEVENT\r\n" for entry in entries)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{body}END:VCALENDAR\r\n"


@pytest.fixture
def read(tmp_path):
    def call(*entries, text=None):
        path = tmp_path / "made up.ics"
        path.write_text(calendar(*entries) if text is None else text)
        return [
            (str(one.date), None if one.time is None else f"{one.time:%H:%M}", one.what)
            for one in read_ics(path, start=START, end=END)
        ]

    return call


def test_the_layout_of_a_statistics_office():
    result = read_ics(reference_file("09_signals/calendar_layout.ics"), start=START, end=END)
    assert [(str(event.date), str(event.time), event.what) for event in result] == [
        ("2026-08-12", "08:30:00", "Consumer Price Index"),
        ("2026-09-04", "08:30:00", "Employment Situation"),
        ("2026-09-18", "None", "All-day entry"),
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("DTSTART:20260812T123000Z\nSUMMARY:UTC in summer", [("2026-08-12", "08:30")]),
        ("DTSTART:20261210T133000Z\nSUMMARY:UTC in winter", [("2026-12-10", "08:30")]),
        ("DTSTART:20260813T013000Z\nSUMMARY:UTC over midnight", [("2026-08-12", "21:30")]),
        ("DTSTART;TZID=Asia/Tokyo:20260813T083000\nSUMMARY:Tokyo", [("2026-08-12", "19:30")]),
        ("DTSTART;TZID=Eastern Standard Time:20260812T083000\nSUMMARY:Outlook's", [("2026-08-12", "08:30")]),
        ("DTSTART:20260812T083000\nSUMMARY:no zone", [("2026-08-12", "08:30")]),
        ("DTSTART;VALUE=DATE:20260812\nSUMMARY:all day", [("2026-08-12", None)]),
        (
            "DTSTART;VALUE=DATE:20261208\nDTEND;VALUE=DATE:20261210\nSUMMARY:two days",
            [("2026-12-08", None), ("2026-12-09", None)],
        ),
        (
            "DTSTART;VALUE=DATE:20261208\nDURATION:P2D\nSUMMARY:two days by duration",
            [("2026-12-08", None), ("2026-12-09", None)],
        ),
        (
            "DTSTART;TZID=Europe/London:20261026T123000\nRRULE:FREQ=DAILY;INTERVAL=7;COUNT=2\nSUMMARY:London",
            [("2026-10-26", "08:30"), ("2026-11-02", "07:30")],  # London goes back a week before New York
        ),
        (
            "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;BYMONTH=6;BYDAY=4FR\nSUMMARY:reconstitution",
            [("2027-06-25", None)],
        ),
        ("DTSTART:20260812T083000\nSTATUS:CANCELLED\nSUMMARY:off", []),
        ("DTSTART:20250812T083000\nSUMMARY:before", []),
        # Weekly over the end of summer time keeps its hour in New York; the last one is UNTIL's.
        (
            "DTSTART;TZID=America/New_York:20261022T083000\nRRULE:FREQ=WEEKLY;UNTIL=20261105T133000Z\nSUMMARY:claims",
            [("2026-10-22", "08:30"), ("2026-10-29", "08:30"), ("2026-11-05", "08:30")],
        ),
        (
            "DTSTART:20261022T083000\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20261029T083000\nSUMMARY:skips one",
            [("2026-10-22", "08:30"), ("2026-11-05", "08:30")],
        ),
        (
            "DTSTART;VALUE=DATE:20200103\nRRULE:FREQ=MONTHLY;BYDAY=1FR\nSUMMARY:since 2020, without an end",
            [
                (day, None)
                for day in (
                    *("2026-07-03", "2026-08-07", "2026-09-04", "2026-10-02", "2026-11-06", "2026-12-04"),
                    *("2027-01-01", "2027-02-05", "2027-03-05", "2027-04-02", "2027-05-07", "2027-06-04"),
                )
            ],
        ),
        (
            "DTSTART:20260812T083000\nRDATE:20260912T083000\nSUMMARY:also then",
            [("2026-08-12", "08:30"), ("2026-09-12", "08:30")],
        ),
    ],
)
def test_dates_are_new_yorks(read, entry, expected):
    assert [event[:2] for event in read(entry.replace("\n", "\r\n"))] == expected


def test_an_occurrence_that_was_moved(read):
    every = "UID:1\r\nDTSTART:20261022T083000\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY:claims"
    moved = "UID:1\r\nRECURRENCE-ID:20261029T083000\r\nDTSTART:20261028T083000\r\nSUMMARY:claims, early"
    assert read(every, moved) == [
        ("2026-10-22", "08:30", "claims"),
        ("2026-10-28", "08:30", "claims, early"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hello", "is not an ICS calendar"),
        (calendar(), "has no entries"),
        (calendar("SUMMARY:when?"), "when?: has no date that can be read"),
        (calendar("DTSTART:soon\r\nSUMMARY:when?"), "has no date that can be read"),
        (calendar("DTSTART:20260812T083000\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:much"), "repeats must be DAILY"),
        (calendar("DTSTART:20260812T083000\r\nSUMMARY:cut").partition("END:VEVENT")[0], "made up.ics: "),
        (calendar("DTSTART;VALUE=DATE:00010101\r\nSUMMARY:old"), "years 1900 to 2200"),
    ],
)
def test_what_is_refused_in_one_line(read, text, problem):
    with pytest.raises(PresetError) as error:
        read(text=text)
    assert problem in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_summary_cannot_command_a_terminal(read):
    assert "\x1b" not in read("DTSTART:20260812T083000\r\nSUMMARY:a\x1b[2Jb")[0][2]


@pytest.mark.parametrize(
    "entry",
    [
        "DTSTART:20260812T083000\r\nRRULE:often\r\nSUMMARY:x",
        "DTSTART:20260812T083000\r\nRRULE:FREQ=WEEKLY\r\nEXDATE:never\r\nSUMMARY:x",
        "DTSTART:20260812T083000\r\nRRULE:FREQ=WEEKLY\r\nRDATE:never\r\nSUMMARY:x",
        "DTSTART:20260812T083000\r\nRRULE:FREQ=WEEKLY;INTERVAL=0\r\nSUMMARY:x",
    ],
)
def test_damaged_properties_are_one_line(read, entry):
    with pytest.raises(PresetError) as error:
        read(entry)
    assert len(str(error.value).splitlines()) == 1
