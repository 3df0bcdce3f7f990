"""Drafting a timetable: a course's parts on the first working days on which room and facilitators are free for them.

Days are chosen first, then who and where: the same room and the same facilitators on all of them if there are such,
else as few changes as going day by day allows. The same input gives the same draft.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from scheduling.domain.calendar import Calendar
from scheduling.domain.copies import PlannedPart
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.guard import Resource
from scheduling.domain.interval import Interval
from scheduling.domain.room import Room
from scheduling.domain.session import FARTHEST
from scheduling.domain.timetable import Unplaced
from scheduling.domain.words import CampusId

NO_ROOM = "no-room-fits"
NO_FACILITATORS = "too-few-facilitators"
NO_FREE_DAY = "no-free-day"
TOO_FAR = "too-far"
CANNOT_BE = "cannot-be"
LONGEST = 24 * 60

Busy = Mapping[Resource, Sequence[Interval]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What has to be placed. `rooms` and `facilitators` are those that suit it, whenever they may be free."""

    offering_id: UUID
    campus: CampusId
    calendar: Calendar
    parts: Sequence[PlannedPart]
    rooms: Sequence[Room]
    facilitators: Sequence[Facilitator]
    team: int
    earliest: date
    now: datetime

    @property
    def hopeless(self) -> str | None:
        """Why looking at days cannot help."""
        if self.earliest > (self.now + FARTHEST).date():
            return TOO_FAR
        if not self.rooms:
            return NO_ROOM
        return NO_FACILITATORS if len(self.facilitators) < self.team else None


class Placed(NamedTuple):
    """One part with its time, room and facilitators."""

    part: PlannedPart
    interval: Interval
    room: Room
    facilitators: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    placed: list[Placed] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)

    @property
    def needs_a_longer_look(self) -> bool:
        return any(unplaced.reason == NO_FREE_DAY for unplaced in self.unplaced)


class _Day(NamedTuple):
    """One day of the course on one day of the calendar, with everybody who is free for all of it."""

    parts: list[tuple[PlannedPart, Interval]]
    rooms: list[Room]
    facilitators: list[Facilitator]


def propose(wanted: Wanted, busy: Busy, days: int) -> Proposal:
    """Looks at `days` calendar days from the earliest one."""
    proposal = Proposal()
    if reason := wanted.hopeless:
        proposal.unplaced.extend(Unplaced(part.part, reason) for part in wanted.parts)
        return proposal
    possible, impossible = _split(wanted.parts)
    proposal.unplaced.extend(Unplaced(part.part, CANNOT_BE) for part in impossible)

    chosen: list[_Day] = []
    calendar_days = iter([wanted.earliest + timedelta(days=n) for n in range(days)])
    for _, group in groupby(possible, key=lambda part: part.day):
        parts = list(group)
        after = chosen[-1].parts[-1][1].end if chosen else wanted.now
        if found := next(filter(None, (_try(wanted, busy, parts, day, after) for day in calendar_days)), None):
            chosen.append(found)
        else:
            proposal.unplaced.extend(Unplaced(part.part, NO_FREE_DAY) for part in parts)
    proposal.placed.extend(_staff(wanted, busy, chosen))
    return proposal


def _split(parts: Iterable[PlannedPart]) -> tuple[list[PlannedPart], list[PlannedPart]]:
    """Parts in order, and those that no day could hold: without length, or overlapping another one of their day."""
    possible: list[PlannedPart] = []
    impossible: list[PlannedPart] = []
    ends: dict[int, int] = {}
    for part in sorted(parts, key=lambda part: (part.day, part.start, part.part)):
        start = part.start.hour * 60 + part.start.minute
        if not 1 <= part.minutes <= LONGEST or start < ends.get(part.day, 0):
            impossible.append(part)
        else:
            possible.append(part)
            ends[part.day] = start + part.minutes
    return possible, impossible


def _try(wanted: Wanted, busy: Busy, parts: list[PlannedPart], day: date, after: datetime) -> _Day | None:
    calendar = wanted.calendar
    timed: list[tuple[PlannedPart, Interval]] = []
    for part in parts:
        start = calendar.instant(day, part.start)
        timed.append((part, Interval(start, start + timedelta(minutes=part.minutes))))
    intervals = [interval for _, interval in timed]
    first = intervals[0].start
    if first <= wanted.now or first < after or any(map(calendar.closure, intervals)):
        return None
    rooms = [room for room in wanted.rooms if _free(busy, Resource("room", room.id), intervals)]
    people = [f for f in wanted.facilitators if _free(busy, Resource("facilitator", f.id), intervals)]
    return _Day(timed, rooms, people) if rooms and len(people) >= wanted.team else None


def _free(busy: Busy, resource: Resource, intervals: Iterable[Interval]) -> bool:
    taken = busy.get(resource, ())
    return not any(one.overlaps(other) for one in intervals for other in taken)


def _staff(wanted: Wanted, busy: Busy, days: Sequence[_Day]) -> Iterable[Placed]:
    rooms = {room.id: sum(room in day.rooms for day in days) for room in wanted.rooms}
    people = {f.id: sum(f in day.facilitators for day in days) for f in wanted.facilitators}
    room_before: UUID | None = None
    team_before: Collection[UUID] = ()
    for day in days:
        room = min(
            day.rooms,
            key=lambda r: (r.id != room_before, -rooms[r.id], r.capacity, r.label, r.id),
        )
        ranked = sorted(
            day.facilitators,
            key=lambda f: (
                f.id not in team_before,
                f.campus != wanted.campus,
                -people[f.id],
                len(busy.get(Resource("facilitator", f.id), ())),
                # Two drafts at once should not both ask the same people: each offering has its own order.
                f.id.int ^ wanted.offering_id.int,
            ),
        )
        team = tuple(f.id for f in ranked[: wanted.team])
        room_before, team_before = room.id, team
        yield from (Placed(part, interval, room, team) for part, interval in day.parts)
