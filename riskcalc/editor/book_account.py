"""The account of a draft beside the user's book: open risk and buying power, unless they were typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from riskcalc.domain import Account, BookUse
from riskcalc.editor.draft import Draft
from riskcalc.environment import account_path
from riskcalc.presets import Preset

INHERITED = ("open_risk", "buying_power_used")
"""Fields of an account that follow the user's account and book."""


NO_ACCOUNT = Account(equity=100_000.0)
"""What presets take from outside where there is neither account nor book: the defaults of their keys."""


def outside_account(book: BookUse | None) -> tuple[dict[str, Any], Account]:
    """Return the user's account with the figures of a book: its keys, and the account that presets take.

    Raises
    ------
    PresetError
        The account cannot be read.
    """
    if book is None and not account_path().exists():
        return {}, NO_ACCOUNT
    from riskcalc.presets.account_file import read_account, with_book  # noqa: PLC0415 - its schema is slow to load

    keys = with_book(read_account(), book)
    return keys, _beside(keys)


def _beside(keys: Mapping[str, Any]) -> Account:
    """The user's account as presets take it beside their own."""
    if not keys:
        return NO_ACCOUNT
    from riskcalc.presets.account_file import inherited_accounts  # noqa: PLC0415 - as above

    return inherited_accounts(keys).beside


def inherited_fields(account: Account, preset: Preset) -> tuple[str, ...]:
    """Return the fields of an account that are as the user's account and book say, and not typed."""
    if preset.inherited is None:
        return ()
    outside = _beside(preset.inherited)
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
        self._inherited, self._outside = outside_account(use)
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
