"""Outbox, broker, inbox: on real parts, from a commit here to an effect there."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from aiokafka.partitioner import DefaultPartitioner

from common import kafka
from common.consumer import Consumer, Patience, Reaction
from common.envelope import Envelope
from common.event import IncomingEvent
from common.inbox import positions
from common.kafka import KafkaIntake
from common.kafka_producer import KafkaProducer
from common.kafka_topics import set_up_topics
from common.parked_cli import Parking
from common.telemetry import WORKER
from common.topics import Topic
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.things import (
    NOW,
    Seen,
    ThingHeard,
    ThingState,
    ThingTransaction,
    World,
    a_record,
    cause,
    counting,
    on_heard,
)
from tests.support.things_on_parts import a_world

TOPIC, STATES = Topic("thing-events", 3), Topic("thing-states", 3)
AT_ONCE = Patience(pauses=(0, 0))
Kinds = Mapping[type[IncomingEvent], Reaction[ThingTransaction]]


class Backbone:
    """A producing and a consuming service; `refusing` makes a reaction fail."""

    def __init__(self, brokers: str, here: World, there: World, producer: KafkaProducer) -> None:
        self.brokers, self.here, self.there, self.producer = brokers, here, there, producer
        self.refusing: set[tuple[UUID, int]] = set()
        self.group = f"things-{uuid4().hex[:8]}"
        self.running: list[tuple[KafkaIntake, asyncio.Task[None]]] = []

    async def react(self, event: ThingHeard, tx: ThingTransaction) -> None:
        if (event.thing_id, event.count) in self.refusing:
            raise ValueError("refused")
        await on_heard(event, tx)

    def consumer(self, patience: Patience, kinds: Kinds | None = None) -> Consumer[ThingTransaction]:
        return Consumer(
            self.group, kinds or {ThingHeard: self.react}, self.there.transactions, lambda: NOW, patience=patience
        )

    def operator(self) -> Parking:
        return Parking(self.there.database, self.there.transactions, self.consumer(AT_ONCE))

    def start(self, patience: Patience = AT_ONCE, kinds: Kinds | None = None) -> KafkaIntake:
        consumer = self.consumer(patience, kinds)
        intake = KafkaIntake(self.brokers, consumer, self.there.database)
        self.running.append((intake, asyncio.create_task(intake.run())))
        return intake

    async def stop(self) -> None:
        for intake, task in self.running:
            intake.stop()
            await task
        self.running = []

    async def count(self, id: UUID, times: int) -> None:
        for _ in range(times):
            await self.here.transactions.run(counting(id), cause=cause())

    async def parked(self, id: UUID, expected: list[int]) -> bool:
        rows = await self.there.database.select("parked", {"stream": f"{TOPIC.name}/{id}"}, order=[("sequence", 1)])
        return [row["sequence"] for row in rows] == expected

    async def heard(self, id: UUID, up_to: int) -> bool:
        return await self.there.seen(id) == tuple(range(1, up_to + 1))


@pytest.fixture
async def backbone(parts: System) -> AsyncIterator[Backbone]:
    brokers = parts.urls()["kafka"]
    await set_up_topics(brokers, [TOPIC, STATES], 1)
    producer = KafkaProducer(brokers)
    made = Backbone(brokers, await a_world(parts, producer), await a_world(parts, producer), producer)
    yield made
    await made.stop()
    await producer.stop()


def same_partition(ids: Sequence[UUID]) -> tuple[UUID, UUID]:
    """Two of the ids: among one more than there are partitions, two share one."""
    partitions = list(range(TOPIC.partitions))
    found: dict[int, UUID] = {}
    for id in ids:
        partition = DefaultPartitioner()(str(id).encode(), partitions, partitions)
        if partition in found:
            return found[partition], id
        found[partition] = id
    raise AssertionError("more ids than partitions are needed")


def a_state(id: UUID, sequence: int) -> Envelope:
    return replace(Envelope.parse(a_record(id, sequence)), topic=STATES.name, type=ThingState.event_type)


@pytest.mark.rule("D1", "O1")
async def test_every_committed_event_has_its_effect_in_order(backbone: Backbone) -> None:
    things = [(await backbone.here.make()).id for _ in range(10)]
    backbone.start()
    for id in things:
        await backbone.count(id, 5)

    async def all_heard() -> bool:
        return all([await backbone.heard(id, 5) for id in things])

    async def all_marked() -> bool:
        return await backbone.here.database.count("outbox", {}) == 0

    await eventually(all_heard, timeout=40)
    await eventually(all_marked)


@pytest.mark.rule("D1", "O1", "O2")
async def test_a_poison_event_parks_its_key_while_others_of_its_partition_go_on(backbone: Backbone) -> None:
    bad, good = same_partition([(await backbone.here.make()).id for _ in range(TOPIC.partitions + 1)])
    stream = f"{TOPIC.name}/{bad}"
    backbone.refusing.add((bad, 2))
    intake = backbone.start()
    await backbone.count(bad, 4)
    await backbone.count(good, 4)

    await eventually(lambda: backbone.heard(good, 4), timeout=40)
    await eventually(lambda: backbone.parked(bad, [2, 3, 4]), timeout=40)
    assert await backbone.heard(bad, 1)
    assert not intake.held

    operator = backbone.operator()
    assert await operator.listed() == [f"{stream}  3 parked from 2  sangam.thing.counted.v1  ValueError"]
    applied, refused = await operator.replay(stream)
    assert (applied, refused is not None) == (0, True)

    backbone.refusing.clear()
    assert await operator.replay(stream) == (3, None)
    assert await backbone.heard(bad, 4)
    await backbone.count(bad, 1)
    await eventually(lambda: backbone.heard(bad, 5), timeout=40)
    assert await operator.listed() == []


@pytest.mark.rule("D1", "O1")
async def test_too_many_parkings_hold_the_partition_until_the_event_can_be_applied(backbone: Backbone) -> None:
    bad, good = same_partition([(await backbone.here.make()).id for _ in range(TOPIC.partitions + 1)])
    backbone.refusing.add((bad, 2))
    intake = backbone.start(Patience(pauses=(), most_an_hour=0))
    await backbone.count(bad, 4)
    await backbone.count(good, 1)

    held = await eventually(lambda: intake.held, timeout=40)
    assert list(held.values()) == ["TooManyParkings"]
    assert await backbone.heard(bad, 1)
    assert await backbone.heard(good, 0)

    backbone.refusing.clear()
    await eventually(lambda: backbone.heard(bad, 4), timeout=40)
    await eventually(lambda: backbone.heard(good, 1), timeout=40)
    await eventually(lambda: not intake.held)


@pytest.mark.rule("O2")
async def test_a_state_that_failed_is_read_again_and_applied_after_the_repair(
    backbone: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "RETRY_STATES_S", 0.2)
    bad, good = same_partition([uuid4() for _ in range(STATES.partitions + 1)])
    broken = True

    async def react(event: ThingState, tx: ThingTransaction) -> None:
        tx.seen.save(replace(await tx.seen.find(event.thing_id) or Seen(id=event.thing_id), heard=(event.count,)))
        if broken and event.thing_id == bad:
            raise ValueError("refused")

    backbone.start(kinds={ThingState: react})
    await backbone.producer.send([a_state(bad, 1), a_state(good, 1)])
    await eventually(lambda: backbone.heard(good, 1), timeout=40)
    assert await backbone.heard(bad, 0)
    assert await backbone.there.database.count("inbox", {"is_failed": True}) == 1

    broken = False
    await eventually(lambda: backbone.heard(bad, 1), timeout=40)
    assert await backbone.there.database.count("inbox", {"is_failed": True}) == 0


class Holed(ThingHeard):
    """On a topic of its own: every other test reads all of its topic, and would be held too."""

    topic: ClassVar[str] = "holed-events"


@pytest.mark.rule("D1", "O1")
async def test_the_lag_of_a_held_partition_grows_until_its_gap_is_given_up(backbone: Backbone) -> None:
    """Nothing is fetched of it, so that only the brokers know how much lies behind."""
    id = uuid4()

    async def tell(*numbers: int) -> None:
        await backbone.producer.send([replace(Envelope.parse(a_record(id, n)), topic=Holed.topic) for n in numbers])

    def lag() -> float | None:
        return WORKER.get_sample_value("sangam_consumer_lag", {"topic": Holed.topic, "partition": "0"})

    await set_up_topics(backbone.brokers, [Topic(Holed.topic, 1)], 1)
    intake = backbone.start(kinds={Holed: on_heard})
    await tell(2)
    await eventually(lambda: intake.held == {f"{Holed.topic}/0": "Gap"} and lag() == 1, timeout=40)

    await tell(3, 4, 5)
    await eventually(lambda: lag() == 4)
    assert intake.held

    await backbone.operator().accept_gap(f"{Holed.topic}/{id}", 1, 1)
    await eventually(lambda: not intake.held and lag() == 0, timeout=40)
    assert await backbone.there.seen(id) == (2, 3, 4, 5)


class Slow(ThingHeard):
    topic: ClassVar[str] = "slow-events"


async def test_what_is_in_hand_still_lies_before_us(backbone: Backbone) -> None:
    """A reaction that does not return has read its records and done nothing: that is where an alarm must look."""
    go_on = asyncio.Event()

    async def hang(event: Slow, tx: ThingTransaction) -> None:
        await go_on.wait()

    def lag() -> float | None:
        return WORKER.get_sample_value("sangam_consumer_lag", {"topic": Slow.topic, "partition": "0"})

    await set_up_topics(backbone.brokers, [Topic(Slow.topic, 1)], 1)
    backbone.start(kinds={Slow: hang})
    await backbone.producer.send([replace(Envelope.parse(a_record(uuid4(), 1)), topic=Slow.topic)])

    await eventually(lambda: lag() == 1, timeout=40)
    go_on.set()
    await eventually(lambda: lag() == 0, timeout=40)


class Stopping(ThingHeard):
    """On a topic of its own: what other tests told would stop the reader before its batch."""

    topic: ClassVar[str] = "stopping-events"


@pytest.mark.rule("R2", "O1")
async def test_who_is_asked_to_stop_ends_its_batch_and_leaves_what_else_was_fetched(
    backbone: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "AT_ONCE", 10)
    id = uuid4()
    await set_up_topics(backbone.brokers, [Topic(Stopping.topic, 1)], 1)
    await backbone.producer.send([replace(Envelope.parse(a_record(id, n)), topic=Stopping.topic) for n in range(1, 36)])

    async def react(event: Stopping, tx: ThingTransaction) -> None:
        await on_heard(event, tx)
        first.stop()

    first = backbone.start(kinds={Stopping: react})
    await eventually(lambda: backbone.heard(id, 10), timeout=40)
    await backbone.stop()
    assert await backbone.heard(id, 10)

    backbone.start(kinds={Stopping: on_heard})
    await eventually(lambda: backbone.heard(id, 35), timeout=40)


@pytest.mark.rule("I1")
async def test_reading_everything_again_changes_nothing(backbone: Backbone) -> None:
    id = (await backbone.here.make()).id
    backbone.start()
    await backbone.count(id, 3)
    await eventually(lambda: backbone.heard(id, 3), timeout=40)
    await backbone.stop()

    # Another group has no committed offsets, and without the stored positions everything comes again.
    backbone.group += "-again"
    await backbone.there.transactions.run(forget_positions, cause=cause())
    backbone.start()
    await backbone.count(id, 1)

    await eventually(lambda: backbone.heard(id, 4), timeout=40)


async def forget_positions(tx: ThingTransaction) -> None:
    for partition in range(TOPIC.partitions):
        id = f"{TOPIC.name}/{partition}"
        if await positions(tx).find(id):
            positions(tx).remove(id)
