"""A tiny service over the plumbing: things that count, and facts of their counting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, NamedTuple
from uuid import UUID, uuid4

from common.cause import Cause
from common.envelope import Envelope, Record
from common.event import Event, IncomingEvent, IncomingState, StateEvent, Tombstone
from common.gate import Gate
from common.memory import MemoryBroker, MemoryDatabase
from common.problem import Conflict
from common.relay import Relay
from common.repository import Repository
from common.states import INDEXES as REPAIRS
from common.states import States
from common.store import Index
from common.transaction import Transaction
from common.transactions import Transactions

NOW = datetime(2026, 3, 2, 9, 30, 0, 123000, tzinfo=UTC)
INDEXES = {"things": [Index("one_label", [("label", 1)], unique=True, where={"labelled": True})], "seen": [], **REPAIRS}


class Step(NamedTuple):
    at: datetime
    by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    id: UUID
    version: int = 0
    count: int = 0
    kind: str = "plain"
    place: int = 0
    label: str = ""
    labelled: bool = False
    day: date = date(2026, 1, 26)
    at: time = time(9, 30)
    lasts: timedelta = timedelta(minutes=90)
    tags: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()
    shares: dict[str, Step] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a reaction keeps: how often and up to what it heard of a thing."""

    id: UUID
    version: int = 0
    heard: tuple[int, ...] = ()


class ThingCounted(Event):
    """A thing went up by one."""

    event_type: ClassVar[str] = "sangam.thing.counted.v1"
    topic: ClassVar[str] = "thing-events"
    key_field: ClassVar[str] = "thing_id"

    thing_id: UUID
    count: int


class ThingHeard(IncomingEvent):
    event_type: ClassVar[str] = "sangam.thing.counted.v1"
    topic: ClassVar[str] = "thing-events"

    thing_id: UUID
    count: int


class ThingRecorded(StateEvent):
    """A thing as it is now."""

    event_type: ClassVar[str] = "sangam.thing.recorded.v1"
    topic: ClassVar[str] = "thing-states"
    key_field: ClassVar[str] = "thing_id"

    thing_id: UUID
    count: int
    label: str = ""


class ThingState(IncomingState):
    event_type: ClassVar[str] = "sangam.thing.recorded.v1"
    topic: ClassVar[str] = "thing-states"

    thing_id: UUID
    count: int


class Refused(Conflict):
    """Not today."""


class ThingTransaction(Transaction):
    @property
    def things(self) -> Repository[Thing]:
        return self.repository(Thing, "things")

    @property
    def seen(self) -> Repository[Seen]:
        return self.repository(Seen, "seen")


def cause() -> Cause:
    id = uuid4()
    return Cause(id, id, NOW)


async def on_heard(event: ThingHeard, tx: ThingTransaction) -> None:
    seen = await tx.seen.find(event.thing_id) or Seen(id=event.thing_id)
    tx.seen.save(replace(seen, heard=(*seen.heard, event.count)))


async def on_state(event: ThingState, tx: ThingTransaction) -> None:
    """The copy is the last one heard."""
    tx.seen.save(replace(await tx.seen.find(event.thing_id) or Seen(id=event.thing_id), heard=(event.count,)))


async def on_gone(key: str, tx: ThingTransaction) -> None:
    if await tx.seen.find(key):
        tx.seen.remove(key)


async def recorded_things(keys: Sequence[str], tx: ThingTransaction) -> Mapping[str, StateEvent]:
    things = await tx.things.get_many(keys)
    return {key: ThingRecorded(thing_id=t.id, count=t.count, label=t.label) for key, t in things.items()}


class World:
    """The plumbing wired together, on memory unless told otherwise."""

    def __init__(self, database: MemoryDatabase | None = None, broker: MemoryBroker | None = None) -> None:
        self.database = database or MemoryDatabase(INDEXES)
        self.broker = broker or MemoryBroker()
        self.relay = Relay(self.database, self.broker)
        self.gate = Gate(self.database)
        self.transactions = Transactions(self.database, ThingTransaction, "/sangam/things", self.relay, self.gate)

    def states(self) -> States[ThingTransaction]:
        """From now on late states are told again."""
        states = States({ThingRecorded: recorded_things}, self.transactions, self.database)
        self.relay.keep(states)
        return states

    async def record(self, thing: Thing) -> None:
        """One more state of it."""
        await self.transactions.run(recording(thing.id), cause=cause())

    async def erase(self, thing: Thing) -> None:
        async def work(tx: ThingTransaction) -> None:
            tx.things.remove((await tx.things.get(thing.id)).id)
            tx.emit(Tombstone(ThingRecorded, str(thing.id)))

        await self.transactions.run(work, cause=cause())

    async def make(self, **fields: object) -> Thing:
        thing = Thing(**{"id": uuid4(), **fields})

        async def work(tx: ThingTransaction) -> Thing:
            return tx.things.save(thing)

        return await self.transactions.run(work, cause=cause())

    async def get(self, id: UUID) -> Thing:
        return await self.transactions.run(lambda tx: tx.things.get(id), cause=cause())

    async def seen(self, id: UUID) -> tuple[int, ...]:
        found = await self.transactions.run(lambda tx: tx.seen.find(id), cause=cause())
        return found.heard if found else ()


def counting(id: UUID, refuse: Exception | None = None):
    """A use case: count the thing and tell; with `refuse`, raise that after all was done."""

    async def work(tx: ThingTransaction) -> Thing:
        thing = await tx.things.get(id)
        thing = tx.things.save(replace(thing, count=thing.count + 1))
        tx.emit(ThingCounted(thing_id=id, count=thing.count))
        if refuse:
            raise refuse
        return thing

    return work


def recording(id: UUID):
    async def work(tx: ThingTransaction) -> None:
        thing = await tx.things.get(id)
        thing = tx.things.save(replace(thing, count=thing.count + 1))
        tx.emit(ThingRecorded(thing_id=id, count=thing.count, label=thing.label))

    return work


def a_record(id: UUID, sequence: int, *, offset: int | None = None, type: str = ThingHeard.event_type) -> Record:
    """A fact as Kafka would bring it; its id follows from key and sequence."""
    envelope = Envelope(
        id=UUID(int=(id.int + sequence) % 2**128),
        type=type,
        source="/sangam/things",
        time=NOW,
        topic="thing-events",
        key=str(id),
        sequence=sequence,
        correlation_id=id,
        causation_id=id,
        traceparent=None,
        data=ThingCounted(thing_id=id, count=sequence).model_dump_json().encode(),
    )
    return Record("thing-events", 0, sequence - 1 if offset is None else offset, envelope.data, envelope.headers())
