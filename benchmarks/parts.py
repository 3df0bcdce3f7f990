"""Real parts of a benchmark's own, on free ports, gone when it ends, also when it is told to stop."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from sangam_local.home import Home
from sangam_local.ports import Ports
from sangam_local.system import System


@asynccontextmanager
async def running(parts: Iterable[str]) -> AsyncIterator[System]:
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with tempfile.TemporaryDirectory(prefix="sangam-bench-") as folder:
        system = System(Home(Path(folder)), Ports.free(), "test", with_=parts)
        try:
            await system.up()
            yield system
        finally:
            await system.down()
