"""One more worker of a service, outside the supervisor: it joins the group, works, and leaves on SIGTERM."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sangam_local.processes import MARK
from tests.faults.ground import Ground
from tests.faults.judge.progress import Restart
from tests.support.gateway import free_ports


@asynccontextmanager
async def joined(ground: Ground, process: str) -> AsyncIterator[None]:
    """When it was asked to leave, how long it took is noted with the restarts."""
    service = process.partition("-")[0]
    home = ground.system.home
    [port] = free_ports(1)
    env = {**os.environ, **ground.environment(process), f"{service.upper()}_WORKER_PORT": str(port)}
    command = (sys.executable, "-m", service, "worker")
    with (home.logs / f"{process}-joiner.log").open("ab") as log:
        worker = await asyncio.create_subprocess_exec(
            *command, env={**env, MARK: str(home.root)}, stdout=log, stderr=log, cwd=home.run
        )
    try:
        yield
    finally:
        began = time.monotonic()
        worker.terminate()
        await worker.wait()
        ground.restarts.append(Restart(f"a second {process}", time.monotonic() - began))
