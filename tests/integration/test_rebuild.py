"""Rebuilding copies, and coming back from a backup, on a real broker and a real database."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest

from common.consumer import Consumer, Subscription
from common.envelope import Envelope
from common.event import StateEvent, Tombstone
from common.gate import Rebuilding
from common.kafka import KafkaIntake
from common.kafka_history import KafkaHistory
from common.kafka_producer import KafkaProducer
from common.kafka_topics import set_up_topics
from common.mongo import MongoDatabase
from common.rebuild import GroupAlive, Rebuild
from common.relay import Relay
from common.restore import Lifted, highest, lift_counters
from common.states import States
from common.store import Write
from common.topics import Topic
from common.transactions import Transactions
from sangam_local.parts.services import SERVICES, environment
from sangam_local.system import System
from tests.support.eventually import eventually
from tests.support.things import (
    NOW,
    Thing,
    ThingHeard,
    ThingState,
    ThingTransaction,
    a_record,
    cause,
    on_heard,
)
from tests.support.things_on_parts import a_database, a_world


class Lived:
    """A service that reads a topic of its own, of three partitions, for a group of its own."""

    def __init__(self, parts: System, world: Any, producer: KafkaProducer) -> None:
        self.brokers, self.world, self.producer = parts.urls()["kafka"], world, producer
        self.name = f"lived-{uuid4().hex[:8]}"
        heard = type("Heard", (ThingHeard,), {"topic": self.name})
        self.subscriptions = {heard: Subscription(on_heard)}
        self.history = KafkaHistory(self.brokers)
        self.said: list[str] = []
        self.running: tuple[KafkaIntake, asyncio.Task[None]] | None = None

    async def publish(self, id: UUID, *numbers: int) -> None:
        records = [Envelope.parse(a_record(id, number)) for number in numbers]
        await self.producer.send([replace(envelope, topic=self.name) for envelope in records])

    def start(self) -> None:
        consumer = Consumer(self.name, self.subscriptions, self.world.transactions, lambda: NOW)
        intake = KafkaIntake(self.brokers, consumer, self.world.database)
        self.running = intake, asyncio.create_task(intake.run())

    async def stop(self) -> None:
        if self.running:
            intake, task = self.running
            intake.stop()
            await task
            await eventually(self._has_left, timeout=30)
        self.running = None

    async def _has_left(self) -> bool:
        """Kafka knows as well: a rebuild refuses company."""
        return await self.history.members(self.name) == []

    def rebuild(self) -> Rebuild[ThingTransaction]:
        return Rebuild(
            self.name, self.subscriptions, {"seen"}, self.world.database, ThingTransaction, self.history,
            lambda: NOW, say=self.said.append,
        )  # fmt: skip

    async def seen(self) -> dict[str, Any]:
        rows = await self.world.database.select("seen", {}, limit=1_000)
        return {row["_id"]: row["heard"] for row in rows}


@pytest.fixture
async def lived(parts: System) -> AsyncIterator[Lived]:
    producer = KafkaProducer(parts.urls()["kafka"])
    made = Lived(parts, await a_world(parts, producer), producer)
    await set_up_topics(made.brokers, [Topic(made.name, 3)], 1)
    yield made
    await made.stop()
    await producer.stop()


@pytest.mark.rule("I1")
async def test_copies_are_what_they_were_and_what_comes_later_is_handled_as_ever(lived: Lived) -> None:
    ids = [uuid4() for _ in range(20)]
    for id in ids:
        await lived.publish(id, *range(1, 31))
        await lived.publish(id, 29, 30, 31)  # as a second relay repeats
    lived.start()
    wanted = {str(id): list(range(1, 32)) for id in ids}
    await eventually(lambda: same(lived, wanted), timeout=60)

    with pytest.raises(GroupAlive) as refused:
        await lived.rebuild().run()
    assert len(refused.value.members["members"]) == 1
    await lived.stop()
    await lived.publish(ids[0], 32)
    done = await lived.rebuild().run()

    assert (done.copied, done.keys, done.missing) == (20 * 31, 20, 0)
    assert await lived.seen() == wanted
    assert [line for line in lived.said if line.startswith(f"{lived.name}/2: ")]
    lived.start()
    wanted[str(ids[0])].append(32)
    await eventually(lambda: same(lived, wanted), timeout=60)


async def same(lived: Lived, wanted: dict[str, Any]) -> bool:
    return await lived.seen() == wanted


@pytest.mark.rule("D2")
async def test_while_a_rebuild_is_not_done_nothing_is_decided_not_even_by_what_is_started_anew(lived: Lived) -> None:
    id = uuid4()
    await lived.publish(id, 1, 2)
    lived.start()
    await eventually(lambda: same(lived, {str(id): [1, 2]}), timeout=60)
    await lived.stop()

    async def dies(*_: Any) -> Any:
        raise asyncio.CancelledError
        yield

    broken = lived.rebuild()
    broken._history = lived.history
    lived.history.read, read = dies, lived.history.read  # type: ignore[method-assign, assignment]
    with pytest.raises(asyncio.CancelledError):
        await broken.run()
    lived.history.read = read  # type: ignore[method-assign]
    assert await lived.seen() == {}

    with pytest.raises(Rebuilding):
        await lived.world.make()
    await lived.publish(id, 3)
    lived.start()
    assert lived.running
    intake = lived.running[0]
    await eventually(lambda: list(intake.held.values()) == ["Unavailable"], timeout=60)
    assert await lived.seen() == {}
    await lived.stop()

    await lived.rebuild().run()
    assert await lived.seen() == {str(id): [1, 2]}
    lived.start()
    await eventually(lambda: same(lived, {str(id): [1, 2, 3]}), timeout=60)


class ThingTold(StateEvent):
    """A thing as it is now."""

    event_type = ThingState.event_type
    topic = f"things-told-{uuid4().hex[:8]}"
    key_field = "thing_id"

    thing_id: UUID
    count: int


class Counted(ThingTold):
    topic = f"things-counted-{uuid4().hex[:8]}"


async def current(ids: Sequence[str], tx: ThingTransaction) -> dict[str, StateEvent]:
    things = await tx.things.get_many(ids)
    return {id: ThingTold(thing_id=thing.id, count=thing.count) for id, thing in things.items()}


class Owner:
    """A service that tells of each thing as a fact and as a state."""

    def __init__(self, database: MongoDatabase, producer: KafkaProducer) -> None:
        self.database, self.relay = database, Relay(database, producer)
        self.transactions = Transactions(database, ThingTransaction, "/sangam/things", self.relay)
        self.states = States({ThingTold: current}, self.transactions, database)

    async def count(self, id: UUID) -> None:
        async def work(tx: ThingTransaction) -> None:
            thing = await tx.things.find(id) or Thing(id=id)
            thing = tx.things.save(replace(thing, count=thing.count + 1))
            tx.emit(Counted(thing_id=id, count=thing.count))
            tx.emit(ThingTold(thing_id=id, count=thing.count))

        await self.transactions.run(work, cause=cause())

    async def erase(self, id: UUID) -> None:
        async def work(tx: ThingTransaction) -> None:
            tx.things.remove((await tx.things.get(id)).id)
            tx.emit(Tombstone(ThingTold, str(id)))

        await self.transactions.run(work, cause=cause())


@pytest.mark.rule("D1")
async def test_after_a_restore_no_number_is_given_twice_and_states_are_told_again(parts: System) -> None:
    brokers = parts.urls()["kafka"]
    await set_up_topics(brokers, [Topic(Counted.topic, 3), Topic(ThingTold.topic, 2, "compact")], 1)
    producer = KafkaProducer(brokers)
    owner = Owner(await a_database(parts), producer)
    old, new, gone = uuid4(), uuid4(), uuid4()
    await owner.count(old)
    await owner.count(gone)
    backup = {name: await owner.database.select(name, {}, limit=100) for name in ("things", "sequences")}
    for id in (old, old, new):
        await owner.count(id)
    await owner.erase(gone)
    await owner.relay.idle()

    restored = Owner(await a_database(parts), producer)  # the backup, in place of what is lost
    for collection, rows in backup.items():
        await put(restored.database, collection, rows)
    history = KafkaHistory(brokers)
    published = await highest(history, [Counted.topic, ThingTold.topic])
    lifted = await lift_counters(published, restored.database)
    assert lifted == Lifted(5, (f"{ThingTold.topic}/{gone}",))  # the facts of what is gone were all in the backup
    assert await lift_counters(published, restored.database) == Lifted(0, ())
    assert await restored.states.repair() == 2
    await restored.count(old)
    await restored.relay.idle()
    await producer.stop()

    told = await everything(history, [Counted.topic, ThingTold.topic])
    assert [e.sequence for e in told if e.stream == f"{Counted.topic}/{old}"] == [1, 2, 3, 4]
    states = [e for e in told if e.stream == f"{ThingTold.topic}/{old}"]
    assert [e.sequence for e in states] == [1, 2, 3, 4, 5]
    assert b'"count":1' in (states[3].data or b"")  # as the backup has it
    ended = [(e.sequence, e.is_tombstone) for e in told if e.stream == f"{ThingTold.topic}/{gone}"]
    assert ended == [(1, False), (2, True), (3, True)]


async def put(database: Any, collection: str, rows: Any) -> None:
    writes = [Write(collection, r["_id"], 0, r["version"], {k: v for k, v in r.items() if k != "_id"}) for r in rows]
    await database.transact(lambda store: store.write(writes))


async def everything(history: KafkaHistory, topics: list[str]) -> list[Envelope]:
    return [
        Envelope.parse(record)
        for span in await history.spans(topics)
        async for records in history.read(span)
        for record in records
    ]


@pytest.mark.parametrize("service", SERVICES)
async def test_the_commands_as_an_operator_types_them(parts: System, service: str) -> None:
    env = {**os.environ, **environment(parts.place, service, f"{service}-api", f"{service}-worker")}
    topics = [topic for of in SERVICES for topic in import_module(f"{of}.bootstrap").TOPICS]
    await set_up_topics(parts.urls()["kafka"], topics, 1)

    async def run(*words: str) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", service, *words, env=env,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        return process.returncode, said.decode().strip()

    assert (await run("setup"))[0] == 0
    code, said = await run("rebuild")
    assert (code, said.splitlines()[-1]) == (0, "0 events of 0 keys copied"), said
    code, said = await run("setup", "--restored")
    assert code == 0, said
    assert service == "notifications" or "counters lifted" in said
