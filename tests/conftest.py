"""The fixtures that every test may ask for by name."""

from hypothesis import settings

pytest_plugins = ["tests.support.system"]

# How long an example takes says how busy the machine is.
settings.register_profile("sangam", deadline=None)
settings.load_profile("sangam")
