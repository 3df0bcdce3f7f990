"""Seats, shares and who may have one now: counts only, the queue itself is the waitlisted enrolments.

E-02, E-03, E-09, E-10, E-12, E-13. Every function answers the offering as it is after the decision.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from enrolment.domain.errors import BadSeats, CapacityTaken, NoShare, WaitlistFull
from enrolment.domain.offering import Offering
from enrolment.domain.shares import Share, new_shares


@dataclass(frozen=True, slots=True)
class Pool:
    """Seats that one queue fills: a share until the release time, all of them after it (`share` is None)."""

    share: str | None
    free: int
    waiting: int


def pools(offering: Offering, at: datetime) -> list[Pool]:
    if offering.merged(at):
        shares = offering.shares.values()
        held, waiting = sum(s.held for s in shares), sum(s.waiting for s in shares)
        return [Pool(None, offering.seats - held, waiting)]
    return [Pool(name, s.seats - s.held, s.waiting) for name, s in sorted(offering.shares.items())]


def pool_of(offering: Offering, share: str, at: datetime) -> Pool:
    return next(pool for pool in pools(offering, at) if pool.share in (None, share))


def share_for(offering: Offering, campus: str) -> str:
    """Raises NoShare: before the release only campuses with a share take part, and after it as well."""
    if campus not in offering.shares:
        raise NoShare(campus=campus)
    return campus


def may_take_seat(offering: Offering, share: str, at: datetime) -> bool:
    """E-02: nobody jumps: with anyone waiting a newcomer joins them, even while a seat is free."""
    pool = pool_of(offering, share, at)
    return pool.free > 0 and pool.waiting == 0


def check_can_join(offering: Offering, share: str, at: datetime) -> None:
    """E-13. Raises WaitlistFull, which says which share was full (E-12)."""
    waiting = sum(s.waiting for s in offering.shares.values())
    if not may_take_seat(offering, share, at) and waiting >= offering.policies.waitlist_limit:
        raise WaitlistFull(share=share, limit=offering.policies.waitlist_limit)


def take_seat(offering: Offering, share: str) -> Offering:
    return _with(offering, share, held=+1)


def free_seat(offering: Offering, share: str) -> Offering:
    return _with(offering, share, held=-1)


def join_queue(offering: Offering, share: str, queue_no: int) -> Offering:
    joined = _with(offering, share, waiting=+1)
    old = joined.shares[share]
    last = replace(old, last_no=max(old.last_no, queue_no))
    return replace(joined, shares={**joined.shares, share: last})


def leave_queue(offering: Offering, share: str) -> Offering:
    return _with(offering, share, waiting=-1)


def seat_from_queue(offering: Offering, share: str) -> Offering:
    return _with(offering, share, held=+1, waiting=-1)


def change_capacity(offering: Offering, seats: dict[str, int], *, overbook: bool) -> Offering:
    """E-09, E-10. Fewer seats than are held only with `overbook`, which stops new confirmations."""
    wanted = new_shares(seats)
    if offering.state != "draft" and not offering.shares.keys() <= wanted.keys():
        raise BadSeats(detail="a share that people may have asked for cannot be taken away")
    shares = {}
    for campus, share in wanted.items():
        old = offering.shares.get(campus, Share(0))
        if share.seats < old.held and not overbook:
            raise CapacityTaken(share=campus, held=old.held)
        shares[campus] = replace(old, seats=share.seats)
    campuses = tuple(sorted({offering.owner_campus, *shares}))
    return replace(offering, shares=shares, campuses=campuses)


def _with(offering: Offering, share: str, *, held: int = 0, waiting: int = 0) -> Offering:
    old = offering.shares[share]
    new = replace(old, held=old.held + held, waiting=old.waiting + waiting)
    if new.held < 0 or new.waiting < 0:
        raise AssertionError("seats do not add up")
    return replace(offering, shares={**offering.shares, share: new})
