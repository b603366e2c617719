"""``python -m tests.fuzz``: mutated inputs for every reader, and what became of them."""

from __future__ import annotations

import argparse
import random
import sys

from tests.fuzz.readers import READERS
from tests.fuzz.running import MOST_SECONDS, SECONDS, Count, run


def main() -> int:
    """Run, print the counts, and return 1 when something broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="time to run for")
    parser.add_argument("--seed", type=int, help="another one every time by default")
    parser.add_argument("--reader", choices=[reader.name for reader in READERS], action="append")
    parser.add_argument("--case", type=int, help="run the one input of this number again")
    asked = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    sys.stdout.write(f"seed {seed}, {asked.seconds:g} s, an input may take {MOST_SECONDS:g} s\n")
    chosen = [reader for reader in READERS if not asked.reader or reader.name in asked.reader]
    counts = run(seed=seed, seconds=asked.seconds, readers=chosen, only=asked.case)
    sys.stdout.write(table(counts))
    return int(any(count.tracebacks for count in counts.values()))


def table(counts: dict[str, Count]) -> str:
    """Counts by reader, then each distinct finding."""
    header = f"{'reader':<12}{'inputs':>8}{'read':>8}{'refused':>9}{'broke':>7}{'slowest':>9}  case\n"
    rows = "".join(
        f"{name:<12}{count.total:>8}{count.read:>8}{count.refused:>9}{sum(count.times.values()):>7}"
        f"{count.slowest:>8.2f}s  {count.slowest_case}\n"
        for name, count in counts.items()
    )
    result = "".join(
        f"\n{name}: {place}, {count.times[place]} times\n{text}\n"
        for name, count in counts.items()
        for place, text in count.tracebacks.items()
    )
    return header + rows + result


if __name__ == "__main__":
    sys.exit(main())
