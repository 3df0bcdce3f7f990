"""Timetables, sessions, rosters and attendance as they are on the wire; instants are UTC, `zone` is the venue's."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictInt

from scheduling.application.queries import AttendanceRow, RosterRow, TimetableView
from scheduling.domain.attendance import Attendance, Marked
from scheduling.domain.session import Session

Instant = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SiteBody(BaseModel):
    campus: str
    room_id: UUID | None
    room_label: str | None
    online: bool


class CautionBody(BaseModel):
    """Something that does not forbid anything, such as a restricted holiday."""

    code: str
    day: date
    name: str


class SessionBody(BaseModel):
    id: UUID
    version: int
    offering_id: UUID
    part: int
    revision: int
    state: Literal["draft", "scheduled", "held", "cancelled"]
    start: datetime
    end: datetime
    zone: str
    mandatory: bool
    sites: list[SiteBody]
    facilitators: list[UUID]
    warnings: list[CautionBody]

    @classmethod
    def of(cls, session: Session) -> "SessionBody":
        return cls(
            id=session.id,
            version=session.version,
            offering_id=session.offering_id,
            part=session.part,
            revision=session.revision,
            state=session.state,
            start=session.when.start,
            end=session.when.end,
            zone=session.when.zone,
            mandatory=session.mandatory,
            sites=[SiteBody(**site._asdict()) for site in session.when.sites],
            facilitators=list(session.facilitators),
            warnings=[CautionBody(**warning._asdict()) for warning in session.warnings],
        )


class UnplacedBody(BaseModel):
    """`no-room-fits`, `too-few-facilitators`, `no-free-day`, `too-far`, `cannot-be` or `campus-unknown`."""

    part: int
    reason: str


class TimetableBody(BaseModel):
    """`waiting` says that the course is not known here yet; the timetable is proposed as soon as it is."""

    offering_id: UUID
    version: int
    campus: str
    state: Literal["none", "draft", "released"]
    schedule_revision: int
    waiting: bool
    sessions: list[SessionBody]
    unplaced: list[UnplacedBody]

    @classmethod
    def of(cls, view: TimetableView) -> "TimetableBody":
        timetable = view.timetable
        return cls(
            offering_id=timetable.id,
            version=timetable.version,
            campus=timetable.campus,
            state=timetable.state,
            schedule_revision=timetable.schedule_revision,
            waiting=timetable.waiting_for is not None,
            sessions=[SessionBody.of(session) for session in view.sessions],
            unplaced=[UnplacedBody(**unplaced._asdict()) for unplaced in timetable.unplaced],
        )


class RescheduleBody(Body):
    """Without an end the session keeps its length, without a room its room."""

    start: Instant
    end: Instant | None = None
    room_id: UUID | None = None


class CancelBody(Body):
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RosterEntryBody(BaseModel):
    """`names` per script; empty for those who may see ids only."""

    enrolment_id: UUID
    person_id: UUID
    share: str
    names: dict[str, str]

    @classmethod
    def of(cls, row: RosterRow) -> "RosterEntryBody":
        entry = row.entry
        return cls(enrolment_id=entry.id, person_id=entry.person_id, share=entry.share, names=row.names)


class MarkBody(Body):
    """`minutes` with `partial` only."""

    person_id: UUID
    status: Literal["present", "late", "partial", "absent", "excused"]
    minutes: Annotated[StrictInt, Field(ge=1, le=24 * 60)] | None = None

    def marked(self) -> Marked:
        return Marked(self.person_id, self.status, self.minutes)


class AttendanceRequest(Body):
    marks: Annotated[list[MarkBody], Field(min_length=1, max_length=500)]


class AttendanceBody(BaseModel):
    session_id: UUID
    revision: int
    marks: list[MarkBody]

    @classmethod
    def of(cls, attendance: Attendance) -> "AttendanceBody":
        return cls.of_row(AttendanceRow(attendance.id, attendance.revision, attendance.marks))

    @classmethod
    def of_row(cls, row: AttendanceRow) -> "AttendanceBody":
        return cls(
            session_id=row.session_id,
            revision=row.revision,
            marks=[MarkBody(person_id=m.person_id, status=m.status, minutes=m.minutes) for m in row.marks],
        )
