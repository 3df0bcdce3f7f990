"""Our facts, made from our aggregates."""

from collections.abc import Sequence

from scheduling.application.queries import TimetableView
from scheduling.domain.attendance import Attendance, Marked
from scheduling.domain.campus import Campus
from scheduling.domain.events import (
    AttendanceRecorded,
    CampusRecorded,
    HolidayFace,
    Mark,
    ScheduleReleased,
    SessionCancelled,
    SessionFace,
    SessionRescheduled,
    SiteFace,
    WhenWhere,
)
from scheduling.domain.session import Session
from scheduling.domain.session import WhenWhere as Placing
from scheduling.domain.timetable import Timetable


def schedule_released(view: TimetableView) -> ScheduleReleased:
    return ScheduleReleased(
        offering_id=view.timetable.id,
        schedule_revision=view.timetable.schedule_revision,
        sessions=[_face(session) for session in view.sessions],
        dropped=[],
    )


def session_rescheduled(before: Session, after: Session, timetable: Timetable, *, material: bool) -> SessionRescheduled:
    return SessionRescheduled(
        offering_id=after.offering_id,
        schedule_revision=timetable.schedule_revision,
        session_id=after.id,
        revision=after.revision,
        before=_when_where(before.when),
        after=_when_where(after.when),
        material=material,
        facilitators=list(after.facilitators),
    )


def session_cancelled(session: Session, timetable: Timetable, because: str) -> SessionCancelled:
    return SessionCancelled(
        offering_id=session.offering_id,
        schedule_revision=timetable.schedule_revision,
        session_id=session.id,
        revision=session.revision,
        because=because,
        facilitators=list(session.facilitators),
    )


def campus_recorded(campus: Campus) -> CampusRecorded:
    return CampusRecorded(
        campus=campus.id,
        revision=campus.version,
        names=campus.names,
        zone=campus.zone,
        languages=list(campus.languages),
        working_week=list(campus.working_week),
        holidays=[HolidayFace(day=h.day, name=h.name, kind=h.kind) for h in campus.holidays],
        quiet_from=campus.quiet_from,
        quiet_to=campus.quiet_to,
    )


def attendance_recorded(attendance: Attendance, said: Sequence[Marked], timetable: Timetable) -> AttendanceRecorded:
    """Only what was said now: others keep their mark."""
    return AttendanceRecorded(
        session_id=attendance.id,
        offering_id=attendance.offering_id,
        revision=attendance.revision,
        marks=[Mark(person_id=mark.person_id, status=mark.status, minutes=mark.minutes) for mark in said],
        schedule_revision=timetable.schedule_revision,
    )


def _face(session: Session) -> SessionFace:
    return SessionFace(
        session_id=session.id,
        part=session.part,
        revision=session.revision,
        mandatory=session.mandatory,
        facilitators=list(session.facilitators),
        **_when_where(session.when).model_dump(),
    )


def _when_where(when: Placing) -> WhenWhere:
    sites = [SiteFace(campus=site.campus, room_label=site.room_label, online=site.online) for site in when.sites]
    return WhenWhere(start=when.start, end=when.end, zone=when.zone, sites=sites)
