"""The content of one message in one language, before it has a form: what the writer needs and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.domain.timetable import Slot
from notifications.domain.words import Language


@dataclass(frozen=True, slots=True)
class Meeting:
    """One session in words. With a `uid` the message carries its calendar part."""

    title: str
    slot: Slot
    venue: str
    was: Slot | None = None
    was_venue: str = ""
    uid: str | None = None
    sequence: int = 0
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """`at` is the Date of the mail; `zone` is where the deadline is shown."""

    id: str
    notice_id: UUID
    purpose: str
    language: Language
    at: datetime
    email: str = ""
    phone: str = ""
    name: str
    trainee: str = ""
    course: str
    code: str = ""
    label: str
    campus: str = ""
    meetings: tuple[Meeting, ...] = ()
    deadline: datetime | None = None
    zone: str = "UTC"
    rank: int | None = None
    because: str = ""
    state: str = ""
    facilitator: bool = False
    link: str | None = None
    segments: int = 3
