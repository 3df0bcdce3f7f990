"""State topics on a real broker: what was erased is really gone, and one refused event waits alone."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from common.envelope import Envelope
from common.event import StateEvent, Tombstone
from common.kafka_producer import KafkaProducer
from common.kafka_topics import set_up_topics
from common.outbox import Refusal
from common.outbox_cli import listed
from common.states import States
from common.topics import MOST_BYTES, Compaction, Topic
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.things import Thing, ThingRecorded, ThingTransaction, World, a_record, cause, recorded_things
from tests.support.things_on_parts import a_database

# As in production, an hour for a second; the broker itself looks every 15 s, and deletes files a second later.
SHORT = Compaction(segment=1_000, lag=1_000, tombstones=5_000, files=1_000)
WITHIN_S = 90.0  # a roll, two looks of the cleaner and the deletion of files, on a busy machine
CANARY = b"Canary Kutty"


@dataclass
class Owner:
    """A service that owns one state topic of things; `again` is another process of it."""

    brokers: str
    kind: type[ThingRecorded]
    world: World
    states: States[ThingTransaction]
    producer: object

    async def record(self, thing: Thing) -> None:
        async def work(tx: ThingTransaction) -> None:
            tx.things.save(await tx.things.get(thing.id))
            tx.emit(self.kind(thing_id=thing.id, count=1, label=thing.label))

        await self.world.transactions.run(work, cause=cause())

    async def erase(self, thing: Thing) -> None:
        async def work(tx: ThingTransaction) -> None:
            tx.things.remove((await tx.things.get(thing.id)).id)
            tx.emit(Tombstone(self.kind, str(thing.id)))

        await self.world.transactions.run(work, cause=cause())

    def again(self, producer: object) -> "Owner":
        return owner_of(self.brokers, self.kind, World(self.world.database, producer))

    async def on_topic(self) -> list[ConsumerRecord]:
        """Every record that a reader from offset 0 gets."""
        places = [TopicPartition(self.kind.topic, 0)]
        reader = AIOKafkaConsumer(bootstrap_servers=self.brokers, enable_auto_commit=False)
        await reader.start()
        try:
            reader.assign(places)
            await reader.seek_to_beginning(*places)
            ends = await reader.end_offsets(places)
            found: list[ConsumerRecord] = []
            while await reader.position(places[0]) < ends[places[0]]:
                for batch in (await reader.getmany(timeout_ms=500)).values():
                    found += batch
            return found
        finally:
            await reader.stop()


def owner_of(brokers: str, kind: type[ThingRecorded], world: World) -> Owner:
    async def current(keys: Sequence[str], tx: ThingTransaction) -> dict[str, StateEvent]:
        return {key: kind(**state.model_dump()) for key, state in (await recorded_things(keys, tx)).items()}

    states = States({kind: current}, world.transactions, world.database)
    world.relay.keep(states)
    return Owner(brokers, kind, world, states, world.broker)


Make = Callable[[], Awaitable[Owner]]


@pytest.fixture
async def an_owner(parts: System) -> AsyncIterator[Make]:
    """Makes owners, each of a topic of its own with one partition and short settings."""
    producers: list[KafkaProducer] = []

    async def make() -> Owner:
        class OwnRecorded(ThingRecorded):
            topic: ClassVar[str] = f"states-{uuid4().hex[:8]}"

        brokers = parts.urls()["kafka"]
        await set_up_topics(brokers, [Topic(OwnRecorded.topic, 1, "compact", SHORT)], 1)
        producers.append(KafkaProducer(brokers))
        return owner_of(brokers, OwnRecorded, World(await a_database(parts), producers[-1]))

    yield make
    for producer in producers:
        await producer.stop()


class Slow:
    """Hands over to Kafka only after `meanwhile` is done."""

    def __init__(self, producer: object, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._producer, self._meanwhile = producer, meanwhile
        self._held = False

    async def send(self, envelopes: Sequence[Envelope]) -> Sequence[Refusal]:
        if not self._held:
            self._held = True
            await self._meanwhile()
        return await self._producer.send(envelopes)  # type: ignore[attr-defined]


def on_disk(parts: System, topic: str) -> list[Path]:
    """The files of the topic's log that hold the canary's name."""
    folders = (parts.home.data / "kafka").glob(f"{topic}-*")
    return [path for folder in folders for path in folder.glob("*") if _holds(path)]


def _holds(path: Path) -> bool:
    try:
        return CANARY in path.read_bytes()
    except FileNotFoundError:
        return False  # deleted while we look


@pytest.mark.rule("P-01")
@pytest.mark.parametrize("late", [False, True], ids=["in order", "behind its tombstone"])
async def test_what_was_erased_is_gone_from_the_topic_and_from_the_disk(
    parts: System, an_owner: Make, late: bool
) -> None:
    """Nights follow one another in seconds here; each repair is the traffic that closes a segment. A slow relay may
    publish the state when its tombstone is already there: that needs no repair, only traffic of another key."""
    owner = await an_owner()
    canary, other = await owner.world.make(label=CANARY.decode()), await owner.world.make(label="Meena")
    await owner.record(other)

    async def erase() -> None:
        await owner.erase(canary)
        await owner.world.relay.idle()

    first = owner.again(Slow(owner.world.broker, erase)) if late else owner
    await first.record(canary)
    await first.world.relay.idle()
    assert [record for record in await owner.on_topic() if record.value and CANARY in record.value]
    await eventually(lambda: on_disk(parts, owner.kind.topic))
    if not late:
        await erase()

    async def gone() -> bool:
        await (owner.record(other) if late else owner.states.repair())
        await owner.world.relay.idle()
        records = await owner.on_topic()
        read = [record for record in records if record.value and CANARY in record.value]
        return not read and not on_disk(parts, owner.kind.topic)

    await eventually(gone, timeout=WITHIN_S, every=1.5)
    last = {record.key.decode(): record.value for record in await owner.on_topic()}
    assert last[str(canary.id)] is None
    assert b"Meena" in (last[str(other.id)] or b"")


@pytest.mark.rule("P-01")
async def test_a_tombstone_is_gone_too_when_it_is_told_no_more(an_owner: Make) -> None:
    owner = await an_owner()
    canary, other = await owner.world.make(label=CANARY.decode()), await owner.world.make()
    await owner.record(canary)
    await owner.erase(canary)

    async def gone() -> bool:
        await owner.record(other)
        await owner.world.relay.idle()
        return str(canary.id) not in {record.key.decode() for record in await owner.on_topic()}

    await eventually(gone, timeout=2 * WITHIN_S, every=1.5)


async def test_set_up_brings_new_settings_to_a_topic_that_is_there(an_owner: Make) -> None:
    owner = await an_owner()

    await set_up_topics(owner.brokers, [Topic(owner.kind.topic, 1, "compact")], 1)

    async with admin(owner.brokers) as kafka:
        found = await kafka.describe_configs([ConfigResource(ConfigResourceType.TOPIC, owner.kind.topic)])
    settings = {name: value for name, value, *_ in found[0].resources[0][4]}
    assert settings | Topic(owner.kind.topic, 1, "compact").config == settings


@asynccontextmanager
async def admin(brokers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    kafka = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await kafka.start()
    try:
        yield kafka
    finally:
        await kafka.close()


async def allow(owner: Owner, most: int) -> None:
    """How large a record the topic takes, in bytes."""
    config = Topic(owner.kind.topic, 1, "compact", SHORT).config | {"max.message.bytes": str(most)}
    async with admin(owner.brokers) as kafka:
        await kafka.alter_configs([ConfigResource(ConfigResourceType.TOPIC, owner.kind.topic, config)])


async def told(owner: Owner, *things: Thing) -> bool:
    await owner.world.relay.sweep()
    await owner.world.relay.idle()
    numbers = [(r.key.decode(), int(dict(r.headers)["ce_sequence"])) for r in await owner.on_topic()]
    return all([n for key, n in numbers if key == str(t.id)] == [1, 2, 3] for t in things)


@pytest.mark.rule("D1", "O1", "O2")
async def test_an_event_that_the_broker_refuses_waits_alone_until_it_may_pass(an_owner: Make) -> None:
    owner = await an_owner()
    await allow(owner, 20_000)
    big, small = await owner.world.make(label="x" * 30_000), await owner.world.make(label="y")
    await owner.record(small)
    await owner.world.relay.idle()

    for _ in range(3):
        await owner.record(big)
    await owner.record(small)
    await owner.world.relay.idle()
    await owner.record(small)

    await eventually(lambda: told(owner, small))
    [line] = await listed(owner.world.database, 10)
    assert line.startswith(f"{owner.kind.topic}/{big.id}  refused at 1  sangam.thing.recorded.v1  MessageSizeTooLarge")
    assert line.endswith("2 behind it")

    await allow(owner, 1_000_000)
    await eventually(lambda: told(owner, big, small), timeout=60)
    assert await listed(owner.world.database, 10) == []


@pytest.mark.rule("D1", "O1")
async def test_nothing_of_a_key_passes_an_event_that_the_broker_refuses(an_owner: Make) -> None:
    """Both in one transaction, and so in one cycle of the relay; alone, the second would be taken."""
    owner = await an_owner()
    await allow(owner, 20_000)
    thing = await owner.world.make()

    async def both(tx: ThingTransaction) -> None:
        for label in ("x" * 30_000, "y"):
            tx.emit(owner.kind(thing_id=thing.id, count=1, label=label))

    await owner.world.transactions.run(both, cause=cause())
    await owner.world.relay.idle()
    assert await owner.on_topic() == []

    await allow(owner, 1_000_000)

    async def there() -> bool:
        await owner.world.relay.sweep()
        await owner.world.relay.idle()
        return [int(dict(r.headers)["ce_sequence"]) for r in await owner.on_topic()] == [1, 2]

    await eventually(there, timeout=60)


@pytest.mark.rule("D1")
async def test_a_producer_that_was_refused_something_is_replaced(an_owner: Make) -> None:
    """What is taken beside it is acknowledged; the numbering of the old producer has a hole now."""
    owner = await an_owner()
    await allow(owner, 20_000)
    assert isinstance(owner.producer, KafkaProducer)
    large, small = (an_envelope(owner.kind, data) for data in (b"x" * 30_000, b"y"))

    [refusal] = await owner.producer.send([large, small])

    assert refusal == Refusal(large, "MessageSizeTooLargeError")
    assert owner.producer._producer is None
    assert [record.value for record in await owner.on_topic()] == [b"y"]


def an_envelope(kind: type[ThingRecorded], data: bytes) -> Envelope:
    id = uuid4()
    return replace(Envelope.parse(a_record(id, 1, type=kind.event_type)), topic=kind.topic, data=data)


@pytest.mark.rule("D1", "O2")
async def test_what_is_too_large_to_be_sent_at_all_waits_alone(an_owner: Make) -> None:
    owner = await an_owner()
    big, small = await owner.world.make(label="x" * MOST_BYTES), await owner.world.make()

    await owner.record(big)
    for _ in range(3):
        await owner.record(small)
        await owner.world.relay.idle()

    assert await told(owner, small)
    assert "MessageSizeTooLarge" in (await listed(owner.world.database, 10))[0]


@pytest.mark.rule("D1", "O2")
async def test_events_of_a_topic_that_is_not_there_hold_up_no_other(parts: System, an_owner: Make) -> None:
    owner = await an_owner()

    class Nowhere(ThingRecorded):
        topic: ClassVar[str] = f"nowhere-{uuid4().hex[:8]}"

    astray = owner_of(owner.brokers, Nowhere, owner.world)
    lost, found = await owner.world.make(), await owner.world.make()
    await astray.record(lost)
    for _ in range(3):
        await owner.record(found)

    await eventually(lambda: told(owner, found), timeout=40)
    assert "UnknownTopicOrPartition" in (await listed(owner.world.database, 10))[0]

    await set_up_topics(owner.brokers, [Topic(Nowhere.topic, 1, "compact", SHORT)], 1)

    async def there() -> bool:
        await owner.world.relay.sweep()
        await owner.world.relay.idle()
        return len(await astray.on_topic()) == 1

    await eventually(there, timeout=60)
