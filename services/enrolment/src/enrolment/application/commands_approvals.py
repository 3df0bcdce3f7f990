"""Saying yes or no to somebody's request (N-04, E-07)."""

from dataclasses import dataclass
from uuid import UUID

from enrolment.application import facts
from enrolment.application.checks import may, visible_enrolment
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.seats import decide
from enrolment.domain import nominations, seats
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.events import EnrolmentApprovalAdvanced, EnrolmentDeclined
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True)
class ApproveEnrolment:
    enrolment_id: UUID
    actor: Actor
    if_version: int | None = None


async def approve_enrolment(command: ApproveEnrolment, tx: EnrolmentTransaction) -> Enrolment:
    """The next step; after the last one the order of request decides. Late approvals are given until the start.

    Raises NotFound, Stale, WrongState, NotYourStep, OfferingNotOpen, WaitlistFull.
    """
    may(command, command.actor)
    before, offering = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    after = nominations.approve(before, command.actor, tx.now)
    offering.check_not_started(tx.now)
    if after.approval.is_complete:
        seats.check_can_join(offering, after.share, tx.now)
        return await decide(tx.enrolments.save(after), offering, tx)
    tx.offerings.save(offering)
    after = tx.enrolments.save(after)
    tx.emit(EnrolmentApprovalAdvanced(**facts.of(after), **facts.approvers(after, offering)))
    return after


@dataclass(frozen=True, slots=True)
class DeclineEnrolment:
    enrolment_id: UUID
    actor: Actor
    reason: str
    if_version: int | None = None


async def decline_enrolment(command: DeclineEnrolment, tx: EnrolmentTransaction) -> Enrolment:
    """Raises NotFound, Stale, WrongState, NotYourStep, ReasonMissing."""
    may(command, command.actor)
    before, _ = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    after = tx.enrolments.save(nominations.decline(before, command.actor, tx.now, command.reason))
    names = facts.nominators(after)
    tx.emit(EnrolmentDeclined(**facts.of(after), reason="approver-declined", nominators=names))
    return after
