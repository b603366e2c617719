from riskcalc.editor.undo_history import DEEPEST, History
from tests.editor.drafts import draft


def drafts(count):
    start = draft("iwm-shares")
    return [start.with_account(equity=1000.0 + place) for place in range(count)]


def undone(history, now):
    """Every draft that undo leads back through."""
    result = []
    while (before := history.undo(now)) is not now:
        now = before
        result.append(now)
    return result


def test_undo_is_deep_and_bounded():
    history, steps = History(), drafts(DEEPEST + 6)
    for step in steps[:-1]:
        history.record(step)
    assert undone(history, steps[-1]) == steps[-2 : -DEEPEST - 2 : -1]


def test_a_burst_is_one_entry_until_it_rests():
    history, steps = History(), drafts(6)
    for step in steps[:3]:
        history.record(step, burst="market.spot")
    history.rest()
    for step in steps[3:5]:
        history.record(step, burst="market.spot")
    assert undone(history, steps[5]) == [steps[3], steps[0]]


def test_a_saved_trade_takes_its_own_past_along():
    history, steps, other = History(), drafts(2), draft("tza-hedge")
    history.record(other)
    history.record(steps[0])
    saved = draft("tna-momentum").preset
    history.saved_as(steps[0].preset, saved)
    assert [one.preset for one in undone(history, steps[1])] == [saved, other.preset]
