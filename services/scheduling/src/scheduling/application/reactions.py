"""What enrolment's facts and states change here. None may refuse: what is not known yet is waited for."""

from dataclasses import replace
from uuid import UUID

from common import inbox
from scheduling.application import facts
from scheduling.application.booking import free
from scheduling.application.incoming import (
    CertificateIssued,
    CourseRecorded,
    EnrolmentConfirmed,
    EnrolmentFact,
    EnrolmentLapsed,
    EnrolmentWithdrawn,
    OfferingCancelled,
    OfferingChanged,
    OfferingDrafted,
    PersonErased,
    PersonRecorded,
)
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.proposing import draft_timetable, drop_drafts
from scheduling.domain.copies import Course, Offering, Person, PlannedPart
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.roster import RosterEntry
from scheduling.domain.timetable import Timetable
from scheduling.domain.words import CampusId


async def on_offering_drafted(event: OfferingDrafted | OfferingChanged, tx: SchedulingTransaction) -> None:
    """Its sessions are proposed; also again, as long as they are a draft, when what they depend on has changed."""
    before = await tx.offerings.find(event.offering_id)
    if before and before.revision >= event.revision:
        return
    offering = tx.offerings.save(
        Offering(
            id=event.offering_id,
            revision=event.revision,
            course_id=event.course_id,
            campus=CampusId(event.owner_campus),
            label=event.label,
            language=event.language,
            seats=event.seats,
            earliest_start=event.earliest_start,
            cancelled=before.cancelled if before else False,
        )
    )
    timetable = await tx.timetables.find(offering.id) or Timetable(id=offering.id, campus=offering.campus)
    unchanged = before is not None and offering.plans_as(before)
    if not (unchanged or offering.cancelled or timetable.state == "released"):
        await draft_timetable(timetable, offering, tx)


on_offering_changed = on_offering_drafted


async def on_offering_cancelled(event: OfferingCancelled, tx: SchedulingTransaction) -> None:
    """S-10: what would have taken place is cancelled, its rooms and facilitators are free; drafts vanish."""
    offering, timetable = await tx.offerings.find(event.offering_id), await tx.timetables.find(event.offering_id)
    if offering is None or timetable is None or offering.cancelled:
        return
    tx.offerings.save(replace(offering, cancelled=True, revision=event.revision))
    timetable = tx.timetables.save(timetable.abandon())
    await drop_drafts(offering.id, tx)
    scheduled = await tx.sessions.where(offering_id=offering.id, state="scheduled")
    await free(scheduled, tx)
    for session in scheduled:
        after = tx.sessions.save(session.cancel(""))
        tx.emit(facts.session_cancelled(after, timetable, "offering-cancelled"))


async def on_course_recorded(event: CourseRecorded, tx: SchedulingTransaction) -> None:
    """Also what waited for the course can be proposed now."""
    before = await tx.courses.find(event.course_id)
    if before and before.revision >= event.revision:
        return
    tx.courses.save(
        Course(
            id=event.course_id,
            revision=event.revision,
            code=event.code,
            titles=event.titles,
            parts=tuple(PlannedPart(p.part, p.day, p.start, p.minutes, p.mandatory) for p in event.session_plan),
            facilitators=event.facilitators_needed,
            room_features=frozenset(event.room_features),
        )
    )
    for timetable in await tx.timetables.where(waiting_for=event.course_id):
        await propose_if_waiting(timetable.id, tx)


async def on_course_gone(course_id: str, tx: SchedulingTransaction) -> None:
    if await tx.courses.find(course_id):
        tx.courses.remove(course_id)


async def propose_if_waiting(offering_id: UUID, tx: SchedulingTransaction) -> bool:
    """Whether it is decided, from what is known now."""
    timetable, offering = await tx.timetables.find(offering_id), await tx.offerings.find(offering_id)
    if timetable is None or offering is None or timetable.waiting_for is None:
        return True
    if await tx.courses.find(offering.course_id) is None:
        return False
    await draft_timetable(timetable, offering, tx)
    return True


def read_enrolment_ahead(event: EnrolmentFact, tx: SchedulingTransaction) -> None:
    tx.roster.expect(event.enrolment_id)


def read_person_ahead(event: PersonRecorded, tx: SchedulingTransaction) -> None:
    tx.people.expect(event.person_id)


async def on_enrolment_confirmed(event: EnrolmentConfirmed, tx: SchedulingTransaction) -> None:
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
    if event.revision > entry.revision:
        tx.roster.save(entry.confirm(share, event.revision))


async def on_enrolment_withdrawn(event: EnrolmentWithdrawn | EnrolmentLapsed, tx: SchedulingTransaction) -> None:
    """They do not come any more; those who never held a seat were never on the roster."""
    entry = await tx.roster.find(event.enrolment_id)
    if entry and event.revision > entry.revision:
        tx.roster.save(entry.leave(event.revision))


on_enrolment_lapsed = on_enrolment_withdrawn


async def on_certificate_issued(event: CertificateIssued, tx: SchedulingTransaction) -> None:
    """The holder of a train-the-trainer certificate may deliver the cascaded courses."""
    if not event.qualifies_for:
        return
    facilitator = await tx.facilitators.find(event.person_id)
    if facilitator is None:
        person = await tx.people.find(event.person_id)
        if person is None:
            # Saved, so that the directory's word of this person, coming at the same time, cannot be missed.
            person = tx.people.save(Person(id=event.person_id, names={}, campus=None, awaited=True))
        facilitator = Facilitator(id=event.person_id, campus=person.campus, languages=frozenset(person.languages))
    tx.facilitators.save(facilitator.qualify(event.qualifies_for))


async def on_person_recorded(event: PersonRecorded, tx: SchedulingTransaction) -> None:
    """Who they are; a facilitator who was made before this was known gets campus and languages."""
    before = await tx.people.find(event.person_id)
    if before and before.revision >= event.revision:
        return
    campus, languages = CampusId(event.campus), tuple(event.languages)
    tx.people.save(
        Person(id=event.person_id, revision=event.revision, names=event.names, campus=campus, languages=languages)
    )
    if before and before.awaited:
        facilitator = await tx.facilitators.find(event.person_id)
        if facilitator and facilitator.campus is None:
            tx.facilitators.save(facilitator.settle(campus, languages))


async def on_person_erased(event: PersonErased, tx: SchedulingTransaction) -> None:
    """P-01: nobody plans with them any more; rosters follow the withdrawal of each place, attendance keeps its ids."""
    await inbox.erase(PersonRecorded, event.person_id, tx)
    await on_person_gone(str(event.person_id), tx)


async def is_erased(person_id: UUID, tx: SchedulingTransaction) -> bool:
    return bool(await inbox.erased(PersonRecorded, [person_id], tx))


async def on_person_gone(person_id: str, tx: SchedulingTransaction) -> None:
    """The copy goes, and what made a facilitator of them."""
    if await tx.people.find(person_id):
        tx.people.remove(person_id)
    if await tx.facilitators.find(person_id):
        tx.facilitators.remove(person_id)
