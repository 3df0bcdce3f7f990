"""What a group reads together, what it need not read at all, and what it must not trust."""

from collections import Counter
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from common.consumer import Consumer
from common.memory import MemoryDatabase, MemoryStore
from common.once import Answer, Once
from common.transaction import Member
from tests.support.things import (
    INDEXES,
    NOW,
    Refused,
    Seen,
    Thing,
    ThingHeard,
    ThingTransaction,
    World,
    a_record,
    cause,
    counting,
    on_heard,
)


class Counting(MemoryDatabase):
    """Counts what is read, per collection."""

    def __init__(self) -> None:
        super().__init__(INDEXES)
        self.reads: Counter[str] = Counter()

    async def transact(self, attempt):
        return await super().transact(lambda store: attempt(CountingStore(store, self.reads)))


class CountingStore:
    def __init__(self, store: MemoryStore, reads: Counter[str]) -> None:
        self._store, self._reads = store, reads

    async def read(self, collection, ids):
        self._reads[collection] += 1
        return await self._store.read(collection, ids)

    async def find(self, collection, equal, order=(), limit=None):
        self._reads[collection] += 1
        return await self._store.find(collection, equal, order, limit)

    async def write(self, writes):
        await self._store.write(writes)

    @property
    def writes(self):
        return self._store.writes


@pytest.fixture
def world() -> World:
    return World(Counting())


def reads_of(world: World) -> Counter[str]:
    assert isinstance(world.database, Counting)
    return world.database.reads


def consumer_of(world: World) -> Consumer[ThingTransaction]:
    ahead = {ThingHeard: lambda event, tx: tx.seen.expect(event.thing_id)}
    return Consumer("test", {ThingHeard: on_heard}, world.transactions, lambda: NOW, ahead=ahead)


async def test_a_group_reads_together_what_its_members_expect(world: World) -> None:
    made = [await world.make() for _ in range(5)]
    reads_of(world).clear()

    def member(thing: Thing) -> Member:
        async def ahead(tx: ThingTransaction) -> None:
            tx.things.expect(thing.id)

        return Member(counting(thing.id), cause(), ahead=ahead)

    outcomes = await world.transactions.run_group([member(thing) for thing in made])

    assert [o.unwrap().count for o in outcomes] == [1] * 5
    assert reads_of(world)["things"] == 1


async def test_what_is_expected_by_a_field_is_read_together_and_seen_as_saved(world: World) -> None:
    kinds = [f"kind-{n}" for n in range(3)]
    for kind in kinds:
        await world.make(kind=kind, count=7)
        await world.make(kind=kind, count=8)
    reads_of(world).clear()

    async def work(tx: ThingTransaction) -> list[int]:
        for kind in kinds:
            tx.things.expect_by("kind", kind, count=7)
        [first] = await tx.things.by("kind", kinds[0], count=7)
        tx.things.save(replace(first, kind=kinds[1]))
        return [len(await tx.things.by("kind", kind, count=7)) for kind in kinds]

    assert await world.transactions.run(work, cause=cause()) == [0, 2, 1]
    assert reads_of(world)["things"] == 1


async def test_a_batch_reads_each_collection_once_and_later_ones_no_plumbing(world: World) -> None:
    consumer, ids = consumer_of(world), [uuid4() for _ in range(4)]
    await consumer.handle([a_record(id, 1, offset=n) for n, id in enumerate(ids)])
    assert reads_of(world) == {"seen": 1, "inbox": 1, "positions": 1}
    reads_of(world).clear()

    await consumer.handle([a_record(id, 2, offset=4 + n) for n, id in enumerate(ids)])

    assert reads_of(world) == {"seen": 1}
    assert [await world.seen(id) for id in ids] == [(1, 2)] * 4


@pytest.mark.rule("O1")
async def test_two_processes_that_take_turns_number_without_gaps(world: World) -> None:
    other = World(world.database, world.broker)
    made = await world.make()

    for mine in (world, other, world, world, other):
        [outcome] = await mine.transactions.run_group([Member(counting(made.id), cause())])
        outcome.unwrap()
    await world.relay.idle()
    await other.relay.idle()

    assert (await world.get(made.id)).count == 5
    assert sorted({envelope.sequence for envelope in world.broker.log}) == [1, 2, 3, 4, 5]


@pytest.mark.rule("O1", "I1")
async def test_a_partition_that_comes_back_is_no_gap(world: World) -> None:
    id, mine, theirs = uuid4(), consumer_of(world), consumer_of(World(world.database, world.broker))

    await mine.handle([a_record(id, 1)])
    await theirs.handle([a_record(id, 2)])
    handled = await mine.handle([a_record(id, 3)])

    assert handled.held is None
    assert await world.seen(id) == (1, 2, 3)


@pytest.mark.rule("I2")
async def test_a_repeated_command_that_would_now_be_refused_gets_its_answer(world: World) -> None:
    made = await world.make()

    async def only_once(tx: ThingTransaction) -> Answer:
        thing = await tx.things.get(made.id)
        if thing.count:
            raise Refused()
        tx.things.save(replace(thing, count=1))
        return Answer(200, b"done", {})

    def sent(key: str) -> Member:
        return Member(only_once, cause(), Once("me|POST /things", key, "same", NOW))

    first, again, other = [
        (await world.transactions.run_group([sent(key)]))[0] for key in ("a key", "a key", "another key")
    ]

    assert (first.unwrap(), again.unwrap()) == (Answer(200, b"done", {}), Answer(200, b"done", {}))
    assert (again.repeated, type(other.error)) == (True, Refused)


@pytest.mark.rule("I2")
async def test_twins_in_one_group_say_the_same_position(world: World) -> None:
    made = await world.make()

    async def work(tx: ThingTransaction) -> Answer:
        return Answer(200, str((await counting(made.id)(tx)).count).encode(), {})

    twins = [Member(work, cause(), Once("me", "k", "same", NOW)) for _ in range(2)]
    first, second = await world.transactions.run_group(twins)

    assert first.positions == second.positions == (f"thing-events:{made.id}:1",)


@pytest.mark.rule("M-01")
async def test_what_was_taken_for_new_but_is_there_is_found(world: World) -> None:
    id = uuid4()

    async def hear(tx: ThingTransaction) -> UUID:
        if not await tx.seen.unless_new([id]):
            tx.seen.save(Seen(id=id, heard=(1,)))
        return id

    await world.transactions.run(hear, cause=cause())
    assert reads_of(world)["seen"] == 0

    await world.transactions.run(hear, cause=cause())

    assert await world.seen(id) == (1,)
    assert (await world.transactions.run(lambda tx: tx.seen.get(id), cause=cause())).version == 1
