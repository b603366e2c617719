"""What a night's scan of 5,000 symbols costs: ``python -m benchmarks.desk``.

Process time of one chain of some 2,500 quotes, step by step, times the chains, over the cores. The chain is a
real one where `RISKCALC_REFERENCE` names its folder, else the shipped sample.
"""

from __future__ import annotations

import statistics
import time

from benchmarks.bench_american import CHAIN
from riskcalc.chains import fit_chain, read_chain
from riskcalc.chains.sample import SAMPLE_FILE
from riskcalc.presets import load_preset
from riskcalc.scanning import ScanRules, SpreadKind, scan

SYMBOLS, QUOTES = 5_000, 2_500
CORES = (8, 32)
SHOWN = 20
RULES = {
    "call debit spreads, 45 to 90 DTE": ScanRules(),
    "call debit spreads, all expiries": ScanRules(min_days=1, max_days=400),
    "all four kinds, 45 to 90 DTE": ScanRules(kinds=tuple(SpreadKind), fitting_only=False),
}


def main():
    path = CHAIN if CHAIN.exists() else SAMPLE_FILE
    preset = load_preset("iwm-call-spread")
    read, chain = timed(lambda: read_chain(path))
    per_chain = QUOTES / len(chain)
    print(f"{path.name}: {len(chain):,} quotes, read in {1000 * read:.0f} ms")
    titles = [f"{SYMBOLS:,} chains on {cores} cores" for cores in CORES]
    print(f"| scan of one chain | smile | spreads | {' | '.join(titles)} |")
    print(f"| --- | ---: | ---: |{' ---: |' * len(CORES)}")
    for name, rules in RULES.items():
        smile, fitted = timed(
            lambda rules=rules: fit_chain(
                chain, preset.market, min_days=rules.min_days, max_days=rules.max_days
            )
        )
        terms = {"market": preset.market, "account": preset.account, "exits": preset.exits, "rules": rules}
        spreads, _ = timed(lambda fitted=fitted, terms=terms: scan(fitted, **terms, top=SHOWN))
        whole = SYMBOLS * per_chain * (read + smile + spreads)
        nights = " | ".join(f"{whole / cores / 60:.0f} min" for cores in CORES)
        print(f"| {name} | {1000 * smile:.0f} ms | {1000 * spreads:.0f} ms | {nights} |")


def timed(work, rounds=3):
    """Return the median process time of some work [s], and its result."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    return statistics.median(times), result


if __name__ == "__main__":
    main()
