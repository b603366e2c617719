"""Storage of presets: shipped ones, the user's own, and files by path."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from riskcalc.domain import BookUse, PlanSources, Source
from riskcalc.domain.validation import mapping, record, text
from riskcalc.environment import presets_folder
from riskcalc.errors import PresetError, RiskcalcError
from riskcalc.presets.document import read_preset
from riskcalc.presets.embedded import SOURCES, EmbeddedPreset, embedded_preset, is_report
from riskcalc.presets.files import read_text, write_whole
from riskcalc.presets.market_file import KnownMarket
from riskcalc.presets.overlay import UserFiles, user_files
from riskcalc.presets.template import Preset
from riskcalc.records import dataclass

DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL"} | {f"{port}{n}" for port in ("COM", "LPT") for n in range(10)}
)
"""Reserved device names of Windows, with any extension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPreset:
    """A preset found by name."""

    name: str
    origin: Literal["yours", "shipped"]
    path: Path


def load_preset(
    name_or_path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    market: KnownMarket | None = None,
    book: BookUse | None = None,
    as_written: bool = False,
) -> Preset:
    """Load a preset.

    Parameters
    ----------
    name_or_path : str or Path
        Name of a preset of the user or of a shipped one, or path of a preset file or of a report in HTML.
    overrides : mapping or None
        Values by dotted key, set over the file's own: ``{"account.risk": 2, "exits.stop": "7%"}``. The vol of
        the underlying's quote moves the vols that the legs state by as many points.
    market : KnownMarket or None
        Fetched prices, over those of the user's market of today.
    book : BookUse or None
        What the open trades of a book use of the account: their risk and buying power, where neither the file
        nor the overrides say any; see `riskcalc.book.use.book_use`.
    as_written : bool
        Whether the file alone is read, without the user's market of today and account.

    Returns
    -------
    Preset
        With today's prices in place of its own where ``market.toml`` knows them, and with the account of
        ``account.toml`` where the file says none.

    Raises
    ------
    PresetError
        There is no such preset, or it cannot be read; the text has one line for each problem.

    Examples
    --------
    >>> preset = load_preset("iwm-call-spread", {"exits.stop": "7%"})
    >>> preset.exits.stop
    0.07
    >>> preset.template.resolve(preset.market).description
    'IWM 295/325 call spread 2026-09-18'
    """
    path = find_preset(name_or_path)
    if overrides is not None:
        mapping("overrides", overrides)
    written = read_text(path)
    if is_report(written):
        return _from_report(written, path, overrides)
    return read_preset(
        written,
        path=path,
        overrides=overrides,
        files=UserFiles() if as_written else user_files(market, book=book),
        shipped=is_shipped(path),
    )


def _from_report(page: str, path: Path, overrides: Mapping[str, Any] | None) -> Preset:
    """Return the preset inside a report: with the market and the account that the report was made with."""
    data = embedded_preset(page, path)
    preset = read_preset(
        data.text, path=path, overrides=overrides, files=UserFiles(), calibration=data.calibration
    )
    loaded = preset.sources
    kept_sources = {
        name: getattr(data.sources, name) for name in SOURCES if getattr(loaded, name) is not Source.SET
    }
    moved = Source.SET in (loaded.vol, loaded.date)
    sources = replace(loaded, vol_date=None if moved else data.sources.vol_date, **kept_sources)
    return replace(preset, sources=sources)


