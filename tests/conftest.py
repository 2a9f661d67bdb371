"""What holds for every test: property tests draw the same examples each time, and none is timed."""

from hypothesis import settings

settings.register_profile("shared", deadline=None, derandomize=True)
settings.load_profile("shared")
