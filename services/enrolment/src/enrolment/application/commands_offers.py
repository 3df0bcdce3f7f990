"""A seat held for the head of a queue: taken, refused, or let go by (E-04, E-05)."""

from dataclasses import dataclass
from uuid import UUID

from enrolment.application import facts
from enrolment.application.checks import may, visible_enrolment
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.seats import give_up, promote, tell_confirmed
from enrolment.domain import offers, seats
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.events import EnrolmentLapsed, OfferExpired
from enrolment.domain.words import Actor


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    enrolment_id: UUID
    actor: Actor
    offer_version: int
    if_version: int | None = None


async def accept_offer(command: AcceptOffer, tx: EnrolmentTransaction) -> Enrolment:
    """The held seat is taken.

    Raises NotFound, Stale, NotYourPlace, OfferSuperseded, OfferDeadlinePassed, WrongState,
    OfferingNotOpen.
    """
    may(command, command.actor)
    before, offering = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    offering.check_not_started(tx.now)
    after = offers.accept_offer(before, command.actor, tx.now, command.offer_version, offering.schedule_revision)
    tx.offerings.save(offering)
    return tell_confirmed(tx.enrolments.save(after), "offer", tx)


@dataclass(frozen=True, slots=True)
class RefuseOffer:
    enrolment_id: UUID
    actor: Actor
    offer_version: int
    if_version: int | None = None


async def refuse_offer(command: RefuseOffer, tx: EnrolmentTransaction) -> Enrolment:
    """Over, and the seat moves on. Raises as accept_offer does."""
    may(command, command.actor)
    before, offering = await visible_enrolment(command.enrolment_id, command.actor, command.if_version, tx)
    after = tx.enrolments.save(offers.refuse_offer(before, command.actor, tx.now, command.offer_version))
    tx.emit(lapsed(after, "offer-refused", held_seat=True))
    await give_up(before, offering, tx)
    return after


async def expire_offer(enrolment_id: UUID, tx: EnrolmentTransaction) -> None:
    """By the timer: once to the end of the queue, then over. Nothing when it was answered meanwhile."""
    before = await tx.enrolments.get(enrolment_id)
    if not offers.is_expired(before, tx.now):
        return
    offering = await tx.offerings.get(before.offering_id)
    if offering.state == "cancelled":
        return
    can_wait = offering.state in ("open", "closed") and not offering.has_started(tx.now)
    offering = seats.free_seat(offering, before.share)
    if before.expired_once or not can_wait:
        after = tx.enrolments.save(before.lapse(tx.now, "offer expired"))
        tx.emit(OfferExpired(**facts.of(after), offer_version=before.offers, requeued=False))
        tx.emit(lapsed(after, "offer-expired", held_seat=True))
    else:
        offering, number = offering.take_number()
        after = tx.enrolments.save(offers.requeue(before, tx.now, number))
        offering = seats.join_queue(offering, after.share, number)
        tx.emit(OfferExpired(**facts.of(after), offer_version=before.offers, requeued=True))
    await promote(offering, tx)


def lapsed(after: Enrolment, because: str, *, held_seat: bool) -> EnrolmentLapsed:
    names = facts.nominators(after)
    return EnrolmentLapsed(**facts.of(after), held_seat=held_seat, because=because, nominators=names)
