"""Things of the scheduling domain with sensible values, each of which a test may say otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from scheduling.application.incoming import (
    CourseRecorded,
    EnrolmentConfirmed,
    OfferingDrafted,
    PartPlan,
    PersonRecorded,
)
from scheduling.domain.calendar import Calendar, Holiday
from scheduling.domain.campus import Campus, Region
from scheduling.domain.copies import Offering
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.room import Room
from scheduling.domain.session import Session, Site, WhenWhere
from scheduling.domain.words import Actor, CampusId

KOLKATA = "Asia/Kolkata"
PUDUCHERRY, KARAIKAL = CampusId("puducherry"), CampusId("karaikal")
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday, 9:30 in Puducherry
MONDAY = date(2026, 3, 9)


def local(day: date, at: str) -> datetime:
    """A time in Puducherry."""
    return datetime.combine(day, time.fromisoformat(at), ZoneInfo(KOLKATA)).astimezone(UTC)


def a_planner(campus: str = PUDUCHERRY, **fields: Any) -> Actor:
    return Actor(uuid4(), frozenset({CampusId(campus)}), frozenset({"planner"}), **fields)


def an_admin(campus: str = PUDUCHERRY) -> Actor:
    return Actor(uuid4(), frozenset({CampusId(campus)}), frozenset({"campus_admin"}))


def a_trainee(person: UUID | None = None, campus: str = PUDUCHERRY) -> Actor:
    return Actor(person or uuid4(), frozenset({CampusId(campus)}), frozenset({"trainee"}))


COORDINATOR = Actor(uuid4(), frozenset(), frozenset({"institute_coordinator"}))


def a_campus(id: str = PUDUCHERRY, **fields: Any) -> Campus:
    campus = Campus(
        id=CampusId(id),
        names={"en": id.title()},
        zone=KOLKATA,
        languages=("en", "ta"),
        working_week=(1, 2, 3, 4, 5),
        quiet_from=time(21),
        quiet_to=time(7),
        region=Region("IN", "PY"),
    )
    return replace(campus, **fields)


def a_calendar(*holidays: Holiday, week: tuple[int, ...] = (1, 2, 3, 4, 5)) -> Calendar:
    return Calendar.of(KOLKATA, week, holidays)


def a_room(**fields: Any) -> Room:
    given = {"id": uuid4(), "campus": PUDUCHERRY, "label": "Hall", "capacity": 40} | fields
    return Room(**given)


def a_facilitator(course_id: UUID, **fields: Any) -> Facilitator:
    given = {"id": uuid4(), "campus": PUDUCHERRY, "courses": frozenset({course_id}), "languages": frozenset({"en"})}
    return Facilitator(**(given | fields))


def a_part(part: int = 1, **fields: Any) -> PartPlan:
    given = {"part": part, "day": part, "start": time(9, 30), "minutes": 360, "mandatory": True} | fields
    return PartPlan(**given)


def a_course(*parts: PartPlan, **fields: Any) -> CourseRecorded:
    given = {
        "course_id": uuid4(),
        "revision": 1,
        "code": "MT",
        "titles": {"en": "Master trainer workshop"},
        "session_plan": list(parts) or [a_part()],
        "facilitators_needed": 1,
        "room_features": [],
    } | fields
    return CourseRecorded(**given)


def an_offering(course_id: UUID, **fields: Any) -> OfferingDrafted:
    given = {
        "offering_id": uuid4(),
        "revision": 1,
        "course_id": course_id,
        "label": "March run",
        "owner_campus": PUDUCHERRY,
        "language": "en",
        "seats": 32,
        "earliest_start": MONDAY,
    } | fields
    return OfferingDrafted(**given)


def an_offering_copy(id: UUID, **fields: Any) -> Offering:
    given = {
        "id": id,
        "revision": 1,
        "course_id": uuid4(),
        "campus": PUDUCHERRY,
        "label": "March run",
        "language": "en",
        "seats": 32,
        "earliest_start": MONDAY,
    }
    return Offering(**(given | fields))


def a_confirmation(offering_id: UUID, person_id: UUID | None = None, **fields: Any) -> EnrolmentConfirmed:
    given = {
        "offering_id": offering_id,
        "enrolment_id": uuid4(),
        "person_id": person_id or uuid4(),
        "revision": 3,
        "share": PUDUCHERRY,
    } | fields
    return EnrolmentConfirmed(**given)


def a_person(**fields: Any) -> PersonRecorded:
    given = {
        "person_id": uuid4(),
        "revision": 1,
        "names": {"en": "Meena"},
        "campus": PUDUCHERRY,
        "languages": ["ta", "en"],
    } | fields
    return PersonRecorded(**given)


def a_session(start: datetime, minutes: int = 60, **fields: Any) -> Session:
    """In force, in a room of its own with a facilitator of its own."""
    site = Site(PUDUCHERRY, uuid4(), "Hall")
    when = WhenWhere(start, start + timedelta(minutes=minutes), KOLKATA, (site,))
    given = {
        "id": uuid4(),
        "offering_id": uuid4(),
        "campus": PUDUCHERRY,
        "part": 1,
        "mandatory": True,
        "state": "scheduled",
        "revision": 1,
        "when": when,
        "settled": when,
        "facilitators": (uuid4(),),
    } | fields
    return Session(**given)
