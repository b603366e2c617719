"""A plan, a comparison of three vehicles and a stress of one: what a screen asks for."""

import pytest

from benchmarks.measure import OURS, measure
from riskcalc.planning import compare, stress
from riskcalc.presets import load_preset, load_scenarios, plan_preset

VEHICLES = ("iwm-shares", "tna-momentum", "iwm-call-spread")


def bench_compare(benchmark):
    plans = [plan_preset(name) for name in VEHICLES]
    task = "Comparison of three planned vehicles"
    measure(benchmark, lambda: compare(plans), task=task, implementation=OURS, options=1)


@pytest.mark.parametrize("name", VEHICLES)
def bench_stress(benchmark, name):
    plan, account, scenarios = plan_preset(name), load_preset(name).account, load_scenarios()
    task = f"{len(scenarios)} scenarios on {name}"
    measure(
        benchmark,
        lambda: stress(plan, scenarios, account=account),
        task=task,
        implementation=OURS,
        options=1,
    )
