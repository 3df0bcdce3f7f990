"""The loop that keeps the gauges of notices current."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from common.clock import real_now
from notifications.application.ports import Queries
from notifications.domain.delivery import PATIENCE
from notifications.worker.metrics import DUE_AGE, NOTICES, WAITING_TOO_LONG

OPEN = ("waiting", "due")  # what has ended only grows: `sangam_notices_handed_over_total` counts it as it happens
EVERY_S = 10.0


class Counting:
    def __init__(self, queries: Queries, clock: Callable[[], datetime]) -> None:
        self._queries, self._clock = queries, clock

    async def run(self) -> None:
        while True:
            await self.count()
            await asyncio.sleep(EVERY_S)

    async def count(self) -> None:
        """Once. Raises Unavailable."""
        for state, count in (await self._queries.counts_by_state(OPEN)).items():
            NOTICES.labels(state=state).set(count)
        WAITING_TOO_LONG.set(await self._queries.waiting_since_before(real_now() - PATIENCE))
        oldest = await self._queries.oldest_due()
        DUE_AGE.set((self._clock() - oldest) / timedelta(seconds=1) if oldest else 0)
