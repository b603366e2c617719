"""Reports of plans and other results: pages, pictures and tables, as files, in notebooks and as figures."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
