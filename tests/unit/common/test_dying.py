"""What a process that ends at the worst moment leaves behind, and what the next one makes of it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar
from uuid import uuid4

import pytest

from common.consumer import Consumer
from common.envelope import Record
from common.memory import MemoryDatabase
from common.problem import Unavailable
from common.store import Store
from tests.support.things import INDEXES, NOW, ThingHeard, ThingTransaction, World, a_record, cause, counting, on_heard

R = TypeVar("R")


class EndingDatabase(MemoryDatabase):
    """After so many more commits nothing reaches it any more; what it holds stays."""

    commits_left = 1_000

    async def transact(self, attempt: Callable[[Store], Awaitable[R]]) -> R:
        if not self.commits_left:
            raise Unavailable()
        self.commits_left -= 1
        return await super().transact(attempt)


@pytest.mark.rule("D1", "D2")
async def test_a_process_that_dies_right_after_a_commit_has_left_the_event_with_its_effect() -> None:
    database = EndingDatabase(INDEXES)
    world = World(database)
    world.broker.away = True
    made = await world.make()
    await world.relay.idle()

    database.commits_left = 1
    with suppress(Unavailable):
        await world.transactions.run(counting(made.id), cause=cause())

    assert database.collections["things"][str(made.id)]["count"] == 1
    assert [row["sequence"] for row in database.collections["outbox"].values()] == [1]


@pytest.mark.rule("D1")
async def test_what_a_process_died_over_is_read_again_by_the_next() -> None:
    world, id = World(), uuid4()
    log = [a_record(id, n) for n in (1, 2, 3)]

    async def die(event: ThingHeard, tx: ThingTransaction) -> None:
        raise Unavailable()

    with suppress(Unavailable):
        await _start(world, die, log)
    await _start(world, on_heard, log)

    assert await world.seen(id) == (1, 2, 3)


async def _start(world: World, react, log: list[Record]) -> None:
    """As the intake does: on from the stored position."""
    position = world.database.collections["positions"].get("thing-events/0", {"next": 0})
    consumer = Consumer("things", {ThingHeard: react}, world.transactions, lambda: NOW)
    if rest := log[position["next"] :]:
        await consumer.handle(rest)
