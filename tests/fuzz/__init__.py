"""Mutated files and arguments for every reader: ``make fuzz``."""
