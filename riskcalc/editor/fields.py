"""All fields of a draft, in the order of the form."""

from __future__ import annotations

from riskcalc.editor.draft import Draft
from riskcalc.editor.editing.field import Field
from riskcalc.editor.editing.leg_fields import leg_fields
from riskcalc.editor.editing.market_fields import market_fields
from riskcalc.editor.editing.plan_fields import account_fields, exit_fields, view_fields


def fields(draft: Draft) -> tuple[Field, ...]:
    """Return the fields that apply to a draft; what does not apply is absent.

    The keys are stable; labels and the number of legs and targets follow the draft.

    Examples
    --------
    >>> from riskcalc.presets import load_preset
    >>> from riskcalc.editor.draft import open_draft
    >>> [field.key for field in fields(open_draft(load_preset("iwm-shares")))][3:6]
    ['market.dividend.amount', 'market.dividend.date', 'market.date']
    """
    trade = market_fields(draft) + leg_fields(draft) + exit_fields(draft)
    return trade + view_fields() + account_fields(draft)


def by_key(listed: tuple[Field, ...], key: str) -> Field:
    """Return the field of a key; raises KeyError when there is none such."""
    for field in listed:
        if field.key == key:
            return field
    raise KeyError(key)
