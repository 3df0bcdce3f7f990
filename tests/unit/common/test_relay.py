"""From the outbox to the broker: everything, oldest first, also after the broker was away."""

import asyncio
from collections.abc import Collection, Sequence
from uuid import UUID

import pytest

from common.envelope import Envelope, Record
from common.memory import MemoryBroker, MemoryDatabase
from common.outbox import Refusal
from common.outbox_cli import listed
from common.problem import Unavailable
from common.relay import Relay
from tests.support.things import INDEXES, Thing, World, cause, counting


async def swept_twice(relay: Relay) -> None:
    """A row is left over when two sweeps in a row see it."""
    await relay.sweep()
    await relay.sweep()


@pytest.mark.rule("D1", "O1")
async def test_with_the_broker_away_commands_go_on_and_a_sweep_drains_in_order() -> None:
    world = World()
    made = await world.make()
    world.broker.away = True
    for _ in range(3):
        await world.transactions.run(counting(made.id), cause=cause())
    await world.relay.idle()
    assert (world.broker.log, await world.database.count("outbox", {})) == ([], 3)

    world.broker.away = False
    await swept_twice(world.relay)
    await world.relay.idle()

    assert [e.sequence for e in world.broker.log] == [1, 2, 3]
    assert await world.database.count("outbox", {}) == 0


@pytest.mark.rule("O1")
async def test_two_relays_may_repeat_but_never_reorder() -> None:
    world = World()
    other = Relay(world.database, world.broker)
    made = await world.make()
    for _ in range(20):
        await world.transactions.run(counting(made.id), cause=cause())
        await asyncio.gather(swept_twice(other), swept_twice(world.relay))
    await world.relay.idle()
    await other.idle()

    first = list(dict.fromkeys(e.sequence for e in world.broker.log))
    assert first == list(range(1, 21))


