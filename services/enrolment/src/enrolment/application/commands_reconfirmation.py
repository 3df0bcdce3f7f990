"""Answering whether one still comes after a material change, or being silent about it (S-09, N-08)."""

from dataclasses import dataclass
from uuid import UUID

from enrolment.application import facts
from enrolment.application.checks import may, visible_enrolment
from enrolment.application.commands_offers import lapsed
from enrolment.application.commands_withdrawals import withdrawn
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.seats import give_up
from enrolment.domain import reconfirmation
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.events import EnrolmentReconfirmed
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True)
class Reconfirm:
    """`schedule_revision` is what a link asked about; without it the present question is meant."""

    enrolment_id: UUID
    actor: Actor
    schedule_revision: int | None = None
    if_version: int | None = None


async def reconfirm(command: Reconfirm, tx: EnrolmentTransaction) -> Enrolment:
    """Raises NotFound, Stale, NotYourPlace, WrongState, ReconfirmationSuperseded, ReconfirmationDeadlinePassed."""
    may(command, command.actor)
    before, offering = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    after = reconfirmation.reconfirm(before, command.actor, tx.now, command.schedule_revision)
    tx.offerings.save(offering)
    after = tx.enrolments.save(after)
    tx.emit(EnrolmentReconfirmed(**facts.of(after), schedule_revision=after.schedule_revision))
    return after


@dataclass(frozen=True, slots=True)
class DeclineReconfirmation:
    enrolment_id: UUID
    actor: Actor
    schedule_revision: int | None = None
    if_version: int | None = None


async def decline_reconfirmation(command: DeclineReconfirmation, tx: EnrolmentTransaction) -> Enrolment:
    """The seat is given up; the cut-off does not apply. Raises as reconfirm does, and MandatoryNominee."""
    may(command, command.actor)
    before, offering = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    after = reconfirmation.decline(before, command.actor, tx.now, command.schedule_revision)
    after = tx.enrolments.save(after)
    tx.emit(withdrawn(before, after, "reconfirmation-declined"))
    await give_up(before, offering, tx)
    return after


async def end_silence(enrolment_id: UUID, tx: EnrolmentTransaction) -> None:
    """By the timer, after the deadline: the seat is kept (always for mandatory nominees) or lost, by policy."""
    before = await tx.enrolments.get(enrolment_id)
    if not reconfirmation.is_silent(before, tx.now):
        return
    offering = await tx.offerings.get(before.offering_id)
    if offering.state == "cancelled":
        return
    if before.mandatory or offering.policies.reconfirm_silence == "keep":
        tx.offerings.save(offering)
        kept = tx.enrolments.save(reconfirmation.keep(before, tx.now))
        tx.emit(EnrolmentReconfirmed(**facts.of(kept), schedule_revision=kept.schedule_revision))
        return
    after = tx.enrolments.save(before.lapse(tx.now, "no answer"))
    tx.emit(lapsed(after, "reconfirmation-silent", held_seat=True))
    await give_up(before, offering, tx)
