"""Draw the pages of the terminal screen as docs/*.png, with made-up trades; needs Chromium.

Run it from the root of the repository: ``make picture``.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.pilot import Pilot

FOLDER = Path(__file__).parent
SIZE = (120, 40)
TODAY = "2026-07-21"
PAGES = {
    "today": ("f1",),
    "chain": ("f3",),
    "book": ("f4",),
    "journal": ("f5",),
    "screen": ("f2", *"nnnnnnnn", "down", "down", *"NNNNNNNN", *"]]]]]]"),
}
"""Keys to each page; the trade's gets a tighter stop, and the crosshair above the spot."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --force-device-scale-factor=0.62"
)
LONGEST = 400
"""Maximum number of waits for the engine."""

ACCOUNT = "account set equity=150000 risk=1%"
QUOTES = "quote IWM=297.40 TNA=61.20 TZA=9.84 SPY=752.10 --vol IWM=20.5% --rate 3.9%"
SIGNALS = (
    "signals --enter sp500_move=-1.4% --enter ten_year_change_bp=12bp --enter high_yield_widening=42bp "
    "--enter iwm_over_ema20=1.2% --enter iwm_over_sma50=2.4% --enter iwm_over_sma200=5.8% "
    "--enter iwm_flow=-250M"
)
OPEN = (
    ("iwm-call-spread", {"IWM": 288.2}, "core"),
    ("iwm-shares", {"IWM": 284.1}, "swing"),
    ("tna-momentum", {"TNA": 64.9}, "momentum"),
    ("tza-hedge", {"TZA": 10.2}, "hedge"),
)
"""Presets of open trades with the price they were entered at, and a tag."""
EXITS = (-12.0, 18.0, 7.0, -17.7, 29.5, -4.0, 11.2, 3.3, -17.0, 44.0, -9.0, 22.0)
"""Exits of closed trades in IWM shares, against their entry [dollars per share]."""
MARKS = {
    "IWM": 297.4,
    "TNA": 61.2,
    "TZA": 9.84,
    "IWM 288 call 2026-09-18": 18.6,
    "IWM 317 call 2026-09-18": 3.4,
}


def write_files(folder: Path) -> None:
    """Write account, market, signals and a book to a folder of their own."""
    os.environ.update(COLORTERM="truecolor", TERM="xterm-256color", RISKCALC_HOME=str(folder))
    os.environ.update(RISKCALC_SESSION=str(folder / "session.json"), RISKCALC_TODAY=TODAY)
    for name in ("NO_COLOR", "RISKCALC_PRESETS", "RISKCALC_KEYS"):
        os.environ.pop(name, None)
    for line in (ACCOUNT, QUOTES, SIGNALS):
        command = [sys.executable, "-m", "riskcalc", *line.split()]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - this program
    write_book(folder / "book.sqlite")


def write_book(path: Path) -> None:
    """Write open trades, marked, and closed ones with notes."""
    import riskcalc as rc  # noqa: PLC0415 - it reads the environment set before
    from riskcalc.book import Book  # noqa: PLC0415 - as above

    start = dt.datetime(2026, 7, 13, 10, 12)  # noqa: DTZ001 - New York
    with Book(path) as book:
        for day, (name, spots, tag) in enumerate(OPEN):
            plan = rc.plan_preset(name, {f"market.quotes.{key}.spot": spot for key, spot in spots.items()})
            book.add(plan, time=start + dt.timedelta(days=day), preset=name, tags=[tag])
        plan = rc.plan_preset("iwm-shares")
        for place, change in enumerate(EXITS):
            opened = start - dt.timedelta(days=70 - 5 * place)
            trade = book.add(plan, time=opened, units=40, preset="iwm-shares", tags=["swing"])
            book.close(trade.id, price=295.39 + change, time=opened + dt.timedelta(days=5))
            book.note(trade.id, "Sold as planned.", time=opened + dt.timedelta(days=5))
        contracts = {one.contract for trade in book.trades(status="open") for one in trade.holdings}
        book.mark({one: MARKS[one.label] for one in contracts}, day=dt.date.fromisoformat(TODAY))


async def draw_pages(folder: Path) -> dict[str, str]:
    """Return each page as an SVG after its keys were pressed."""
    from riskcalc.chains.sample import SAMPLE_FILE  # noqa: PLC0415 - as above
    from riskcalc.tui.app import LaunchOptions, RiskApp  # noqa: PLC0415 - as above

    write_files(folder)
    options = LaunchOptions(
        today=dt.date.fromisoformat(TODAY), held_against_day=True, book_wanted=True, chain=SAMPLE_FILE
    )
    found = {}
    app = RiskApp(options)
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(LONGEST):
            if app.main_screen.ready:
                break
            await pilot.pause(0.05)
        for name, keys in PAGES.items():
            await pilot.press(*keys)
            await settle(pilot)
            found[name] = app.export_screenshot(title="riskcalc")
    return found


async def settle(pilot: Pilot[None]) -> None:
    """Wait for what runs in threads, and for its frames."""
    for _ in range(3):
        await pilot.pause(0.2)
        await pilot.app.workers.wait_for_complete()


def with_local_font(svg: str) -> str:
    """Return the SVG in a local font: its own would have to be downloaded."""
    without = re.sub(r"@font-face\s*{[^}]*}", "", svg)
    return without.replace("Fira Code", "DejaVu Sans Mono")


def size(svg: str) -> tuple[int, int]:
    """Return the width and height of an SVG [pixels]."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if found is None:
        raise ValueError("the screenshot has no size")
    return int(float(found[1])) + 1, int(float(found[2])) + 1


def write_picture(browser: str, svg: str, picture: Path, *, folder: Path) -> None:
    """Write an SVG as a PNG."""
    source = folder / "screen.svg"
    source.write_text(with_local_font(svg), encoding="utf-8")
    width, height = size(svg)
    places = [f"--user-data-dir={folder / 'profile'}", f"--screenshot={picture}"]
    command = [browser, *OPTIONS.split(), *places, f"--window-size={width},{height}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the browser that was found
    print(f"{picture}: {picture.stat().st_size:,} bytes")  # noqa: T201 - a script's answer


def main() -> None:
    """Draw the pictures, or exit with what is missing."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        sys.exit(
            f"docs/picture.py needs a Chromium to draw with: none of {', '.join(BROWSERS)} is on the PATH"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for page, svg in asyncio.run(draw_pages(folder)).items():
            write_picture(browser, svg, FOLDER / f"{page}.png", folder=folder)


if __name__ == "__main__":
    main()
