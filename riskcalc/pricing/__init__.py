"""Formulas on arrays: keyword-only, broadcasting, ignorant of trades."""
