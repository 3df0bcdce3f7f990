"""Rebuilding a service's copies of others' data from the first event on: nothing is decided, told or sent.

The gate closes, the copies are dropped, and the `copy` part of every subscription runs again for what was applied
before, no further. One row says how far that is; a rebuild that is killed is gone on with by the next one, and until
one of them ends the service decides nothing. What came since waits for the ordinary consumer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Generic, Literal, Protocol, TypeVar
from uuid import UUID

from common import inbox, telemetry
from common.cause import Cause
from common.envelope import Envelope
from common.gate import CLOSED_FOR_ALL_AFTER_S, REBUILD, ROW
from common.history import History, Span, readable
from common.ids import Ids, new_id
from common.problem import Conflict, Unavailable
from common.store import Database, Reads, Store
from common.subscriptions import Subscribed, Subscriptions
from common.transaction import Member, Outcome, T
from common.transactions import Transactions

R = TypeVar("R")

CHUNK = 500


class GroupAlive(Conflict):
    """Somebody still reads for this group: stop every worker of this service first."""


class HistoryMissing(Conflict):
    """The topic does not hold what was applied: is this the broker of this database?"""


class TakenOver(Conflict):
    """Another rebuild of this service has begun since, and goes on with it."""


class CopyRefused(Conflict):
    """An event cannot be copied. Mend that and go on, or leave it out by name with --skip."""


class NotACopy(Exception):
    """What is declared as copying tells something, or writes what is no copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`reached` are the offsets, by topic/partition, from which copying goes on; `owner` the process that does it."""

    id: str = ROW
    version: int = 0
    owner: UUID
    phase: Literal["closing", "dropping", "copying"] = "closing"
    started_at: datetime
    reached: Mapping[str, int] = field(default_factory=dict)
    copied: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Any:
    """A document of which nothing matters but that it is there."""

    id: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`missing` are facts that were applied once and that the topics do not hold any more."""

    copied: int
    keys: int
    missing: int


class RebuildDatabase(Database, Reads, Protocol):
    """The service's own."""


