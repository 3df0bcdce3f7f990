"""Whether the seats went as they must: exactly so many, no number missing or twice, first come first served."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.hot.rush import Answered


@dataclass(frozen=True)
class Place:
    """What the database says of one person; `rank` only of who waits."""

    state: str
    queue_no: int
    rank: int | None


@dataclass(frozen=True)
class Turn:
    """One offering after its rush: `places` and `facts` as stored, `arrivals` where the process noted them."""

    seats: int
    answers: Sequence[Answered]
    places: Mapping[str, Place]
    facts: int
    arrivals: Sequence[str] | None = None


def faults(turn: Turn) -> list[str]:
    """None when all is exact."""
    return [*_refusals(turn), *_counts(turn), *_numbers(turn), *_told(turn), *_overtaken(turn), *_order(turn)]


def _refusals(turn: Turn) -> list[str]:
    refused = [one for one in turn.answers if one.status != 201]
    return [f"{len(refused)} refused, such as {refused[0].status} {refused[0].body}"] if refused else []


def _counts(turn: Turn) -> list[str]:
    asked = len(turn.answers)
    wanted = {"confirmed": min(turn.seats, asked), "waitlisted": max(asked - turn.seats, 0)}
    found = dict.fromkeys(wanted, 0)
    for place in turn.places.values():
        found[place.state] = found.get(place.state, 0) + 1
    wrong = [
        f"{found[state]} {state}, not {wanted.get(state, 0)}" for state in found if found[state] != wanted.get(state)
    ]
    return wrong + ([f"{turn.facts} facts of {asked} decisions"] if turn.facts != asked else [])


def _numbers(turn: Turn) -> list[str]:
    """Numbers from 1 without gaps, the first have the seats, and those behind them wait in that order."""
    line = sorted(turn.places.values(), key=lambda place: place.queue_no)
    if [place.queue_no for place in line] != [*range(1, len(line) + 1)]:
        return ["queue numbers with gaps or twice"]
    wrong = sum(place.state != "confirmed" for place in line[: turn.seats])
    ranks = [place.rank for place in line[turn.seats :]]
    found = [f"{wrong} of the first {turn.seats} have no seat"] if wrong else []
    return found + (["ranks with gaps or out of order"] if ranks != [*range(1, len(ranks) + 1)] else [])


def _told(turn: Turn) -> list[str]:
    """Everybody was told what is stored of them."""
    wrong = 0
    for one in turn.answers:
        place = turn.places.get(one.person)
        told = (one.body.get("state"), one.body.get("queue_no"))
        wrong += place is None or told != (place.state, place.queue_no)
    return [f"{wrong} were told something else than what is stored"] if wrong else []


def _overtaken(turn: Turn) -> list[str]:
    """Seen from outside: who was answered before another asked is in front of them."""
    known = [one for one in turn.answers if one.person in turn.places]
    by_answer = sorted(known, key=lambda one: one.back)
    highest, at, overtaken = 0, 0, 0
    for one in sorted(known, key=lambda one: one.sent):
        while at < len(by_answer) and by_answer[at].back < one.sent:
            highest = max(highest, turn.places[by_answer[at].person].queue_no)
            at += 1
        overtaken += turn.places[one.person].queue_no < highest
    return [f"{overtaken} came in front of somebody answered before they asked"] if overtaken else []


def _order(turn: Turn) -> list[str]:
    """Seen from inside: numbers in the order of arrival at the one process."""
    if turn.arrivals is None:
        return []
    line = sorted(turn.places, key=lambda person: turn.places[person].queue_no)
    wrong = sum(stands != came for stands, came in zip(line, turn.arrivals, strict=False))
    wrong += abs(len(line) - len(turn.arrivals))
    return [f"{wrong} of {len(line)} do not stand in the order of their arrival"] if wrong else []
