"""The worker process: consumer, timers, relay sweep and what operators read, until SIGTERM."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic

import structlog
import uvicorn
from fastapi import FastAPI

from common import inbox, outbox, parking, telemetry, timers, waiting
from common.gate import REBUILD, ROW
from common.http import QUIET, operator_routes
from common.kafka import KafkaIntake
from common.kafka_producer import KafkaProducer
from common.mongo import MongoDatabase
from common.problem import Unavailable
from common.relay import Relay
from common.timers import Timer
from common.transaction import T
from common.transactions import Transactions
from common.waiting import Waiting

log = structlog.get_logger()

SWEEP_S = 1.0
COUNT_S = 5.0
DRAIN_S = 8.0


@dataclass(frozen=True, slots=True)
class Worker(Generic[T]):
    """`loops` run beside the timers for as long as the process does; each is cancelled at the end."""

    database: MongoDatabase
    producer: KafkaProducer
    intake: KafkaIntake
    relay: Relay
    transactions: Transactions[T]
    timers: Sequence[Timer[T]]
    clock: Callable[[], datetime]
    loops: Sequence[Callable[[], Awaitable[None]]] = field(default=())
    waiting: Sequence[Waiting] = field(default=())

    async def ready(self) -> str | None:
        try:
            if await self.database.select(REBUILD, {"_id": ROW}, limit=1):
                return "rebuilding"
        except Unavailable:
            return "database away"
        if held := self.intake.held:
            return "held: " + ", ".join(f"{where} ({why})" for where, why in sorted(held.items()))
        return None

    async def run(self, host: str, port: int, stop: asyncio.Event) -> None:
        """SIGTERM sets `stop`: the batch in hand is drained, then everything else ends."""
        intake = asyncio.create_task(self.intake.run(), name="intake")
        others: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._sweep(), name="sweep"),
            asyncio.create_task(_serve(self.ready, host, port), name="http"),
            asyncio.create_task(_forever(self._count), name="count"),
            *(asyncio.create_task(timers.run(t, self.transactions, self.clock), name=t.name) for t in self.timers),
            *(asyncio.create_task(_forever(loop), name="loop") for loop in self.loops),
        ]
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([stopping, intake, *others], return_when=asyncio.FIRST_COMPLETED)
        self.intake.stop()
        await asyncio.wait([intake], timeout=DRAIN_S)
        for task in (intake, *others):
            task.cancel()
        await asyncio.gather(intake, *others, return_exceptions=True)
        await self.producer.stop()
        self.database.close()
        for task in done - {stopping}:  # nothing but `stop` may end a worker
            task.result()
            raise RuntimeError(f"{task.get_name()} ended by itself")

    async def _sweep(self) -> None:
        while True:
            try:
                await self.relay.sweep()
                oldest = await self.database.select("outbox", {}, fields=["time"], order=[("time", 1)], limit=1)
                age = (self.clock() - oldest[0]["time"]) / timedelta(seconds=1) if oldest else 0
                telemetry.OUTBOX_AGE.set(age)
                telemetry.OUTBOX_ROWS.set(await self.database.count("outbox", {}) if oldest else 0)
            except Unavailable:
                log.warning("sweep.waits")
            await asyncio.sleep(SWEEP_S)

    async def _count(self) -> None:
        """What waits for an operator, for alarms."""
        telemetry.PARKED_KEYS.set(await self.database.count(inbox.STANDING, {"why": "parked"}))
        telemetry.PARKED_EVENTS.set(await self.database.count(parking.PARKED, {}))
        telemetry.PARKINGS_STALLED.set(await self.database.count(parking.PARKINGS, {"stalled": True}))
        telemetry.STATES_FAILED.set(await self.database.count(inbox.STANDING, {"why": "failed"}))
        telemetry.OUTBOX_REFUSED.set(await self.database.count(outbox.COLLECTION, {"is_refused": True}))
        telemetry.UNREADABLE.set(await self.database.count(parking.UNREADABLE, {}))
        await waiting.count(self.waiting, self.database)
        await asyncio.sleep(COUNT_S)


async def _forever(loop: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await loop()
        except Unavailable:
            log.warning("loop.waits")
        except Exception as error:
            log.error("loop.failed", error=type(error).__name__, at=telemetry.where(error))
        await asyncio.sleep(0.5)


class _Server(uvicorn.Server):
    """Leaves the signals to the worker."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(ready: Callable[[], Awaitable[str | None]], host: str, port: int) -> None:
    app = FastAPI(openapi_url=None, telemetry=QUIET)
    app.include_router(operator_routes(ready, telemetry.WORKER))
    config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, lifespan="off")
    await _Server(config).serve()
