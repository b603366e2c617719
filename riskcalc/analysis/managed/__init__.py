"""Odds and P&L of a trade managed by a stop, profit targets and a time stop."""