class Rebuild(Generic[T]):
    def __init__(
        self,
        group: str,
        subscriptions: Subscriptions[T],
        copies: Collection[str],
        database: RebuildDatabase,
        face: Callable[[Store, Ids], T],
        history: History,
        clock: Callable[[], datetime],
        *,
        say: Callable[[str], None] = lambda _: None,
        skip: Collection[str] = (),
        closed_after_s: float = CLOSED_FOR_ALL_AFTER_S,
    ) -> None:
        """`skip` names events as topic/partition/offset."""
        self._group, self._copies, self._reads, self._history = group, frozenset(copies), database, history
        self._subscribed = Subscribed(subscriptions)
        self._transactions = Transactions(database, face, "/sangam/rebuild", _Nobody())
        self._clock, self._say, self._skip, self._closed_after_s = clock, say, frozenset(skip), closed_after_s
        self._owner = new_id()
        self._seen: dict[str, int] = {}

    async def run(self) -> Rebuilt:
        """Raises GroupAlive, HistoryMissing, TakenOver, CopyRefused, Unavailable: run it again after mending that."""
        await self._refuse_company()
        held = await self._history.spans(self._subscribed.topics)
        spans = await self._applied_spans(held)
        progress = await self._do(self._begin)
        try:
            await self._refuse_company()
        except GroupAlive:
            if progress.phase == "closing":
                await self._do(self._open)
            raise
        if progress.phase == "closing":
            self._say("commands are refused from now on")
            await asyncio.sleep(self._closed_after_s)
            progress = await self._do(partial(self._fence, held))
        if progress.phase == "dropping":
            for collection in sorted(self._copies):
                await self._drop(collection)
            progress = await self._do(self._dropped)
        for span in spans:
            await self._copy(span, progress.reached.get(span.id, 0))
        missing = await self._missing()
        done = await self._do(self._open)
        return Rebuilt(done.copied, len(self._seen), missing)

    async def _refuse_company(self) -> None:
        if members := await self._history.members(self._group):
            raise GroupAlive(group=self._group, members=members)

    async def _applied_spans(self, held: Sequence[Span]) -> list[Span]:
        """What the ordinary consumer has read of every topic; all of it must still be there."""
        rows = await self._reads.select(inbox.POSITIONS, {}, limit=10_000)
        next_by_id = {row["_id"]: row["next"] for row in rows}
        for span in held:
            applied = next_by_id.get(span.id, 0)
            lacks_beginning = span.begin > 0 and applied > 0 and not self._subscribed.is_state(span.topic)
            if span.end < applied or lacks_beginning:
                raise HistoryMissing(partition=span.id, begins=span.begin, ends=span.end, applied=applied)
        return [replace(span, end=next_by_id[span.id]) for span in held if next_by_id.get(span.id, 0)]

    async def _begin(self, tx: T) -> Progress:
        known = await tx.repository(Progress, REBUILD).find(ROW)
        if known:
            self._say(f"going on with the rebuild of {known.started_at:%Y-%m-%d %H:%M} UTC: {known.phase}")
        mine = replace(known, owner=self._owner) if known else Progress(owner=self._owner, started_at=tx.now)
        return tx.repository(Progress, REBUILD).save(mine)

    async def _fence(self, held: Sequence[Span], tx: T) -> Progress:
        """A batch that was in hand when the gate closed has read these rows, and now cannot commit."""
        rows = await inbox.positions(tx).get_many(span.id for span in held)
        for span in held:
            inbox.positions(tx).save(rows.get(span.id) or inbox.Position(id=span.id))
        return tx.repository(Progress, REBUILD).save(replace(await self._mine(tx), phase="dropping"))

    async def _drop(self, collection: str) -> None:
        dropped = 0
        while rows := await self._reads.select(collection, {}, fields=["_id"], limit=CHUNK):
            await self._do(partial(self._drop_chunk, collection, [row["_id"] for row in rows]))
            dropped += len(rows)
        self._say(f"{collection}: {dropped} dropped")

    async def _drop_chunk(self, collection: str, ids: list[str], tx: T) -> None:
        documents = tx.repository(_Any, collection)
        for id in await documents.get_many(ids):
            documents.remove(id)
        tx.repository(Progress, REBUILD).save(await self._mine(tx))

    async def _dropped(self, tx: T) -> Progress:
        return tx.repository(Progress, REBUILD).save(replace(await self._mine(tx), phase="copying"))

    async def _copy(self, span: Span, reached: int) -> None:
        """Those below `reached` were copied by a rebuild that was killed; they are read for their numbers only."""
        async for records in self._history.read(span):
            envelopes = [(record.offset, envelope) for record in records if (envelope := readable(record))]
            applied = await self._applied({envelope.stream for _, envelope in envelopes})
            ours = [(offset, envelope) for offset, envelope in envelopes if self._is_next(envelope, applied)]
            left = [(offset, envelope) for offset, envelope in ours if offset >= reached]
            for (offset, envelope), outcome in zip(left, await self._run(span, left), strict=True):
                if outcome.error:
                    raise _refusal(outcome.error, f"{span.id}/{offset}", envelope)
            if (end := records[-1].offset + 1) > reached:
                await self._do(partial(self._reach, span.id, end))
            self._say(f"{span.id}: {end} of {span.end}")

    async def _run(self, span: Span, left: Sequence[tuple[int, Envelope]]) -> list[Outcome[None]]:
        """The first that is refused stops those behind it."""
        return await self._transactions.run_group(
            [
                Member(partial(self._copy_one, span.id, offset, envelope), self._cause(envelope), line="rebuild")
                for offset, envelope in left
            ]
        )

    def _is_next(self, envelope: Envelope, applied: Mapping[str, int]) -> bool:
        """Once and in order, whatever was published twice, and nothing that is parked or has not been read yet."""
        if not self._seen.get(envelope.stream, 0) < envelope.sequence <= applied.get(envelope.stream, 0):
            return False
        self._seen[envelope.stream] = envelope.sequence
        return True

    async def _applied(self, streams: Collection[str]) -> dict[str, int]:
        """The inbox says it, which nobody moves while the gate is closed; of what is erased nothing is copied."""
        where = {"_id": {"$in": sorted(streams)}}
        rows = await self._reads.select(inbox.COLLECTION, where, fields=["applied", "erased"], limit=len(streams) or 1)
        return {row["_id"]: 0 if row.get("erased") else row["applied"] for row in rows}

    async def _copy_one(self, partition: str, offset: int, envelope: Envelope, tx: T) -> None:
        """Moves the row with the effect, so that no event is copied twice."""
        if f"{partition}/{offset}" not in self._skip:
            await self._subscribed.copy(envelope, tx)
        if wrong := tx.touched - self._copies - {REBUILD}:
            raise NotACopy(f"{envelope.type} writes {sorted(wrong)}")
        if tx.told:
            raise NotACopy(f"{envelope.type} tells {tx.told[0].event.event_type}")
        await self._reach(partition, offset + 1, tx, copied=1)

    async def _reach(self, partition: str, offset: int, tx: T, *, copied: int = 0) -> None:
        progress = await self._mine(tx)
        reached = {**progress.reached, partition: offset}
        tx.repository(Progress, REBUILD).save(replace(progress, reached=reached, copied=progress.copied + copied))

    async def _missing(self) -> int:
        """Facts have no gaps: who was applied up to n has n events in the topic."""
        missing, after = 0, ""
        while rows := await self._reads.select(inbox.COLLECTION, {"_id": {"$gt": after}}, limit=CHUNK):
            for row in rows:
                topic = row["_id"].partition("/")[0]
                if topic in self._subscribed.topics and not self._subscribed.is_state(topic):
                    missing += row["applied"] - self._seen.get(row["_id"], 0)
            after = rows[-1]["_id"]
        return missing

    async def _open(self, tx: T) -> Progress:
        progress = await self._mine(tx)
        tx.repository(Progress, REBUILD).remove(ROW)
        return progress

    async def _mine(self, tx: T) -> Progress:
        progress = await tx.repository(Progress, REBUILD).find(ROW)
        if progress is None or progress.owner != self._owner:
            raise TakenOver()
        return progress

    async def _do(self, work: Callable[[T], Awaitable[R]]) -> R:
        return await self._transactions.run(work, cause=self._cause())

    def _cause(self, envelope: Envelope | None = None) -> Cause:
        if envelope:
            return envelope.cause(self._clock(), None)
        id = new_id()
        return Cause(id, id, self._clock())


class _Nobody:
    """There is nothing to relay."""

    def wake(self, committed: Sequence[Envelope]) -> None:
        raise NotACopy(f"{committed[0].type} was told")


def _refusal(error: Exception, event: str, envelope: Envelope) -> Exception:
    if isinstance(error, TakenOver | NotACopy | Unavailable):
        return error
    refusal = CopyRefused(event=event, type=envelope.type, error=type(error).__name__, at=telemetry.where(error))
    refusal.__cause__ = error
    return refusal
