"""Who gets a seat now: the decisions that several commands share. Each saves the offering, whose version guards it."""

from uuid import UUID

from enrolment.application import facts
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain import offers, seats
from enrolment.domain.deadline import offer_deadline
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.events import EnrolmentConfirmed, EnrolmentOffered, EnrolmentWaitlisted
from enrolment.domain.offering import Offering
from enrolment.domain.shares import QUEUE_ORDER

MOST = 150  # promotions in one transaction; the rest follows in another


async def decide(enrolment: Enrolment, offering: Offering, tx: EnrolmentTransaction) -> Enrolment:
    """All approvals are there: a seat, or a place in the queue by order of request (E-02, E-07).

    The caller has checked that there is room to wait.
    """
    if seats.may_take_seat(offering, enrolment.share, tx.now):
        tx.offerings.save(seats.take_seat(offering, enrolment.share))
        return confirm(enrolment, offering, tx, by=None, because="request")
    offering = seats.join_queue(offering, enrolment.share, enrolment.queue_no)
    waiting = tx.enrolments.save(enrolment.waitlist(tx.now))
    rank = await rank_of(waiting, offering, tx)
    tx.emit(EnrolmentWaitlisted(**facts.of(waiting), share=waiting.share, rank=rank))
    await promote(offering, tx)
    return await tx.enrolments.get(waiting.id)


def confirm(
    enrolment: Enrolment, offering: Offering, tx: EnrolmentTransaction, *, by: UUID | None, because: str
) -> Enrolment:
    confirmed = enrolment.confirm(tx.now, by, because, offering.schedule_revision)
    return tell_confirmed(tx.enrolments.save(confirmed), because, tx)


def tell_confirmed(enrolment: Enrolment, because: str, tx: EnrolmentTransaction) -> Enrolment:
    revision = enrolment.schedule_revision
    share = enrolment.share
    tx.emit(EnrolmentConfirmed(**facts.of(enrolment), share=share, because=because, schedule_revision=revision))
    return enrolment


async def give_up(before: Enrolment, offering: Offering, tx: EnrolmentTransaction) -> Offering:
    """What somebody held is free: the seat moves on in this transaction (E-05, E-06)."""
    if before.holds_seat:
        offering = seats.free_seat(offering, before.share)
    elif before.state == "waitlisted":
        offering = seats.leave_queue(offering, before.share)
    return await promote(offering, tx)


async def promote(offering: Offering, tx: EnrolmentTransaction) -> Offering:
    """E-03: as many as seats are free, each the head of its queue, none twice; saves the offering."""
    offering = offering.without_follow_up("promote")
    left = MOST
    if offering.may_promote(tx.now):
        for pool in seats.pools(offering, tx.now):
            wanted = max(min(pool.free, pool.waiting), 0)
            if wanted > left:
                offering = offering.with_follow_up("promote")
            if not (wanted := min(wanted, left)):
                continue
            of_share = {"share": pool.share} if pool.share else {}
            for waiting in await tx.enrolments.head(
                QUEUE_ORDER, wanted, offering_id=offering.id, state="waitlisted", **of_share
            ):
                offering = await _promote(waiting, offering, tx)
                left -= 1
    return tx.offerings.save(offering)


async def _promote(waiting: Enrolment, offering: Offering, tx: EnrolmentTransaction) -> Offering:
    """Mandatory nominees are confirmed directly (E-03)."""
    seated = seats.seat_from_queue(offering, waiting.share)
    if waiting.mandatory or offering.policies.promotion == "confirm":
        confirm(waiting, offering, tx, by=None, because="promotion")
        return seated
    campus = await tx.campuses.find(waiting.share)
    deadline = offer_deadline(tx.now, offering.policies.offer_hours, campus, offering.latest_offer)
    offered = tx.enrolments.save(offers.make_offer(waiting, tx.now, deadline))
    tx.emit(EnrolmentOffered(**facts.of(offered), offer_version=offered.offers, deadline=deadline))
    return seated


async def rank_of(waiting: Enrolment, offering: Offering, tx: EnrolmentTransaction) -> int:
    """1 is next. Who joins with the highest number is last, which needs no reading of the queue."""
    pool = seats.pool_of(offering, waiting.share, tx.now)
    last = pool.share and offering.shares[waiting.share].last_no <= waiting.queue_no and not waiting.priority
    if last:
        return pool.waiting
    of_share = {"share": pool.share} if pool.share else {}
    queue = await tx.enrolments.head(QUEUE_ORDER, pool.waiting, offering_id=offering.id, state="waitlisted", **of_share)
    return next(i for i, other in enumerate(queue, 1) if other.id == waiting.id)
