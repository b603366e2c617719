"""A metric is one number: JSON, command line and screen show the same."""

from __future__ import annotations

import math
from functools import reduce

import pytest

from riskcalc.formatting import plan_tables
from riskcalc.formatting.metric import LABEL, VALUE, plain_text
from riskcalc.formatting.numbers import fit
from riskcalc.formatting.panel import panel_lines
from riskcalc.formatting.plan_metrics import (
    calibrated_metrics,
    greeks_metrics,
    managed_metrics,
    more_price_metrics,
    odds_metrics,
    price_metrics,
    select,
    size_metrics,
)
from tests.formatting.plans import EVERY, planned

PANELS = ("price", "greeks", "size", "exits")


def metrics(plan):
    report = plan.report
    return (
        *price_metrics(report),
        *more_price_metrics(report),
        *greeks_metrics(report),
        *size_metrics(plan),
        *odds_metrics(plan),
        *calibrated_metrics(plan),
        *managed_metrics(plan),
    )


def in_json(data, key):
    parts = (int(part) if part.isdigit() else part for part in key.split("."))
    return reduce(lambda result, part: result[part], parts, data)


@pytest.mark.parametrize("name", EVERY)
def test_each_metric_has_its_value_in_json_under_its_key(name):
    data = planned(name).to_dict()
    for metric in metrics(planned(name)):
        value = in_json(data, metric.key)
        if value == "unlimited":
            assert math.isinf(metric.value), metric.key
        else:
            assert metric.value == value, metric.key


@pytest.mark.parametrize("name", EVERY)
def test_each_metric_is_one_row_of_the_command_line(name):
    rows = [row for table in plan_tables(planned(name)) for row in table.rows]
    for metric in metrics(planned(name)):
        assert rows.count(metric.row) == 1, metric.key


@pytest.mark.parametrize("name", EVERY)
def test_a_panel_shows_the_label_and_the_number_of_its_metrics(name):
    result = planned(name)
    lines = "\n".join(plain_text(panel_lines(panel, result, width=44)) for panel in PANELS).split("\n")
    expected = select(metrics(result), "probability.stop_first", "managed.expected_pnl")
    for metric in (
        *price_metrics(result.report),
        *greeks_metrics(result.report),
        *(metric for metric in size_metrics(result) if metric.key != "size.loss_at_gap"),
        *expected,
    ):
        number = fit(metric.format.variants(metric.value), VALUE)
        assert any(line.startswith(f"{metric.label(LABEL):{LABEL}}{number:>{VALUE}}") for line in lines)


@pytest.mark.parametrize("name", EVERY)
def test_keys_are_unique_and_the_shortest_label_fits_a_panel(name):
    result = metrics(planned(name))
    assert len({metric.key for metric in result}) == len(result)
    for metric in (*price_metrics(planned(name).report), *size_metrics(planned(name))):
        assert len(metric.labels[-1]) <= LABEL
