"""State topics as their owner keeps them true: the current state of a key is told again, through the outbox.

The nightly repair does so for every key ever told of. It mends what a relay left in the wrong order, reminds of what
was erased whoever was away for long, and brings the traffic without which the broker closes no segment.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Generic

import structlog

from common import outbox, telemetry
from common.cause import Cause
from common.clock import real_now
from common.event import StateEvent, Tombstone
from common.ids import new_id
from common.problem import Unavailable
from common.store import Indexes, Reads
from common.timers import Timer
from common.transaction import T, Transactions

log = structlog.get_logger()

COLLECTION = "repairs"
INDEXES: Indexes = {COLLECTION: []}
CHUNK = 100  # keys; two documents each
PAUSE = timedelta(seconds=2)
BEGINS_UTC = timedelta(hours=20)

Current = Callable[[Sequence[str], T], Awaitable[Mapping[str, StateEvent]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """`id` is the topic. The repair of `night` has told of every stream up to `after`."""

    id: str
    version: int = 0
    night: date
    after: str = ""
    told: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class TellChunk:
    """The next streams of a repair as the read side saw them; fewer than CHUNK are the last."""

    topic: str
    night: date
    after: str
    streams: tuple[str, ...]


class States(Generic[T]):
    """`current` answers, per kind of state, what those of the keys that exist now are; read in that transaction.

    `clock` is real time: compaction is the broker's, and follows no offset.
    """

    def __init__(
        self,
        current: Mapping[type[StateEvent], Current[T]],
        transactions: Transactions[T],
        reads: Reads,
        clock: Callable[[], datetime] = real_now,
    ) -> None:
        self._kinds = {kind.topic: (kind, of) for kind, of in current.items()}
        self._transactions, self._reads, self._clock = transactions, reads, clock

    @property
    def topics(self) -> Collection[str]:
        return self._kinds.keys()

    def timer(self) -> Timer[T]:
        """Every worker runs it; two of them tell a chunk once."""
        return Timer("repair", PAUSE, self._due, self._tell_chunk)

    async def tell_again(self, stream: str) -> None:
        """Raises Unavailable. What cannot be told is left to the nightly repair."""
        try:
            await self._run(partial(self._tell, [stream]))
        except Unavailable:
            raise
        except Exception as error:
            log.error("states.not_told", stream=stream, error=type(error).__name__, at=telemetry.where(error))

    async def repair(self) -> int:
        """Now and from the start, whatever last night did. How many keys were told of; raises Unavailable."""
        for topic in self.topics:
            await self._run(partial(self._begin, topic))
        while chunks := await self._due(self._clock()):
            for chunk in chunks:
                await self._run(partial(self._tell_chunk, chunk))
        repairs = await self._reads.select(COLLECTION, {"_id": {"$in": list(self.topics)}})
        return sum(repair["told"] for repair in repairs)

    async def _due(self, _: datetime) -> list[TellChunk]:
        night = self._night()
        rows = await self._reads.select(COLLECTION, {"_id": {"$in": list(self.topics)}})
        begun = {row["_id"]: row for row in rows if date.fromisoformat(row["night"]) >= night}
        chunks = []
        for topic in self.topics:
            repair = begun.get(topic)
            if repair is None or not repair["done"]:
                after = (repair and repair["after"]) or f"{topic}/"
                where = {"_id": {"$gt": after, "$lt": f"{topic}0"}}  # 0 follows /
                rows = await self._reads.select(outbox.COUNTERS, where, fields=["_id"], limit=CHUNK)
                said = date.fromisoformat(repair["night"]) if repair else night
                streams = tuple(row["_id"] for row in rows)
                chunks.append(TellChunk(topic, said, repair["after"] if repair else "", streams))
        return chunks

    async def _begin(self, topic: str, tx: T) -> None:
        known = await tx.repository(Repair, COLLECTION).find(topic)
        tx.repository(Repair, COLLECTION).save(
            Repair(id=topic, version=known.version if known else 0, night=self._night())
        )

    async def _tell_chunk(self, chunk: TellChunk, tx: T) -> None:
        """Does nothing when somebody else went on from there already."""
        repairs = tx.repository(Repair, COLLECTION)
        known = await repairs.find(chunk.topic)
        repair = known if known and known.night >= chunk.night else Repair(id=chunk.topic, night=chunk.night)
        if repair.done or (repair.night, repair.after) != (chunk.night, chunk.after):
            return
        told = await self._tell(chunk.streams, tx)
        done = len(chunk.streams) < CHUNK
        after = chunk.streams[-1] if chunk.streams else repair.after
        repairs.save(replace(repair, after=after, told=repair.told + told, done=done))

    async def _tell(self, streams: Sequence[str], tx: T) -> int:
        """That a state is missing does not erase it: only a tombstone that was told before is told again."""
        counters = await tx.repository(outbox.Counter, outbox.COUNTERS).get_many(streams)
        told = 0
        for topic, (kind, current) in self._kinds.items():
            mine = [counter for counter in counters.values() if counter.id.startswith(f"{topic}/")]
            keys = [counter.id.partition("/")[2] for counter in mine if not counter.erased]
            gone = [Tombstone(kind, counter.id.partition("/")[2]) for counter in mine if counter.erased]
            states = await current(keys, tx) if keys else {}
            again: list[StateEvent | Tombstone] = [*states.values(), *gone]
            for event in again:
                tx.emit(event)
            told += len(again)
            if missing := set(keys) - states.keys():
                log.error("states.missing", topic=topic, keys=sorted(missing))
        return told

    async def _run(self, work: Callable[[T], Awaitable[object]]) -> None:
        id = new_id()
        await self._transactions.run(work, cause=Cause(id, id, self._clock()))

    def _night(self) -> date:
        """The day on whose evening it began, in UTC; deep in the night where the institute is."""
        return (self._clock() - BEGINS_UTC).date()
