"""Events wait here, already in wire form and numbered per key, from the commit until they are published.

No index but the ids, which sort by key and number: what waits is little, and every event would pay for another one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from common.cause import Cause
from common.envelope import Envelope
from common.event import Event, Tombstone
from common.problem import Conflict
from common.store import Document, Store, Write

COLLECTION, COUNTERS = "outbox", "sequences"


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a transaction; `member` is who of its group told it, `stream` its topic/key."""

    id: UUID
    event: Event | Tombstone
    cause: Cause
    member: int
    stream: str


class Erased(Conflict):
    """It was erased, and nothing is told of it any more."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that Kafka does not take as things are, however often it is sent; `reason` is the class of its error."""

    envelope: Envelope
    reason: str


class Outbox(Protocol):
    """What the relay asks of the database. Only what is not published yet is there."""

    async def waiting(self, streams: Collection[str], limit: int) -> list[Envelope]:
        """As of one instant (a snapshot), by stream and sequence, so that no number is missing within a stream."""
        ...

    async def oldest(self, limit: int, without: Collection[str] = ()) -> dict[str, int]:
        """Of streams that have something waiting, the lowest sequence that does."""
        ...

    async def numbers(self, streams: Collection[str]) -> dict[str, int]:
        """The number of the last event told of each, published or not."""
        ...

    async def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Says on the rows why they are not published; they stay."""
        ...

    async def forget(self, published: Sequence[Envelope]) -> None: ...


async def number(store: Store, told: Sequence[Told], source: str) -> tuple[list[Write], list[Envelope]]:
    """Rows for what was told, numbered per stream, and the counters, whose write makes two transactions that tell
    of one key conflict: commit order is sequence order, without gaps. Raises Erased."""
    streams = dict.fromkeys(t.stream for t in told)
    counters = await store.read(COUNTERS, list(streams)) if streams else {}
    last = {stream: counters[stream]["last"] if stream in counters else 0 for stream in streams}
    erased = {stream for stream, row in counters.items() if row.get("erased")}
    envelopes = []
    for t in told:
        if isinstance(t.event, Tombstone):
            erased.add(t.stream)
        elif t.stream in erased:
            raise Erased(topic=t.event.topic, key=t.event.key)
        last[t.stream] += 1
        envelopes.append(_envelope(t, source, last[t.stream]))
    writes = [Write(COLLECTION, _row_id(e), 0, 1, _row(e)) for e in envelopes]
    for stream in streams:
        row = counters.get(stream, {"version": 0})
        fields = {**row, "last": last[stream], "erased": stream in erased}
        writes.append(Write(COUNTERS, stream, row["version"], row["version"] + 1, fields))
    return writes, envelopes


def envelope(row: Document) -> Envelope:
    return Envelope(
        id=UUID(row["event_id"]),
        type=row["type"],
        source=row["source"],
        time=row["time"],
        topic=row["topic"],
        key=row["key"],
        sequence=row["sequence"],
        correlation_id=UUID(row["correlation_id"]),
        causation_id=UUID(row["causation_id"]),
        traceparent=row["traceparent"],
        data=None if row["data"] is None else bytes(row["data"]),
    )


def span_of(streams: Collection[str]) -> tuple[str, str]:
    """Ids between which all rows of these streams lie, and maybe others'."""
    return min(f"{stream}/" for stream in streams), max(f"{stream}/:" for stream in streams)  # behind every digit


def row_ids(published: Sequence[Envelope]) -> list[str]:
    return [_row_id(e) for e in published]


def _row_id(e: Envelope) -> str:
    """Sorts by sequence within a stream, and is a second guard against numbering twice."""
    return f"{e.stream}/{e.sequence:020d}"


def _envelope(told: Told, source: str, sequence: int) -> Envelope:
    return Envelope(
        id=told.id,
        type=told.event.event_type,
        source=source,
        time=told.cause.at,
        topic=told.event.topic,
        key=told.event.key,
        sequence=sequence,
        correlation_id=told.cause.correlation_id,
        causation_id=told.cause.id,
        traceparent=told.cause.traceparent,
        data=told.event.encoded(),
    )


def _row(e: Envelope) -> dict[str, Any]:
    return {
        "stream": e.stream,
        "topic": e.topic,
        "key": e.key,
        "sequence": e.sequence,
        "event_id": str(e.id),
        "type": e.type,
        "source": e.source,
        "time": e.time,
        "correlation_id": str(e.correlation_id),
        "causation_id": str(e.causation_id),
        "traceparent": e.traceparent,
        "data": e.data,
    }
