from __future__ import annotations

from functools import cache
from xml.etree import ElementTree as ET

import pytest

import riskcalc
from riskcalc.presets import load_preset, self_contained
from riskcalc.reports.plan_page import plan_page

SHIPPED = ("iwm-call-spread", "iwm-shares", "iwm-spy-pair", "tna-momentum", "tza-hedge")


def parsed(markup):
    """Markup of ours as a tree: pages too are written as XML."""
    return ET.fromstring(markup.removeprefix("<!DOCTYPE html>"))  # noqa: S314 - our own


@cache
def planned(name="iwm-call-spread"):
    return riskcalc.plan_preset(name)


@cache
def page_of(name="iwm-call-spread"):
    preset = self_contained(load_preset(name), planned(name).sources)
    return plan_page(planned(name), preset=preset, command=f"riskcalc report {name} -o plan.html")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISKCALC_PRESETS", str(tmp_path / "user presets"))
