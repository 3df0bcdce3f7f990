"""Keys that wait: an event that cannot be applied is kept with its followers, in order, and its key with it.

Only facts are parked, which hold no personal data. Consumer and operator move the same inbox row, so that they conflict
instead of overtaking one another.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, Literal

from common import inbox
from common.envelope import Envelope, Record
from common.problem import Conflict, NotFound
from common.repository import Repository
from common.store import Index, Indexes
from common.subscriptions import Subscribed
from common.transaction import T, Transaction

PARKED, PARKINGS, UNREADABLE = "parked", "parkings", "unreadable"
INDEXES: Indexes = {
    PARKED: [Index("by_stream", [("stream", 1), ("sequence", 1)])],
    PARKINGS: [],
    UNREADABLE: [],
}
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 20
_LIMIT = "limit"


class NotAtHead(Conflict):
    """Another event of this key waits before this one, or it does not wait any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One event that waits; `error` and `at` say what refused it and where, empty for those that merely follow."""

    id: str
    version: int = 0
    stream: str
    sequence: int
    envelope: Envelope
    error: str = ""
    at: str = ""
    tries: int = 0
    parked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Parkings:
    """How many keys were parked since `hour` began; over the limit nothing more is, until somebody resumes."""

    id: str = _LIMIT
    version: int = 0
    hour: datetime
    count: int = 0
    stalled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A record without readable attributes, by topic/partition/offset; never what it holds."""

    id: str
    version: int = 0
    error: str
    found_at: datetime


def parked(tx: Transaction) -> Repository[Parked]:
    return tx.repository(Parked, PARKED)


async def park(envelope: Envelope, error: str, at: str, tx: Transaction, most: int) -> Literal["parked", "stalled"]:
    """The first of its key. `most` new ones an hour: a bad deployment must stall, not drain. Raises Gap."""
    row = await inbox.rows(tx).find(envelope.stream) or inbox.Taken(id=envelope.stream)
    if envelope.sequence <= row.taken:
        return "parked"  # by who had the partition before
    if envelope.sequence != row.taken + 1:
        raise inbox.Gap(topic=envelope.topic, key=envelope.key, expected=row.taken + 1, came=envelope.sequence)
    limit = await _parkings(tx)
    if limit.stalled or limit.count >= most:
        tx.repository(Parkings, PARKINGS).save(replace(limit, stalled=True))
        return "stalled"
    tx.repository(Parkings, PARKINGS).save(replace(limit, count=limit.count + 1))
    await inbox.move(row, replace(row, taken=envelope.sequence, parked=True), tx)
    await follow(envelope, tx, error=error, at=at)
    return "parked"


async def follow(envelope: Envelope, tx: Transaction, *, error: str = "", at: str = "") -> None:
    """To the tail of its key."""
    parked(tx).save(
        Parked(
            id=parked_id(envelope.stream, envelope.sequence),
            stream=envelope.stream,
            sequence=envelope.sequence,
            envelope=envelope,
            error=error,
            at=at,
            tries=1 if error else 0,
            parked_at=tx.now,
        )
    )


async def note_unreadable(record: Record, error: str, tx: Transaction) -> None:
    id = f"{record.topic}/{record.partition}/{record.offset}"
    if await tx.repository(Unreadable, UNREADABLE).find(id) is None:
        tx.repository(Unreadable, UNREADABLE).save(Unreadable(id=id, error=error, found_at=tx.now))


async def forget_unreadable(id: str, tx: Transaction) -> None:
    """Somebody has looked at it. Raises NotFound."""
    await tx.repository(Unreadable, UNREADABLE).get(id)
    tx.repository(Unreadable, UNREADABLE).remove(id)


@dataclass(frozen=True, slots=True)
class Unpark(Generic[T]):
    """Take the head of a key from where it waits: `apply` it, or drop it with None."""

    stream: str
    sequence: int
    apply: Subscribed[T] | None

    async def __call__(self, tx: T) -> None:
        """Raises NotFound for a key that does not wait, NotAtHead, and whatever the reaction does."""
        row = await inbox.rows(tx).find(self.stream)
        if row is None or not row.parked:
            raise NotFound(stream=self.stream)
        found = await parked(tx).find(parked_id(self.stream, self.sequence))
        if found is None or self.sequence != row.applied + 1:
            raise NotAtHead(stream=self.stream, sequence=self.sequence, head=row.applied + 1)
        if self.apply:
            await self.apply.apply(found.envelope, tx)
        parked(tx).remove(found.id)
        await inbox.move(row, replace(row, applied=self.sequence, parked=self.sequence < row.taken), tx)


async def refused_again(stream: str, sequence: int, error: str, at: str, tx: Transaction) -> None:
    found = await parked(tx).find(parked_id(stream, sequence))
    if found is not None:
        parked(tx).save(replace(found, error=error, at=at, tries=found.tries + 1))


async def resume(tx: Transaction) -> bool:
    """Whether parking had stalled; from now on it counts anew."""
    limit = await _parkings(tx)
    tx.repository(Parkings, PARKINGS).save(Parkings(version=limit.version, hour=limit.hour))
    return limit.stalled


async def _parkings(tx: Transaction) -> Parkings:
    hour = tx.now.replace(minute=0, second=0, microsecond=0)
    known = await tx.repository(Parkings, PARKINGS).find(_LIMIT) or Parkings(hour=hour)
    return known if known.hour == hour or known.stalled else replace(known, hour=hour, count=0)


def parked_id(stream: str, sequence: int) -> str:
    return f"{stream}/{sequence:020d}"
