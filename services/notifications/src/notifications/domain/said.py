"""What one delivery said, in ids, numbers and instants: enough to say it again in the same bytes (M-12)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.domain.timetable import Slot
from notifications.domain.words import Language


@dataclass(frozen=True, slots=True)
class Line:
    """One session as it was put. With a `sequence` the message carries its calendar part (CANCEL when cancelled)."""

    session_id: UUID
    part: int
    slot: Slot
    was: Slot | None = None
    sequence: int | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """`at` is the first attempt's time: the Date of the mail and the DTSTAMP of its calendar parts. `label` is the
    offering's, `state` the enrolment's, as they were."""

    at: datetime
    language: Language
    lines: tuple[Line, ...] = ()
    deadline: datetime | None = None
    version: int = 0
    rank: int | None = None
    because: str = ""
    facilitator: bool = False
    label: str = ""
    state: str = ""
