"""Facts as the other services would tell them, with sensible values, each of which a test may say otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from common.event import IncomingEvent
from notifications.application import incoming

KOLKATA = "Asia/Kolkata"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday, 9:30 in Puducherry
MONDAY = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
COURSE = UUID("018f0000-0000-7000-8000-0000000000c0")


def a_person(language: str = "en", **fields: Any) -> incoming.PersonRecorded:
    id = fields.get("person_id", uuid4())
    given = {
        "person_id": id,
        "names": {"latin": "Meena Raman", "devanagari": "मीना रमन", "tamil": "மீனா ராமன்"},
        "campus": "puducherry",
        "email": f"p{id.hex[-8:]}@example.org",
        "phone": "+919400000000",
        "languages": [language],
    } | fields
    return incoming.PersonRecorded(**given)


def a_course(**fields: Any) -> incoming.CourseRecorded:
    titles = {"en": "Master trainer workshop", "hi": "मास्टर प्रशिक्षक कार्यशाला", "ta": "முதன்மைப் பயிற்சியாளர் பயிலரங்கம்"}
    plan = [{"part": n, "titles": {"en": f"Day {n}", "hi": f"दिन {n}", "ta": f"நாள் {n}"}} for n in (1, 2, 3)]
    given = {"course_id": COURSE, "code": "MT", "titles": titles, "session_plan": plan} | fields
    return incoming.CourseRecorded(**given)


def a_campus(id: str = "puducherry", **fields: Any) -> incoming.CampusRecorded:
    names = {"en": id.title(), "hi": "पुदुच्चेरी", "ta": "புதுச்சேரி"}
    given = {"campus": id, "names": names, "zone": KOLKATA, "languages": ["ta", "en"]} | fields
    return incoming.CampusRecorded(**given)


def a_draft(offering_id: UUID, **fields: Any) -> incoming.OfferingDrafted:
    given = {"offering_id": offering_id, "course_id": COURSE, "label": "MT 2026-1", "owner_campus": "puducherry"}
    return incoming.OfferingDrafted(**(given | fields))


def when(
    start: datetime = MONDAY, hours: int = 3, room: str | None = "Hall", campus: str = "puducherry"
) -> dict[str, Any]:
    sites = [{"campus": campus, "room_label": room, "online": room is None}]
    return {"start": start, "end": start + hours * HOUR, "zone": KOLKATA, "sites": sites}


def a_session(part: int = 1, start: datetime = MONDAY, **fields: Any) -> dict[str, Any]:
    given = {"session_id": uuid4(), "part": part, "revision": 1, "facilitators": []}
    return when(start) | given | fields


def a_release(offering_id: UUID, *sessions: dict[str, Any], **fields: Any) -> incoming.ScheduleReleased:
    given = {"offering_id": offering_id, "schedule_revision": 1, "sessions": list(sessions), "dropped": []}
    return incoming.ScheduleReleased(**(given | fields))


def a_move(
    offering_id: UUID,
    session: dict[str, Any],
    start: datetime,
    *,
    material: bool = True,
    revision: int = 2,
    **fields: Any,
) -> incoming.SessionRescheduled:
    before = {name: session[name] for name in ("start", "end", "zone", "sites")}
    given = {
        "offering_id": offering_id,
        "schedule_revision": revision,
        "session_id": session["session_id"],
        "revision": revision,
        "before": before,
        "after": when(start),
        "material": material,
        "facilitators": session["facilitators"],
    }
    return incoming.SessionRescheduled(**(given | fields))


def a_cancelled_session(
    offering_id: UUID, session: dict[str, Any], revision: int = 2, **fields: Any
) -> incoming.SessionCancelled:
    given = {
        "offering_id": offering_id,
        "schedule_revision": revision,
        "session_id": session["session_id"],
        "revision": revision,
        "because": "own",
        "facilitators": session["facilitators"],
    }
    return incoming.SessionCancelled(**(given | fields))


_ENROLMENT: dict[type[IncomingEvent], dict[str, Any]] = {
    incoming.EnrolmentNominated: {"accept_by": NOW + timedelta(days=3)},
    incoming.EnrolmentRequested: {"approvers": [], "due": None},
    incoming.EnrolmentApprovalAdvanced: {"approvers": [], "due": None},
    incoming.EnrolmentDeclined: {"reason": "approver-declined", "nominators": []},
    incoming.EnrolmentWaitlisted: {"rank": 1},
    incoming.EnrolmentOffered: {"offer_version": 1, "deadline": NOW + timedelta(days=1)},
    incoming.OfferExpired: {"requeued": True},
    incoming.EnrolmentConfirmed: {"because": "request", "schedule_revision": 1},
    incoming.ReconfirmationAsked: {
        "session_revision": 2,
        "schedule_revision": 2,
        "deadline": NOW + timedelta(days=2),
    },
    incoming.EnrolmentWithdrawn: {"because": "withdrawn", "nominators": []},
    incoming.EnrolmentLapsed: {"because": "started"},
}


class Place:
    """One person's place in one offering; its facts come with rising revisions."""

    def __init__(self, offering_id: UUID, person_id: UUID) -> None:
        self.id, self.offering_id, self.person_id, self.revision = uuid4(), offering_id, person_id, 0

    def told(self, kind: type[IncomingEvent], **fields: Any) -> Any:
        self.revision += 1
        given = {
            "offering_id": self.offering_id,
            "enrolment_id": self.id,
            "person_id": self.person_id,
            "revision": self.revision,
        }
        return kind(**(given | _ENROLMENT.get(kind, {}) | fields))
