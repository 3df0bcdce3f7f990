"""Applying events once and in order: one row per (topic, key) with the last sequence, moved with the effect."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from common.envelope import Envelope, Record
from common.event import IncomingState
from common.problem import Problem
from common.repository import Id, Repository
from common.store import Database, Document, Reads, Store, Write
from common.transaction import Transaction

COLLECTION, POSITIONS, ERASED, STANDING = "inbox", "positions", "erased", "standing"
MOST_STANDING = 1_000
Why = Literal["parked", "failed"]
Next = Literal["apply", "erase", "repeated", "park"]


class Gap(Problem):
    """An event came before the one ahead of it in its key: the partition is held."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The state that could not be applied, where it lies, and why; never what it says."""

    partition: int
    offset: int
    error: str
    at: str
    tries: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`id` is topic/key; `taken` the sequence of the last event that came, `applied` of the last whose effect stands.

    `parked`: those between the two wait in `parked`, and so does whatever follows. A state is never parked: `failed`
    says that the last one has no effect yet. `erased` outranks whatever number a state of the key comes with.
    """

    id: str
    version: int = 0
    taken: int = 0
    applied: int = 0
    parked: bool = False
    failed: Failed | None = None
    is_failed: bool = False
    erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The same of topic/key for everybody else to ask: inbox rows are for those that move them (`remembered`)."""

    id: str
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A topic/key that is parked or failed: few, and found here, since every event would pay for an index on the
    inbox."""

    id: str
    version: int = 0
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """`id` is topic/partition; `next` the offset from which a start reads on."""

    id: str
    version: int = 0
    next: int = 0


def rows(tx: Transaction) -> Repository[Taken]:
    return tx.repository(Taken, COLLECTION)


async def move(before: Taken, after: Taken, tx: Transaction) -> None:
    """The only way to write a row."""
    rows(tx).save(after)
    why = _why(after)
    if why == _why(before):
        return
    notes = tx.repository(Standing, STANDING)
    known = await notes.find(after.id)
    if why:
        notes.save(Standing(id=after.id, version=known.version if known else 0, why=why))
    elif known:
        notes.remove(after.id)


def _why(row: Taken) -> Why | None:
    return "parked" if row.parked else "failed" if row.is_failed else None


async def standing(reads: Reads, why: Why) -> list[Document]:
    """The rows of the keys that are parked, or of the states that failed."""
    found = await reads.select(STANDING, {"why": why}, limit=MOST_STANDING)
    ids = [row["_id"] for row in found]
    return await reads.select(COLLECTION, {"_id": {"$in": ids}}, limit=len(ids)) if ids else []


async def set_up(database: Database) -> None:
    """At set-up: what a version without these notes has parked or marked is noted as well."""

    async def attempt(store: Store) -> None:
        noted = {row["_id"] for row in await store.find(STANDING, {})}
        rows: list[tuple[Why, Document]] = [("parked", row) for row in await store.find(COLLECTION, {"parked": True})]
        rows += [("failed", row) for row in await store.find(COLLECTION, {"is_failed": True, "parked": False})]
        if new := [Write(STANDING, row["_id"], 0, 1, {"why": why}) for why, row in rows if row["_id"] not in noted]:
            await store.write(new)

    await database.transact(attempt)


def positions(tx: Transaction) -> Repository[Position]:
    return tx.repository(Position, POSITIONS)


async def take(envelope: Envelope, tx: Transaction, *, state: bool) -> Next:
    """Facts: next → apply, or park behind those that wait; lower → repeated; higher → Gap.
    State: higher → apply; lower → repeated; one that failed may come again. A tombstone → erase, whatever its number;
    afterwards everything of the key → repeated."""
    row = await rows(tx).find(envelope.stream) or Taken(id=envelope.stream)
    if state and envelope.is_tombstone:
        return await _take_tombstone(row, envelope.sequence, tx)
    again = row.is_failed and envelope.sequence == row.taken
    if envelope.sequence <= row.taken and not again:
        return "repeated"
    if row.erased:
        await move(row, replace(row, taken=envelope.sequence, applied=envelope.sequence), tx)
        return "repeated"
    if not state and envelope.sequence != row.taken + 1:
        raise Gap(topic=envelope.topic, key=envelope.key, expected=row.taken + 1, came=envelope.sequence)
    if row.parked:
        await move(row, replace(row, taken=envelope.sequence), tx)
        return "park"
    await move(row, Taken(id=row.id, version=row.version, taken=envelope.sequence, applied=envelope.sequence), tx)
    return "apply"


async def _take_tombstone(row: Taken, sequence: int, tx: Transaction) -> Next:
    if row.erased and sequence <= row.applied:
        return "repeated"
    highest = max(sequence, row.taken)
    await _mark(replace(row, taken=highest, applied=highest), tx)
    return "erase"


async def _mark(row: Taken, tx: Transaction) -> None:
    await move(row, replace(row, failed=None, is_failed=False, erased=True), tx)
    marks = tx.repository(Erased, ERASED)
    if await marks.find(row.id) is None:
        marks.save(Erased(id=row.id))


async def erase(kind: type[IncomingState], key: Id, tx: Transaction) -> None:
    """For a fact that says so, which may come before the tombstone or outlive it: no state of this key counts."""
    stream = f"{kind.topic}/{key}"
    row = await rows(tx).find(stream) or Taken(id=stream)
    if not row.erased:
        await _mark(row, tx)


async def erased(kind: type[IncomingState], keys: Iterable[Id], tx: Transaction) -> frozenset[str]:
    """Those of the keys, as text, that are erased; one read."""
    found = await tx.repository(Erased, ERASED).get_many(f"{kind.topic}/{key}" for key in keys)
    return frozenset(stream.partition("/")[2] for stream in found)


async def fail(envelope: Envelope, record: Record, error: str, at: str, tx: Transaction) -> None:
    """This state has no effect yet; a higher one, or its own coming again, mends that."""
    row = await rows(tx).find(envelope.stream) or Taken(id=envelope.stream)
    if envelope.sequence < row.taken and not envelope.is_tombstone:
        return
    tries = row.failed.tries + 1 if row.failed and envelope.sequence == row.taken else 1
    failed = Failed(record.partition, record.offset, error, at, tries)
    await move(row, replace(row, taken=max(envelope.sequence, row.taken), failed=failed, is_failed=True), tx)


async def advance(topic: str, partition: int, to: int, tx: Transaction) -> None:
    """Stored with the effects, so that a start reads on from here whatever became of the broker's own offsets."""
    row = await positions(tx).find(f"{topic}/{partition}") or Position(id=f"{topic}/{partition}")
    if row.next < to:
        positions(tx).save(Position(id=row.id, version=row.version, next=to))
