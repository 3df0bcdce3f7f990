"""Things of enrolment as tests need them: each with everything that is not the point already filled in."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from enrolment.application import incoming
from enrolment.domain.approval import STEPS, Approval
from enrolment.domain.campus import Campus, DayOff
from enrolment.domain.course import Course, Part
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.offering import Offering, Policies
from enrolment.domain.person import Person
from enrolment.domain.shares import Share
from enrolment.domain.words import Actor

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)  # Monday noon in Puducherry
PDY, KKL, YNM = "puducherry", "karaikal", "yanam"
CAMPUSES = (PDY, KKL, YNM)

COORDINATOR = Actor(uuid4(), frozenset(CAMPUSES), frozenset({"institute_coordinator"}))
OPERATOR = Actor(None, frozenset(CAMPUSES), frozenset({"operator"}))


def an_admin(campus: str = PDY) -> Actor:
    return Actor(uuid4(), frozenset({campus}), frozenset({"campus_admin"}))


def acting(person: Person, *kinds: str) -> Actor:
    return Actor(person.id, frozenset({person.campus}), frozenset(kinds or {"trainee"}))


def a_campus(
    id: str = PDY, *, quiet: tuple[time, time] = (time(21), time(7)), off: dict[date, str] | None = None
) -> Campus:
    days = tuple(DayOff(day, kind) for day, kind in (off or {}).items())
    return Campus(
        id=id, revision=1, names={"en": id.title()}, zone="Asia/Kolkata", quiet_from=quiet[0], quiet_to=quiet[1],
        days_off=days,
    )  # fmt: skip


def a_person(campus: str = PDY, *, supervisor: Person | None = None, **fields: Any) -> Person:
    id = uuid4()
    known: dict[str, Any] = {
        "id": id,
        "employee_id": f"E{id.hex[:8].upper()}",
        "names": {"latin": "Meena K"},
        "campus": campus,
        "email": f"{id.hex[:8]}@staff.example",
        "languages": ("en",),
        "supervisor_id": supervisor.id if supervisor else None,
    }
    return Person(**{**known, **fields})


def a_course(**fields: Any) -> Course:
    parts = tuple(
        Part(part=n, titles={"en": f"Day {n}"}, day=n, start=time(9, 30), minutes=360, mandatory=n == 1)
        for n in (1, 2, 3)
    )
    id = uuid4()
    known: dict[str, Any] = {
        "id": id,
        "code": f"MK-{id.hex[:6].upper()}",
        "programme_id": uuid4(),
        "titles": {"en": "Master trainers", "ta": "முதன்மைப் பயிற்சியாளர்கள்"},
        "session_plan": parts,
    }
    return Course(**{**known, **fields})


def an_offering(course: Course | None = None, *, shares: dict[str, int] | None = None, **fields: Any) -> Offering:
    """Open, for Puducherry, two days ago until in ten days; policies by their own names."""
    wanted = shares or {PDY: 1}
    names = set(Policies.__dataclass_fields__)
    policies = Policies(**{name: fields.pop(name) for name in names & fields.keys()})
    known: dict[str, Any] = {
        "id": uuid4(),
        "course_id": course.id if course else uuid4(),
        "label": "March run",
        "owner_campus": PDY,
        "language": "en",
        "campuses": tuple(sorted({PDY, *wanted})),
        "shares": {campus: Share(seats) for campus, seats in wanted.items()},
        "earliest_start": date(2026, 4, 1),
        "window_opens": NOW - timedelta(days=2),
        "window_closes": NOW + timedelta(days=10),
        "cutoff": NOW + timedelta(days=15),
        "state": "open",
        "policies": policies,
    }
    return Offering(**{**known, **fields})


def an_enrolment(offering: Offering, person: Person | None = None, **fields: Any) -> Enrolment:
    who = person or a_person()
    known: dict[str, Any] = {
        "id": uuid4(),
        "offering_id": offering.id,
        "course_id": offering.course_id,
        "person_id": who.id,
        "campus": who.campus,
        "owner_campus": offering.owner_campus,
        "share": who.campus,
        "readers": (who.id,),
        "approval": Approval(campus=who.campus, trainee_id=who.id, left=STEPS["none"]),
    }
    return Enrolment(**{**known, **fields})


def deadline_of(enrolment: Enrolment) -> datetime:
    """Of the offer that is open."""
    assert enrolment.offer
    return enrolment.offer.deadline


def released(
    offering_id: UUID, *starts: datetime, revision: int = 1, ids: list[UUID] | None = None, mandatory: bool = False
) -> incoming.ScheduleReleased:
    sessions = [
        incoming.ReleasedSession(
            session_id=id, part=part, revision=1, start=start, end=start + timedelta(hours=6), zone="Asia/Kolkata",
            mandatory=mandatory and part == 1,
        )
        for part, (start, id) in enumerate(zip(starts, ids or [uuid4() for _ in starts], strict=True), 1)
    ]  # fmt: skip
    return incoming.ScheduleReleased(offering_id=offering_id, schedule_revision=revision, sessions=sessions, dropped=[])


def attended(offering_id: UUID, session_id: UUID, revision: int = 1, **marks: str) -> incoming.AttendanceRecorded:
    """`marks`: p<person id without hyphens>=status."""
    given = [incoming.MarkGiven(person_id=UUID(hex=name[1:]), status=status) for name, status in marks.items()]
    return incoming.AttendanceRecorded(session_id=session_id, offering_id=offering_id, revision=revision, marks=given)


def mark(person: Person, status: str) -> dict[str, str]:
    return {f"p{person.id.hex}": status}
