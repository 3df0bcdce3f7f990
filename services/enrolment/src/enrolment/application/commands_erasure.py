"""Erasing a person: their data goes, what they hold moves on, statutory records stay under their id (P-01)."""

from dataclasses import dataclass
from uuid import UUID

from common.event import Tombstone
from enrolment.application import facts
from enrolment.application.checks import may
from enrolment.application.erased import Named, forget
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.seats import give_up
from enrolment.domain.erasure import Erasure, Reason
from enrolment.domain.events import EnrolmentWithdrawn, PersonErased, PersonRecorded
from enrolment.domain.words import Actor

CHUNK = 5  # places; each may promote many people


@dataclass(frozen=True, slots=True)
class ErasePerson:
    person_id: UUID
    actor: Actor
    reason: Reason


async def erase_person(command: ErasePerson, tx: EnrolmentTransaction) -> Erasure:
    """For good; erasing again changes nothing. Raises NotYourRole, NotFound."""
    may(command, command.actor)
    if known := await tx.erasures.find(command.person_id):
        return known
    person = await tx.people.get(command.person_id)

    named: list[Named] = [("employee_id", person.employee_id)]
    await forget([*named, ("email", person.email)] if person.email else named, tx)
    if await tx.employees.find(person.employee_id):
        tx.employees.remove(person.employee_id)
    tx.people.remove(person.id)
    tx.emit(PersonErased(person_id=person.id, reason=command.reason))
    tx.emit(Tombstone(PersonRecorded, str(person.id)))
    erasure = Erasure(
        id=person.id, reason=command.reason, erased_at=tx.now, erased_by=command.actor.person_id, look_at=tx.now
    )
    return await _release_some(erasure, tx)


async def settle_erasure(person_id: UUID, tx: EnrolmentTransaction) -> None:
    """By the timer: what is left, and what a request took that still saw the person."""
    erasure = await tx.erasures.get(person_id)
    if erasure.open:
        await _release_some(erasure, tx)


async def _release_some(erasure: Erasure, tx: EnrolmentTransaction) -> Erasure:
    active = await tx.enrolments.where(person_id=erasure.id, active=True)
    for before in active[:CHUNK]:
        after = tx.enrolments.save(before.release(tx.now, "person erased"))
        names = facts.nominators(before)
        tx.emit(EnrolmentWithdrawn(**facts.of(after), held_seat=before.holds_seat, because="erased", nominators=names))
        await give_up(before, await tx.offerings.get(before.offering_id), tx)
    return tx.erasures.save(erasure.looked(tx.now, more=len(active) > CHUNK))
