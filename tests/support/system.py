"""Real parts for tests, started when the first test asks, on free ports, and gone when the tests are over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sangam_local.furnish import furnish
from sangam_local.home import Home
from sangam_local.parts import ALL
from sangam_local.ports import Ports
from sangam_local.scale import SINGLE, Scale
from sangam_local.system import System

BACKBONE = frozenset({"kafka", "mongo"})


@asynccontextmanager
async def running(folder: Path, with_: frozenset[str] = ALL, scale: Scale = SINGLE) -> AsyncIterator[System]:
    """A system of one's own; the logs stay in `folder`."""
    system = System(Home(folder), Ports.free(), "test", with_=with_, scale=scale)
    try:
        await system.up()
        yield system
    finally:
        await system.down()


@pytest.fixture(scope="session")
async def parts(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """Kafka and the database server only: `mongo_url()` is the administrator's, `urls()["kafka"]` the broker."""
    async with running(tmp_path_factory.mktemp("parts"), BACKBONE) as system:
        yield system


@pytest.fixture(scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """Everything, with the reference institute in it. Tests share it: each makes its own offerings."""
    async with running(tmp_path_factory.mktemp("system")) as system:
        await furnish(system)
        yield system
