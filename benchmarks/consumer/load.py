"""The facts that everybody consumes, and the effects that they must have had afterwards.

Seats of offerings are confirmed, in a shuffled order that is the same on every run. Each confirmation puts the person
on the offering's roster and tells so.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from common.envelope import Envelope
from common.event import Event
from common.kafka_producer import KafkaProducer
from common.kafka_topics import set_up_topics
from common.topics import Topic

PARTITIONS = 6
SOURCE = "/sangam/bench"
ROSTERS = "bench-rosters"
AT_ONCE = 1_000


class Confirmed(Event):
    """A person holds a seat, in the words of enrolment's own fact."""

    event_type: ClassVar[str] = "bench.confirmed.v1"
    topic: ClassVar[str] = "bench-confirmed"
    key_field: ClassVar[str] = "offering_id"

    offering_id: UUID
    enrolment_id: UUID
    person_id: UUID
    revision: int
    share: str
    because: str
    schedule_revision: int


class RosterGrew(Event):
    """Somebody is new on a roster, which now has so many; told in order per offering."""

    event_type: ClassVar[str] = "bench.roster-grew.v1"
    topic: ClassVar[str] = ROSTERS
    key_field: ClassVar[str] = "offering_id"

    offering_id: UUID
    enrolment_id: UUID
    size: int


@dataclass(frozen=True)
class Effects:
    """What a database holds: sequence last taken per stream, enrolments per roster in order, what each row of the
    outbox says by its id."""

    inbox: dict[str, int]
    rosters: dict[str, list[str]]
    outbox: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Load:
    """`events` over `keys`, as equally as they divide."""

    topic: str
    events: int
    keys: int

    @cached_property
    def facts(self) -> list[Envelope]:
        return [*self._facts()]

    def _facts(self) -> Iterator[Envelope]:
        dice = random.Random(self.events)
        offerings = [UUID(int=dice.getrandbits(128), version=4) for _ in range(self.keys)]
        order = [offerings[i % self.keys] for i in range(self.events)]
        dice.shuffle(order)
        last = dict.fromkeys(offerings, 0)
        for offering in order:
            last[offering] += 1
            id, enrolment, person, trace = (UUID(int=dice.getrandbits(128), version=4) for _ in range(4))
            fact = Confirmed(
                offering_id=offering,
                enrolment_id=enrolment,
                person_id=person,
                revision=1,
                share="puducherry",
                because="request",
                schedule_revision=1,
            )
            yield Envelope(
                id=id,
                type=Confirmed.event_type,
                source=SOURCE,
                time=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
                topic=self.topic,
                key=str(offering),
                sequence=last[offering],
                correlation_id=person,
                causation_id=enrolment,
                traceparent=f"00-{trace.hex}-{id.hex[:16]}-01",
                data=fact.model_dump_json().encode(),
            )

    async def fill(self, brokers: str) -> None:
        """Makes the topic and puts everything there."""
        await set_up_topics(brokers, [Topic(self.topic, PARTITIONS)], 1)
        producer = KafkaProducer(brokers, request_timeout_ms=30_000)
        for start in range(0, self.events, AT_ONCE):
            await producer.send(self.facts[start : start + AT_ONCE])
        await producer.stop()

    @property
    def effects(self) -> Effects:
        """Of all facts, each applied once and in order."""
        found = Effects({}, {}, {})
        for fact in self.facts:
            confirmed = Confirmed.model_validate_json(fact.data or b"")
            enrolment = str(confirmed.enrolment_id)
            roster = found.rosters.setdefault(fact.key, [])
            roster.append(enrolment)
            found.inbox[fact.stream] = fact.sequence
            found.outbox[f"{ROSTERS}/{fact.key}/{len(roster):020d}"] = {
                "type": RosterGrew.event_type,
                "sequence": len(roster),
                "correlation_id": str(fact.correlation_id),
                "causation_id": str(fact.id),
                "data": {"offering_id": fact.key, "enrolment_id": enrolment, "size": len(roster)},
            }
        return found
