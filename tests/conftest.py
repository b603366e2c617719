"""One hypothesis profile for all: the same examples every run and no clock, so a red run is a real one."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
