"""What we need of others' facts. Unknown fields are ignored; every example of the producer's contract parses."""

from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from common.event import IncomingEvent, IncomingState


class TimetableFact(IncomingEvent):
    topic: ClassVar[str] = "scheduling-events"

    offering_id: UUID
    schedule_revision: int


class ReleasedSession(BaseModel):
    session_id: UUID
    part: int
    revision: int
    start: datetime
    end: datetime
    zone: str
    mandatory: bool


class ScheduleReleased(TimetableFact):
    event_type: ClassVar[str] = "sangam.schedule.released.v1"

    sessions: list[ReleasedSession]
    dropped: list[UUID]


class When(BaseModel):
    start: datetime
    end: datetime
    zone: str


class SessionRescheduled(TimetableFact):
    event_type: ClassVar[str] = "sangam.session.rescheduled.v1"

    session_id: UUID
    revision: int
    after: When
    material: bool


class SessionCancelled(TimetableFact):
    event_type: ClassVar[str] = "sangam.session.cancelled.v1"

    session_id: UUID
    revision: int


class MarkGiven(BaseModel):
    person_id: UUID
    status: str
    minutes: int | None = None


class AttendanceRecorded(IncomingEvent):
    event_type: ClassVar[str] = "sangam.attendance.recorded.v1"
    topic: ClassVar[str] = "scheduling-events"

    session_id: UUID
    offering_id: UUID
    revision: int
    marks: list[MarkGiven]
    schedule_revision: int = 0


class Holiday(BaseModel):
    day: date
    kind: str


class CampusRecorded(IncomingState):
    event_type: ClassVar[str] = "sangam.campus.recorded.v1"
    topic: ClassVar[str] = "campuses"

    campus: str
    revision: int
    names: dict[str, str]
    zone: str
    holidays: list[Holiday]
    quiet_from: time
    quiet_to: time
