"""State topics: what is erased stays erased, and what is current is told again."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import inbox
from common.consumer import Consumer, Handled, Patience
from common.envelope import Envelope, Record
from common.memory import MemoryBroker, MemoryDatabase
from common.outbox import Erased
from common.states import CHUNK, States
from common.subscriptions import Subscription
from common.timers import tick
from tests.support.things import (
    INDEXES,
    NOW,
    Thing,
    ThingState,
    ThingTransaction,
    World,
    a_record,
    cause,
    on_gone,
    on_state,
)

TOPIC = ThingState.topic


def a_consumer(world: World, gone=on_gone) -> Consumer[ThingTransaction]:
    kinds = {ThingState: Subscription(copy=on_state, gone=gone)}
    return Consumer("things", kinds, world.transactions, lambda: NOW, patience=Patience(pauses=(0, 0)))


def a_state(id: UUID, sequence: int, offset: int) -> Record:
    fact = a_record(id, sequence, type=ThingState.event_type)
    return Record(TOPIC, 0, offset, fact.value, fact.headers)


def a_tombstone(id: UUID, sequence: int, offset: int, type: str = ThingState.event_type) -> Record:
    return Record(TOPIC, 0, offset, None, a_record(id, sequence, type=type).headers)


def on_the_wire(world: World) -> list[Record]:
    return [Record(e.topic, 0, n, e.data, e.headers()) for n, e in enumerate(world.broker.log)]


async def told(world: World, thing: Thing) -> list[int | None]:
    """Of this thing, in the order of the topic: the count of each state, None for a tombstone."""
    await world.relay.idle()
    return _said(e for e in world.broker.log if e.key == str(thing.id))


async def told_once(world: World, thing: Thing) -> list[int | None]:
    """The same, where two relays may have sent one event."""
    await world.relay.idle()
    return _said({e.id: e for e in world.broker.log if e.key == str(thing.id)}.values())


def _said(of_thing: Iterable[Envelope]) -> list[int | None]:
    return [ThingState.model_validate_json(e.data).count if e.data else None for e in of_thing]


@pytest.mark.rule("O1", "I1", "P-01")
@given(
    st.lists(
        st.tuples(st.integers(min_value=1, max_value=8), st.booleans()),  # a number, and whether it is a tombstone
        min_size=1,
        max_size=25,
    ),
    st.integers(min_value=1, max_value=5),
)
async def test_whatever_comes_in_whatever_order_ends_erased_or_at_the_highest(
    came: list[tuple[int, bool]], size: int
) -> None:
    world, id = World(), uuid4()
    consumer = a_consumer(world)
    log = [(a_tombstone if gone else a_state)(id, n, offset) for offset, (n, gone) in enumerate(came)]

    for at in range(0, len(log), size):
        assert await consumer.handle(log[at : at + size]) == Handled(min(at + size, len(log)))

    erased = any(gone for _, gone in came)
    assert bool(world.database.collections["erased"]) == erased
    assert await world.seen(id) == (() if erased else (max(n for n, _ in came),))
    assert world.database.collections["inbox"][f"{TOPIC}/{id}"]["erased"] == erased
    assert world.database.collections["inbox"][f"{TOPIC}/{id}"]["applied"] == max(n for n, _ in came)


@pytest.mark.rule("P-01")
async def test_a_tombstone_travels_with_its_attributes_and_removes_the_copy() -> None:
    world, there = World(), World()
    thing = await world.make()
    await world.record(thing)
    await world.erase(thing)
    await world.relay.idle()
    state, tombstone = on_the_wire(world)

    assert (tombstone.value, state.value is None) == (None, False)
    read = Envelope.parse(tombstone)
    assert (read.type, read.sequence, read.key) == (ThingState.event_type, 2, str(thing.id))
    assert "content-type" not in dict(tombstone.headers)

    consumer = a_consumer(there)
    await consumer.handle([state])
    assert await there.seen(thing.id) == (1,)
    await consumer.handle([tombstone])
    assert await there.seen(thing.id) == ()
    assert str(thing.id) not in there.database.collections["seen"]


@pytest.mark.rule("P-01")
async def test_a_tombstone_of_a_version_nobody_here_knows_erases_too() -> None:
    world, id = World(), uuid4()
    consumer = a_consumer(world)
    await consumer.handle([a_state(id, 1, 0)])

    assert await consumer.handle([a_tombstone(id, 2, 1, type="sangam.thing.recorded.v2")]) == Handled(2)
    assert await world.seen(id) == ()


@pytest.mark.rule("P-01")
async def test_a_tombstone_that_cannot_be_applied_is_failed_and_erases_when_it_comes_again() -> None:
    world, id = World(), uuid4()
    broken = True

    async def gone(key: str, tx: ThingTransaction) -> None:
        if broken:
            raise ValueError("bug")
        await on_gone(key, tx)

    consumer = a_consumer(world, gone)
    assert await consumer.handle([a_state(id, 3, 0), a_tombstone(id, 2, 1)]) == Handled(2)
    row = world.database.collections["inbox"][f"{TOPIC}/{id}"]
    assert (row["is_failed"], row["taken"]) == (True, 3)
    assert row["failed"]["offset"] == 1

    broken = False
    await consumer.handle([a_tombstone(id, 2, 1)])
    assert await world.seen(id) == ()
    assert not world.database.collections["inbox"][f"{TOPIC}/{id}"]["is_failed"]


@pytest.mark.rule("P-01")
async def test_a_fact_may_erase_before_the_tombstone_comes() -> None:
    world, id, other = World(), uuid4(), uuid4()

    async def erase(tx: ThingTransaction) -> None:
        await inbox.erase(ThingState, id, tx)
        await on_gone(str(id), tx)

    consumer = a_consumer(world)
    await consumer.handle([a_state(id, 1, 0)])
    await world.transactions.run(erase, cause=cause())
    await consumer.handle([a_state(id, 2, 1), a_state(other, 1, 2), a_tombstone(id, 3, 3), a_state(id, 4, 4)])

    assert (await world.seen(id), await world.seen(other)) == ((), (1,))
    found = await world.transactions.run(lambda tx: inbox.erased(ThingState, [id, other], tx), cause=cause())
    assert found == {str(id)}


@pytest.mark.rule("P-01")
async def test_nothing_is_told_of_a_key_after_its_tombstone() -> None:
    world = World()
    thing = await world.make()
    await world.erase(thing)

    async def again(tx: ThingTransaction) -> None:
        tx.things.save(Thing(id=thing.id))

    await world.transactions.run(again, cause=cause())
    with pytest.raises(Erased):
        await world.record(thing)
    assert await told(world, thing) == [None]


def a_repair(world: World, at: datetime = NOW) -> States[ThingTransaction]:
    states = world.states()
    states._clock = lambda: at
    return states


@pytest.mark.rule("P-01", "I1")
async def test_the_repair_tells_every_current_state_and_every_tombstone_again() -> None:
    world, there = World(), World()
    kept, gone = await world.make(), await world.make()
    for thing in (kept, gone, kept):
        await world.record(thing)
    await world.erase(gone)
    consumer = a_consumer(there)
    await world.relay.idle()
    await consumer.handle(on_the_wire(world))

    assert await a_repair(world).repair() == 2
    assert (await told(world, kept), await told(world, gone)) == ([1, 2, 2], [1, None, None])

    await consumer.handle(on_the_wire(world))
    assert (await there.seen(kept.id), await there.seen(gone.id)) == ((2,), ())


@pytest.mark.rule("P-01")
async def test_the_repair_of_one_process_tells_what_another_erased_meanwhile() -> None:
    """A process remembers the counters that it moved itself, and others move them too."""
    database, broker = MemoryDatabase(INDEXES), MemoryBroker()
    worker, api = World(database, broker), World(database, broker)
    thing = await worker.make()
    await worker.record(thing)
    await api.erase(thing)
    await api.relay.idle()

    assert await a_repair(worker).repair() == 1
    assert await told_once(worker, thing) == [1, None, None]


@pytest.mark.rule("P-01")
async def test_whoever_asks_sees_what_another_process_erased() -> None:
    database = MemoryDatabase(INDEXES)
    one, other, id = World(database), World(database), uuid4()
    await a_consumer(one).handle([a_state(id, 1, 0)])
    await a_consumer(other).handle([a_tombstone(id, 2, 1)])

    found = await one.transactions.run(lambda tx: inbox.erased(ThingState, [id], tx), cause=cause())
    await a_consumer(one).handle([a_state(id, 3, 2)])

    assert found == {str(id)}
    assert await one.seen(id) == ()


@pytest.mark.rule("P-01")
async def test_a_state_that_is_missing_is_not_taken_for_erased() -> None:
    world = World()
    thing = await world.make()
    await world.record(thing)
    world.database.collections["things"].clear()

    assert await a_repair(world).repair() == 0
    assert await told(world, thing) == [1]


@pytest.mark.rule("I1")
async def test_two_workers_that_die_and_begin_again_tell_every_key_once_a_night() -> None:
    database, broker = MemoryDatabase(INDEXES), MemoryBroker()
    one, other = World(database, broker), World(database, broker)
    things = [await one.make() for _ in range(2 * CHUNK + 7)]
    for thing in things:
        await one.record(thing)
    evening = datetime(2026, 3, 2, 21, tzinfo=UTC)
    states = [a_repair(world, evening) for world in (one, other)]
    timers = [found.timer() for found in states]

    for chunk in await timers[0].due(NOW):  # and then this one dies
        await one.transactions.run(lambda tx: timers[0].do(chunk, tx), cause=cause())  # noqa: B023
    stale = await timers[1].due(NOW)
    while await tick(timers[1], other.transactions, NOW):
        pass
    for chunk in stale:
        await one.transactions.run(lambda tx: timers[0].do(chunk, tx), cause=cause())  # noqa: B023
    await one.relay.idle()
    await other.relay.idle()

    assert [await told_once(one, thing) for thing in things] == [[1, 1]] * len(things)
    assert await tick(timers[0], one.transactions, NOW) == 0

    states[0]._clock = lambda: datetime(2026, 3, 3, 21, tzinfo=UTC)
    assert await tick(timers[0], one.transactions, NOW) == 1


class SlowBroker(MemoryBroker):
    """Before it takes something of this relay, another one is done with all that came meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def send(self, envelopes):
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            await meanwhile()
        return await super().send(envelopes)


@pytest.mark.rule("O1", "P-01")
@pytest.mark.parametrize("erased", [True, False])
async def test_who_sends_an_old_state_behind_a_newer_one_tells_the_current_one_again(erased: bool) -> None:
    database, broker = MemoryDatabase(INDEXES), SlowBroker()
    slow, fast = World(database, broker), World(database, broker)
    thing = await slow.make()
    slow.states()
    fast.states()

    async def meanwhile() -> None:
        await (fast.erase(thing) if erased else fast.record(thing))
        await fast.relay.idle()

    broker.meanwhile = meanwhile
    await slow.record(thing)
    await slow.relay.idle()

    last = None if erased else 2
    assert await told(slow, thing) == [1, last, 1, last]
    assert await database.count("outbox", {}) == 0
