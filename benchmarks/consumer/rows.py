"""What those without our runtime write down by hand: the same documents, with the same meaning."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from benchmarks.consumer.contest import Contest
from benchmarks.consumer.load import ROSTERS, SOURCE, RosterGrew
from common import telemetry

TRANSACTION: dict[str, Any] = {"read_concern": ReadConcern("snapshot"), "write_concern": WriteConcern("majority")}


class Gap(Exception):
    """An event came before the one ahead of it in its key."""


@dataclass(frozen=True, slots=True)
class Said:
    """The attributes of one record, as text but for the sequence."""

    id: str
    stream: str
    key: str
    sequence: int
    correlation_id: str
    traceparent: str | None

    @classmethod
    def of(cls, topic: str, headers: Mapping[str, Any]) -> "Said":
        ce = {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
        key = ce["ce_partitionkey"]
        traceparent = ce.get("traceparent")
        return cls(ce["ce_id"], f"{topic}/{key}", key, int(ce["ce_sequence"]), ce["ce_correlationid"], traceparent)

    def span(self, contest: Contest) -> telemetry.Span:
        """As ours has one for each event. The caller ends it."""
        return telemetry.start(
            "process " + contest.topic,
            parent=self.traceparent,
            kind="consumer",
            **{
                "messaging.system": "kafka",
                "messaging.operation.type": "process",
                "messaging.destination.name": contest.topic,
                "messaging.consumer.group.name": contest.group,
                "messaging.message.id": self.id,
            },
        )


async def open_database(contest: Contest) -> tuple[Any, Any]:
    """The client and the database, with its collections made."""
    client: Any = AsyncIOMotorClient(contest.mongo, tz_aware=True)
    database = client[contest.database]
    for name in ("inbox", "rosters", "outbox"):
        await database.create_collection(name)
    return client, database


async def read(
    collection: Any, ids: Sequence[str], session: Any, fields: Sequence[str] | None = None
) -> dict[str, Any]:
    """By id, 32 at a time: the database server of development and tests compares each document with the whole list."""
    found: dict[str, Any] = {}
    for start in range(0, len(ids), 32):
        wanted = {"_id": {"$in": ids[start : start + 32]}}
        found |= {row["_id"]: row for row in await collection.find(wanted, fields, session=session).to_list(None)}
    return found


def outbox_row(said: Said, enrolment: str, size: int) -> dict[str, Any]:
    """In wire form, numbered by the size of the roster, which grows by one with each event."""
    stream = f"{ROSTERS}/{said.key}"
    return {
        "_id": f"{stream}/{size:020d}",
        "stream": stream,
        "topic": ROSTERS,
        "key": said.key,
        "sequence": size,
        "event_id": str(uuid4()),
        "type": RosterGrew.event_type,
        "source": SOURCE,
        "time": datetime.now(UTC),
        "correlation_id": said.correlation_id,
        "causation_id": said.id,
        "traceparent": said.traceparent,
        "data": json.dumps({"offering_id": said.key, "enrolment_id": enrolment, "size": size}).encode(),
    }
