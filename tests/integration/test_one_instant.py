"""What the relay reads is one instant, also where the server hands it over in several batches."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from common.mongo import MongoDatabase
from common.outbox import COLLECTION
from common.sessions import Sessions
from common.transaction import Member
from sangam_local.system import System
from tests.support.things import World, cause, counting
from tests.support.things_on_parts import a_database

FIRST_BATCH = 101  # of a MongoDB cursor, in documents


class BetweenBatches(CommandListener):
    """Does something once, in the driver's thread, before the second batch of the outbox is asked for; hears under
    which read concern the first one is."""

    def __init__(self) -> None:
        self.do: Callable[[], Any] | None = None
        self.asked_as: list[str | None] = []

    def started(self, event: CommandStartedEvent) -> None:
        if self.do and event.command.get("find") == COLLECTION:
            self.asked_as.append(event.command.get("readConcern", {}).get("level"))
        if self.do and event.command.get("getMore") and event.command["collection"] == COLLECTION:
            do, self.do = self.do, None
            do()

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


@pytest.fixture
async def between() -> BetweenBatches:
    return BetweenBatches()


@pytest.fixture
async def database(parts: System, between: BetweenBatches) -> AsyncIterator[MongoDatabase]:
    """As any other, but somebody listens to its driver."""
    made = await a_database(parts)
    name = made._database.name
    made.close()
    listening: Any = AsyncIOMotorClient(parts.mongo_url(), tz_aware=True, event_listeners=[between])
    made._database = made._transactions = listening[name]
    made._sessions = Sessions(made._database)
    yield made
    made.close()


@pytest.mark.rule("O1")
async def test_the_relay_reads_one_instant_whatever_is_deleted_during_the_scan(
    parts: System, database: MongoDatabase, between: BetweenBatches
) -> None:
    """On SecantusDB, which answers every find from one instant, only the question can tell; mongod lets rows slip."""
    world = World(database)
    world.broker.away = True
    made = await world.make()
    for _ in range(3):
        await world.transactions.run_group([Member(counting(made.id), cause()) for _ in range(60)])
    await world.relay.idle()
    stream = f"thing-events/{made.id}"
    others: MongoClient[Any] = MongoClient(parts.mongo_url())
    rows = others[database._database.name][COLLECTION]

    middle = {"stream": stream, "sequence": {"$gt": FIRST_BATCH + 10, "$lte": FIRST_BATCH + 60}}
    between.do = lambda: rows.delete_many(middle)
    found = await database.waiting([stream], 500)

    assert rows.count_documents({"stream": stream}) == 180 - 50, "somebody deleted while we read"
    assert [envelope.sequence for envelope in found] == list(range(1, 181))
    assert between.asked_as == ["snapshot"]
    others.close()
