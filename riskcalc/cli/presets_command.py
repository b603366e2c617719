"""``riskcalc presets``: list, show, save and check preset files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from riskcalc.cli.completion import complete_preset
from riskcalc.cli.options import as_json, overrides
from riskcalc.cli.output import print_json, print_tables
from riskcalc.domain.serialization import to_plain
from riskcalc.errors import PresetError


@click.group("presets", epilog="Your own presets hide shipped ones of the same name.")
def command() -> None:
    """List, show, save and check presets: trades stored as readable TOML files."""


@command.command("list")
@as_json
def list_presets(*, json_wanted: bool) -> None:
    """List all presets and where each is stored."""
    from riskcalc.formatting import Table  # noqa: PLC0415 - help is quick
    from riskcalc.presets import preset_names  # noqa: PLC0415 - as above

    purposes = [(listed, _purpose(listed.path)) for listed in preset_names()]
    if json_wanted:
        print_json([to_plain(listed) | {"description": purpose} for listed, purpose in purposes])
        return
    rows = tuple((listed.name, listed.origin, purpose) for listed, purpose in purposes)
    header = ("name", "source", "description")
    print_tables("", [Table(title="Presets", header=header, rows=rows, left=frozenset({0, 1, 2}))])


def _purpose(path: Path) -> str:
    """Return the description of a preset; an unreadable preset must not hide the others."""
    from riskcalc.presets import load_preset  # noqa: PLC0415 - help is quick

    try:
        return load_preset(path, as_written=True).description
    except PresetError:
        return "cannot be read; for details: riskcalc presets check"


@command.command("show")
@click.argument("preset", shell_complete=complete_preset)
@overrides
@as_json
def show(*, preset: str, settings: dict[str, Any], json_wanted: bool) -> None:
    """Print PRESET as in its file, or, with changes, as it would be saved."""
    from riskcalc.presets import load_preset, preset_text  # noqa: PLC0415 - help is quick

    loaded = load_preset(preset, settings, as_written=True)
    if json_wanted:
        print_json(to_plain(loaded))
    else:
        click.echo(preset_text(loaded), nl=False)


@command.command("save")
@click.argument("name")
@click.option(
    "--from",
    "source",
    required=True,
    metavar="PRESET",
    shell_complete=complete_preset,
    help="Name or file of the preset to save.",
)
@overrides
@click.option("--force", is_flag=True, help="Replace an existing preset of that name.")
def save(*, name: str, source: str, settings: dict[str, Any], force: bool) -> None:
    """Save a preset, with any changes, as NAME in your own folder; comments are preserved."""
    from riskcalc.presets import load_preset, save_preset  # noqa: PLC0415 - help is quick

    path = save_preset(load_preset(source, settings, as_written=True), name, force=force)
    click.echo(f"saved {path}")


@command.command("check")
@click.argument("names", metavar="[PRESET]...", nargs=-1, shell_complete=complete_preset)
def check(*, names: tuple[str, ...]) -> None:
    """Check presets, or all of them if none is named; prints one line per problem."""
    from riskcalc.presets import check_preset, preset_names  # noqa: PLC0415 - help is quick

    checked = names or tuple(listed.name for listed in preset_names())
    problems = {name: check_preset(name) for name in checked}
    for name, preset_problems in problems.items():
        if not preset_problems:
            click.echo(f"OK    {name}")
    found_any = [line for preset_problems in problems.values() for line in preset_problems]
    if found_any:
        raise PresetError("\n".join(found_any))


@command.command("schema")
def schema() -> None:
    """Print the JSON schema of preset files, for editors with completion and validation."""
    from riskcalc.presets import json_schema  # noqa: PLC0415 - help is quick

    print_json(json_schema())


@command.command("path")
@click.argument("preset", required=False, shell_complete=complete_preset)
def path(*, preset: str | None) -> None:
    """Print the file of PRESET, or the folder of your own presets."""
    from riskcalc.presets import find_preset, user_folder  # noqa: PLC0415 - help is quick

    folder: Path = find_preset(preset) if preset else user_folder()
    click.echo(folder)
