"""The account of a draft beside the user's book: open risk and buying power, unless they were typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from riskcalc.domain import Account, BookUse
from riskcalc.editor.draft import Draft
from riskcalc.presets import Preset
from riskcalc.presets.account_file import inherited_accounts, read_account, with_book

INHERITED = ("open_risk", "buying_power_used")
"""Fields of an account that follow the user's account and book."""


def inherited_fields(account: Account, preset: Preset) -> tuple[str, ...]:
    """Return the fields of an account that are as the user's account and book say, and not typed."""
    if preset.inherited is None:
        return ()
    outside = inherited_accounts(preset.inherited).beside
    names = INHERITED if account.buying_power == outside.buying_power else INHERITED[:1]
    return tuple(name for name in names if getattr(account, name) == getattr(outside, name))


def without_fields(account: Account, names: Iterable[str]) -> Account:
    """Return an account without what it takes from outside, as a session keeps it."""
    return with_fields(account, names, Account(equity=account.equity))


def with_fields(account: Account, names: Iterable[str], outside: Account) -> Account:
    """Return an account with some fields of the user's account and book."""
    names_set = set(names)
    risk, used = ((outside if name in names_set else account) for name in INHERITED)
    return dataclasses.replace(account, open_risk=risk.open_risk, buying_power_used=used.buying_power_used)


class BookFigures:
    """Sets the figures of a book in drafts; drafts of one preset stay so.

    Parameters
    ----------
    use : BookUse or None
        What the open trades use; None takes an earlier book's figures away.
    """

    def __init__(self, use: BookUse | None) -> None:
        self._use = use
        self._inherited = with_book(read_account(), use)
        self._outside = inherited_accounts(self._inherited).beside
        self._known: dict[int, Preset] = {}

    def set_in(self, draft: Draft) -> Draft:
        """Return a draft with the figures, where they were not typed."""
        if draft.preset.inherited is None:
            return draft
        names = inherited_fields(draft.account, draft.preset)
        return dataclasses.replace(
            draft,
            preset=self._known.setdefault(id(draft.preset), self._moved_preset(draft.preset)),
            account=with_fields(draft.account, names, self._outside),
        )

    def _moved_preset(self, preset: Preset) -> Preset:
        account = with_fields(preset.account, inherited_fields(preset.account, preset), self._outside)
        return dataclasses.replace(preset, account=account, inherited=self._inherited, book=self._use)
