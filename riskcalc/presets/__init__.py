"""Presets: trades as TOML that people read and edit; found, checked, resolved and saved here.

The public names stand in the stub beside this file; each loads on first use, so that reading a fraction does
not load the schema's machinery. The names of the shipped presets that the front doors start from stand here.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

DEFAULT_PRESET = "iwm-call-spread"
"""Opened or planned when none is named."""

VEHICLES = ("iwm-shares", "tna-momentum", DEFAULT_PRESET)
"""Three ways to one view, compared at one risk; beside a trade, the one it is most like gives way to it."""
