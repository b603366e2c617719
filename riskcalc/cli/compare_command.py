"""``riskcalc compare``: several presets at equal risk, side by side."""

from __future__ import annotations

from typing import Any

import click

from riskcalc.cli.options import as_json, overrides
from riskcalc.cli.output import print_json, print_tables
from riskcalc.presets import VEHICLES

EXAMPLES = """\b
Examples:
  riskcalc compare
  riskcalc compare iwm-shares tna-momentum iwm-call-spread --set account.equity=250000
"""


@click.command("compare", epilog=EXAMPLES)
@click.argument("presets", metavar="[PRESET]...", nargs=-1)
@overrides
@as_json
def command(*, presets: tuple[str, ...], settings: dict[str, Any], json_wanted: bool) -> None:
    """Compare presets at equal risk, in the same scenarios of their benchmark.

    Without names: IWM shares, TNA and the IWM call spread. All are sized by the account of the first.
    """
    from riskcalc.formatting import comparison_tables, comparison_title  # noqa: PLC0415 - help is quick
    from riskcalc.presets import compare_presets  # noqa: PLC0415 - as above

    found = compare_presets(presets or VEHICLES, settings)
    if json_wanted:
        print_json(found.to_dict())
        return
    print_tables(comparison_title(found), comparison_tables(found))
    click.echo(f"\n{found.summary}")
