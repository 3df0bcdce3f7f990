"""C-01: who has completed, from our copies of sessions and attendance."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """Our copy of a released session that scheduling owns."""

    id: UUID
    version: int = 0
    offering_id: UUID
    revision: int
    part: int = 0
    start: datetime
    end: datetime
    zone: str
    mandatory: bool = False
    cancelled: bool = False

    @property
    def minutes(self) -> float:
        return max((self.end - self.start).total_seconds() / 60, 1)

    def moved(self, revision: int, start: datetime, end: datetime, zone: str) -> "PlannedSession":
        return replace(self, revision=revision, start=start, end=end, zone=zone)

    def cancel(self, revision: int) -> "PlannedSession":
        return replace(self, revision=revision, cancelled=True)


@dataclass(frozen=True, slots=True)
class Mark:
    """present, late, partial (with its minutes), absent or excused."""

    status: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Our copy of who was in one session, by person id; `id` is the session's."""

    id: UUID
    version: int = 0
    offering_id: UUID
    revision: int = 0
    marks: dict[str, Mark]

    def marked(self, revision: int, marks: Mapping[str, Mark]) -> "Attendance":
        """Marks that are not named keep what an earlier revision said."""
        return replace(self, revision=revision, marks={**self.marks, **marks})


def is_over(sessions: Collection[PlannedSession], attendance: Mapping[UUID, Attendance]) -> bool:
    """Attendance of every session that took place is known."""
    held = [session for session in sessions if not session.cancelled]
    return bool(held) and all(session.id in attendance for session in held)


def is_complete(
    person_id: UUID, sessions: Collection[PlannedSession], attendance: Mapping[UUID, Attendance], min_percent: int
) -> bool:
    """Present and late count, partial by its minutes; excused leaves the denominator unless mandatory.

    A cancelled session leaves it too. A mandatory session is attended when its part reaches the same percentage.
    Somebody excused from everything has completed nothing.
    """
    parts: list[float] = []
    for session in (s for s in sessions if not s.cancelled):
        mark = attendance[session.id].marks.get(str(person_id), Mark("absent"))
        if mark.status == "excused" and not session.mandatory:
            continue
        part = _part_attended(mark, session.minutes)
        if session.mandatory and (part == 0 or part * 100 < min_percent):
            return False
        parts.append(part)
    return bool(parts) and sum(parts) * 100 >= min_percent * len(parts)


def _part_attended(mark: Mark, minutes: float) -> float:
    if mark.status in ("present", "late"):
        return 1.0
    if mark.status == "partial":
        return min((mark.minutes or 0) / minutes, 1.0)
    return 0.0
