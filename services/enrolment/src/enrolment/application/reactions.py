"""What others' facts set going here, after `copying` has kept them. One reaction per event; same shape as a handler.

Sessions and their attendance are told under keys of their own: what cannot be decided yet is decided by whichever comes
last. Each of them saves the offering, so that of two at once one sees the other.
"""

from dataclasses import replace
from datetime import UTC

from enrolment.application import incoming
from enrolment.application.ports import EnrolmentTransaction
from enrolment.application.running import ask_rest, conclude
from enrolment.domain.offering import UNDER_WAY, Change, Offering


async def on_schedule_released(event: incoming.ScheduleReleased, tx: EnrolmentTransaction) -> None:
    """With its sessions the start is known."""
    if offering := await _rescheduled(event, tx):
        await conclude(offering, tx)


async def on_session_rescheduled(event: incoming.SessionRescheduled, tx: EnrolmentTransaction) -> None:
    """S-09: a material change asks everybody with a seat whether they still come."""
    offering = await _rescheduled(event, tx)
    if offering is None:
        return
    if event.material and offering.state in UNDER_WAY:
        change = Change(event.session_id, event.revision, event.schedule_revision, event.after.start.astimezone(UTC))
        await ask_rest(replace(offering, change=change).with_follow_up("ask"), tx)
    else:
        await conclude(offering, tx)


async def on_session_cancelled(event: incoming.SessionCancelled, tx: EnrolmentTransaction) -> None:
    """C-01: the session leaves the denominator, which may be the last thing that was missing."""
    if offering := await _rescheduled(event, tx):
        await conclude(offering, tx)


async def on_attendance_recorded(event: incoming.AttendanceRecorded, tx: EnrolmentTransaction) -> None:
    """C-01. It may overtake the timetable under which it was taken: then that decides."""
    if offering := await tx.offerings.find(event.offering_id):
        # Taken at all means released: an older producer does not name the revision.
        waiting = offering.awaiting(max(event.schedule_revision, 1), tx.now)
        await conclude(tx.offerings.save(waiting), tx)


async def _rescheduled(event: incoming.TimetableFact, tx: EnrolmentTransaction) -> Offering | None:
    """The offering with its start as now known."""
    offering = await tx.offerings.find(event.offering_id)
    if offering is None:
        return None
    sessions = await tx.sessions.where(offering_id=event.offering_id)
    after = offering.with_schedule(event.schedule_revision, sessions)
    if after.may_promote(tx.now) and not offering.may_promote(tx.now):
        after = after.with_follow_up("promote")  # seats that came free too late are on time for the new start (E-08)
    return tx.offerings.save(after)