def check_preset(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """Return every problem of a preset, a line each; none when it loads and its trade resolves.

    Parameters
    ----------
    name_or_path, overrides
        As for `load_preset`.
    """
    try:
        preset = load_preset(name_or_path, overrides, as_written=True)
    except PresetError as error:
        return tuple(str(error).splitlines())
    try:
        preset.template.resolve(preset.market)
    except RiskcalcError as error:
        return (f"{preset.path}: {error}",)
    return ()


def preset_names() -> tuple[ListedPreset, ...]:
    """Return all presets that have a name, in order; one of the user's own hides a shipped one."""
    shipped = {path.stem: path for path in _files(shipped_folder())}
    own_files = {path.stem: path for path in _files(user_folder())}
    return tuple(
        ListedPreset(name=name, origin="yours" if name in own_files else "shipped", path=path)
        for name, path in sorted((shipped | own_files).items())
    )


def find_preset(name_or_path: str | Path) -> Path:
    """Return the file of a preset.

    Parameters
    ----------
    name_or_path : str or Path
        What holds a separator or ends in ``.toml`` is a path. Any other word is a name, first among the
        user's own, then among the shipped ones, then that of a file in the working folder.

    Raises
    ------
    PresetError
        No preset has that name; the nearest and all known names are given. Or its home folder is no one's.
    """
    record("name_or_path", (str, Path), name_or_path)
    path = _expanded(Path(name_or_path))
    if isinstance(name_or_path, Path) or len(path.parts) > 1 or path.suffix == ".toml":
        return path
    paths = {listed.name: listed.path for listed in preset_names()}
    if name_or_path not in paths and not os.path.isfile(path):  # noqa: PTH113 - an impossible name is no file
        raise _unknown(name_or_path, list(paths))
    return paths.get(name_or_path, path)


def save_preset(preset: Preset, name: str, *, folder: Path | None = None, force: bool = False) -> Path:
    """Save a preset, whole or not at all.

    Parameters
    ----------
    preset : Preset
        What to save. If it was read from a file, that file's comments, order and spelling are kept.
    name : str
        What it is called from now on: letters, digits, dot, dash, underscore and space.
    folder : Path or None
        Where to; None is the user's own folder.
    force : bool
        Whether a file of that name is replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    PresetError
        The name is no file name or differs from another's by case alone, the file exists, the folder cannot
        be written or holds the shipped presets, or the preset says something that a file cannot. Nothing is
        changed then.
    """
    path = (user_folder() if folder is None else folder) / f"{_file_name(name)}.toml"
    _require_distinct(path)
    if path.parent.resolve() == shipped_folder().resolve():
        raise PresetError(f"{path}: shipped presets cannot be changed; save to another folder")
    if path.exists() and not force:
        raise PresetError(f"{path}: already exists; --force replaces it")
    text = _preset_text(preset, path)
    _require_reads_back(text, preset, path)
    write_whole(path, text)
    return path


def preset_text(preset: Preset) -> str:
    """Return a preset as TOML, as `save_preset` would write it: its file's comments are kept.

    Parameters
    ----------
    preset : Preset
        From `load_preset`, possibly changed.
    """
    return _preset_text(preset, preset.path or Path(f"{preset.name}.toml"))


def user_folder() -> Path:
    """Return the folder of the user's own presets, which need not exist yet."""
    return presets_folder()


def self_contained(preset: Preset, sources: PlanSources) -> EmbeddedPreset:
    """Return a preset that gives the same plan anywhere, for a report of that plan.

    No file is named, its name is stated, and nothing is left to the user's account, market of today and
    calibration.

    Parameters
    ----------
    preset : Preset
        What the plan was made from.
    sources : PlanSources
        Those of the plan.

    Raises
    ------
    PresetError
        The preset says something that a file cannot.
    """
    from riskcalc.presets.document_text import document_text  # noqa: PLC0415 - reading writes none

    path = Path(f"{preset.name}.html")
    # A path without a stem, so that the text states the name whatever its file is called.
    standalone = replace(preset, path=None, inherited=None)
    text = document_text(standalone, title=preset.name, path=Path())
    _require_reads_back(text, standalone, path)
    return EmbeddedPreset(text=text, sources=sources, calibration=preset.calibration)


def shipped_folder() -> Path:
    """Return the folder of the presets that come with riskcalc."""
    installed = Path(__file__).parent / "shipped"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "presets"


def is_shipped(path: Path) -> bool:
    """Whether a file is one of the presets that come with riskcalc."""
    return path.resolve().parent == shipped_folder().resolve()


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise PresetError(f"{path}: there is no such home folder") from error


def _preset_text_of(path: Path) -> str:
    """Return the TOML of a preset file, or of the preset inside a report."""
    text = read_text(path)
    return embedded_preset(text, path).text if is_report(text) else text


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.toml") if not path.name.startswith(".")]


def _unknown(name: str, names: list[str]) -> PresetError:
    near = difflib.get_close_matches(name, names, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return PresetError(f"no preset is named {name!r}; {meant}known: {', '.join(names)}")


def _file_name(name: str) -> str:
    stem = text("name", name).removesuffix(".toml")
    if stem.partition(".")[0].strip().upper() in DEVICES:
        raise PresetError(f"{stem} is a device on Windows, not a file: give the preset another name")
    if not re.fullmatch(r"\w([\w .-]{0,98}\w)?", stem):
        allowed = "1 to 100 letters, digits, dots, dashes, underscores or spaces, no separator"
        raise PresetError(f"the name of a preset must be {allowed}, got {name!r}")
    return stem


def _require_distinct(path: Path) -> None:
    """Refuse a name that differs from another only by case: on many disks both are one file."""
    stems = {other.stem for other in _files(path.parent)}
    if path.stem in stems:
        return  # a file of just this name is there already
    shipped = {other.stem for other in _files(shipped_folder())}
    for other in sorted((stems | shipped) - {path.stem}):
        if other.casefold() == path.stem.casefold():
            raise PresetError(f"{path}: the preset {other} differs by case alone: give it another name")


def _preset_text(preset: Preset, path: Path) -> str:
    """The new text; a file that is saved under its own name keeps its title."""
    from riskcalc.presets.document_text import document_text  # noqa: PLC0415 - as above

    renamed = preset.path is not None and preset.path.stem != path.stem
    title = path.stem if renamed else preset.name
    return document_text(preset, title=title, path=path, base=_base(preset))


def _base(preset: Preset) -> tuple[str, Preset] | None:
    """Text and data that a preset was read from; None if the file is missing or invalid."""
    if preset.path is None:
        return None
    try:
        text = _preset_text_of(preset.path)
        return text, read_preset(text, path=preset.path, files=_account_of(preset))
    except PresetError:
        return None


def _account_of(preset: Preset) -> UserFiles | None:
    """The user's account that the preset was read with, without a market."""
    return None if preset.inherited is None else UserFiles(account=preset.inherited)


def _require_reads_back(text: str, preset: Preset, path: Path) -> None:
    """Check that the file reproduces the preset; one made in Python may not fit in a file."""
    try:
        reread = read_preset(text, path=path, files=_account_of(preset), calibration=preset.calibration)
    except PresetError as error:
        raise PresetError(f"{path}: not saved, a preset file cannot express this:\n{error}") from None
    template = replace(reread.template, name=preset.template.name)
    if replace(reread, name=preset.name, path=preset.path, template=template) != preset:
        doubts = "is the instrument unknown, or a dividend a forecast?"
        raise PresetError(f"{path}: not saved, a preset file cannot express all of it; {doubts}")
