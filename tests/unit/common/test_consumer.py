"""Each event once, in order per key; a doubtful one stops its partition where everybody sees it."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.consumer import Consumer, Handled, Patience
from common.envelope import Envelope, Record
from common.subscriptions import Subscribed
from tests.support.things import NOW, Refused, Seen, ThingHeard, ThingState, ThingTransaction, World, a_record, on_heard


def a_consumer(world: World, react=on_heard) -> Consumer[ThingTransaction]:
    return Consumer("things", {ThingHeard: react}, world.transactions, lambda: NOW, patience=Patience(pauses=(0, 0)))


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
    world, id, other = World(), uuid4(), uuid4()

    records = [a_record(id, 1), a_record(id, 3), a_record(other, 1, offset=3)]
    consumer = a_consumer(world)

    assert await consumer.handle(records) == Handled(2, "Gap")
    assert await consumer.handle(records[1:]) == Handled(2, "Gap")
    assert (await world.seen(id), await world.seen(other)) == ((1,), ())
    assert world.database.collections["positions"]["thing-events/0"]["next"] == 1
    assert not world.database.collections["parked"]


@pytest.mark.rule("D1")
@pytest.mark.parametrize("error", [Refused(), ValueError("bug")])
async def test_an_event_that_can_be_applied_at_the_third_try_is_not_parked(error: Exception) -> None:
    world, id = World(), uuid4()
    refusals = [error, error]

    async def react(event: ThingHeard, tx: ThingTransaction) -> None:
        if refusals:
            raise refusals.pop()
        await on_heard(event, tx)

    assert await a_consumer(world, react).handle([a_record(id, 1)]) == Handled(1)
    assert await world.seen(id) == (1,)
    assert not world.database.collections["parked"]


@pytest.mark.rule("O1", "D1", "O2")
@pytest.mark.parametrize("error", [Refused(), ValueError("bug")])
async def test_a_failing_event_is_parked_and_its_partition_goes_on(error: Exception) -> None:
    world, bad, good = World(), uuid4(), uuid4()

    async def react(event: ThingHeard, tx: ThingTransaction) -> None:
        await on_heard(event, tx)
        if event.thing_id == bad:
            raise error

    records = [a_record(good, 1, offset=0), a_record(bad, 1, offset=1), a_record(good, 2, offset=2)]

    assert await a_consumer(world, react).handle(records) == Handled(3)
    assert (await world.seen(bad), await world.seen(good)) == ((), (1, 2))
    [waiting] = world.database.collections["parked"].values()
    assert (waiting["stream"], waiting["error"]) == (f"thing-events/{bad}", type(error).__name__)
    assert world.database.collections["positions"]["thing-events/0"]["next"] == 3


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


Strange = list[tuple[str, bytes | None]]


def as_nobody_reads_it(**instead: bytes | None) -> Strange:
    return [*(dict(a_record(uuid4(), 2).headers) | instead).items()]


@pytest.mark.rule("D1")
@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ([], "KeyError"),
        (as_nobody_reads_it(ce_id=None), "KeyError"),
        (as_nobody_reads_it(ce_id=b"seven"), "ValueError"),
        (as_nobody_reads_it(ce_type=b"\xff"), "UnicodeDecodeError"),
        (as_nobody_reads_it(ce_sequence=b"0"), "ValueError"),
        (as_nobody_reads_it(ce_sequence=str(2**63).encode()), "ValueError"),
    ],
    ids=["none", "a null", "no id", "no text", "no number", "more than a database counts"],
)
async def test_a_record_without_readable_attributes_is_noted_and_the_gap_it_leaves_holds(
    headers: Strange, error: str
) -> None:
    world, id, other = World(), uuid4(), uuid4()
    lost = Record("thing-events", 0, 1, b"{}", headers)
    records = [a_record(id, 1), lost, a_record(other, 1, offset=2), a_record(id, 3, offset=3)]
    consumer = a_consumer(world)

    assert await consumer.handle(records) == Handled(3, "Gap")
    assert await consumer.handle([lost]) == Handled(2)
    assert (await world.seen(id), await world.seen(other)) == ((1,), (1,))
    [noted] = world.database.collections["unreadable"].values()
    assert (noted["_id"], noted["error"]) == ("thing-events/0/1", error)


@pytest.mark.rule("O2")
async def test_a_state_that_fails_makes_nobody_wait_for_another_attempt() -> None:
    """It comes again by itself; with many of them, whatever lies behind would hardly ever be reached."""
    world, bad, good = World(), uuid4(), uuid4()

    async def react(event: ThingState, tx: ThingTransaction) -> None:
        if event.thing_id == bad:
            raise ValueError("refused")
        await keep(event, tx)

    patient = Patience(pauses=(3600,))
    consumer = Consumer("things", {ThingState: react}, world.transactions, lambda: NOW, patience=patient)
    async with asyncio.timeout(30):
        assert await consumer.handle([a_state(bad, 1), a_state(good, 1)]) == Handled(2)

    assert (await world.seen(bad), await world.seen(good)) == ((), (1,))


async def keep(event: ThingState, tx: ThingTransaction) -> None:
    seen = await tx.seen.find(event.thing_id) or Seen(id=event.thing_id)
    tx.seen.save(replace(seen, heard=(event.count,)))


def a_state(id: UUID, sequence: int) -> Record:
    fact = replace(Envelope.parse(a_record(id, sequence)), topic="thing-states", type=ThingState.event_type)
    return Record("thing-states", 0, sequence, fact.data, fact.headers())


async def test_a_state_replaces_older_ones_whatever_is_missing_between() -> None:
    world, id = World(), uuid4()
    consumer = Consumer("things", {ThingState: keep}, world.transactions, lambda: NOW)

    for sequence in (2, 7, 5):
        await consumer.handle([a_state(id, sequence)])

    assert await world.seen(id) == (7,)


@pytest.mark.rule("O2")
@pytest.mark.parametrize("next_to_come", [3, 4])
async def test_a_state_that_fails_is_marked_until_it_or_a_later_one_comes_again(next_to_come: int) -> None:
    world, id, other, broken = World(), uuid4(), uuid4(), True

    async def react(event: ThingState, tx: ThingTransaction) -> None:
        await keep(event, tx)
        if broken and event.thing_id == id and event.count > 2:
            raise ValueError("bug")

    consumer = Consumer("things", {ThingState: react}, world.transactions, lambda: NOW, patience=Patience(pauses=()))
    rows = world.database.collections["inbox"]

    handled = await consumer.handle([a_state(id, 2), a_state(id, 3), replace(a_state(other, 1), offset=4)])
    assert handled == Handled(5)
    assert (await world.seen(id), await world.seen(other)) == ((2,), (1,))
    await consumer.handle([a_state(id, 3), a_state(id, 2)])
    failed = rows[f"thing-states/{id}"]["failed"]
    assert (failed["offset"], failed["error"], failed["tries"]) == (3, "ValueError", 2)
    assert not world.database.collections["parked"]

    broken = False
    await consumer.handle([a_state(id, next_to_come)])
    assert await world.seen(id) == (next_to_come,)
    assert (rows[f"thing-states/{id}"]["is_failed"], rows[f"thing-states/{id}"]["failed"]) == (False, None)


@pytest.mark.rule("T1")
async def test_a_reaction_knows_what_it_is_caused_by() -> None:
    world, id, causes = World(), uuid4(), []

    async def note(event: ThingHeard, tx: ThingTransaction) -> None:
        causes.append((tx.cause.id, tx.cause.correlation_id, tx.cause.origin))

    await a_consumer(world, note).handle([a_record(id, 1)])

    assert causes == [(UUID(int=(id.int + 1) % 2**128), id, f"thing-events:{id}:1")]


@pytest.mark.rule("D1")
async def test_an_older_process_does_not_skip_a_type_that_the_newest_set_up_lists() -> None:
    world, id = World(), uuid4()
    other = a_record(id, 1, type="sangam.other.happened.v1")
    consumer = a_consumer(world)
    consumer.subscribed.listed = frozenset({"sangam.other.happened.v1"})

    assert await consumer.handle([other]) == Handled(0, "UnknownVersion")


async def test_a_set_up_lists_exactly_what_is_subscribed_to_now() -> None:
    world = World()

    await Subscribed({ThingHeard: on_heard, ThingState: keep}).set_up(world.database)
    await Subscribed({ThingHeard: on_heard}).set_up(world.database)

    assert list(world.database.collections["subscribed"]) == [ThingHeard.event_type]
