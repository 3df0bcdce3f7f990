"""What one room or one facilitator is booked for on one UTC day: the document on which two planners conflict (S-03).

Every booking is in the guard of each day it touches, so two that overlap always meet in at least one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from scheduling.domain.interval import Interval
from scheduling.domain.words import CampusId

Kind = Literal["room", "facilitator"]


class Resource(NamedTuple):
    """What can be in one place at a time only."""

    kind: Kind
    id: UUID

    def guard_id(self, day: date) -> str:
        return f"{self.kind}:{self.id}:{day.isoformat()}"


class Booking(NamedTuple):
    """From `start`, up to and without `end`, for a session of an offering that `campus` owns."""

    start: datetime
    end: datetime
    session_id: UUID
    offering_id: UUID
    campus: CampusId

    @property
    def interval(self) -> Interval:
        return Interval(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    id: str
    version: int = 0
    bookings: tuple[Booking, ...] = ()

    def clashes(self, interval: Interval) -> Iterator[Booking]:
        return (booking for booking in self.bookings if booking.interval.overlaps(interval))

    def book(self, booking: Booking) -> "Guard":
        assert not any(self.clashes(booking.interval)), "clashes are found before anything is booked"
        return replace(self, bookings=tuple(sorted((*self.bookings, booking))))

    def free(self, session_id: UUID) -> "Guard":
        return replace(self, bookings=tuple(b for b in self.bookings if b.session_id != session_id))
