"""Asking for a place, whoever asks: one enrolment per person and offering, a number in the queue, the approvals."""

from dataclasses import dataclass, replace
from uuid import UUID

from enrolment.application import facts
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.seats import decide
from enrolment.domain import nominations, seats
from enrolment.domain.approval import STEPS, Approval
from enrolment.domain.course import Course
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.errors import AlreadyInCourse
from enrolment.domain.events import EnrolmentNominated, EnrolmentRequested
from enrolment.domain.nominations import Terms
from enrolment.domain.offering import Offering
from enrolment.domain.person import Person
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True)
class Nomination:
    """On behalf of whom, where, and whether they may say no."""

    person: Person
    offering: Offering
    course: Course
    mandatory: bool


async def enrolment_of(person: Person, offering: Offering, tx: EnrolmentTransaction) -> Enrolment:
    """The one of this person here, new if there was none. Raises AlreadyInCourse (E-17)."""
    of_course = await tx.enrolments.by("person_id", person.id, course_id=offering.course_id)
    for other in of_course:
        if other.active and other.offering_id != offering.id:
            raise AlreadyInCourse(offering_id=str(other.offering_id), enrolment_id=str(other.id))
    known = next((mine for mine in of_course if mine.offering_id == offering.id), None)
    if known is not None:
        return known if known.active else _as_today(known, person, offering)
    return Enrolment(
        id=tx.new_id(),
        offering_id=offering.id,
        course_id=offering.course_id,
        person_id=person.id,
        campus=person.campus,
        owner_campus=offering.owner_campus,
        share=seats.share_for(offering, person.campus),
        readers=_readers(person),
        approval=_approval(person, offering),
    )


def _as_today(former: Enrolment, person: Person, offering: Offering) -> Enrolment:
    """Who comes again comes from the campus and under the supervisor that they have now."""
    return replace(
        former,
        campus=person.campus,
        share=seats.share_for(offering, person.campus),
        readers=_readers(person),
    )


def _readers(person: Person) -> tuple[UUID, ...]:
    return tuple(id for id in (person.id, person.supervisor_id) if id)


async def read_places_ahead(person_id: UUID | None, offering_id: UUID, tx: EnrolmentTransaction) -> None:
    """What deciding on a place for this person will read."""
    offering = await tx.offerings.find(offering_id)
    if person_id and offering:
        tx.people.expect(person_id)
        tx.enrolments.expect_by("person_id", person_id, course_id=offering.course_id)


async def request_place(person: Person, offering: Offering, by: Actor, tx: EnrolmentTransaction) -> Enrolment:
    """For oneself. Who was nominated and waits to be asked has hereby accepted (N-01)."""
    offering.check_takes_requests(tx.now)
    enrolment = await enrolment_of(person, offering, tx)
    if enrolment.state == "nominated":
        return await accept_nominated(enrolment, offering, by, tx)
    nominations.check_may_join(enrolment)
    seats.check_can_join(offering, enrolment.share, tx.now)
    offering, terms = _terms(person, offering, mandatory=False)
    return await requested(nominations.request(enrolment, by, tx.now, terms), offering, tx)


async def nominate(nomination: Nomination, by: Actor, tx: EnrolmentTransaction) -> Enrolment:
    """One nomination, from a form or a row. Refuses before anything is saved: other rows stand beside it."""
    person, offering = nomination.person, nomination.offering
    offering.check_takes_requests(tx.now)
    enrolment = await enrolment_of(person, offering, tx)
    if enrolment.active:
        return await _also_nominated(enrolment, nomination, by, tx)
    nominations.check_may_join(enrolment)
    seats.check_can_join(offering, enrolment.share, tx.now)
    offering, terms = _terms(person, offering, mandatory=nomination.mandatory)
    asks_first = nomination.course.needs_acceptance and not nomination.mandatory
    enrolment = nominations.nominate(enrolment, by, tx.now, terms, needs_acceptance=asks_first)
    approval = enrolment.approval.nominated_by(by, tx.now)
    enrolment = enrolment.approval_is(approval)
    if not asks_first:
        return await requested(enrolment, offering, tx)
    tx.offerings.save(offering)
    nominated = tx.enrolments.save(enrolment)
    tx.emit(
        EnrolmentNominated(
            **facts.of(nominated),
            nominators=facts.nominators(nominated),
            mandatory=nominated.mandatory,
            share=nominated.share,
            accept_by=terms.accept_by,
        )
    )
    return nominated


async def accept_nominated(enrolment: Enrolment, offering: Offering, by: Actor, tx: EnrolmentTransaction) -> Enrolment:
    """The place in the queue is that of the nomination (E-01)."""
    offering.check_takes_requests(tx.now)
    seats.check_can_join(offering, enrolment.share, tx.now)
    return await requested(nominations.accept_nomination(enrolment, by, tx.now), offering, tx)


async def requested(enrolment: Enrolment, offering: Offering, tx: EnrolmentTransaction) -> Enrolment:
    """A request stands: it waits for its approvals, which is a fact, or is decided at once, which is the next one."""
    enrolment = tx.enrolments.save(enrolment)
    if enrolment.approval.is_complete:
        return await decide(enrolment, offering, tx)
    asked = facts.approvers(enrolment, offering)
    tx.emit(EnrolmentRequested(**facts.of(enrolment), **asked, nominators=facts.nominators(enrolment)))
    tx.offerings.save(offering)
    return enrolment


async def _also_nominated(
    enrolment: Enrolment, nomination: Nomination, by: Actor, tx: EnrolmentTransaction
) -> Enrolment:
    offering, waits = nomination.offering, enrolment.state == "requested"
    after = nominations.nominate_again(enrolment, by, tx.now, mandatory=nomination.mandatory)
    if waits and after.approval.is_complete:
        seats.check_can_join(offering, after.share, tx.now)
        return await decide(tx.enrolments.save(after), offering, tx)
    tx.offerings.save(offering)
    return tx.enrolments.save(after)


def _terms(person: Person, offering: Offering, *, mandatory: bool) -> tuple[Offering, Terms]:
    offering, number = offering.take_number()
    approval = _approval(person, offering)
    accept_by = offering.window_closes
    return offering, Terms(queue_no=number, approval=approval, accept_by=accept_by, mandatory=mandatory)


def _approval(person: Person, offering: Offering) -> Approval:
    """Who is their own supervisor has nobody between them and the campus (N-04)."""
    supervisor_id = person.supervisor_id if person.supervisor_id != person.id else None
    steps = STEPS[offering.policies.approval]
    return Approval(campus=person.campus, trainee_id=person.id, supervisor_id=supervisor_id, left=steps)
