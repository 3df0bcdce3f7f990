"""What enrolment's facts and states set going here, after `copying` has kept them. None may refuse: what is not known
yet is waited for.
"""

from uuid import UUID

from common import inbox
from scheduling.application import facts
from scheduling.application.booking import free
from scheduling.application.incoming import (
    CertificateIssued,
    CourseRecorded,
    OfferingCancelled,
    OfferingChanged,
    OfferingDrafted,
    PersonErased,
    PersonRecorded,
)
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.proposing import draft_timetable, drop_drafts
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.timetable import Timetable


async def on_offering_drafted(event: OfferingDrafted | OfferingChanged, tx: SchedulingTransaction) -> None:
    """Its sessions are proposed; also again, as long as they are a draft, when what they depend on has changed."""
    offering = await tx.offerings.get(event.offering_id)
    timetable = await tx.timetables.find(offering.id) or Timetable(id=offering.id, campus=offering.campus)
    unchanged = offering.planned_since != event.revision
    if not (unchanged or offering.cancelled or timetable.state == "released"):
        await draft_timetable(timetable, offering, tx)


on_offering_changed = on_offering_drafted


async def on_offering_cancelled(event: OfferingCancelled, tx: SchedulingTransaction) -> None:
    """S-10: what would have taken place is cancelled, its rooms and facilitators are free; drafts vanish."""
    timetable = await tx.timetables.find(event.offering_id)
    if timetable is None:
        return
    timetable = tx.timetables.save(timetable.abandon())
    await drop_drafts(event.offering_id, tx)
    scheduled = await tx.sessions.where(offering_id=event.offering_id, state="scheduled")
    await free(scheduled, tx)
    for session in scheduled:
        after = tx.sessions.save(session.cancel(""))
        tx.emit(facts.session_cancelled(after, timetable, "offering-cancelled"))


async def on_course_recorded(event: CourseRecorded, tx: SchedulingTransaction) -> None:
    """What waited for the course can be proposed now: one here, the others by the timer, a transaction each."""
    for timetable in (await tx.timetables.where(waiting_for=event.course_id))[:1]:
        await propose_if_waiting(timetable.id, tx)


async def propose_if_waiting(offering_id: UUID, tx: SchedulingTransaction) -> bool:
    """Whether it is decided, from what is known now."""
    timetable, offering = await tx.timetables.find(offering_id), await tx.offerings.find(offering_id)
    if timetable is None or offering is None or timetable.waiting_for is None:
        return True
    if await tx.courses.find(offering.course_id) is None:
        return False
    await draft_timetable(timetable, offering, tx)
    return True


async def on_certificate_issued(event: CertificateIssued, tx: SchedulingTransaction) -> None:
    """The holder of a train-the-trainer certificate may deliver the cascaded courses."""
    if not event.qualifies_for or await is_erased(event.person_id, tx):
        return
    facilitator = await tx.facilitators.find(event.person_id) or Facilitator.certified(event.person_id, tx.now)
    tx.facilitators.save(facilitator.qualify(event.qualifies_for))
    await settle_from_directory(event.person_id, tx)


async def on_person_recorded(event: PersonRecorded, tx: SchedulingTransaction) -> None:
    """A facilitator whom a certificate made has the campus and languages of the directory."""
    await settle_from_directory(event.person_id, tx)


async def settle_from_directory(person_id: UUID, tx: SchedulingTransaction) -> None:
    """Nothing, as long as the person or the facilitator is not known, or when a planner said otherwise."""
    facilitator = await tx.facilitators.find(person_id)
    if facilitator is None or not (facilitator.follows_directory or facilitator.campus is None):
        return
    if person := await tx.people.find(person_id):
        # Both are saved by whoever comes, certificate or directory: of two at once one must see the other.
        tx.people.save(person)
        tx.facilitators.save(facilitator.follow(person.campus, person.languages))


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
