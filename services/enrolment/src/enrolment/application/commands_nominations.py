"""Asking for a place: by nomination or by oneself, and taking a nomination up or turning it down."""

from dataclasses import dataclass
from uuid import UUID

from common.problem import NotFound
from enrolment.application import facts
from enrolment.application.checks import may, themselves, visible_enrolment
from enrolment.application.joining import Nomination, accept_nominated, nominate, read_places_ahead, request_place
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain import nominations
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.errors import MayNotNominate, UnknownPerson
from enrolment.domain.events import EnrolmentDeclined
from enrolment.domain.person import Person, employee_key
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True)
class RequestEnrolment:
    offering_id: UUID
    actor: Actor


async def read_request_ahead(command: RequestEnrolment, tx: EnrolmentTransaction) -> None:
    await read_places_ahead(command.actor.person_id, command.offering_id, tx)


async def request_enrolment(command: RequestEnrolment, tx: EnrolmentTransaction) -> Enrolment:
    """Ask for a place for oneself. Raises NoPerson, NotFound and what request_place raises."""
    may(command, command.actor)
    person = await themselves(command.actor, tx)
    offering = await tx.offerings.find(command.offering_id)
    if offering is None or person.campus not in offering.campuses:
        raise NotFound(id=str(command.offering_id))
    return await request_place(person, offering, command.actor, tx)


@dataclass(frozen=True, slots=True)
class NominatePerson:
    """By id or by employee id."""

    offering_id: UUID
    actor: Actor
    person_id: UUID | None = None
    employee_id: str | None = None
    mandatory: bool = False


async def read_nomination_ahead(command: NominatePerson, tx: EnrolmentTransaction) -> None:
    await read_places_ahead(command.person_id, command.offering_id, tx)


async def nominate_person(command: NominatePerson, tx: EnrolmentTransaction) -> Enrolment:
    """Ask on somebody's behalf. Raises NotFound, UnknownPerson, MayNotNominate and what nominate raises."""
    may(command, command.actor)
    offering = await tx.offerings.find(command.offering_id)
    if offering is None or not offering.visible_to(command.actor):
        raise NotFound(id=str(command.offering_id))
    person = await _nominee(command, tx)
    course = await tx.courses.get(offering.course_id)
    return await nominate(Nomination(person, offering, course, command.mandatory), command.actor, tx)


async def _nominee(command: NominatePerson, tx: EnrolmentTransaction) -> Person:
    id = command.person_id
    if id is None and command.employee_id is not None:
        employee = await tx.employees.find(employee_key(command.employee_id))
        id = employee.person_id if employee else None
    person = await tx.people.find(id) if id else None
    return check_nominable(person, command.actor)


def check_nominable(person: Person | None, actor: Actor) -> Person:
    """Raises UnknownPerson also for whom the actor may not know of (P-03), MayNotNominate."""
    if person is None or not person.visible_to(actor):
        raise UnknownPerson()
    if not person.nominable_by(actor):
        raise MayNotNominate()
    return person


@dataclass(frozen=True, slots=True)
class AcceptNomination:
    enrolment_id: UUID
    actor: Actor
    if_version: int | None = None


async def accept_nomination(command: AcceptNomination, tx: EnrolmentTransaction) -> Enrolment:
    may(command, command.actor)
    enrolment, offering = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    return await accept_nominated(enrolment, offering, command.actor, tx)


@dataclass(frozen=True, slots=True)
class RefuseNomination:
    enrolment_id: UUID
    actor: Actor
    if_version: int | None = None


async def refuse_nomination(command: RefuseNomination, tx: EnrolmentTransaction) -> Enrolment:
    may(command, command.actor)
    before, _ = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    after = tx.enrolments.save(nominations.refuse_nomination(before, command.actor, tx.now))
    names = facts.nominators(after)
    tx.emit(EnrolmentDeclined(**facts.of(after), reason="nomination-refused", nominators=names))
    return after
