"""Names of shipped presets that the front doors start from."""

DEFAULT_PRESET = "iwm-call-spread"
"""Opened or planned when none is named."""

VEHICLES = ("iwm-shares", "tna-momentum", DEFAULT_PRESET)
"""Three ways to one view, compared at one risk; beside a trade, the one it is most like gives way to it."""
