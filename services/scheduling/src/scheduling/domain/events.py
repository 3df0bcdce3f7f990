"""The facts this service publishes. Ids, numbers, codes, instants and public labels; nothing personal."""

from datetime import date, datetime, time
from typing import ClassVar
from uuid import UUID

from common.event import Event, Part, StateEvent


class SiteFace(Part):
    """Where people meet: a room of a campus, or online."""

    campus: str
    room_label: str | None
    online: bool = False


class WhenWhere(Part):
    """A session's time (UTC instants and the venue's IANA zone) and its sites."""

    start: datetime
    end: datetime
    zone: str
    sites: list[SiteFace]


class SessionFace(WhenWhere):
    """One session as everybody concerned may know it."""

    session_id: UUID
    part: int
    revision: int
    mandatory: bool
    facilitators: list[UUID]


class TimetableFact(Event):
    """Facts that are told in order per offering; `schedule_revision` is the released timetable's."""

    topic: ClassVar[str] = "scheduling-events"
    key_field: ClassVar[str] = "offering_id"

    offering_id: UUID
    schedule_revision: int


class ScheduleReleased(TimetableFact):
    """A planner put the timetable in force: these are all its sessions, those named in `dropped` are no more."""

    event_type: ClassVar[str] = "sangam.schedule.released.v1"
    sessions: list[SessionFace]
    dropped: list[UUID]


class SessionRescheduled(TimetableFact):
    """One released session got another time or room; `material` (S-09) asks people again."""

    event_type: ClassVar[str] = "sangam.session.rescheduled.v1"
    session_id: UUID
    revision: int
    before: WhenWhere
    after: WhenWhere
    material: bool
    facilitators: list[UUID]


class SessionCancelled(TimetableFact):
    """One released session will not take place. `because`: own, or offering-cancelled."""

    event_type: ClassVar[str] = "sangam.session.cancelled.v1"
    session_id: UUID
    revision: int
    because: str
    facilitators: list[UUID]


class Mark(Part):
    """One person in one session: present, late, partial (with minutes), absent or excused."""

    person_id: UUID
    status: str
    minutes: int | None = None


class AttendanceRecorded(Event):
    """Who was there, under which timetable; marks not named here keep what an earlier revision said."""

    event_type: ClassVar[str] = "sangam.attendance.recorded.v1"
    topic: ClassVar[str] = "scheduling-events"
    key_field: ClassVar[str] = "session_id"

    session_id: UUID
    offering_id: UUID
    revision: int
    marks: list[Mark]
    schedule_revision: int = 0


class HolidayFace(Part):
    """A day off: `closed` blocks, `restricted` warns, `half` ends at noon."""

    day: date
    name: str
    kind: str


class CampusRecorded(StateEvent):
    """A campus and its calendar as they are now; working days are ISO weekdays, 1 is Monday."""

    event_type: ClassVar[str] = "sangam.campus.recorded.v1"
    topic: ClassVar[str] = "campuses"
    key_field: ClassVar[str] = "campus"

    campus: str
    revision: int
    names: dict[str, str]
    zone: str
    languages: list[str]
    working_week: list[int]
    holidays: list[HolidayFace]
    quiet_from: time
    quiet_to: time
