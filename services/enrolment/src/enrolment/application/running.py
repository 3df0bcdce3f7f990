"""From the start to the end of an offering: what follows for everybody in it, in chunks of people.

Each function commits one decisive document first, the offering; what is left is kept there as a follow-up, which a
timer continues, so that no transaction grows with the size of an offering.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from enrolment.application import facts
from enrolment.application.commands_offers import lapsed
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.seats import promote
from enrolment.domain import reconfirmation, seats
from enrolment.domain.certificate import Certificate, code_of
from enrolment.domain.completion import is_complete, is_over
from enrolment.domain.course import Course
from enrolment.domain.enrolment import ACTIVE, LAPSES_AT_START, SEATED, Enrolment, Reconfirmation
from enrolment.domain.events import (
    CertificateIssued,
    EnrolmentCompleted,
    EnrolmentNotCompleted,
    ReconfirmationAsked,
)
from enrolment.domain.offering import UNDER_WAY, Offering

CHUNK = 100  # people; the most that follows for one are six documents


async def start_offering(offering_id: UUID, tx: EnrolmentTransaction) -> None:
    """By the timer: who has no seat by now lapses (E-13)."""
    offering = await tx.offerings.get(offering_id)
    if offering.state in ("open", "closed") and offering.has_started(tx.now):
        await lapse_rest(tx.offerings.save(offering.start()), tx)


async def lapse_rest(offering: Offering, tx: EnrolmentTransaction) -> None:
    people = await _some(offering, sorted(LAPSES_AT_START), tx)
    for before in people:
        after = tx.enrolments.save(before.lapse(tx.now, "the offering has started"))
        if before.holds_seat:
            offering = seats.free_seat(offering, before.share)
        elif before.state == "waitlisted":
            offering = seats.leave_queue(offering, before.share)
        tx.emit(lapsed(after, "started", held_seat=before.holds_seat))
    tx.offerings.save(offering if len(people) == CHUNK else offering.without_follow_up("lapse"))


async def end_rest(offering: Offering, tx: EnrolmentTransaction) -> None:
    """Everybody active in a cancelled offering; OfferingCancelled has told it for all of them (S-10)."""
    people = await _some(offering, sorted(ACTIVE), tx)
    for before in people:
        tx.enrolments.save(before.moved("offering_cancelled", tx.now, None, "offering cancelled"))
        if before.holds_seat:
            offering = seats.free_seat(offering, before.share)
        elif before.state == "waitlisted":
            offering = seats.leave_queue(offering, before.share)
    tx.offerings.save(offering if len(people) == CHUNK else offering.without_follow_up("cancel"))


async def ask_rest(offering: Offering, tx: EnrolmentTransaction) -> None:
    """Everybody with a seat is asked about the last material change, once (S-09)."""
    change = offering.change
    assert change is not None
    deadline = tx.now + timedelta(hours=offering.policies.reconfirm_hours)
    if change.start > tx.now:
        deadline = min(deadline, change.start)
    question = Reconfirmation(change.session_id, change.session_revision, change.schedule_revision, tx.now, deadline)
    seated = [e for state in sorted(SEATED) for e in await tx.enrolments.where(offering_id=offering.id, state=state)]
    people = [e for e in seated if reconfirmation.is_to_be_asked(e, change.schedule_revision)]
    for before in people[:CHUNK]:
        asked = tx.enrolments.save(reconfirmation.ask(before, question))
        tx.emit(
            ReconfirmationAsked(
                **facts.of(asked),
                session_id=change.session_id,
                session_revision=change.session_revision,
                schedule_revision=change.schedule_revision,
                deadline=deadline,
            )
        )
    if len(people) > CHUNK:
        tx.offerings.save(offering)
    else:
        await conclude(tx.offerings.save(offering.without_follow_up("ask")), tx)


async def conclude(offering: Offering, tx: EnrolmentTransaction) -> None:
    """C-01: when attendance of every session is known, everybody with a seat has completed or not.

    Not from a timetable that is behind the attendance, nor before everybody was asked who is to be.
    """
    if offering.waiting_for or "ask" in offering.follow_ups:
        return
    sessions = await tx.sessions.where(offering_id=offering.id)
    attendance = {a.id: a for a in await tx.attendance.where(offering_id=offering.id)}
    if offering.state not in UNDER_WAY or not is_over(sessions, attendance):
        return
    if offering.state != "running":
        offering = offering.start()
    course = await tx.courses.get(offering.course_id)
    people = await _some(offering, sorted(SEATED), tx)
    for before in people:
        completed = is_complete(before.person_id, sessions, attendance, course.min_attendance_percent)
        _finish(before, course, tx, completed=completed)
    if len(people) == CHUNK:
        tx.offerings.save(offering.with_follow_up("complete"))
        return
    tx.offerings.save(offering.complete().without_follow_up("complete"))


def _finish(before: Enrolment, course: Course, tx: EnrolmentTransaction, *, completed: bool) -> None:
    after = before.finish(tx.now, completed=completed)
    if not completed:
        tx.emit(EnrolmentNotCompleted(**facts.of(tx.enrolments.save(after))))
        return
    after = tx.enrolments.save(after.certify(tx.now) if course.certificate else after)
    tx.emit(EnrolmentCompleted(**facts.of(after)))
    if course.certificate:
        _issue(after, course, tx)


def _issue(enrolment: Enrolment, course: Course, tx: EnrolmentTransaction) -> None:
    id = tx.new_id()
    certificate = Certificate(
        id=id,
        code=code_of(id),
        person_id=enrolment.person_id,
        course_id=course.id,
        offering_id=enrolment.offering_id,
        enrolment_id=enrolment.id,
        campus=enrolment.campus,
        owner_campus=enrolment.owner_campus,
        issued_at=tx.now,
    )
    tx.certificates.save(certificate)
    tx.emit(
        CertificateIssued(
            certificate_id=id,
            code=certificate.code,
            person_id=certificate.person_id,
            course_id=course.id,
            offering_id=certificate.offering_id,
            enrolment_id=certificate.enrolment_id,
            qualifies_for=list(course.qualifies_for),
            issued_at=certificate.issued_at,
        )
    )


async def _some(offering: Offering, states: Sequence[str], tx: EnrolmentTransaction) -> list[Enrolment]:
    """At most a chunk of those in these states."""
    found: list[Enrolment] = []
    for state in states:
        if left := CHUNK - len(found):
            found += await tx.enrolments.head((("queue_no", 1),), left, offering_id=offering.id, state=state)
    return found


async def go_on(offering_id: UUID, tx: EnrolmentTransaction) -> None:
    """By the timer: the next chunk of the first follow-up."""
    offering = await tx.offerings.get(offering_id)
    match offering.follow_ups[:1]:
        case ("promote",):
            await promote(offering, tx)
        case ("ask",):
            await ask_rest(offering, tx)
        case ("lapse",):
            await lapse_rest(offering, tx)
        case ("complete",):
            await conclude(offering, tx)
        case ("cancel",):
            await end_rest(offering, tx)
        case _:
            tx.offerings.save(replace(offering, follow_ups=()))
