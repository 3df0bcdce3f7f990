"""From our aggregates to the facts about them: the fields that several facts share."""

from typing import Any

from enrolment.domain.course import Course
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.events import CourseRecorded, PersonRecorded, PlannedPart
from enrolment.domain.offering import Offering
from enrolment.domain.person import Person


def of(enrolment: Enrolment) -> dict[str, Any]:
    """What every EnrolmentFact says."""
    return {
        "offering_id": enrolment.offering_id,
        "enrolment_id": enrolment.id,
        "person_id": enrolment.person_id,
        "revision": enrolment.version,
    }


def nominators(enrolment: Enrolment) -> list[Any]:
    return list(enrolment.nominators)


def approvers(enrolment: Enrolment, offering: Offering) -> dict[str, Any]:
    """Who is asked to approve next, by when; nobody by name when the campus admins hold the step."""
    waits = not enrolment.approval.is_complete
    return {"approvers": list(enrolment.approvers), "due": offering.window_closes if waits else None}


def face(offering: Offering) -> dict[str, Any]:
    """What every OfferingFace says."""
    return {
        "offering_id": offering.id,
        "revision": offering.version,
        "course_id": offering.course_id,
        "label": offering.label,
        "owner_campus": offering.owner_campus,
        "language": offering.language,
        "seats": offering.seats,
        "shares": {campus: share.seats for campus, share in offering.shares.items()},
        "earliest_start": offering.earliest_start,
        "window_opens": offering.window_opens,
        "window_closes": offering.window_closes,
        "cutoff": offering.cutoff,
        "lead_hours": offering.policies.lead_hours,
        "minimum": offering.minimum,
    }


def recorded(person: Person) -> PersonRecorded:
    return PersonRecorded(
        person_id=person.id,
        revision=person.version,
        names=person.names,
        campus=person.campus,
        department=person.department,
        cadre=person.cadre,
        email=person.email,
        phone=person.phone,
        languages=list(person.languages),
        supervisor_id=person.supervisor_id,
        deputy_id=person.deputy_id,
    )


def taught(course: Course) -> CourseRecorded:
    return CourseRecorded(
        course_id=course.id,
        revision=course.version,
        code=course.code,
        titles=course.titles,
        session_plan=[
            PlannedPart(
                part=p.part, titles=p.titles, day=p.day, start=p.start, minutes=p.minutes, mandatory=p.mandatory
            )
            for p in course.session_plan
        ],
        facilitators_needed=course.facilitators_needed,
        room_features=list(course.room_features),
        qualifies_for=list(course.qualifies_for),
    )
