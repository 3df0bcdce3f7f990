"""The seats of one campus in one offering, counted; and the order in which people wait for them (E-01)."""

from dataclasses import dataclass

from enrolment.domain.errors import BadSeats

QUEUE_ORDER = (("priority", -1), ("queue_no", 1))


@dataclass(frozen=True, slots=True)
class Share:
    """`held` are seats taken or offered, `waiting` those waitlisted, `last_no` the highest number that ever waited."""

    seats: int
    held: int = 0
    waiting: int = 0
    last_no: int = 0


def new_shares(seats: dict[str, int]) -> dict[str, Share]:
    if not seats or any(type(n) is not int or n < 1 for n in seats.values()):
        raise BadSeats()
    return {campus: Share(n) for campus, n in seats.items()}
