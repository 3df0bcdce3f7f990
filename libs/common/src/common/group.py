"""Group commit: commands that wait on one hot document are decided together, in order of arrival.

Who comes first does not go alone when others are on their way through this process already: a group begins once the
loop went round a few times and nobody joined, which takes less than a millisecond when nothing else happens.
"""

import asyncio
from collections import defaultdict, deque
from typing import Any, Generic

from common.transaction import Member, Outcome, R, T
from common.transactions import Transactions

QUIET_ROUNDS = 5


class GroupCommit(Generic[T]):
    """`decide` as a transaction of one, plus the key of what is hot. Use cases do not know."""

    def __init__(self, transactions: Transactions[T], most: int = 64) -> None:
        self._transactions, self._most = transactions, most
        self._waiting: dict[str, deque[tuple[Member[T, Any], asyncio.Future[Any]]]] = defaultdict(deque)
        self._draining: dict[str, asyncio.Task[None]] = {}

    async def decide(self, member: Member[T, R], key: str) -> Outcome[R]:
        answer: asyncio.Future[Outcome[R]] = asyncio.get_running_loop().create_future()
        self._waiting[key].append((member, answer))
        if key not in self._draining:
            self._draining[key] = asyncio.create_task(self._drain(key))
        return await answer

    async def _drain(self, key: str) -> None:
        queue = self._waiting[key]
        while queue:
            await self._gather(queue)
            group = [queue.popleft() for _ in range(min(self._most, len(queue)))]
            try:
                outcomes = await self._transactions.run_group([member for member, _ in group])
            except Exception as error:
                for _, answer in group:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, answer), outcome in zip(group, outcomes, strict=True):
                if not answer.done():
                    answer.set_result(outcome)
        del self._draining[key], self._waiting[key]

    async def _gather(self, queue: deque[tuple[Member[T, Any], asyncio.Future[Any]]]) -> None:
        """Until the group is full or nobody has joined for some rounds of the loop."""
        quiet, before = 0, len(queue)
        while quiet < QUIET_ROUNDS and before < self._most:
            await asyncio.sleep(0)
            quiet, before = (quiet + 1, before) if len(queue) == before else (0, len(queue))
