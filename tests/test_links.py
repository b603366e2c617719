"""Links and anchors of the documents lead somewhere, and the page on the architecture names what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {
    str(path.relative_to(ROOT)): path
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *sorted(DOCS.rglob("*.md")),
    )
}
ELSEWHERE = ("https://", "http://", "mailto:")
PATHS = re.compile(r"`((?:riskcalc|tests|docs|presets)/[\w./]*)`")
MODULES = re.compile(r"`(riskcalc/[\w/]+\.pyi?)`")
NAMES = re.compile(r"`([A-Za-z_][\w.]*)(?:\(.*?\)|\[.*?\])?`")
PATTERNS = {"riskcalc/cli/NAME_command.py"}
"""What stands for a file that is still to be written."""


def prose(path):
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(path):
    """Anchors of a page's headings, as the site and a repository's page make them."""
    result = set()
    for heading in re.findall(r"^#+ +(.*)$", prose(path), flags=re.MULTILINE):
        kept = re.sub(r"[^\w\s-]", "", heading).strip().lower()
        result.add(re.sub(r"\s", "-", kept))
    return result


def broken_links(path):
    """Links of a page to no file, to no heading, or from the site to what is not in it."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]*)\)", prose(path)):
        if target.startswith(ELSEWHERE):
            continue
        place, _, anchor = target.partition("#")
        result = (path.parent / place).resolve() if place else path
        outside = path.is_relative_to(DOCS) and not result.is_relative_to(DOCS)
        if not result.is_file() or outside or (anchor and anchor not in anchors(result)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    assert broken_links(PAGES[name]) == []


def test_broken_links_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# A page, here\n[a](#a-page-here) [b](#there) [c](none.md) [d](page.md#x)\n```\n[e](no)\n```\n"
    )
    assert broken_links(page) == ["#there", "none.md", "page.md#x"]


def test_the_menu_of_the_site_lists_every_page():
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    listed = re.findall(r"- ([\w/]+\.md)$", menu, flags=re.MULTILINE)
    assert sorted(listed) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_named_files_are_there(name):
    named = set(PATHS.findall(PAGES[name].read_text(encoding="utf-8"))) - PATTERNS
    assert len(named) > 5
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def test_every_step_of_the_walks_names_what_is_in_its_modules():
    page = PAGES["docs/architecture.md"].read_text(encoding="utf-8")
    rows = re.findall(r"^\|[^|]*\| `riskcalc/[^|]*\|[^|]*\|$", page, flags=re.MULTILINE)
    assert len(rows) > 30
    missing = []
    for row in rows:
        code = "\n".join(
            (ROOT / module).read_text(encoding="utf-8")
            for module in MODULES.findall(row)
            if module not in PATTERNS
        )
        names = {part for name in NAMES.findall(row.split("|")[3]) for part in name.split(".")[-1:]}
        missing += [(row, name) for name in names if not re.search(rf"\b{name}\b", code)]
    assert missing == []


def test_the_layers_are_those_of_the_contracts():
    page = PAGES["docs/architecture.md"].read_text(encoding="utf-8")
    picture = page.partition("## Layers")[2].partition("```text")[2].partition("```")[0]
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = [rule for rule in rules["contracts"] if rule["type"] == "layers"]
    layers = [tuple(layer.split(" | ")) for layer in contract["layers"] if layer != "__main__"]
    drawn = [tuple(re.findall(r"│ ([a-z_]+) ", line)) for line in picture.splitlines()]
    packages = {name for layer in layers for name in layer}
    assert [sorted(line) for line in drawn if line and set(line) <= packages] == [
        sorted(layer) for layer in layers
    ]


def test_every_make_target_is_explained():
    targets = re.findall(
        r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    page = PAGES["CONTRIBUTING.md"].read_text(encoding="utf-8")
    explained = re.findall(r"^\| `make ([a-z-]+)", page, flags=re.MULTILINE)
    assert sorted(explained) == sorted(set(targets) - {"help"})
