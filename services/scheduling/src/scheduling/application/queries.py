"""The rows that reads answer, where they are more than the stored thing itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from scheduling.domain.attendance import Marked
from scheduling.domain.facilitator import Facilitator
from scheduling.domain.roster import RosterEntry
from scheduling.domain.session import Session
from scheduling.domain.timetable import Timetable

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: list[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class TimetableView:
    """A timetable with its sessions; its version is what an If-Match of a release speaks of."""

    timetable: Timetable
    sessions: Sequence[Session]

    @property
    def version(self) -> int:
        return self.timetable.version


@dataclass(frozen=True, slots=True)
class FacilitatorRow:
    """`names` are empty until the directory told of the person."""

    facilitator: Facilitator
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """`names` are empty for those who see ids only."""

    entry: RosterEntry
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """A trainee's holds that trainee's mark only."""

    session_id: UUID
    revision: int
    marks: Sequence[Marked]
