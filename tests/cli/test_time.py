"""Days and times of day on the command line."""

import pytest


@pytest.mark.parametrize(
    ("day", "meant"),
    [
        ("2026-06-19", "2026-06-18"),  # Juneteenth, a third Friday
        ("2026-07-03", "2026-07-02"),  # Independence Day, observed
        ("2026-09-19", "2026-09-18"),  # a Saturday
        ("2026-12-25", "2026-12-24"),
        ("2027-03-26", "2027-03-25"),  # Good Friday
    ],
)
def test_an_expiry_on_a_closed_day_is_refused_with_the_session_before(day, meant, run):
    date = [] if day > "2026-07-20" else ["--set", "market.date=2026-06-01"]
    code, out, error = run("plan", "iwm-call-spread", *date, "--set", f"trade.legs.0.expiry={day}")
    assert (code, out) == (2, "")
    assert f"expiry must be a trading day, got {day}" in error
    assert f"the session before it is {meant}" in error


@pytest.mark.parametrize(("time", "said"), [(("--time", "10:30"), "10:30 New York"), ((), "at the close")])
def test_price_takes_a_time_and_says_it(time, said, run):
    option = ("--spot", "295", "--strike", "295", "--vol", "20%")
    days = ("--expiry", "2026-09-18", "--date", "2026-09-18")
    code, out, _ = run("price", "call", *option, *days, *time)
    assert code == 0
    assert f"on 2026-09-18 {said}" in out
    assert ("expected move $0.00" in " ".join(out.split())) == (time == ())
