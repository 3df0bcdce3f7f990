"""The timetable of one offering: the document behind which its sessions are drafted, released and changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from scheduling.domain.errors import AlreadyReleased, NothingToRelease, PartsUnplaced
from scheduling.domain.words import CampusId

State = Literal["none", "draft", "released"]


class Unplaced(NamedTuple):
    """A part of the course without a session, and why."""

    part: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The id is the offering's. `waiting_for` is the course that has to arrive before sessions can be proposed."""

    id: UUID
    version: int = 0
    campus: CampusId
    state: State = "none"
    schedule_revision: int = 0
    unplaced: tuple[Unplaced, ...] = ()
    waiting_for: UUID | None = None
    waiting_since: datetime | None = None

    def wait(self, campus: CampusId, course_id: UUID, now: datetime) -> "Timetable":
        """Nothing can be proposed before the course is known. Raises AlreadyReleased."""
        if self.state == "released":
            raise AlreadyReleased(schedule_revision=self.schedule_revision)
        since = self.waiting_since if self.waiting_for == course_id else now
        return replace(self, campus=campus, state="none", unplaced=(), waiting_for=course_id, waiting_since=since)

    def draft(self, campus: CampusId, unplaced: Sequence[Unplaced]) -> "Timetable":
        """Sessions were proposed, again or for the first time. Raises AlreadyReleased."""
        if self.state == "released":
            raise AlreadyReleased(schedule_revision=self.schedule_revision)
        return replace(
            self, campus=campus, state="draft", unplaced=tuple(unplaced), waiting_for=None, waiting_since=None
        )

    def release(self, sessions: int) -> "Timetable":
        """Raises AlreadyReleased, NothingToRelease, PartsUnplaced."""
        if self.state == "released":
            raise AlreadyReleased(schedule_revision=self.schedule_revision)
        if self.unplaced:
            raise PartsUnplaced(unplaced=[unplaced._asdict() for unplaced in self.unplaced])
        if self.state == "none" or not sessions:
            raise NothingToRelease()
        return replace(self, state="released", schedule_revision=1)

    def change(self) -> "Timetable":
        """One of its sessions changed: what is in force is a new revision, a draft just another version."""
        return replace(self, schedule_revision=self.schedule_revision + (self.state == "released"))

    def abandon(self) -> "Timetable":
        """The offering will not take place."""
        state: State = "released" if self.state == "released" else "none"
        return replace(self.change(), state=state, unplaced=(), waiting_for=None, waiting_since=None)
