"""S-15: recording who was there, by roster list."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from scheduling.application import facts
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.visibility import refuse
from scheduling.domain.attendance import Attendance, Marked, check_marks
from scheduling.domain.words import Actor


@dataclass(frozen=True, slots=True)
class RecordAttendance:
    session_id: UUID
    actor: Actor
    marks: Sequence[Marked]


async def record_attendance(command: RecordAttendance, tx: SchedulingTransaction) -> Attendance:
    """People not named keep their mark.

    Raises BadMark, NotAllowed, NotFound, NotOnRoster, SessionNotScheduled, TooEarly.
    """
    session = await tx.sessions.get(command.session_id)
    actor = command.actor
    if not (actor.admin_of(session.campus) or session.led_by(actor)):
        await refuse(session.id, session.campus, session.offering_id, actor, tx)
    held = session.hold(tx.now)
    roster = await tx.roster.where(offering_id=session.offering_id, comes=True)
    check_marks(command.marks, session.when.interval, [entry.person_id for entry in roster])
    timetable = await tx.timetables.get(session.offering_id)
    before = await tx.attendance.find(session.id) or Attendance(id=session.id, offering_id=session.offering_id)

    if held != session:
        tx.sessions.save(held)
    after = tx.attendance.save(before.record(command.marks))
    tx.emit(facts.attendance_recorded(after, command.marks, timetable))
    return after
