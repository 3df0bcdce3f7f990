"""What others' facts change here. One reaction per event; same shape as a command handler.

Sessions, attendance and campuses are copies that only these reactions write. A fact that overtakes another topic is
applied at once; what cannot be decided yet is decided by whichever comes last.
"""

from dataclasses import replace
from datetime import UTC

from enrolment.application import incoming
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.running import ask_rest, conclude
from enrolment.domain.campus import Campus, DayOff
from enrolment.domain.completion import Attendance, Mark, PlannedSession
from enrolment.domain.offering import UNDER_WAY, Change, Offering


async def on_campus_recorded(event: incoming.CampusRecorded, tx: EnrolmentTransaction) -> None:
    """E-04, N-07: deadlines and cut-offs follow the campus's calendar as now known."""
    known = await tx.campuses.find(event.campus)
    campus = Campus(
        id=event.campus,
        version=known.version if known else 0,
        revision=event.revision,
        names=event.names,
        zone=event.zone,
        quiet_from=event.quiet_from,
        quiet_to=event.quiet_to,
        days_off=tuple(DayOff(holiday.day, holiday.kind) for holiday in event.holidays),
    )
    tx.campuses.save(campus)


async def on_campus_gone(campus: str, tx: EnrolmentTransaction) -> None:
    if await tx.campuses.find(campus):
        tx.campuses.remove(campus)


async def on_schedule_released(event: incoming.ScheduleReleased, tx: EnrolmentTransaction) -> None:
    """Sessions of this release, those dropped included, and with them the start."""
    known = await tx.sessions.get_many([s.session_id for s in event.sessions] + event.dropped)
    for told in event.sessions:
        old = known.get(str(told.session_id))
        if old is not None and old.revision >= told.revision:
            continue
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
    if offering := await _rescheduled(event, tx):
        await conclude(offering, tx)


async def on_session_rescheduled(event: incoming.SessionRescheduled, tx: EnrolmentTransaction) -> None:
    """S-09: a material change asks everybody with a seat whether they still come."""
    session = await tx.sessions.find(event.session_id)
    if session is not None and session.revision < event.revision:
        after = event.after
        tx.sessions.save(
            session.moved(event.revision, after.start.astimezone(UTC), after.end.astimezone(UTC), after.zone)
        )
    offering = await _rescheduled(event, tx)
    if offering is None or not event.material or offering.state not in UNDER_WAY:
        return
    change = Change(event.session_id, event.revision, event.schedule_revision, event.after.start.astimezone(UTC))
    await ask_rest(replace(offering, change=change).with_follow_up("ask"), tx)


async def on_session_cancelled(event: incoming.SessionCancelled, tx: EnrolmentTransaction) -> None:
    """C-01: the session leaves the denominator, which may be the last thing that was missing."""
    session = await tx.sessions.find(event.session_id)
    if session is not None:
        tx.sessions.save(session.cancel(event.revision))
    if offering := await _rescheduled(event, tx):
        await conclude(offering, tx)


async def on_attendance_recorded(event: incoming.AttendanceRecorded, tx: EnrolmentTransaction) -> None:
    """C-01. It may come before the timetable that names its session: then that decides."""
    known = await tx.attendance.find(event.session_id)
    known = known or Attendance(id=event.session_id, offering_id=event.offering_id, marks={})
    marks = {str(mark.person_id): Mark(mark.status, mark.minutes) for mark in event.marks}
    tx.attendance.save(known.marked(event.revision, marks))
    if offering := await tx.offerings.find(event.offering_id):
        # Saved whatever follows: of two last sessions at once, one must see the other's attendance.
        await conclude(tx.offerings.save(offering), tx)


async def _rescheduled(event: incoming.TimetableFact, tx: EnrolmentTransaction) -> Offering | None:
    """The offering with its start as now known."""
    offering = await tx.offerings.find(event.offering_id)
    if offering is None:
        return None
    sessions = await tx.sessions.where(offering_id=event.offering_id)
    return tx.offerings.save(offering.with_schedule(event.schedule_revision, sessions))
