"""The loop that turns facts for many into notices, chunk after chunk, and tells the sender."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from common.cause import Cause
from common.ids import new_id
from common.transactions import Transactions
from notifications.application.fanning import ExpandFanout, expand_fanout
from notifications.application.ports import NotificationsTransaction, Queries
from notifications.application.queries import FanoutRow
from notifications.domain.fanout import CHUNK

PAUSE_S = 0.2


class Fanouts:
    def __init__(
        self,
        transactions: Transactions[NotificationsTransaction],
        queries: Queries,
        clock: Callable[[], datetime],
        done: Callable[[], None],
    ) -> None:
        self._transactions, self._queries, self._clock, self._done = transactions, queries, clock, done

    async def run(self) -> None:
        while True:
            if not await self.turn():
                await asyncio.sleep(PAUSE_S)

    async def turn(self) -> bool:
        """One chunk of each that is not finished; whether there was any."""
        rows = await self._queries.unfinished_fanouts()
        for row in rows:
            ids = await self._queries.enrolments_of(row.offering_id, row.states, after=row.after, limit=CHUNK)
            command = ExpandFanout(row.id, row.after, tuple(ids))
            await self._transactions.run(lambda tx: expand_fanout(command, tx), cause=self._cause(row))  # noqa: B023
            self._done()
        return bool(rows)

    def _cause(self, row: FanoutRow) -> Cause:
        """The fact's own, so that its notices belong to its trace."""
        return Cause(new_id(), row.correlation_id, self._clock(), row.traceparent, row.origin)
