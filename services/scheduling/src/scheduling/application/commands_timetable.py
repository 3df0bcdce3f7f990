"""What planners can ask of a timetable: propose it again, put it in force."""

from dataclasses import dataclass
from uuid import UUID

from common.problem import Stale
from scheduling.application import facts
from scheduling.application.booking import book
from scheduling.application.ports import SchedulingTransaction
from scheduling.application.proposing import draft_timetable
from scheduling.application.queries import TimetableView
from scheduling.application.visibility import get_timetable
from scheduling.domain.errors import CourseNotKnown, OfferingIsCancelled
from scheduling.domain.session import Session
from scheduling.domain.words import Actor


@dataclass(frozen=True, slots=True)
class ProposeTimetable:
    offering_id: UUID
    actor: Actor


async def propose_timetable(command: ProposeTimetable, tx: SchedulingTransaction) -> TimetableView:
    """From what is free now. Raises AlreadyReleased, CourseNotKnown, NotAllowed, NotFound, OfferingIsCancelled."""
    timetable = await get_timetable(command.offering_id, command.actor, tx)
    offering = await tx.offerings.get(command.offering_id)
    if offering.cancelled:
        raise OfferingIsCancelled()
    if await tx.courses.find(offering.course_id) is None:
        raise CourseNotKnown(course_id=str(offering.course_id))
    drafted = await draft_timetable(timetable, offering, tx)
    return TimetableView(drafted, in_order(await tx.sessions.where(offering_id=offering.id)))


@dataclass(frozen=True, slots=True)
class ReleaseTimetable:
    offering_id: UUID
    actor: Actor
    if_version: int


async def release_timetable(command: ReleaseTimetable, tx: SchedulingTransaction) -> TimetableView:
    """All sessions in force and booked, or none.

    Raises AlreadyReleased, DayClosed, FacilitatorTaken, NotAllowed, NotFound, NothingToRelease, OfferingIsCancelled,
    PartsUnplaced, RoomTaken, Stale, StartInPast, TooLong.
    """
    timetable = await get_timetable(command.offering_id, command.actor, tx)
    if command.if_version != timetable.version:
        raise Stale(version=timetable.version)
    offering = await tx.offerings.get(command.offering_id)
    if offering.cancelled:
        raise OfferingIsCancelled()
    drafts = await tx.sessions.where(offering_id=offering.id, state="draft")

    timetable = timetable.release(len(drafts))
    released: list[Session] = []
    for draft in drafts:
        calendar = (await tx.campuses.get(draft.when.sites[0].campus)).calendar
        released.append(draft.release(tx.now, calendar))
    await book(released, command.actor, tx)

    view = TimetableView(tx.timetables.save(timetable), in_order([tx.sessions.save(s) for s in released]))
    tx.emit(facts.schedule_released(view))
    return view


def in_order(sessions: list[Session]) -> list[Session]:
    return sorted(sessions, key=lambda session: (session.when.start, session.part))
