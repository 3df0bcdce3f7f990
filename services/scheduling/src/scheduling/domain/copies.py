"""What we keep of what others own: people, courses and offerings, as last told by their events."""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import NamedTuple
from uuid import UUID

from scheduling.domain.words import CampusId


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Names, campus and languages only."""

    id: UUID
    version: int = 0
    revision: int = 0
    names: dict[str, str]
    campus: CampusId
    languages: tuple[str, ...] = ()


class PlannedPart(NamedTuple):
    """One meeting of a course: on which day of the course, from when in local time, how long."""

    part: int
    day: int
    start: time
    minutes: int
    mandatory: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    id: UUID
    version: int = 0
    revision: int
    code: str
    titles: dict[str, str]
    parts: tuple[PlannedPart, ...]
    facilitators: int
    room_features: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """`planned_since` is the revision that last changed something on which a timetable depends."""

    id: UUID
    version: int = 0
    revision: int
    course_id: UUID
    campus: CampusId
    label: str
    language: str
    seats: int
    earliest_start: date
    cancelled: bool = False
    planned_since: int = 0

    def plans_as(self, other: "Offering") -> bool:
        """Nothing that a timetable depends on differs."""
        return self._plan == other._plan

    @property
    def _plan(self) -> "Offering":
        return replace(self, version=0, revision=0, label="", planned_since=0)
