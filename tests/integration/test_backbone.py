"""Outbox, broker, inbox: on real parts, from a commit here to an effect there."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from common.consumer import Consumer
from common.event import IncomingEvent
from common.inbox import positions
from common.kafka import KafkaIntake, KafkaProducer, set_up_topics
from common.topics import Topic
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.things import NOW, ThingHeard, ThingTransaction, World, cause, counting, on_heard
from tests.support.things_on_parts import a_world

TOPIC = Topic("thing-events", 3)


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

    def start(self, react: object = None) -> KafkaIntake:
        kinds: dict[type[IncomingEvent], object] = {ThingHeard: react or self.react}
        consumer = Consumer(self.group, kinds, self.there.transactions, lambda: NOW)
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

    async def heard(self, id: UUID, up_to: int) -> bool:
        return await self.there.seen(id) == tuple(range(1, up_to + 1))


@pytest.fixture
async def backbone(parts: System) -> AsyncIterator[Backbone]:
    brokers = parts.urls()["kafka"]
    await set_up_topics(brokers, [TOPIC], 1)
    producer = KafkaProducer(brokers)
    made = Backbone(brokers, await a_world(parts, producer), await a_world(parts, producer), producer)
    yield made
    await made.stop()
    await producer.stop()


@pytest.mark.rule("D1", "O1")
async def test_every_committed_event_has_its_effect_in_order(backbone: Backbone) -> None:
    things = [(await backbone.here.make()).id for _ in range(10)]
    backbone.start()
    for id in things:
        await backbone.count(id, 5)

    async def all_heard() -> bool:
        return all([await backbone.heard(id, 5) for id in things])

    await eventually(all_heard, timeout=40)
    assert await backbone.here.database.count("outbox", {}) == 0


@pytest.mark.rule("D1", "O1")
async def test_a_refused_event_stops_its_partition_until_it_can_be_applied(backbone: Backbone) -> None:
    id = (await backbone.here.make()).id
    backbone.refusing.add((id, 2))
    intake = backbone.start()
    await backbone.count(id, 4)

    held = await eventually(lambda: intake.held, timeout=40)
    assert list(held.values()) == ["ValueError"]
    assert await backbone.heard(id, 1)

    backbone.refusing.clear()
    await eventually(lambda: backbone.heard(id, 4), timeout=40)
    await eventually(lambda: not intake.held)


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


async def test_a_changed_partition_count_is_refused(backbone: Backbone) -> None:
    await set_up_topics(backbone.brokers, [TOPIC], 1)

    with pytest.raises(ValueError, match="has 3 partitions, not 4"):
        await set_up_topics(backbone.brokers, [Topic("thing-events", 4)], 1)
