"""The loop that keeps the gauges of notices current."""

import asyncio

from common.clock import real_now
from notifications.application.ports import Queries
from notifications.domain.delivery import PATIENCE
from notifications.worker.metrics import NOTICES, WAITING_TOO_LONG

EVERY_S = 10.0


class Counting:
    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    async def run(self) -> None:
        while True:
            for state, count in (await self._queries.counts_by_state()).items():
                NOTICES.labels(state=state).set(count)
            WAITING_TOO_LONG.set(await self._queries.waiting_since_before(real_now() - PATIENCE))
            await asyncio.sleep(EVERY_S)
