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
from common.store import Document, Indexes, Reads
from common.timers import Timer
from common.transaction import T
from common.transactions import Transactions

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
    """The next keys of a repair as the read side saw them; fewer than CHUNK are the last."""

    topic: str
    night: date
    after: str
    keys: "tuple[_Key, ...]"


@dataclass(frozen=True, slots=True)
class _Key:
    """What the read side knows of a stream. Once `erased`, it is for good."""

    stream: str
    erased: bool

    @property
    def key(self) -> str:
        return self.stream.partition("/")[2]


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
            topic = stream.partition("/")[0]
            await self._run(partial(self._tell, topic, await self._read({"_id": stream})))
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
                said = date.fromisoformat(repair["night"]) if repair else night
                keys = await self._read(where)
                chunks.append(TellChunk(topic, said, repair["after"] if repair else "", tuple(keys)))
        return chunks

    async def _read(self, where: Document) -> list[_Key]:
        rows = await self._reads.select(outbox.COUNTERS, where, fields=["_id", "erased"], limit=CHUNK)
        return [_Key(row["_id"], bool(row.get("erased"))) for row in rows]

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
        told = await self._tell(chunk.topic, chunk.keys, tx)
        done = len(chunk.keys) < CHUNK
        after = chunk.keys[-1].stream if chunk.keys else repair.after
        repairs.save(replace(repair, after=after, told=repair.told + told, done=done))

    async def _tell(self, topic: str, keys: Sequence[_Key], tx: T) -> int:
        """That a state is missing does not erase it: only a tombstone that was told before is told again."""
        kind, current = self._kinds[topic]
        alive = [one.key for one in keys if not one.erased]
        states = await current(alive, tx) if alive else {}
        again: list[StateEvent | Tombstone] = [Tombstone(kind, one.key) for one in keys if one.erased]
        again += states.values()
        for event in again:
            tx.emit(event)
        if missing := set(alive) - states.keys():
            log.error("states.missing", topic=topic, keys=sorted(missing))
        return len(again)

    async def _run(self, work: Callable[[T], Awaitable[object]]) -> None:
        id = new_id()
        await self._transactions.run(work, cause=Cause(id, id, self._clock()))

    def _night(self) -> date:
        """The day on whose evening it began, in UTC; deep in the night where the institute is."""
        return (self._clock() - BEGINS_UTC).date()
