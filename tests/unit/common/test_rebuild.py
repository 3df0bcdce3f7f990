"""Copies written anew from the first event on, whatever dies meanwhile, while nothing is decided."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.consumer import Consumer, Patience, Subscription
from common.envelope import Record
from common.gate import LOOK_S, REBUILD, Gate, Rebuilding
from common.memory import MemoryDatabase, MemoryStore
from common.parking import Unpark
from common.rebuild import CopyRefused, GroupAlive, HistoryMissing, NotACopy, Rebuild, Rebuilt, TakenOver
from tests.support.history import MemoryHistory
from tests.support.things import (
    INDEXES,
    NOW,
    Seen,
    Thing,
    ThingCounted,
    ThingHeard,
    ThingState,
    ThingTransaction,
    World,
    a_record,
    cause,
    on_heard,
)

REFUSED = 99


class Killed(BaseException):
    """As SIGKILL: nothing of ours runs after it."""


async def copy(event: ThingHeard, tx: ThingTransaction) -> None:
    if event.count == REFUSED:
        raise ValueError("a person's name")
    await on_heard(event, tx)


async def react(event: ThingHeard, tx: ThingTransaction) -> None:
    """What a reaction does, and a rebuild must not: write what is owned, and tell."""
    thing = await tx.things.find(event.thing_id) or Thing(id=event.thing_id)
    tx.things.save(replace(thing, count=thing.count + 1))
    tx.emit(ThingCounted(thing_id=event.thing_id, count=thing.count))


async def keep_state(event: ThingState, tx: ThingTransaction) -> None:
    known = await tx.seen.find(event.thing_id) or Seen(id=event.thing_id)
    tx.seen.save(replace(known, heard=(event.count,)))


async def forget_state(id: str, tx: ThingTransaction) -> None:
    if await tx.seen.find(id):
        tx.seen.remove(id)


SUBSCRIPTIONS = {ThingHeard: Subscription(copy, react), ThingState: Subscription(keep_state, gone=forget_state)}


class Mortal(MemoryDatabase):
    """Dies at the commit that is so many away from now."""

    dies_in: int | None = None

    def _commit(self, writes: Any) -> None:
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                raise Killed
        super()._commit(writes)


class Rebuildable(World):
    """A consumer that has read its topics, which can be read again."""

    def __init__(self) -> None:
        self.memory = Mortal(INDEXES)
        super().__init__(self.memory)
        self.history, self.said = MemoryHistory(), list[str]()
        for topic in (ThingHeard.topic, ThingState.topic):  # as a consumer that was assigned both has them
            self.memory.collections["positions"][f"{topic}/0"] = {"_id": f"{topic}/0", "version": 1, "next": 0}
        self.consumer = Consumer("things", SUBSCRIPTIONS, self.transactions, lambda: NOW, patience=Patience(pauses=()))

    async def hears(self, *records: Record) -> None:
        for record in records:
            handled = await self.consumer.handle([self.history.append(record)])
            assert handled.held is None
        await self.relay.idle()

    def rebuild(self, subscriptions: Any = None, skip: Collection[str] = ()) -> Rebuild[ThingTransaction]:
        return Rebuild(
            "things", subscriptions or SUBSCRIPTIONS, {"seen"}, self.database, ThingTransaction, self.history,
            lambda: NOW, say=self.said.append, skip=skip, closed_after_s=0,
        )  # fmt: skip

    def dump(self) -> dict[str, Any]:
        """Every document by collection, but for versions, which count writes."""
        return {
            name: {id: {k: v for k, v in row.items() if k != "version"} for id, row in rows.items()}
            for name, rows in self.memory.collections.items()
            if rows and name != REBUILD
        }

    def drop_copies(self) -> None:
        self.memory.collections["seen"].clear()


def a_state(id: UUID, sequence: int) -> Record:
    record = a_record(id, sequence, type=ThingState.event_type)
    return replace(record, topic=ThingState.topic)


@pytest.mark.rule("I1")
async def test_it_restores_copies_and_touches_nothing_else() -> None:
    world, first, second = Rebuildable(), uuid4(), uuid4()
    await world.hears(*(a_record(id, n) for n in (1, 2, 3) for id in (first, second)), a_state(uuid4(), 4))
    before, published = world.dump(), len(world.broker.log)
    world.drop_copies()

    done = await world.rebuild().run()

    assert done == Rebuilt(copied=7, keys=3, missing=0)
    assert world.dump() == before
    assert len(world.broker.log) == published


@pytest.mark.rule("I1")
async def test_it_applies_each_number_once_and_in_order_whatever_was_published_twice() -> None:
    world, id = Rebuildable(), uuid4()
    await world.hears(*(a_record(id, n) for n in (1, 2, 3, 2, 3, 4, 1)))

    await world.rebuild().run()

    assert await world.seen(id) == (1, 2, 3, 4)


async def test_of_states_the_highest_counts_and_gaps_are_compaction() -> None:
    world, id = Rebuildable(), uuid4()
    await world.hears(a_state(id, 3), a_state(id, 7), a_state(id, 5))

    done = await world.rebuild().run()

    assert await world.seen(id) == (7,)
    assert done.missing == 0


@pytest.mark.rule("P-01")
async def test_what_was_erased_does_not_come_back() -> None:
    world, gone, stays = Rebuildable(), uuid4(), uuid4()
    await world.hears(a_state(gone, 1), a_state(stays, 1), replace(a_state(gone, 2), value=None), a_state(gone, 3))
    before = world.dump()

    await world.rebuild().run()

    assert world.dump() == before
    assert await world.seen(gone) == ()


async def test_what_has_not_been_applied_yet_is_left_to_the_consumer() -> None:
    world, id = Rebuildable(), uuid4()
    await world.hears(a_record(id, 1), a_record(id, 2))
    waiting = world.history.append(a_record(id, 3))

    await world.rebuild().run()

    assert await world.seen(id) == (1, 2)
    assert (await world.consumer.handle([waiting])).held is None
    assert await world.seen(id) == (1, 2, 3)


async def test_of_a_parked_key_only_what_was_applied_is_copied_and_the_rest_is_still_parked() -> None:
    world, id = Rebuildable(), uuid4()
    bad = replace(a_record(id, 2), value=ThingCounted(thing_id=id, count=REFUSED).model_dump_json().encode())
    await world.hears(a_record(id, 1), bad, a_record(id, 3))
    before = world.dump()
    world.drop_copies()

    await world.rebuild().run()

    assert await world.seen(id) == (1,)
    assert world.dump() == before
    assert sorted(row["sequence"] for row in world.memory.collections["parked"].values()) == [2, 3]


async def test_a_newly_subscribed_type_gets_its_history() -> None:
    world, id = Rebuildable(), uuid4()
    world.consumer = Consumer(
        "things", {ThingState: keep_state, NeverTold: keep_state}, world.transactions, lambda: NOW
    )
    await world.hears(a_record(id, 1), a_record(id, 2))
    assert await world.seen(id) == ()

    await world.rebuild().run()

    assert await world.seen(id) == (1, 2)


@settings(max_examples=60, deadline=None)
@given(deaths=st.lists(st.integers(0, 12), max_size=6), repeated=st.booleans())
@pytest.mark.rule("I1")
async def test_killed_anywhere_it_goes_on_and_ends_the_same(deaths: list[int], repeated: bool) -> None:
    world, first, second = Rebuildable(), uuid4(), uuid4()
    log = [a_record(id, n) for n in (1, 2, 3, 4) for id in (first, second)]
    await world.hears(*log, *(log[-3:] if repeated else []), a_record(first, 5))
    before = world.dump()

    for after in deaths:
        world.memory.dies_in = after
        try:
            await world.rebuild().run()
        except Killed:
            world.memory.dies_in = None
            closed = bool(world.memory.collections[REBUILD])
            assert closed or world.dump() == before
            if closed:
                with pytest.raises(Rebuilding):
                    await Gate(world.memory).check()
        world.memory.dies_in = None
    done = await world.rebuild().run()

    assert done.missing == 0
    assert world.dump() == before
    assert world.memory.collections[REBUILD] == {}


async def test_a_living_member_of_the_group_refuses_it_and_leaves_the_gate_open() -> None:
    world = Rebuildable()
    await world.hears(a_record(id := uuid4(), 1))
    world.history.alive = ["/127.0.0.1 worker"]

    with pytest.raises(GroupAlive):
        await world.rebuild().run()

    assert await world.seen(id) == (1,)
    await Gate(world.memory).check()


async def test_a_member_that_comes_as_the_gate_closes_opens_it_again() -> None:
    world = Rebuildable()
    await world.hears(a_record(id := uuid4(), 1))
    answers = [[], ["/127.0.0.1 worker"]]

    async def members(group: str) -> list[str]:
        return answers.pop(0)

    world.history.members = members  # type: ignore[method-assign]
    with pytest.raises(GroupAlive):
        await world.rebuild().run()

    assert await world.seen(id) == (1,)
    await Gate(world.memory).check()


@pytest.mark.parametrize("how", ["shorter", "beginning gone"])
async def test_a_topic_that_lacks_what_was_applied_refuses_it_before_anything_is_dropped(how: str) -> None:
    world, id = Rebuildable(), uuid4()
    await world.hears(a_record(id, 1), a_record(id, 2))
    if how == "shorter":
        world.history.topics[ThingHeard.topic].pop()
    else:
        world.history.begins[ThingHeard.topic] = 1

    with pytest.raises(HistoryMissing):
        await world.rebuild().run()

    assert await world.seen(id) == (1, 2)
    await Gate(world.memory).check()


async def test_facts_that_are_gone_from_the_middle_of_a_topic_are_counted() -> None:
    world, id = Rebuildable(), uuid4()
    await world.hears(*(a_record(id, n) for n in (1, 2, 3)), a_record(uuid4(), 1))
    world.history.topics[ThingHeard.topic][2] = replace(world.history.topics[ThingHeard.topic][2], headers=[])

    done = await world.rebuild().run()

    assert done.missing == 1


async def test_an_event_that_cannot_be_copied_stops_it_by_name_until_it_is_mended_or_left_out() -> None:
    world, id = Rebuildable(), uuid4()
    bad = replace(a_record(id, 2), value=ThingCounted(thing_id=id, count=REFUSED).model_dump_json().encode())
    await world.hears(a_record(id, 1), bad, a_record(id, 3))
    stream = f"{ThingHeard.topic}/{id}"
    await world.transactions.run(Unpark(stream, 2, None), cause=cause())
    await world.transactions.run(Unpark(stream, 3, world.consumer.subscribed), cause=cause())

    with pytest.raises(CopyRefused) as refused:
        await world.rebuild().run()
    where = refused.value.members["event"]
    with pytest.raises(Rebuilding):
        await Gate(world.memory).check()
    await world.rebuild(skip=[where]).run()

    assert (where, refused.value.members["error"]) == (f"{ThingHeard.topic}/0/1", "ValueError")
    assert "a person's name" not in str(refused.value)
    assert await world.seen(id) == (1, 3)
    await Gate(world.memory).check()


@pytest.mark.parametrize("wrong", [react, on_heard])
async def test_a_copy_that_tells_or_writes_what_is_no_copy_stops_it(wrong: Any) -> None:
    world, id = Rebuildable(), uuid4()
    await world.hears(a_record(id, 1))
    job = world.rebuild({ThingHeard: Subscription(wrong)})
    job._copies = frozenset({"things"} if wrong is react else {"other"})

    with pytest.raises(NotACopy):
        await job.run()

    assert len(world.memory.collections["outbox"]) <= 1


async def test_a_second_rebuild_takes_over_and_the_first_stops() -> None:
    world, id = Rebuildable(), uuid4()
    await world.hears(*(a_record(id, n) for n in range(1, 10)))
    first, second = world.rebuild(), world.rebuild()
    read = world.history.read

    async def overtaken(span: Any) -> Any:
        world.history.read = read  # type: ignore[method-assign]
        await second._do(second._begin)
        async for records in read(span):
            yield records

    world.history.read = overtaken  # type: ignore[method-assign]
    with pytest.raises(TakenOver):
        await first.run()
    assert await world.seen(id) == ()
    await second.run()

    assert await world.seen(id) == tuple(range(1, 10))
    await Gate(world.memory).check()


async def test_a_batch_in_hand_when_the_gate_closed_cannot_commit_any_more() -> None:
    world, id = Rebuildable(), uuid4()
    await world.hears(a_record(id, 1))
    attempts = 0

    async def slow(event: ThingHeard, tx: ThingTransaction) -> None:
        nonlocal attempts
        attempts += 1
        await on_heard(event, tx)

    consumer = Consumer("things", {ThingHeard: slow}, world.transactions, lambda: NOW)
    write = MemoryStore.write

    async def written_late(store: MemoryStore, writes: Any) -> None:
        MemoryStore.write = write  # type: ignore[method-assign]
        await world.rebuild().run()
        await write(store, writes)

    record = world.history.append(a_record(id, 2))
    MemoryStore.write = written_late  # type: ignore[method-assign, assignment]
    try:
        await consumer.handle([record])
    finally:
        MemoryStore.write = write  # type: ignore[method-assign]

    assert attempts == 2
    assert await world.seen(id) == (1, 2)


async def test_nothing_is_decided_from_half_a_copy() -> None:
    """However long a process slept between reading and writing."""
    world, ticks = Rebuildable(), [0.0]
    world.transactions._gate = Gate(world.memory, lambda: ticks[0])
    thing = await world.make()

    async def decide(tx: ThingTransaction) -> None:
        found = await tx.things.get(thing.id)
        world.memory.collections[REBUILD]["rebuild"] = {"_id": "rebuild", "version": 1}
        ticks[0] += LOOK_S
        tx.things.save(replace(found, count=1))

    with pytest.raises(Rebuilding):
        await world.transactions.run(decide, cause=cause())

    assert world.memory.collections["things"][str(thing.id)]["count"] == 0


async def test_a_gate_is_looked_at_once_a_second_and_a_closed_one_every_time() -> None:
    world, ticks, looks = Rebuildable(), [0.0], []
    select = world.memory.select

    async def counted(collection: str, *given: Any, **named: Any) -> Any:
        looks.append(collection)
        return await select(collection, *given, **named)

    world.memory.select = counted  # type: ignore[method-assign]
    gate = Gate(world.memory, lambda: ticks[0])
    for ticks[0] in (0.0, 0.4, LOOK_S - 0.001, LOOK_S, LOOK_S + 0.5):
        await gate.check()
    assert len(looks) == 2

    world.memory.collections[REBUILD]["rebuild"] = {"_id": "rebuild", "version": 1}
    for ticks[0] in (2 * LOOK_S, 2 * LOOK_S + 0.1):
        with pytest.raises(Rebuilding):
            await gate.check()
    world.memory.collections[REBUILD].clear()
    await gate.check()


class NeverTold(ThingHeard):
    event_type = "sangam.thing.never-told.v1"
