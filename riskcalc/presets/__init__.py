"""Presets: TOML files of trades; finding, checking, resolving and saving them.

The public names stand in the stub beside this file; each loads on first use, so that reading a fraction does
not load the schema. The names of the shipped presets that the user interfaces start with are here.
"""

from riskcalc.lazy_packages import load_on_first_use

load_on_first_use(__name__, __file__)

DEFAULT_PRESET = "iwm-call-spread"
"""Opened or planned when none is named."""

VEHICLES = ("iwm-shares", "tna-momentum", DEFAULT_PRESET)
"""Presets compared by default; a trade replaces the one of its kind."""
