"""The book: what is held, its profit and risk, imports from brokers, hedges, and the journal."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
