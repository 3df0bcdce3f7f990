"""A fact on its way: CloudEvents 1.0 attributes around an opaque JSON value, in Kafka's binary mode."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from common.cause import Cause

Headers = list[tuple[str, bytes]]
MOST_EVENTS = 2**63  # of one key: what a database's number holds


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record as it came."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    headers: Iterable[tuple[str, bytes | None]]  # null is no text, and Kafka allows it


@dataclass(frozen=True, slots=True)
class Envelope:
    id: UUID
    type: str
    source: str
    time: datetime
    topic: str
    key: str
    sequence: int
    correlation_id: UUID
    causation_id: UUID
    traceparent: str | None
    data: bytes | None

    @property
    def is_tombstone(self) -> bool:
        """On a state topic: what the key named is erased."""
        return self.data is None

    @property
    def stream(self) -> str:
        """What is numbered without gaps: one key of one topic."""
        return f"{self.topic}/{self.key}"

    @property
    def position(self) -> str:
        """As the Sangam-Position header names it."""
        return f"{self.topic}:{self.key}:{self.sequence}"

    def cause(self, at: datetime, traceparent: str | None) -> Cause:
        """What a reaction to this event is caused by."""
        return Cause(self.id, self.correlation_id, at, traceparent, origin=self.position, origin_at=self.time)

    def traced(self, traceparent: str | None) -> "Envelope":
        return replace(self, traceparent=traceparent) if traceparent else self

    def headers(self) -> Headers:
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": str(self.id),
            "ce_type": self.type,
            "ce_source": self.source,
            "ce_time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "ce_sequence": f"{self.sequence:020d}",
            "ce_partitionkey": self.key,
            "ce_correlationid": str(self.correlation_id),
            "ce_causationid": str(self.causation_id),
        }
        if self.data is not None:
            attributes["content-type"] = "application/json"
        if self.traceparent:
            attributes["traceparent"] = self.traceparent
        return [(name, value.encode()) for name, value in attributes.items()]

    @classmethod
    def parse(cls, record: Record) -> "Envelope":
        """Binary mode only. Raises KeyError or ValueError: the record has no readable attributes."""
        ce = {name: raw.decode() for name, raw in record.headers if raw is not None}
        if not 0 < int(ce["ce_sequence"]) < MOST_EVENTS:
            raise ValueError(f"ce_sequence {ce['ce_sequence']}")
        return cls(
            id=UUID(ce["ce_id"]),
            type=ce["ce_type"],
            source=ce["ce_source"],
            time=datetime.fromisoformat(ce["ce_time"]),
            topic=record.topic,
            key=ce["ce_partitionkey"],
            sequence=int(ce["ce_sequence"]),
            correlation_id=UUID(ce["ce_correlationid"]),
            causation_id=UUID(ce["ce_causationid"]),
            traceparent=ce.get("traceparent"),
            data=record.value,
        )
