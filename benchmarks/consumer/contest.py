"""What one contestant is told, and one contestant as a process of its own: the last line it prints is its lap."""

import asyncio
import importlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvloop
from pymongo import monitoring

from benchmarks.consumer.stopwatch import Commands, Lap, Stopwatch
from common import telemetry
from common.garbage import collect_less

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 900
BATCH = 500  # so that no transaction writes more than the 1,000 documents that MongoDB advises, as none of ours does


@dataclass(frozen=True)
class Contest:
    """`server` is the process id of the database server; `spans` where spans go, if any are made; `batch` the most
    records in a transaction of those who choose, ours chooses by itself."""

    contestant: str
    mongo: str
    brokers: str
    topic: str
    events: int
    database: str
    server: int
    spans: str = ""
    batch: int = BATCH
    counting: bool = False

    @property
    def group(self) -> str:
        return self.database

    async def finish(self, stopwatch: Stopwatch, running: "asyncio.Future[Any]") -> Lap:
        """When all events have their effect; raises what ended `running` before that."""
        lap = asyncio.ensure_future(stopwatch.lap(PATIENCE_S))
        await asyncio.wait([lap, running], return_when=asyncio.FIRST_COMPLETED)
        if not lap.done():
            lap.cancel()
            running.result()
            raise RuntimeError(f"{self.contestant} ended before its events did")
        return lap.result()


async def hold(contest: Contest, wrap: Sequence[str] = ()) -> Lap:
    """Runs it in a process of its own, as a service would be; `wrap` is put before its command line."""
    command = (*wrap, sys.executable, "-m", "benchmarks.consumer.contest", json.dumps(asdict(contest)))
    exporter = {"OTEL_TRACES_EXPORTER": "zipkin" if contest.spans else "none"}
    env = {**os.environ, **exporter, "OTEL_EXPORTER_ZIPKIN_ENDPOINT": contest.spans}
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE)
    try:
        said, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()
    if child.returncode:
        raise RuntimeError(f"{contest.contestant} failed: {said.decode()[-2000:]}")
    return Lap(**json.loads(said.splitlines()[-1]))


async def take_part(contest: Contest) -> Lap:
    commands = Commands() if contest.counting else None
    if commands:
        monitoring.register(commands)
    stopwatch = Stopwatch(contest.events, contest.server, commands)
    contestant = importlib.import_module(f"benchmarks.consumer.{contest.contestant}")
    collect_less()  # as our processes do; whoever competes has the same
    await contestant.run(contest, stopwatch)
    return await stopwatch.lap(1)


if __name__ == "__main__":
    told = Contest(**json.loads(sys.argv[1]))
    telemetry.set_up("bench", told.contestant, "WARNING")
    result = uvloop.run(take_part(told))
    telemetry.shut_down()
    print(json.dumps(asdict(result)))
