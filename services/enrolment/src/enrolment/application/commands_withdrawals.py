"""Giving up a place, whatever it is: a seat that comes free is offered on in the same transaction."""

from dataclasses import dataclass
from uuid import UUID

from enrolment.application import facts
from enrolment.application.checks import may, visible_enrolment
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.seats import give_up
from enrolment.domain import nominations
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.events import EnrolmentWithdrawn
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True)
class WithdrawEnrolment:
    enrolment_id: UUID
    actor: Actor
    reason: str = ""
    if_version: int | None = None


async def withdraw_enrolment(command: WithdrawEnrolment, tx: EnrolmentTransaction) -> Enrolment:
    """By the person before the cut-off, by an admin with a reason; a nomination by its last nominator.

    Raises CutoffPassed, MandatoryNominee, NotActive, NotFound, NotYourPlace, ReasonMissing, Stale.
    """
    may(command, command.actor)
    before, offering = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    if before.state == "nominated":
        after = nominations.withdraw_nomination(before, command.actor, tx.now, command.reason)
        if after.active:
            return tx.enrolments.save(after)
    else:
        after = before.withdraw(command.actor, tx.now, offering.cutoff, command.reason)
    after = tx.enrolments.save(after)
    tx.emit(withdrawn(before, after, "withdrawn"))
    await give_up(before, offering, tx)
    return after


def withdrawn(before: Enrolment, after: Enrolment, because: str) -> EnrolmentWithdrawn:
    names = facts.nominators(before)
    return EnrolmentWithdrawn(**facts.of(after), held_seat=before.holds_seat, because=because, nominators=names)
