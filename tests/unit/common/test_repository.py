"""What a transaction sees of a collection; the same suite runs on the database in tests/integration."""

import pytest

from tests.support.store_suite import *  # noqa: F403
from tests.support.things import World


@pytest.fixture
def world() -> World:
    return World()
