"""A report in a real browser: dark and light, two printed pages, nothing refused or fetched."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.browser import BROWSER, OPTIONS, PATIENCE, needs_browser
from tests.reports.conftest import SHIPPED, page_of

DARK, LIGHT = 0, 1
"""What Chromium calls the color schemes."""

pytestmark = [pytest.mark.slow, needs_browser]


@pytest.fixture
def browse(tmp_path):
    """Open the report of a preset in the browser; returns what it wrote to stdout and stderr."""

    def open_page(name, *options):
        page = tmp_path / f"{name}.html"
        page.write_text(page_of(name), encoding="utf-8")
        command = [BROWSER, *OPTIONS.split(), f"--user-data-dir={tmp_path / 'profile'}", *options]
        done = subprocess.run(
            [*command, page.as_uri()], capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        return done.stdout, done.stderr

    return open_page


@pytest.mark.parametrize("name", SHIPPED)
def test_it_prints_on_two_pages(browse, name):
    browse(name, "--no-pdf-header-footer", "--print-to-pdf=page.pdf")
    assert len(re.findall(rb"/Type /Page\b", Path("page.pdf").read_bytes())) == 2


def test_it_is_drawn_and_nothing_is_refused(browse):
    out, err = browse("iwm-call-spread", "--dump-dom")
    assert out.count("<svg") == 2
    assert "CONSOLE" not in err


@pytest.mark.parametrize(("scheme", "paper"), [(LIGHT, (255, 255, 255)), (DARK, (20, 24, 29))])
def test_it_is_dark_where_the_screen_is(browse, scheme, paper):
    image = pytest.importorskip("matplotlib.image")
    browse(
        "iwm-call-spread",
        f"--blink-settings=preferredColorScheme={scheme}",
        "--window-size=1200,900",
        "--screenshot=page.png",
    )
    pixels = image.imread("page.png")[..., :3]
    assert tuple(round(255 * float(part)) for part in pixels[5, 5]) == paper
    assert pixels.std() > 0.05  # more than paper
