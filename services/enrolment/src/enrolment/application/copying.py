"""What we keep of scheduling's facts and states: written here and nowhere else, so that a rebuild can write it again.

Nothing is told and nothing is decided. The inbox lets each fact through once and in the order of its key, and of states
only later ones: what comes is what counts.
"""

from datetime import UTC

from enrolment.application import incoming
from enrolment.application.ports import EnrolmentTransaction
from enrolment.domain.campus import Campus, DayOff
from enrolment.domain.completion import Attendance, Mark, PlannedSession


async def keep_campus(event: incoming.CampusRecorded, tx: EnrolmentTransaction) -> None:
    """E-04, N-07: deadlines and cut-offs follow the campus's calendar as now known."""
    known = await tx.campuses.find(event.campus)
    tx.campuses.save(
        Campus(
            id=event.campus,
            version=known.version if known else 0,
            revision=event.revision,
            names=event.names,
            zone=event.zone,
            quiet_from=event.quiet_from,
            quiet_to=event.quiet_to,
            days_off=tuple(DayOff(holiday.day, holiday.kind) for holiday in event.holidays),
        )
    )


async def forget_campus(campus: str, tx: EnrolmentTransaction) -> None:
    if await tx.campuses.find(campus):
        tx.campuses.remove(campus)


async def keep_release(event: incoming.ScheduleReleased, tx: EnrolmentTransaction) -> None:
    """Sessions of this release, those dropped included."""
    known = await tx.sessions.get_many([s.session_id for s in event.sessions] + event.dropped)
    for told in event.sessions:
        tx.sessions.save(
            PlannedSession(
                id=told.session_id,
                offering_id=event.offering_id,
                revision=told.revision,
                part=told.part,
                start=told.start.astimezone(UTC),
                end=told.end.astimezone(UTC),
                zone=told.zone,
                mandatory=told.mandatory,
            )
        )
    for id in event.dropped:
        if (gone := known.get(str(id))) is not None:
            tx.sessions.save(gone.cancel(gone.revision))


async def keep_move(event: incoming.SessionRescheduled, tx: EnrolmentTransaction) -> None:
    if session := await tx.sessions.find(event.session_id):
        start, end = event.after.start.astimezone(UTC), event.after.end.astimezone(UTC)
        tx.sessions.save(session.moved(event.revision, start, end, event.after.zone))


async def keep_cancellation(event: incoming.SessionCancelled, tx: EnrolmentTransaction) -> None:
    if session := await tx.sessions.find(event.session_id):
        tx.sessions.save(session.cancel(event.revision))


async def keep_attendance(event: incoming.AttendanceRecorded, tx: EnrolmentTransaction) -> None:
    known = await tx.attendance.find(event.session_id)
    known = known or Attendance(id=event.session_id, offering_id=event.offering_id, marks={})
    marks = {str(mark.person_id): Mark(mark.status, mark.minutes) for mark in event.marks}
    tx.attendance.save(known.marked(event.revision, marks))
