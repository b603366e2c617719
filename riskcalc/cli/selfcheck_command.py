"""``riskcalc selfcheck``: compare prices with other libraries on this machine."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version

import click

from riskcalc.cli import EXIT_OK, EXIT_RISK_SAYS_NO
from riskcalc.cli.options import as_json
from riskcalc.cli.output import print_json, print_tables


@click.command("selfcheck")
@as_json
@click.pass_context
def command(ctx: click.Context, *, json_wanted: bool) -> None:
    """Price grids of options with riskcalc and vollib, and print the largest differences.

    American options are compared with QuantLib where it is installed, the compiled core with numpy where it
    is in use. RISKCALC_CORE=numpy turns the compiled core off.

    Exits with 1 if a difference exceeds rounding error.
    """
    from riskcalc.domain.serialization import to_plain  # noqa: PLC0415 - help is quick
    from riskcalc.formatting import Table  # noqa: PLC0415 - as above
    from riskcalc.selfcheck import (  # noqa: PLC0415 - as above
        compare_cores,
        compare_with_quantlib,
        compare_with_vollib,
        core_in_use,
    )

    agreements = (*compare_with_vollib(), *compare_with_quantlib(), *compare_cores())
    libraries = ["numpy", "scipy", *dict.fromkeys(row.peer for row in agreements)]
    versions = {name: version(name) for name in libraries}
    if json_wanted:
        answer = {"versions": versions, "core": core_in_use(), "agreement": to_plain(agreements)}
        print_json({**answer, "ok": all(row.ok for row in agreements)})
    else:
        rows = tuple(
            (
                "OK" if row.ok else "FAIL",
                row.quantity,
                row.peer,
                f"{row.largest:.1e}",
                f"{row.allowed:.1e}",
                f"{row.cases:,}",
                row.where,
            )
            for row in agreements
        )
        header = ("", "quantity", "compared with", "largest difference", "allowed", "cases", "where")
        peers = ", ".join(f"{name} {number}" for name, number in versions.items())
        python = f"Python {platform.python_version()}, {sys.platform}"
        title = f"riskcalc on {python}: {peers}; core: {core_in_use()}"
        print_tables(
            title,
            [Table(title="Largest Differences", header=header, rows=rows, left=frozenset({0, 1, 2, 6}))],
        )
    ctx.exit(EXIT_OK if all(row.ok for row in agreements) else EXIT_RISK_SAYS_NO)
