"""What the facts of an offering say, read in order by someone who knows only their published meaning."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.views import Told

HOLDS_SEAT = frozenset({"offered", "confirmed", "reconfirm_pending"})
SEATED = frozenset({"confirmed", "reconfirm_pending"})
ACTIVE = HOLDS_SEAT | {"nominated", "requested", "waitlisted"}
_BECOMES = {
    "enrolment.nominated": "nominated",
    "enrolment.requested": "requested",
    "enrolment.waitlisted": "waitlisted",
    "enrolment.offered": "offered",
    "enrolment.confirmed": "confirmed",
    "enrolment.declined": "declined",
    "enrolment.reconfirmation-asked": "reconfirm_pending",
    "enrolment.reconfirmed": "confirmed",
    "enrolment.withdrawn": "withdrawn",
    "enrolment.lapsed": "lapsed",
}


@dataclass
class Place:
    """One person in one offering."""

    person: str
    share: str = ""
    state: str = "none"


@dataclass
class Folded:
    """An offering as its facts tell it; `oversold` are the numbers of facts after which too many held a seat."""

    seats: dict[str, int] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    cancelled: bool = False
    oversold: list[int] = field(default_factory=list)

    def held(self, share: str) -> int:
        return sum(place.share == share and place.state in HOLDS_SEAT for place in self.places.values())

    def waiting(self, share: str) -> int:
        return sum(place.share == share and place.state == "waitlisted" for place in self.places.values())


def fold(facts: Iterable[Told]) -> Folded:
    """The facts of one offering, each once, in order."""
    offering = Folded()
    for fact in facts:
        about = fact.about or {}
        if fact.name.startswith("offering."):
            offering.seats = about.get("shares", offering.seats)
            if fact.name == "offering.cancelled":
                _end(offering)
        elif id := about.get("enrolment_id"):
            place = offering.places.setdefault(id, Place(about["person_id"]))
            place.share = about.get("share", place.share)
            if fact.name == "offer.expired":
                place.state = "waitlisted" if about["requeued"] else "lapsed"
            else:
                place.state = _BECOMES.get(fact.name, place.state)
        if any(offering.held(share) > seats for share, seats in offering.seats.items()):
            offering.oversold.append(fact.sequence)
    return offering


def _end(offering: Folded) -> None:
    offering.cancelled = True
    for place in offering.places.values():
        if place.state in ACTIVE:
            place.state = "offering_cancelled"
