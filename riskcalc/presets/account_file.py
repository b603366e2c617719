"""The account of all presets: ``account.toml``, written once, and the sample of one who has written none."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskcalc.domain import Account, BookUse, Source
from riskcalc.environment import account_path
from riskcalc.errors import PresetError
from riskcalc.presets.fields import Version
from riskcalc.presets.files import edit_toml, parse_toml, read_text
from riskcalc.presets.overrides import parse_assignments, put, rivals_of
from riskcalc.presets.problems import problem_lines, problems_in
from riskcalc.presets.schema_rules import SAMPLE_EQUITY, AccountShape, CostsShape

SCHEMA_VERSION = 1
"""Newest shape this riskcalc reads."""

SAMPLE_ACCOUNT: dict[str, Any] = {"equity": SAMPLE_EQUITY, "costs": {"commission_per_contract": 0.65}}
"""Sample values of an account; the other keys have the defaults of a preset."""

NEW_FILE = """\
# Your account: values for every preset that does not set its own.
# Keys are those of a preset's [account]; `riskcalc account` shows what holds.

schema = 1

[account]
"""


class InheritedAccounts(NamedTuple):
    """Accounts that a preset takes from outside."""

    whole: Account
    """Account of a preset without an ``[account]``."""
    beside: Account
    """Beside the keys of a preset's own ``[account]``, which has its own costs."""


class AccountFileShape(BaseModel):
    """A whole ``account.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, title="riskcalc account")

    version: Version = Field(default=SCHEMA_VERSION, alias="schema", description="schema version: schema = 1")
    account: AccountShape = Field(description="equity, risk, limits and costs")


def read_account(path: Path | None = None) -> dict[str, Any]:
    """Return the user's account by the keys of a preset's ``[account]``; empty without a file.

    Raises
    ------
    PresetError
        The file cannot be read, was written by a newer schema, or breaks the schema; a line per problem.
    """
    path = account_path() if path is None else path
    if not path.exists():
        return {}
    return _check_account(read_text(path, kind="account"), path)


def set_account(assignments: Iterable[str]) -> Path:
    """Write values to the user's account; comments and other keys are kept.

    Parameters
    ----------
    assignments : iterable of str
        Each like ``equity=50000``; one without a value, ``buying_power=``, removes the key.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    PresetError
        A key is unknown, a value is out of range, or the file cannot be read or written. Nothing is changed.
    """
    path = account_path()
    with edit_toml(path, kind="account", check=_check_account, empty=NEW_FILE) as document:
        for key, value in _parse_keys(assignments).items():
            _set(document, key, value)
    return path


def with_book(account: Mapping[str, Any], book: BookUse | None) -> dict[str, Any]:
    """Return the user's account with the open risk and buying power used by the book, if there is one."""
    return dict(account) if book is None else {**account, **book.account_keys()}


def merged_account(own: Mapping[str, Any] | None, account: Mapping[str, Any]) -> dict[str, Any]:
    """Return a preset's ``[account]`` over the user's account, and that over the sample.

    Parameters
    ----------
    own : mapping or None
        What the preset says; where that is nothing, the sample's costs hold too.
    account : mapping
        What the user's account says.
    """
    sample = {"equity": SAMPLE_EQUITY} if own else SAMPLE_ACCOUNT
    return _merge_accounts(_merge_accounts(sample, account), own or {})


def inherited_accounts(account: Mapping[str, Any]) -> InheritedAccounts:
    """Return the accounts that a preset takes from the user's."""
    return InheritedAccounts(
        whole=AccountShape.model_validate(merged_account(None, account)).record(),
        beside=AccountShape.model_validate(_merge_accounts({"equity": SAMPLE_EQUITY}, account)).record(),
    )


def value_sources(account: Mapping[str, Any]) -> dict[str, str]:
    """Return where each key of the account that all presets take comes from."""
    sample = {**SAMPLE_ACCOUNT, **SAMPLE_ACCOUNT["costs"]}
    costs = account.get("costs")
    keys = {*account, *(costs if isinstance(costs, Mapping) else ())}
    sources = {}
    for key in (name for name in ACCOUNT_KEYS if not name.startswith("risk_") or name == "risk_basis"):
        names = ("risk", "risk_fraction", "risk_dollars") if key == "risk" else (key,)
        usual = str(Source.SAMPLE) if key in sample else "default"
        sources[key] = str(Source.ACCOUNT_FILE) if keys & set(names) else usual
    return sources


def _merge_accounts(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One account over another; a risk in dollars takes the place of one in per cent."""
    merged = copy.deepcopy(dict(below))
    for key, value in above.items():
        if key == "costs" and isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = {**merged[key], **value}
        else:
            for rival in rivals_of(key):
                if rival not in above:
                    merged.pop(rival, None)
            merged[key] = copy.deepcopy(value)
    return merged


def _check_account(text: str, path: Path) -> dict[str, Any]:
    data = parse_toml(text, path, newest=SCHEMA_VERSION)
    if "account" not in data:  # the keys alone, without their table
        data = {key: data[key] for key in ("schema",) if key in data} | {
            "account": {key: value for key, value in data.items() if key != "schema"}
        }
    try:
        AccountFileShape.model_validate(data)
    except ValidationError as error:
        lines = problem_lines(problems_in(error, data, shape=AccountFileShape), path)
        raise PresetError("\n".join(lines)) from None
    return dict(data["account"])


def _parse_keys(assignments: Iterable[str]) -> dict[str, Any]:
    """Values by the keys of an account; ``account.`` and ``costs.`` before them may be left out."""
    overrides = {}
    keyed = (text if text.startswith("account.") else f"account.{text}" for text in assignments)
    for key, value in parse_assignments(keyed).items():
        name = key.removeprefix("account.").removeprefix("costs.")
        if name not in ACCOUNT_KEYS:
            raise PresetError(f"{name} is not a known key; {_suggest_key(name)}")
        overrides[f"costs.{name}" if name in _COSTS else name] = value
    return overrides


def _suggest_key(name: str) -> str:
    """Suggest the nearest key to an unknown one, or list all keys."""
    near = difflib.get_close_matches(name, ACCOUNT_KEYS, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(ACCOUNT_KEYS)}"


def _set(document: Any, key: str, value: object) -> None:  # noqa: ANN401 - tomlkit's documents share no type
    """Set a key in the account's table, or at the top of a file that has no table."""
    import tomlkit  # noqa: PLC0415 - help is quick

    bare = "account" not in document and any(name in document for name in _KEYS)
    table = document if bare else document.setdefault("account", tomlkit.table())
    section, dot, name = key.rpartition(".")
    if dot:
        table.setdefault(section, tomlkit.table())
        table = table[section]
    put(table, name, None if value == "" else value)


_KEYS = tuple(name for name in AccountShape.model_fields if name != "costs")
_COSTS = tuple(CostsShape.model_fields)
ACCOUNT_KEYS = (*_KEYS, *_COSTS)
"""Keys that `set_account` takes."""
