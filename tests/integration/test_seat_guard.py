"""A seat is decided on the offering as it stands at the commit, whatever was read of it before."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import TypeVar
from uuid import uuid4

import pytest

from common.mongo import MongoDatabase
from common.store import Document, Order, Store, Write
from enrolment.adapters.indexes import INDEXES
from sangam_local.system import System
from tests.unit.enrolment.builders import PDY
from tests.unit.enrolment.world import World

R = TypeVar("R")


class EarlierStore:
    """Answers with documents of an earlier moment, by their ids; the transaction itself began later."""

    def __init__(self, store: Store, earlier: Mapping[str, Document]) -> None:
        self._store, self._earlier = store, earlier

    async def read(self, collection: str, ids: Collection[str]) -> dict[str, Document]:
        found = await self._store.read(collection, ids)
        return {id: self._earlier.get(id, document) for id, document in found.items()}

    async def find(
        self, collection: str, equal: Document, order: Order = (), limit: int | None = None
    ) -> list[Document]:
        return await self._store.find(collection, equal, order, limit)

    async def write(self, writes: Sequence[Write]) -> None:
        await self._store.write(writes)


class BelatedDatabase(MongoDatabase):
    """The first attempt after `earlier` is set sees that; so the server, which compares with the beginning of the
    transaction, has nothing to object to."""

    earlier: Mapping[str, Document] = {}

    async def transact(self, attempt: Callable[[Store], Awaitable[R]]) -> R:
        async def with_earlier(store: Store) -> R:
            earlier, self.earlier = self.earlier, {}
            return await attempt(EarlierStore(store, earlier))

        return await super().transact(with_earlier)


@pytest.fixture
async def database(parts: System) -> AsyncIterator[BelatedDatabase]:
    made = BelatedDatabase(parts.mongo_url(), f"enrolment_{uuid4().hex[:12]}", budget_s=30)
    await made.set_up(INDEXES)
    yield made
    made.close()


@pytest.mark.rule("E-15", "S1")
async def test_whoever_saw_the_last_seat_free_before_another_took_it_waits(database: BelatedDatabase) -> None:
    world = World(database)
    offering = await world.an_offering(shares={PDY: 1})
    first, second = await world.people(2)
    [seen] = await database.select("offerings", {"_id": str(offering.id)})
    await world.ask(offering, first)
    await world.relay.idle()

    database.earlier = {str(offering.id): seen}
    await world.ask(offering, second)

    states = {e.person_id: (e.state, e.queue_no) for e in await world.enrolments(offering)}
    assert states == {first.id: ("confirmed", 1), second.id: ("waitlisted", 2)}
    share = (await world.offering(offering.id)).shares[PDY]
    assert (share.held, share.waiting) == (1, 1)