class SlowBroker(MemoryBroker):
    """Takes nothing before it may."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def send(self, envelopes: Sequence[Envelope]) -> Sequence[Refusal]:
        self.asked.set()
        await self.go_on.wait()
        return await super().send(envelopes)


@pytest.mark.rule("D1", "O1")
async def test_events_of_a_key_go_by_number_also_when_a_later_commit_is_heard_of_first() -> None:
    world, broker = World(), SlowBroker()
    world.broker.away = True
    made = await world.make()
    for _ in range(4):
        await world.transactions.run(counting(made.id), cause=cause())
    first, *rest = await world.database.waiting([f"thing-events/{made.id}"], 10)
    relay = Relay(world.database, broker)

    relay.wake([first])
    await broker.asked.wait()
    for envelope in reversed(rest):
        relay.wake([envelope])
    broker.go_on.set()
    await relay.idle()

    assert [e.sequence for e in broker.log] == [1, 2, 3, 4]


class ForgetfulDatabase(MemoryDatabase):
    """Away once, just after the publish."""

    failures = 1

    async def forget(self, published: Sequence[Envelope]) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable()
        await super().forget(published)


async def test_published_but_not_marked_retries_only_the_mark() -> None:
    world = World(ForgetfulDatabase(INDEXES))
    made = await world.make()
    await world.transactions.run(counting(made.id), cause=cause())
    await world.relay.idle()
    assert await world.database.count("outbox", {}) == 1

    await swept_twice(world.relay)
    await world.relay.idle()

    assert len(world.broker.log) == 1
    assert await world.database.count("outbox", {}) == 0


class ScanningDatabase(MemoryDatabase):
    """Sees 6 and misses 5, as a scan outside a snapshot can."""

    async def waiting(self, streams: Collection[str], limit: int) -> list[Envelope]:
        return [e for e in await super().waiting(streams, limit) if e.sequence != 2]


@pytest.mark.rule("O1")
async def test_a_missing_number_ends_the_run() -> None:
    broker = MemoryBroker()
    world = World(ScanningDatabase(INDEXES), broker)
    broker.away = True
    made = await world.make()
    for _ in range(3):
        await world.transactions.run(counting(made.id), cause=cause())
    await world.relay.idle()

    broker.away = False
    await swept_twice(world.relay)
    await world.relay.idle()

    assert [e.sequence for e in broker.log] == [1]


async def test_the_wire_form_is_cloudevents_and_comes_back_the_same() -> None:
    world = World()
    made = await world.make()
    await world.transactions.run(counting(made.id), cause=cause())
    await world.relay.idle()
    [sent] = world.broker.log

    record = Record(sent.topic, 0, 0, sent.data, sent.headers())

    assert Envelope.parse(record) == sent
    headers = dict(sent.headers())
    assert (headers["ce_specversion"], headers["ce_sequence"]) == (b"1.0", b"00000000000000000001")


@pytest.mark.rule("O1")
async def test_what_another_process_left_on_a_key_goes_first() -> None:
    """Ours is number 2; number 1 was committed by a process that died before it published."""
    database, broker, silent = MemoryDatabase(INDEXES), MemoryBroker(), MemoryBroker()
    silent.away = True
    dead, alive = World(database, silent), World(database, broker)
    made = await alive.make()
    await dead.transactions.run(counting(made.id), cause=cause())
    await dead.relay.idle()

    await alive.transactions.run(counting(made.id), cause=cause())
    await alive.relay.idle()

    assert [e.sequence for e in broker.log] == [1, 2]


@pytest.mark.rule("O1")
async def test_after_an_outage_the_next_event_does_not_overtake_those_that_wait() -> None:
    world = World()
    made = await world.make()
    for away in (False, True, False):
        world.broker.away = away
        await world.transactions.run(counting(made.id), cause=cause())
        await world.relay.idle()

    assert [e.sequence for e in world.broker.log] == [1, 2, 3]


async def labelled(world: World, length: int) -> Thing:
    return await world.make(label="x" * length)


@pytest.mark.rule("D1", "O2")
async def test_an_event_that_kafka_refuses_holds_back_its_own_key_only() -> None:
    world = World()
    world.broker.most = 500
    big, small = await labelled(world, 1000), await labelled(world, 1)
    for thing in (big, small, big, small):
        await world.record(thing)
    await world.relay.idle()
    await world.record(small)
    await world.relay.idle()

    assert [(e.key, e.sequence) for e in world.broker.log] == [(str(small.id), n) for n in (1, 2, 3)]
    stream = f"thing-states/{big.id}"
    assert await listed(world.database, 10) == [
        f"{stream}  refused at 1  sangam.thing.recorded.v1  TooLarge  tried 1 times  1 behind it"
    ]


@pytest.mark.rule("D1", "O1")
async def test_what_was_refused_is_tried_again_later_and_its_key_goes_on_in_order() -> None:
    world, now = World(), 0.0
    world.relay._refusals._now = lambda: now
    world.broker.most = 500
    thing = await labelled(world, 1000)
    for _ in range(3):
        await world.record(thing)
        await world.relay.idle()
    assert world.database.collections["outbox"][f"thing-states/{thing.id}/{1:020d}"]["tries"] == 1

    world.broker.most = 5_000
    await swept_twice(world.relay)
    await world.relay.idle()
    assert world.broker.log == []

    now = 1.0
    await world.relay.sweep()
    await world.relay.idle()
    assert [e.sequence for e in world.broker.log] == [1, 2, 3]
    assert await listed(world.database, 10) == []
    await world.record(thing)
    await world.relay.idle()
    assert [e.sequence for e in world.broker.log] == [1, 2, 3, 4]


@pytest.mark.rule("D1")
async def test_a_sweep_finds_what_others_left_however_much_waits_behind_a_refused_event() -> None:
    database, silent = MemoryDatabase(INDEXES), MemoryBroker()
    world, dead = World(database), World(database, silent)
    world.broker.most, silent.away = 500, True
    big = await world.make(id=UUID(int=1), label="x" * 1000)
    small = await world.make(id=UUID(int=2))
    for _ in range(5):
        await world.record(big)
        await world.relay.idle()
    await dead.record(small)
    await dead.relay.idle()

    await world.relay.sweep(limit=5)
    await world.relay.sweep(limit=5)
    await world.relay.idle()

    assert [e.key for e in world.broker.log] == [str(small.id)]
