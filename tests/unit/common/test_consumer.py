"""Each event once, in order per key; a failing one stops its partition where everybody sees it."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.consumer import Consumer, Handled
from common.envelope import Envelope, Record
from tests.support.things import NOW, Refused, Seen, ThingHeard, ThingState, ThingTransaction, World, a_record, on_heard


def a_consumer(world: World, react=on_heard) -> Consumer[ThingTransaction]:
    return Consumer("things", {ThingHeard: react}, world.transactions, lambda: NOW)


@pytest.mark.rule("I1")
async def test_a_redelivered_batch_changes_nothing() -> None:
    world, id = World(), uuid4()
    records = [a_record(id, n) for n in (1, 2, 3)]
    consumer = a_consumer(world)

    assert [await consumer.handle(records) for _ in range(3)] == [Handled(3)] * 3
    assert await world.seen(id) == (1, 2, 3)


@pytest.mark.rule("I1", "O1")
@given(st.lists(st.integers(min_value=0, max_value=5), min_size=1, max_size=30), st.integers(1, 6))
async def test_whatever_is_delivered_again_from_wherever_every_event_is_applied_once_in_order(
    starts: list[int], size: int
) -> None:
    """Deliveries jump back to anywhere at or before what was handled, as after a rebalance or a lost commit."""
    world, keys = World(), [uuid4(), uuid4()]
    log = [a_record(keys[n % 2], n // 2 + 1, offset=n) for n in range(12)]
    consumer, done = a_consumer(world), 0
    for start in [*starts, 0, 6]:
        at = min(start, done)
        while batch := log[at : at + size]:
            handled = await consumer.handle(batch)
            assert handled.held is None
            at, done = handled.next, max(done, handled.next)

    assert [await world.seen(key) for key in keys] == [(1, 2, 3, 4, 5, 6)] * 2


@pytest.mark.rule("O1")
async def test_a_gap_holds_the_partition() -> None:
    world, id = World(), uuid4()

    handled = await a_consumer(world).handle([a_record(id, 1), a_record(id, 3), a_record(uuid4(), 1, offset=3)])

    assert handled == Handled(1, "Gap")
    assert await world.seen(id) == (1,)


@pytest.mark.rule("O1", "D1")
@pytest.mark.parametrize("error", [Refused(), ValueError("bug")])
async def test_a_failing_event_is_neither_skipped_nor_overtaken(error: Exception) -> None:
    world, bad, good = World(), uuid4(), uuid4()
    broken = True

    async def react(event: ThingHeard, tx: ThingTransaction) -> None:
        if broken and event.thing_id == bad:
            raise error
        await on_heard(event, tx)

    records = [a_record(good, 1, offset=0), a_record(bad, 1, offset=1), a_record(good, 2, offset=2)]
    consumer = a_consumer(world, react)

    assert await consumer.handle(records) == Handled(1, type(error).__name__)
    assert await world.seen(good) == (1,)
    broken = False
    assert await consumer.handle(records[1:]) == Handled(3)
    assert (await world.seen(bad), await world.seen(good)) == ((1,), (1, 2))


async def test_the_effect_and_the_next_offset_are_one() -> None:
    world, id = World(), uuid4()

    await a_consumer(world).handle([a_record(id, 1, offset=41)])

    assert world.database.collections["positions"]["thing-events/0"]["next"] == 42


async def test_a_type_without_a_subscription_moves_on_and_an_unknown_version_holds() -> None:
    world, id = World(), uuid4()
    other = a_record(id, 1, type="sangam.other.happened.v1")
    newer = a_record(id, 3, type="sangam.thing.counted.v2")

    handled = await a_consumer(world).handle([other, a_record(id, 2), newer])

    assert handled == Handled(2, "UnknownVersion")
    assert await world.seen(id) == (2,)


async def test_a_record_without_attributes_holds() -> None:
    world = World()

    assert await a_consumer(world).handle([Record("thing-events", 0, 7, b"{}", [])]) == Handled(7, "KeyError")


async def test_a_state_replaces_older_ones_whatever_is_missing_between() -> None:
    world, id = World(), uuid4()

    async def keep(event: ThingState, tx: ThingTransaction) -> None:
        seen = await tx.seen.find(event.thing_id) or Seen(id=event.thing_id)
        tx.seen.save(replace(seen, heard=(event.count,)))

    def state(sequence: int) -> Record:
        fact = replace(Envelope.parse(a_record(id, sequence)), topic="thing-states", type=ThingState.event_type)
        return Record("thing-states", 0, sequence, fact.data, fact.headers())

    consumer = Consumer("things", {ThingState: keep}, world.transactions, lambda: NOW)
    await consumer.handle([state(2)])
    await consumer.handle([state(7)])
    await consumer.handle([state(5)])

    assert await world.seen(id) == (7,)


@pytest.mark.rule("T1")
async def test_a_reaction_knows_what_it_is_caused_by() -> None:
    world, id, causes = World(), uuid4(), []

    async def note(event: ThingHeard, tx: ThingTransaction) -> None:
        causes.append((tx.cause.id, tx.cause.correlation_id, tx.cause.origin))

    await a_consumer(world, note).handle([a_record(id, 1)])

    assert causes == [(UUID(int=(id.int + 1) % 2**128), id, f"thing-events:{id}:1")]
