"""Who was at a session (S-15): marks by person, corrected by marking again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from scheduling.domain.errors import BadMark, NotOnRoster
from scheduling.domain.interval import Interval

Status = Literal["present", "late", "partial", "absent", "excused"]
OPENS_BEFORE = timedelta(minutes=30)


class Marked(NamedTuple):
    """`minutes` of those who came for a part of the session only."""

    person_id: UUID
    status: Status
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Of one session, whose id it has."""

    id: UUID
    version: int = 0
    offering_id: UUID
    revision: int = 0
    marks: tuple[Marked, ...] = ()

    def record(self, marks: Sequence[Marked]) -> "Attendance":
        """Others keep what an earlier revision said of them."""
        known = {mark.person_id: mark for mark in self.marks}
        known |= {mark.person_id: mark for mark in marks}
        return replace(self, revision=self.revision + 1, marks=tuple(known.values()))


def check_marks(marks: Sequence[Marked], session: Interval, roster: Collection[UUID]) -> None:
    """Raises BadMark, NotOnRoster."""
    longest = session.length // timedelta(minutes=1)
    for mark in marks:
        if (mark.status == "partial") != (mark.minutes is not None):
            raise BadMark(person_id=str(mark.person_id), detail="Minutes belong to partial attendance and to no other.")
        if mark.minutes is not None and not 1 <= mark.minutes <= longest:
            raise BadMark(person_id=str(mark.person_id), detail=f"The session has {longest} minutes.")
    people = [mark.person_id for mark in marks]
    if twice := {person for person in people if people.count(person) > 1}:
        raise BadMark(person_ids=sorted(map(str, twice)), detail="Each person is marked once.")
    if strangers := set(people) - set(roster):
        raise NotOnRoster(person_ids=sorted(map(str, strangers)))
