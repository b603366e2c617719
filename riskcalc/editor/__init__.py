"""Editor of one trade: fields and their steps, undo, A/B and the session file.

It knows no screen: a terminal, a test or a notebook can drive it. The public names stand in the stub beside
this file; each loads on first use, so that a screen can be painted before the engine is loaded.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
