"""What we keep of enrolment's facts and states: written here and nowhere else, so that a rebuild can write it again.

Nothing is told and nothing is decided. The inbox lets each fact through once and in the order of its key, and of states
only later ones: what comes is what counts.
"""

from dataclasses import replace

from scheduling.application.incoming import (
    CourseRecorded,
    EnrolmentConfirmed,
    EnrolmentFact,
    EnrolmentLapsed,
    EnrolmentWithdrawn,
    OfferingCancelled,
    OfferingChanged,
    OfferingDrafted,
    PersonRecorded,
)
from scheduling.application.ports import SchedulingTransaction
from scheduling.domain.copies import Course, Offering, Person, PlannedPart
from scheduling.domain.roster import RosterEntry
from scheduling.domain.words import CampusId


def read_enrolment_ahead(event: EnrolmentFact, tx: SchedulingTransaction) -> None:
    tx.roster.expect(event.enrolment_id)


def read_person_ahead(event: PersonRecorded, tx: SchedulingTransaction) -> None:
    tx.people.expect(event.person_id)
    tx.facilitators.expect(event.person_id)


async def keep_offering(event: OfferingDrafted | OfferingChanged, tx: SchedulingTransaction) -> None:
    before = await tx.offerings.find(event.offering_id)
    after = Offering(
        id=event.offering_id,
        revision=event.revision,
        course_id=event.course_id,
        campus=CampusId(event.owner_campus),
        label=event.label,
        language=event.language,
        seats=event.seats,
        earliest_start=event.earliest_start,
        cancelled=before.cancelled if before else False,
        planned_since=event.revision,
    )
    unchanged = before is not None and after.plans_as(before)
    tx.offerings.save(replace(after, planned_since=before.planned_since) if before and unchanged else after)


async def keep_cancellation(event: OfferingCancelled, tx: SchedulingTransaction) -> None:
    if offering := await tx.offerings.find(event.offering_id):
        tx.offerings.save(replace(offering, cancelled=True, revision=event.revision))


async def keep_course(event: CourseRecorded, tx: SchedulingTransaction) -> None:
    before = await tx.courses.find(event.course_id)
    tx.courses.save(
        Course(
            id=event.course_id,
            version=before.version if before else 0,
            revision=event.revision,
            code=event.code,
            titles=event.titles,
            parts=tuple(PlannedPart(p.part, p.day, p.start, p.minutes, p.mandatory) for p in event.session_plan),
            facilitators=event.facilitators_needed,
            room_features=frozenset(event.room_features),
        )
    )


async def forget_course(course_id: str, tx: SchedulingTransaction) -> None:
    if await tx.courses.find(course_id):
        tx.courses.remove(course_id)


async def keep_person(event: PersonRecorded, tx: SchedulingTransaction) -> None:
    before = await tx.people.find(event.person_id)
    tx.people.save(
        Person(
            id=event.person_id,
            version=before.version if before else 0,
            revision=event.revision,
            names=event.names,
            campus=CampusId(event.campus),
            languages=tuple(event.languages),
        )
    )


async def keep_on_roster(event: EnrolmentConfirmed, tx: SchedulingTransaction) -> None:
    """They come to the sessions."""
    share = CampusId(event.share)
    entry = await tx.roster.find(event.enrolment_id) or RosterEntry(
        id=event.enrolment_id,
        offering_id=event.offering_id,
        person_id=event.person_id,
        share=share,
        revision=0,
        comes=False,
    )
    tx.roster.save(entry.confirm(share, event.revision))


async def keep_off_roster(event: EnrolmentWithdrawn | EnrolmentLapsed, tx: SchedulingTransaction) -> None:
    """They do not come any more; those who never held a seat were never on the roster."""
    if entry := await tx.roster.find(event.enrolment_id):
        tx.roster.save(entry.leave(event.revision))
