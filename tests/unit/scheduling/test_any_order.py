"""Offerings, courses, people, certificates, seats in every order that topics allow: the same copies and drafts."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from common import telemetry, waiting
from common.envelope import Envelope, Record
from common.event import IncomingEvent
from common.memory import MemoryStore
from common.store import Write
from scheduling import bootstrap
from scheduling.application.commands_people import RecordFacilitator, record_facilitator
from scheduling.application.incoming import (
    CertificateIssued,
    EnrolmentWithdrawn,
    OfferingCancelled,
    OfferingChanged,
)
from scheduling.worker.subscriptions import COPIES
from scheduling.worker.waiting import waiting as waiting_here
from tests.support.orders import orders
from tests.unit.scheduling.builders import (
    COORDINATOR,
    KARAIKAL,
    MONDAY,
    NOW,
    PUDUCHERRY,
    a_campus,
    a_confirmation,
    a_course,
    a_facilitator,
    a_part,
    a_person,
    a_room,
    an_offering,
)
from tests.unit.scheduling.world import World

RUNS, ENDS = UUID(int=1), UUID(int=2)
CERTIFIED, COMES, GOES = (UUID(int=n) for n in range(11, 14))
COURSE, TEACHABLE = UUID(int=21), UUID(int=22)
ROOM, FACILITATOR = UUID(int=31), UUID(int=32)


def place(person: UUID) -> Any:
    return a_confirmation(RUNS, person, enrolment_id=UUID(int=person.int + 100))


def later(offering: Any, days: int, revision: int) -> OfferingChanged:
    changed = {"earliest_start": MONDAY + timedelta(days=days), "revision": revision}
    return OfferingChanged(**offering.model_dump() | changed)


DRAFTED = an_offering(COURSE, offering_id=RUNS)
STORY: dict[str, list[IncomingEvent]] = {
    f"enrolment-events/{RUNS}": [
        DRAFTED,
        place(COMES),
        place(GOES),
        later(DRAFTED, 7, 2),
        EnrolmentWithdrawn(**place(GOES).model_dump() | {"revision": 5}),
    ],
    f"enrolment-events/{ENDS}": [
        an_offering(COURSE, offering_id=ENDS),
        OfferingCancelled(offering_id=ENDS, revision=2),
    ],
    f"enrolment-events/{CERTIFIED}": [
        CertificateIssued(person_id=CERTIFIED, qualifies_for=[TEACHABLE]),
        CertificateIssued(person_id=CERTIFIED, qualifies_for=[UUID(int=23)]),
    ],
    f"courses/{COURSE}": [a_course(a_part(1), a_part(2), course_id=COURSE)],
    f"people/{CERTIFIED}": [
        a_person(person_id=CERTIFIED),
        a_person(person_id=CERTIFIED, revision=2, campus=KARAIKAL, languages=["hi"]),
    ],
}


def record(stream: str, sequence: int, event: IncomingEvent) -> Record:
    topic, _, key = stream.partition("/")
    envelope = Envelope(
        id=UUID(int=hash((stream, sequence)) % 2**128), type=event.event_type, source="/test", time=NOW, topic=topic,
        key=key, sequence=sequence, correlation_id=UUID(int=1), causation_id=UUID(int=1), traceparent=None,
        data=event.model_dump_json().encode(),
    )  # fmt: skip
    return Record(topic, 0, 0, envelope.data, envelope.headers())


RECORDS = {stream: [record(stream, n, e) for n, e in enumerate(events, 1)] for stream, events in STORY.items()}


async def heard(*order: Record, at_once: Sequence[Record] = ()) -> World:
    """A campus with one room and one facilitator hears all this, then its timers run."""
    world = World()
    await world.put(
        campuses=[a_campus()], rooms=[a_room(id=ROOM)], facilitators=[a_facilitator(COURSE, id=FACILITATOR)]
    )
    consumer = bootstrap.consumer(world.service)
    for one in order:
        assert (await consumer.handle([one])).held is None
    await asyncio.gather(*(consumer.handle([one]) for one in at_once))
    return world


async def ticked(world: World) -> World:
    for name in ("propose-waiting", "settle-waiting"):
        await world.tick(name)
    return world


def outcome(world: World) -> dict[str, Any]:
    """Every document, but for versions and the ids of sessions, which are made on the way."""
    found = {
        name: {id: {k: v for k, v in row.items() if k != "version"} for id, row in world.stored(name).items()}
        for name in (*COPIES, "timetables", "facilitators")
    }  # fmt: skip
    sessions = world.stored("sessions").values()
    drafts = sorted(str({k: v for k, v in row.items() if k not in ("_id", "version")}) for row in sessions)
    return {**found, "sessions": drafts}


@pytest.mark.rule("I1")
@settings(max_examples=100, deadline=None)
@given(order=orders(RECORDS))
async def test_everything_ends_the_same_in_every_order(order: list[Record]) -> None:
    expected = outcome(await ticked(await heard(*(one for of in RECORDS.values() for one in of))))
    found = outcome(await ticked(await heard(*order)))

    assert found == expected
    certified = found["facilitators"][str(CERTIFIED)]
    assert (certified["campus"], certified["languages"], certified["waiting_for"]) == (KARAIKAL, ["hi"], None)
    assert [t["state"] for _, t in sorted(found["timetables"].items())] == ["draft", "none"]
    assert len(found["sessions"]) == 2


@pytest.mark.rule("I1")
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("before", "at_once"),
    [
        ([], [f"courses/{COURSE}", f"enrolment-events/{RUNS}"]),
        ([], [f"people/{CERTIFIED}", f"enrolment-events/{CERTIFIED}"]),
        ([f"people/{CERTIFIED}"], [f"people/{CERTIFIED}", f"enrolment-events/{CERTIFIED}"]),
    ],
)
async def test_what_comes_at_once_and_misses_each_other_is_decided_by_the_timers(
    before: list[str], at_once: list[str], turned: bool
) -> None:
    left = {stream: list(of) for stream, of in RECORDS.items()}
    first = [left[stream].pop(0) for stream in before]
    both = [left[stream].pop(0) for stream in at_once]

    world = await ticked(await heard(*first, at_once=both[::-1] if turned else both))

    assert outcome(world) == outcome(await ticked(await heard(*first, *both)))
    assert not [row for row in world.stored("timetables").values() if row["waiting_for"]]
    assert not [row for row in world.stored("facilitators").values() if row["waiting_for"]]


async def test_a_directory_entry_that_changes_while_a_certificate_is_applied_is_not_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [certificate, _], [before, after] = RECORDS[f"enrolment-events/{CERTIFIED}"], RECORDS[f"people/{CERTIFIED}"]
    world = await heard(before)
    write = MemoryStore.write

    async def written_late(store: MemoryStore, writes: Sequence[Write]) -> None:
        """Everything is read and decided; then the directory tells of a move, and only then this is written."""
        monkeypatch.setattr(MemoryStore, "write", write)
        await bootstrap.consumer(world.service).handle([after])
        await write(store, writes)

    monkeypatch.setattr(MemoryStore, "write", written_late)
    await bootstrap.consumer(world.service).handle([certificate])

    facilitator = await world.facilitator(CERTIFIED)
    assert facilitator
    assert facilitator.campus == KARAIKAL


async def test_a_facilitator_whom_the_directory_does_not_know_is_counted_and_alarms_after_ten_minutes() -> None:
    [certificate, _], [person, _] = RECORDS[f"enrolment-events/{CERTIFIED}"], RECORDS[f"people/{CERTIFIED}"]
    world = await heard(certificate)

    async def counted() -> list[float]:
        await waiting.count(waiting_here(lambda: world.now), world.database)
        return [gauge.labels("facilitators")._value.get() for gauge in (telemetry.WAITING, telemetry.WAITING_TOO_LONG)]

    assert await counted() == [1, 0]
    world.now += timedelta(minutes=11)
    assert await counted() == [1, 1]
    await bootstrap.consumer(world.service).handle([person])
    assert await counted() == [0, 0]


async def test_what_a_planner_said_of_a_facilitator_outranks_the_directory() -> None:
    [certificate, _], people = RECORDS[f"enrolment-events/{CERTIFIED}"], RECORDS[f"people/{CERTIFIED}"]
    world = await heard(certificate, people[0])
    command = RecordFacilitator(
        actor=COORDINATOR, person_id=CERTIFIED, campus=PUDUCHERRY, courses=frozenset(), languages=frozenset({"en"})
    )
    await world.run(record_facilitator, command)

    await bootstrap.consumer(world.service).handle([people[1]])

    facilitator = await world.facilitator(CERTIFIED)
    assert facilitator
    assert facilitator.campus == PUDUCHERRY
    assert facilitator.languages == {"en"}
