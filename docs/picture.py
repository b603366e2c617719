"""Draw docs/screen.png: the default trade on the terminal screen, slightly tuned; needs Chromium.

Run it from the root of the repository: ``make picture``.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PICTURE = Path(__file__).with_name("screen.png")
SIZE = (120, 40)
KEYS = (*"nnnnnnnn", "down", "down", *"nnnnn", "up", "up", *"NNNNNNNNNNNNN", "]", "]", "]", "]", "]", "]")
"""A tighter stop, more equity, and the crosshair above the spot."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --force-device-scale-factor=0.8"
)
LONGEST = 400
"""Maximum number of waits for the engine."""


async def screen(folder: Path) -> str:
    """Return the screen as an SVG after the keys were pressed."""
    os.environ.update(COLORTERM="truecolor", TERM="xterm-256color", RISKCALC_PRESETS=str(folder))
    os.environ["RISKCALC_SESSION"] = str(folder / "session.json")
    os.environ.pop("NO_COLOR", None)
    from riskcalc.tui.app import RiskApp  # noqa: PLC0415 - it reads the environment set above

    app = RiskApp()
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(LONGEST):
            if app.main_screen.ready:
                break
            await pilot.pause(0.05)
        await pilot.press(*KEYS)
        await pilot.pause(0.5)
        return app.export_screenshot()


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


def main() -> None:
    """Draw the picture, or exit with what is missing."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        sys.exit(
            f"docs/picture.py needs a Chromium to draw with: none of {', '.join(BROWSERS)} is on the PATH"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        svg = with_local_font(asyncio.run(screen(folder)))
        source = folder / "screen.svg"
        source.write_text(svg, encoding="utf-8")
        width, height = size(svg)
        places = [f"--user-data-dir={folder / 'profile'}", f"--screenshot={PICTURE}"]
        command = [browser, *OPTIONS.split(), *places, f"--window-size={width},{height}", source.as_uri()]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the browser found above
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
