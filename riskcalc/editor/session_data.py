"""An editor as plain data for the session file, and back."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskcalc.domain import Account, BookUse, FillPrice, PlanSources, QuotedListing, Source, Sticky
from riskcalc.domain.serialization import to_plain
from riskcalc.domain.validation import Choice
from riskcalc.editor import checked_records
from riskcalc.editor.book_account import (
    INHERITED,
    inherited_fields,
    outside_account,
    with_fields,
    without_fields,
)
from riskcalc.editor.draft import Draft, open_draft
from riskcalc.editor.fields import fields
from riskcalc.editor.state import State
from riskcalc.editor.template_from_trade import exact_rules, trade_of
from riskcalc.editor.trade_editor import TradeEditor
from riskcalc.errors import InvalidInputError, RiskcalcError
from riskcalc.presets import Preset

Data = dict[str, Any]


def to_data(state: State, *, chain_path: Path | None) -> Data:
    """Return what brings an editor back, and what its first frame shows."""
    draft = state.draft
    return {
        "glimpse": {
            "title": state.title,
            "badge": state.badge.text,
            "rows": [
                [field.section, field.label, field.text(draft), field.unit, field.main]
                for field in fields(draft)
            ],
        },
        "draft": _draft(draft),
        "pinned": None if state.pinned_draft is None else _draft(state.pinned_draft),
        "chain": _chain(draft, chain_path),
    }


def from_data(
    data: Data, *, today: dt.date | None = None, book: BookUse | None = None
) -> tuple[TradeEditor, str]:
    """Return an editor from its data, and a note where something of it could not be brought back.

    Parameters
    ----------
    data : dict
        From `to_data`.
    today : date, optional
        Day the trade is planned for.
    book : BookUse, optional
        What the open trades of the user's book use of the account.

    Raises
    ------
    InvalidInputError, PresetError
        The data are not those of an editor.
    """
    draft_data = _table(data, "draft")
    draft = _read_draft(draft_data, chain=None, today=today, book=book)
    note, path = "", None
    if isinstance(data.get("chain"), dict):
        chain, note, path = _read_chain(data["chain"], symbol=draft.trade.symbol)
        draft = draft if chain is None else _read_draft(draft_data, chain=chain, today=today, book=book)
    editor = TradeEditor(draft, opened=_opened(draft), chain_path=path)
    if isinstance(data.get("pinned"), dict):
        editor.pin_draft(_read_draft(data["pinned"], chain=None, today=today, book=book))
    return editor, note


def _draft(draft: Draft) -> Data:
    """A draft as its preset's rules and its exact trade, both as TOML.

    Open risk and buying power of the user's account and book are left out: they may change until it is read.
    """
    preset, names = draft.preset, inherited_fields(draft.account, draft.preset)
    opened = inherited_fields(preset.account, preset)
    draft = dataclasses.replace(
        draft,
        preset=dataclasses.replace(preset, account=without_fields(preset.account, opened)),
        account=without_fields(draft.account, names),
    )
    presets = {
        "rules": draft.preset,
        "exact": _exact(draft, followed=False),
        "quoted": None if draft.chain is None else _exact(draft, followed=True),
    }
    data = {
        "inherits": {"rules": opened, "exact": names},
        "name": draft.preset.name,
        "path": None if draft.preset.path is None else str(draft.preset.path),
        **{name: None if one is None else _toml(one) for name, one in presets.items()},
        "fill": draft.fill.value,
        "vol_shift": draft.vol_shift,
        "sticky": draft.sticky.value,
        "sources": to_plain(draft.preset.sources),
        "quotes_from": draft.quotes_from.value,
    }
    return data | {"checked": checked_records.sealed(data, presets)}


def _exact(draft: Draft, *, followed: bool) -> Preset:
    """A draft as a preset without rules; legs that follow quotes have their prices unless left open."""
    trade = draft.trade
    if not followed:
        try:
            trade = draft.stated()
        except RiskcalcError:
            trade = draft.trade
    return dataclasses.replace(
        draft.preset,
        template=exact_rules(draft.preset.template, trade),
        market=draft.market,
        account=draft.account,
        exits=draft.exits,
        view=draft.view,
    )


def _toml(preset: Preset) -> str:
    from riskcalc.presets.document_text import document_text  # noqa: PLC0415 - reading a session writes none

    whole = dataclasses.replace(preset, inherited=None)  # the user's account may change until it is read
    return document_text(whole, title=preset.name, path=Path("session.toml"))


def _read_draft(
    data: Mapping[str, Any], *, chain: QuotedListing | None, today: dt.date | None, book: BookUse | None
) -> Draft:
    """A draft on its chain, or as exact as it was without."""
    path = data.get("path")
    place = Path(path) if isinstance(path, str) else Path("session.toml")
    inherited, outside = outside_account(book)
    written = _read_text(data, "rules", path=place)
    rules = dataclasses.replace(
        written,
        path=place if isinstance(path, str) else None,
        account=with_fields(written.account, _inherits(data, "rules", written.account), outside),
        sources=_read_sources(data.get("sources")),
        inherited=inherited,
        book=book,
    )
    exact = _read_text(data, "exact" if chain is None else "quoted", path=place)
    shift = data.get("vol_shift")
    return Draft(
        preset=rules,
        trade=dataclasses.replace(trade_of(exact.template), name=rules.template.name),
        market=exact.market,
        account=with_fields(exact.account, _inherits(data, "exact", exact.account), outside),
        exits=exact.exits,
        view=exact.view,
        chain=chain,
        fill=_choice(FillPrice, data.get("fill"), FillPrice.MID),
        vol_shift=float(shift) if chain is not None and isinstance(shift, int | float) else 0.0,
        sticky=_choice(Sticky, data.get("sticky"), Sticky.STRIKE),
        today=today,
        quotes_from=_choice(Source, data.get("quotes_from"), Source.CHAIN),
    )


def _read_text(data: Mapping[str, Any], name: str, *, path: Path) -> Preset:
    """A preset of the session, from its records where they stand for its text."""
    text, checked = _text(data, name), checked_records.opened(data, name, path=path)
    if checked is not None:
        return checked
    from riskcalc.presets.document import read_preset  # noqa: PLC0415 - most sessions have records

    return read_preset(text, path=path)


def _inherits(data: Mapping[str, Any], name: str, account: Account) -> tuple[str, ...]:
    """Fields of an account that are taken anew; in a session that does not say it, those without a value."""
    names = data.get("inherits")
    named = names.get(name) if isinstance(names, dict) else None
    if isinstance(named, list):
        return tuple(field for field in INHERITED if field in named)
    return tuple(field for field in INHERITED if not getattr(account, field))


def _read_sources(data: object) -> PlanSources:
    """Where the figures of a session came from; a session that does not say it has those of a preset."""
    sources = data if isinstance(data, dict) else {}
    vol_date = None
    with contextlib.suppress(KeyError, TypeError, ValueError):
        vol_date = dt.date.fromisoformat(sources["vol_date"])
    return PlanSources(
        spot=_choice(Source, sources.get("spot"), Source.PRESET),
        date=_choice(Source, sources.get("date"), Source.PRESET),
        vol=_choice(Source, sources.get("vol"), Source.PRESET),
        equity=_choice(Source, sources.get("equity"), Source.PRESET),
        vol_date=vol_date,
    )


def _choice(choices: type[Choice], value: object, usual: Choice) -> Choice:
    return choices(value) if isinstance(value, str) and value in set(choices) else usual


def _opened(draft: Draft) -> Draft:
    """The draft as its preset opens, or unchanged if that fails."""
    try:
        return dataclasses.replace(
            open_draft(
                draft.preset,
                chain=draft.chain,
                at=draft.fill,
                sticky=draft.sticky,
                today=draft.today,
                quotes_from=draft.quotes_from,
            ),
            preset=draft.preset,
        )
    except RiskcalcError:
        return draft


def _chain(draft: Draft, path: Path | None) -> Data | None:
    if draft.chain is None or path is None:
        return None
    return {
        "path": str(path.resolve()),
        "spot": draft.chain.spot,
        "date": draft.chain.date.isoformat(),
    }


def _read_chain(data: Mapping[str, Any], *, symbol: str) -> tuple[QuotedListing | None, str, Path | None]:
    """Return the chain, a note if it cannot be read, and its file."""
    from riskcalc.chains import read_chain  # noqa: PLC0415 - most sessions have no chain
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - as above

    path = Path(_text(data, "path"))
    try:
        date = dt.date.fromisoformat(_text(data, "date"))
        spot, known = float(data["spot"]), load_instruments()
        return read_chain(path, symbol=symbol, spot=spot, date=date, instruments=known), "", path
    except (RiskcalcError, OSError, ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0]
        return None, f"the quotes are no longer available, their prices stay: {reason}", None


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = data.get(key)
    if not isinstance(table, dict):
        raise InvalidInputError(f"{key} is missing in the session")
    return table


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise InvalidInputError(f"{key} is missing in the session")
    return value
