"""Presets: trades as TOML that people read and edit; found, checked, resolved and saved here.

The public names stand in the stub beside this file; each loads on first use, so that reading a fraction does
not load the schema's machinery.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
