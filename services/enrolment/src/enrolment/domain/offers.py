"""A seat held for the head of a queue, for a time: made, accepted, refused, or let go by."""

from dataclasses import replace
from datetime import datetime

from enrolment.domain.enrolment import Enrolment, Offer
from enrolment.domain.errors import OfferDeadlinePassed, OfferSuperseded
from enrolment.domain.words import Actor


def make_offer(enrolment: Enrolment, at: datetime, deadline: datetime) -> Enrolment:
    """E-04: the deadline is fixed once told."""
    number = enrolment.offers + 1
    offered = replace(enrolment, offers=number, offer=Offer(number, at, deadline))
    return offered.moved("offered", at, None, "a seat came free")


def accept_offer(enrolment: Enrolment, by: Actor, at: datetime, version: int, schedule_revision: int) -> Enrolment:
    """Raises OfferDeadlinePassed whether or not the expiry was already recorded (E-04)."""
    offer = _open_offer(enrolment, by, version)
    if at > offer.deadline:
        raise OfferDeadlinePassed(deadline=offer.deadline.isoformat())
    confirmed = enrolment.confirm(at, by.person_id, "offer accepted", schedule_revision)
    return confirmed.answered("offer", version, "accept", at)


def refuse_offer(enrolment: Enrolment, by: Actor, at: datetime, version: int) -> Enrolment:
    """E-05: refused is over."""
    offer = _open_offer(enrolment, by, version)
    if at > offer.deadline:
        raise OfferDeadlinePassed(deadline=offer.deadline.isoformat())
    return enrolment.lapse(at, "offer refused", by.person_id).answered("offer", version, "refuse", at)


def is_expired(enrolment: Enrolment, at: datetime) -> bool:
    return enrolment.offer is not None and at > enrolment.offer.deadline


def requeue(enrolment: Enrolment, at: datetime, queue_no: int) -> Enrolment:
    """E-05: once, to the end of the queue."""
    again = replace(enrolment, expired_once=True, queue_no=queue_no, priority=0)
    return again.moved("waitlisted", at, None, "offer expired")


def _open_offer(enrolment: Enrolment, by: Actor, version: int) -> Offer:
    enrolment.only_themselves(by)
    offer = enrolment.offer
    if offer is not None and offer.version == version:
        return offer
    if offer is None and enrolment.answer_to("offer", version) is not None:
        enrolment.expect("offered")
    if 0 < version == enrolment.offers:
        raise OfferDeadlinePassed()  # it was let go by, and that is recorded already
    raise OfferSuperseded()
