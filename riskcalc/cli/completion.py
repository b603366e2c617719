"""Shell completion of arguments: names of presets, symbols, keys of the account."""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem


def complete_preset(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the names of presets."""
    from riskcalc.presets import preset_names  # noqa: PLC0415 - only where the shell asks

    return _matching_names((listed.name for listed in preset_names()), incomplete)


def complete_symbol(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    param: click.Parameter,  # noqa: ARG001 - as above
    incomplete: str,
    *,
    end: str = "",
) -> list[CompletionItem]:
    """Offer the symbols that have a price."""
    from riskcalc.presets import load_instruments  # noqa: PLC0415 - only where the shell asks

    return _matching_names((f"{symbol}{end}" for symbol in load_instruments()), incomplete.upper())


def complete_account(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the keys of the account."""
    from riskcalc.presets.account_file import ACCOUNT_KEYS  # noqa: PLC0415 - only where the shell asks

    return _matching_names((f"{key}=" for key in ACCOUNT_KEYS), incomplete)


def _matching_names(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
