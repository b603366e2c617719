"""A preset that says no more than it must."""

SPREAD = """
schema = 1
[market]
date = 2026-07-20
rate = "4%"
quotes.IWM = {spot = 295.39, vol = "20%"}
[trade]
symbol = "iwm"
[[trade.legs]]
kind = "call"
side = "long"
strike = 295
days = 60
[exits]
stop = 6
[account]
equity = 100_000
"""
