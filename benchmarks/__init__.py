"""Speed and error beside the peers, all in one run: ``python -m benchmarks``."""
