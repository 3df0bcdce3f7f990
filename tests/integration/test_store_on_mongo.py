"""The suite that memory passes, on the real protocol."""

from collections.abc import AsyncIterator

import pytest

from sangam_local.system import System
from tests.support.store_suite import *  # noqa: F403
from tests.support.things import World
from tests.support.things_on_parts import a_world


@pytest.fixture
async def world(parts: System) -> AsyncIterator[World]:
    made = await a_world(parts)
    yield made
    made.database.close()  # type: ignore[attr-defined]
