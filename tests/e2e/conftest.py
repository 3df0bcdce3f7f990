"""What the tests of the whole system share: one story, told once."""

import pytest

from sangam_local.showing import show
from sangam_local.story import StoryReport
from sangam_local.system import System


@pytest.fixture(scope="session")
async def told(system: System) -> StoryReport:
    """The story as `make demo` tells it."""
    return await show(system.home, system.urls(), number=1)
